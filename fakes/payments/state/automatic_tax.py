"""Whether taxes come by themselves: what that needs, what does not go with it, and what follows when a place is lost.

For everything that has `automatic_tax`; how much the taxes are is `tax.automatic`'s business.
"""

from typing import Any

from fakes.payments.state.moment import Moment, subscription_of
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import locations, places

INACTIVE = (
    "Stripe Tax has not been activated on your account. Please visit https://stripe.com/docs/tax/set-up to get started."
)
HEADLESS = (
    "You must have a valid head office address to enable automatic tax calculation in test mode. Visit "
    "https://dashboard.stripe.com/test/settings/tax to update it."
)
COPIED = ("address", "shipping", "tax_exempt")
"""What an invoice has of its customer."""
NOWHERE = (
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax."
)


def wanted(params: Thing) -> bool:
    """Whether parameters ask for it."""
    return bool((params.get("automatic_tax") or {}).get("enabled"))


def switch(thing: Thing, given: Thing | None) -> None:
    """Turn it on or off, as the parameter says; what an object does not show is not written."""
    if given is None or "enabled" not in given:
        return
    shown, on = thing["automatic_tax"], given["enabled"]
    if not on and not shown["enabled"]:
        return
    fresh: dict[str, Any] = {"disabled_reason": None, "provider": "stripe" if on else None, "status": None}
    shown.update({name: value for name, value in fresh.items() if name in shown})
    shown.update(
        enabled=on, liability=(given.get("liability") or shown["liability"] or {"type": "self"}) if on else None
    )


def check(account: Account) -> None:
    """Refuse to turn it on before the tax settings are whole."""
    settings = places.settings(account)
    if settings["status"] == "active":
        return
    words = INACTIVE if settings["head_office"] else HEADLESS
    raise invalid(words, "automatic_tax", "stripe_tax_inactive")


def alone(rates: object, param: str) -> None:
    """Refuse tax rates beside it."""
    if rates:
        raise invalid(f"You cannot set `{param}` while `automatic_tax[enabled]` is `true`.", param)


def placed(customer: Thing) -> bool:
    """Whether it is known where a customer is."""
    return locations.known(locations.of(customer)) is not None


def buyer(invoice: Thing) -> Thing:
    """An invoice's customer, as the invoice has them."""
    return {name: invoice[f"customer_{name}"] for name in COPIED}


def check_customer(account: Account, customer: Thing) -> None:
    """Refuse to turn it on for somebody who could be anywhere."""
    check(account)
    if not placed(customer):
        raise nowhere()


def validate(customer: Thing, params: Thing) -> None:
    """Refuse a customer of an unknown place at once, when the merchant asks to be told."""
    if (params.get("tax") or {}).get("validate_location") == "immediately":
        said: Thing = {name: params[name] for name in ("address", "shipping") if name in params}
        if not placed({**customer, **said}):
            raise nowhere()


def nowhere() -> Problem:
    """The refusal to tax somebody who could be anywhere."""
    return Problem(NOWHERE, code="customer_tax_location_invalid")


def subscription_fits(subscription: Thing, params: Thing) -> None:
    """Refuse tax rates beside it in a subscription or its items, as they are after a change."""
    alone(params.get("default_tax_rates", subscription["default_tax_rates"]), "default_tax_rates")
    given = params.get("items") or []
    kept = {item["id"]: item["tax_rates"] for item in subscription["items"]["data"]}
    for place, one in enumerate(given):
        before = kept.pop(one.get("id"), None)
        alone(not one.get("deleted") and one.get("tax_rates", before), f"items[{place}][tax_rates]")
    for rates in kept.values():
        alone(rates, "items[tax_rates]")


def phases_fit(account: Account, schedule: Thing) -> None:
    """Refuse a schedule whose phases cannot be taxed so."""
    customer = account.get("customer", schedule["customer"])
    for place, phase in enumerate(schedule["phases"]):
        if (phase.get("automatic_tax") or schedule["default_settings"]["automatic_tax"])["enabled"]:
            check_customer(account, customer)
            alone(phase["default_tax_rates"], f"phases[{place}][default_tax_rates]")
            for number, item in enumerate(phase["items"]):
                alone(item["tax_rates"], f"phases[{place}][items][{number}][tax_rates]")


def look_again(account: Account, invoice: Thing) -> None:
    """A draft's customer may have moved since it was drawn up."""
    customer = account.find("customer", invoice["customer"]) or {}
    if not customer.get("deleted"):
        for field in COPIED:
            invoice[f"customer_{field}"] = customer[field]


def stuck(account: Account, invoice: Thing) -> bool:
    """Whether a draft cannot be finalised, because nobody knows where its customer is; a subscription's always can."""
    if not invoice["automatic_tax"]["enabled"] or subscription_of(invoice):
        return False
    look_again(account, invoice)
    return not placed(buyer(invoice))


def failed(moment: Moment, invoice: Thing) -> None:
    """A draft should have been finalised by itself, and could not be."""
    invoice["last_finalization_error"] = nowhere().shown()
    invoice["automatic_tax"]["status"] = locations.LOST
    moment.tell("invoice.finalization_failed", invoice)


def settle(moment: Moment, invoice: Thing) -> None:
    """The last look at a draft before it is final: one of a subscription goes on without taxes if its place is lost."""
    account = moment.account
    look_again(account, invoice)
    subscription = account.find("subscription", subscription_of(invoice))
    if subscription is None or placed(buyer(invoice)):
        return
    with moment.changing(invoice, "invoice.updated"):
        _disabled(invoice, "finalization_requires_location_inputs")
    if subscription["automatic_tax"]["enabled"]:
        with moment.changing(subscription, "customer.subscription.updated"):
            _disabled(subscription, locations.LOST)
    _disable_schedule(moment, account.find("subscription_schedule", subscription["schedule"]))


def _disabled(thing: Thing, reason: str) -> None:
    switch(thing, {"enabled": False})
    thing["automatic_tax"]["disabled_reason"] = reason


def _disable_schedule(moment: Moment, schedule: Thing | None) -> None:
    """The phase that runs, and whatever a phase inherits, go on without taxes as well."""
    if schedule is None or not schedule["current_phase"]:
        return
    start = schedule["current_phase"]["start_date"]
    with moment.changing(schedule, "subscription_schedule.updated"):
        for one in (schedule["default_settings"], *schedule["phases"]):
            if one.get("start_date", start) == start and (one.get("automatic_tax") or {}).get("enabled"):
                _disabled(one, locations.LOST)
