"""Confirmation tokens: how a customer wants to pay, collected on their device and handed to the server, used once."""

from dataclasses import dataclass, field

from fakes.payments.state import methods
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing

LIFE_S = 12 * 3600


@dataclass(slots=True)
class Collected:
    """The payment methods behind the tokens, which show a preview of them alone."""

    methods: dict[str, str] = field(default_factory=dict)


def create(moment: Moment, params: Thing) -> Thing:
    """The test helper: a token as a device would make it."""
    if params.get("payment_method"):
        method = methods.resolve(moment, params["payment_method"])
    elif params.get("payment_method_data"):
        method = methods.create(moment, params["payment_method_data"])
    else:
        raise invalid(
            "You must provide one of payment_method or payment_method_data.", "payment_method", "parameter_missing"
        )
    hidden = ("id", "object", "created", "livemode", "metadata")
    token = moment.account.put(
        {
            "id": moment.account.fresh("confirmation_token"),
            "object": "confirmation_token",
            "created": moment.now,
            "expires_at": moment.now + LIFE_S,
            "livemode": False,
            "mandate_data": None,
            "payment_intent": None,
            "payment_method_options": None,
            "payment_method_preview": {name: value for name, value in method.items() if name not in hidden},
            "return_url": params.get("return_url"),
            "setup_future_usage": params.get("setup_future_usage"),
            "setup_intent": None,
            "shipping": _shipping(params.get("shipping")),
            "use_stripe_sdk": True,
        }
    )
    moment.account.side(Collected).methods[token["id"]] = method["id"]
    return token


def _shipping(given: Thing | None) -> Thing | None:
    if not given:
        return None
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": address | (given.get("address") or {}), "name": given["name"], "phone": given.get("phone")}


def opened(moment: Moment, params: Thing) -> Thing:
    """The parameters of a confirmation, with what its token says in them; those given beside it count more."""
    name = params.get("confirmation_token")
    if not name:
        return params
    token = moment.account.get("confirmation_token", name, "confirmation_token")
    if params.get("payment_method") or params.get("payment_method_data"):
        raise invalid("You may only specify one of these parameters: payment_method, confirmation_token.")
    if token["payment_intent"] or token["setup_intent"]:
        raise unexpected(
            f"The ConfirmationToken {name} has already been used.",
            "confirmation_token_used",
            param="confirmation_token",
        )
    if token["expires_at"] <= moment.now:
        raise unexpected(f"The ConfirmationToken {name} has expired.", "confirmation_token_expired")
    said: Thing = {"payment_method": moment.account.side(Collected).methods[name]}
    said |= {part: token[part] for part in ("return_url", "setup_future_usage", "shipping") if token[part]}
    return {**said, "mandate_data": {"customer_acceptance": {"type": "online"}}, **params}


def used(moment: Moment, params: Thing, intent: Thing) -> None:
    """Note which intent a token was used for."""
    token = moment.account.find("confirmation_token", params.get("confirmation_token"))
    if token is not None:
        token[intent["object"]] = intent["id"]
