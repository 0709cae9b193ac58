"""What a merchant's server gives a person's device: ephemeral keys, and customer sessions for the payment sheet.

Whom an ephemeral key lets do what is `wire.ephemeral`'s business. Nothing of this is an effect or an event.
"""

from dataclasses import dataclass, field

from fakes.payments.state.customers import present
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

KEY_LIFE_S = 3600
SESSION_LIFE_S = 1800
ABOUT = ("customer", "issuing_card", "verification_session")
KINDS = {"issuing_card": "issuing.card", "verification_session": "identity.verification_session"}


@dataclass
class DeviceKeys:
    """The hidden part of an account's keys for devices."""

    by_secret: dict[str, str] = field(default_factory=dict)
    """Secret -> the key's id."""
    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The key's id -> the kind and id of the object that it is for."""


def create(moment: Moment, params: Thing) -> Thing:
    """A key for one object, for an hour; only this answer holds its secret."""
    named = [name for name in ABOUT if params.get(name)]
    if len(named) != 1:
        raise invalid("You must specify exactly one of: customer, issuing_card, verification_session.", "customer")
    kind = named[0]
    if kind == "customer":
        present(moment, params[kind])
    else:
        moment.account.get(KINDS[kind], params[kind], kind)
    key: Thing = {
        "id": moment.account.fresh("ephemeral_key"),
        "object": "ephemeral_key",
        "created": moment.now,
        "expires": moment.now + KEY_LIFE_S,
        "livemode": False,
    }
    moment.account.put(key)
    secret = f"ek_test_{moment.account.letters(60)}"
    side = moment.account.side(DeviceKeys)
    side.by_secret[secret], side.about[key["id"]] = key["id"], (kind, params[kind])
    return {**key, "secret": secret}


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """End a key now."""
    key = moment.account.get("ephemeral_key", name)
    key["expires"] = min(key["expires"], moment.now)
    return key


DEFAULTS: dict[str, Thing] = {
    "customer_sheet": {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_remove": "disabled",
    },
    "mobile_payment_element": {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_redisplay": "disabled",
        "payment_method_remove": "disabled",
        "payment_method_save": "disabled",
        "payment_method_save_allow_redisplay_override": None,
    },
    "payment_element": {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_redisplay": "disabled",
        "payment_method_redisplay_limit": 3,
        "payment_method_remove": "disabled",
        "payment_method_save": "disabled",
        "payment_method_save_usage": None,
    },
}
"""What the features of a component are unless the merchant says otherwise."""
PLAIN = ("buy_button", "pricing_table")


def create_session(moment: Moment, params: Thing) -> Thing:
    """What a payment sheet may show of a customer, for half an hour; there is no way to read it again."""
    if not params.get("customer"):
        raise invalid("You must specify either `customer` or `customer_account`.", "customer", "parameter_missing")
    customer = present(moment, params["customer"])
    components = params["components"]
    if not any(one["enabled"] for one in components.values()):
        raise invalid("You must enable at least one component.", "components")
    return {
        "object": "customer_session",
        "client_secret": f"cuss_secret_{moment.account.letters(60)}",
        "components": {
            **{name: {"enabled": bool((components.get(name) or {}).get("enabled"))} for name in PLAIN},
            **{name: _component(name, components.get(name) or {}) for name in DEFAULTS},
        },
        "created": moment.now,
        "customer": customer["id"],
        "customer_account": None,
        "expires_at": moment.now + SESSION_LIFE_S,
        "livemode": False,
    }


def _component(name: str, given: Thing) -> Thing:
    if not given.get("enabled"):
        return {"enabled": False, "features": None}
    return {"enabled": True, "features": {**DEFAULTS[name], **(given.get("features") or {})}}
