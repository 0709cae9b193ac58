"""The customer portal: what a merchant lets customers do there, and the sessions by which they come in.

The page itself, and what is done on it, are `fakes.payments.hosted`'s.
"""

from dataclasses import dataclass, field
from typing import Any

from fakes.payments.state.customers import present
from fakes.payments.state.given import merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing

CONFIGURATION, SESSION = "billing_portal.configuration", "billing_portal.session"
REASONS = (
    "customer_service", "low_quality", "missing_features", "other", "switched_service", "too_complex",
    "too_expensive", "unused",
)  # fmt: skip
FEATURES: dict[str, Thing] = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "options": []},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}
"""What is not said is off."""
USUAL: Thing = {
    "customer_update": {"enabled": True, "allowed_updates": ["email", "name", "phone"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {"enabled": True, "cancellation_reason": {"enabled": True, "options": list(REASONS)}},
}
"""What the default configuration allows."""


@dataclass
class Portal:
    """The hidden part of an account's portal."""

    by_token: dict[str, str] = field(default_factory=dict)
    """The last part of a session's address -> its id."""
    default: str | None = None


def configure(moment: Moment, params: Thing) -> Thing:
    """A new configuration, beside the default one."""
    configuration = _configuration(moment, params, default=False)
    moment.tell("billing_portal.configuration.created", configuration)
    return configuration


def _configuration(moment: Moment, params: Thing, *, default: bool) -> Thing:
    profile = params.get("business_profile") or {}
    login = bool((params.get("login_page") or {}).get("enabled"))
    name = moment.account.fresh(CONFIGURATION)
    configuration: Thing = {
        "id": name,
        "object": CONFIGURATION,
        "active": True,
        "application": None,
        "business_profile": {
            field: unset(profile.get(field)) for field in ("headline", "privacy_policy_url", "terms_of_service_url")
        },
        "created": moment.now,
        "default_return_url": unset(params.get("default_return_url")),
        "features": {kind: _feature(kind, (params.get("features") or {}).get(kind) or {}) for kind in FEATURES},
        "is_default": default,
        "livemode": False,
        "login_page": {"enabled": login, "url": f"{moment.account.pages_url}/p/login/{name}" if login else None},
        "metadata": {},
        "name": unset(params.get("name")),
        "updated": moment.now,
    }
    merge_metadata(configuration, params.get("metadata", {}))
    return moment.account.put(configuration)


def _feature(kind: str, given: Thing, before: Thing | None = None) -> Thing:
    feature: Thing = {**(before or FEATURES[kind])}
    for name, value in given.items():
        inner = feature.get(name)
        feature[name] = (
            {**inner, **value} if isinstance(inner, dict) and isinstance(value, dict) else _listed(name, value)
        )
    if kind == "subscription_update" and feature["enabled"] and not feature.get("products"):
        raise invalid(
            "You must specify the products that customers may change to.", "features[subscription_update][products]"
        )
    if kind == "customer_update" and feature["enabled"] and not feature["allowed_updates"]:
        raise invalid("You must specify what customers may change.", "features[customer_update][allowed_updates]")
    return feature


def _listed(name: str, value: Any) -> Any:
    if name == "products":
        usual = {"enabled": False, "maximum": None, "minimum": 1}
        return [
            {**one, "adjustable_quantity": {**usual, **(one.get("adjustable_quantity") or {})}} for one in value or ()
        ]
    return [] if value == "" and name == "allowed_updates" else unset(value)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a configuration; the default one cannot be put out of use."""
    configuration = moment.account.get(CONFIGURATION, name)
    if params.get("active") is False and configuration["is_default"]:
        raise invalid("You cannot deactivate the default configuration.", "active")
    features = {
        kind: _feature(kind, (params.get("features") or {}).get(kind) or {}, before)
        for kind, before in configuration["features"].items()
    }
    with moment.changing(configuration, "billing_portal.configuration.updated"):
        configuration["features"] = features
        rewrite(configuration, params, "active", "default_return_url", "name")
        profile = {one: unset(value) for one, value in (params.get("business_profile") or {}).items()}
        configuration["business_profile"] = {**configuration["business_profile"], **profile}
        if params.get("login_page"):
            on = params["login_page"]["enabled"]
            url = f"{moment.account.pages_url}/p/login/{name}" if on else None
            configuration["login_page"] = {"enabled": on, "url": url}
        configuration["updated"] = moment.now
    return configuration


def usual(moment: Moment) -> Thing:
    """The account's default configuration, made when first needed; the vendor's is saved in its dashboard."""
    side = moment.account.side(Portal)
    found = moment.account.find(CONFIGURATION, side.default)
    if found is None:
        found = _configuration(moment, {"features": USUAL}, default=True)
        side.default = found["id"]
    return found


def create(moment: Moment, params: Thing) -> Thing:
    """A way in for one customer."""
    account = moment.account
    if not params.get("customer"):
        raise invalid("You must specify either `customer` or `customer_account`.", "customer", "parameter_missing")
    customer = present(moment, params["customer"])
    if params.get("configuration"):
        configuration = account.get(CONFIGURATION, params["configuration"], "configuration")
        if not configuration["active"]:
            raise invalid("This portal configuration is not active.", "configuration")
    else:
        configuration = usual(moment)
    flow = _flow(moment, params.get("flow_data"), customer, configuration)
    token = f"test_{account.letters(40)}"
    session: Thing = {
        "id": account.fresh(SESSION),
        "object": SESSION,
        "configuration": configuration["id"],
        "created": moment.now,
        "customer": customer["id"],
        "customer_account": None,
        "flow": flow,
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": params.get("on_behalf_of"),
        "return_url": params.get("return_url") or configuration["default_return_url"],
        "url": f"{account.pages_url}/p/session/{token}",
    }
    account.side(Portal).by_token[token] = session["id"]
    account.put(session)
    moment.tell("billing_portal.session.created", session)
    return session


NEEDS = {"payment_method_update": "payment_method_update", "subscription_cancel": "subscription_cancel"}
"""Flow -> the feature that it needs; every other is about changing a subscription."""


def _flow(moment: Moment, given: Thing | None, customer: Thing, configuration: Thing) -> Thing | None:
    """One thing that the customer comes for."""
    if not given:
        return None
    kind = given["type"]
    feature = NEEDS.get(kind, "subscription_update")
    if not configuration["features"][feature]["enabled"]:
        raise invalid(f"The portal configuration does not have the feature `{feature}` enabled.", "flow_data[type]")
    inner: Thing | None = given.get(kind)
    if kind != "payment_method_update":
        at = f"flow_data[{kind}]"
        if not inner:
            raise invalid(f"Missing required param: {at}.", at, "parameter_missing")
        subscription = moment.account.get("subscription", inner["subscription"], f"{at}[subscription]")
        if subscription["customer"] != customer["id"]:
            raise invalid(f"No such subscription: '{inner['subscription']}'", f"{at}[subscription]", "resource_missing")
    after = given.get("after_completion") or {}
    return {
        "after_completion": {
            "hosted_confirmation": after.get("hosted_confirmation"),
            "redirect": after.get("redirect"),
            "type": after.get("type", "portal_homepage"),
        },
        "subscription_cancel": _cancelling(inner) if kind == "subscription_cancel" else None,
        "subscription_update": inner if kind == "subscription_update" else None,
        "subscription_update_confirm": _confirming(inner) if kind == "subscription_update_confirm" else None,
        "type": kind,
    }


def _cancelling(inner: Thing | None) -> Thing:
    return {"retention": None, **(inner or {})}


def _confirming(inner: Thing | None) -> Thing:
    given = inner or {}
    items = [{"id": None, "price": None, **one} for one in given.get("items", ())]
    discounts = [{"coupon": None, "promotion_code": None, **one} for one in given.get("discounts") or ()]
    return {**given, "items": items, "discounts": discounts or None}


def found(account: Account, token: str) -> Thing | None:
    """The session of an address."""
    return account.find(SESSION, account.side(Portal).by_token.get(token))
