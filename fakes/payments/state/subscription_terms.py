"""On which terms a subscription runs: trial, anchor, end, who is charged and how, from its beginning on."""

from fakes.payments.state import automatic_tax, discounts, methods, periods, tax_rates
from fakes.payments.state.given import rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

PLAIN = (
    "application_fee_percent",
    "billing_thresholds",
    "collection_method",
    "days_until_due",
    "default_payment_method",
    "default_source",
    "description",
    "on_behalf_of",
    "pending_invoice_item_interval",
    "transfer_data",
)
DAY_S = 86400
WITHIN = {"day_of_month": (1, 31), "month": (1, 12), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}
"""What each part of a configured anchor may be."""


def write(moment: Moment, subscription: Thing, params: Thing) -> None:
    """Whatever needs no working out."""
    rewrite(subscription, params, *PLAIN)
    if subscription["pending_invoice_item_interval"]:
        subscription["pending_invoice_item_interval"].setdefault("interval_count", 1)
    subscription["payment_settings"].update(params.get("payment_settings") or {})
    given = params.get("cancellation_details") or {}
    subscription["cancellation_details"].update({name: unset(value) for name, value in given.items()})
    subscription["trial_settings"].update(params.get("trial_settings") or {})
    automatic_tax.switch(subscription, params.get("automatic_tax"))
    if "default_tax_rates" in params:
        given = params["default_tax_rates"]
        subscription["default_tax_rates"] = tax_rates.all_of(moment.account, given, "default_tax_rates")
    if subscription["collection_method"] == "charge_automatically":
        subscription["days_until_due"] = None
    elif subscription["days_until_due"] is None:
        raise invalid("If `collection_method` is `send_invoice`, you must pass `days_until_due`.", "days_until_due")


def discount(moment: Moment, subscription: Thing, params: Thing) -> None:
    """Give it the discounts that are asked for, and no others."""
    if "discounts" in params:
        owner = {"customer": subscription["customer"], "subscription": subscription["id"]}
        discounts.replace(moment, subscription, params["discounts"] or [], owner)


def attached(moment: Moment, token: object, customer: str) -> Thing:
    """The payment method of this name, which must be the customer's."""
    method = methods.resolve(moment, token, "default_payment_method")
    if method["customer"] != customer:
        raise invalid(
            f"The customer does not have a payment method with the ID {method['id']}. The payment method must be "
            "attached to the customer.",
            "default_payment_method",
            "resource_missing",
        )
    return method


def trial(moment: Moment, params: Thing, prices: list[Thing]) -> int | None:
    """When the trial of a new subscription ends; None when it has none."""
    days = params.get("trial_period_days")
    if params.get("trial_from_plan") and days is None:
        days = max((price["recurring"]["trial_period_days"] or 0 for price in prices), default=0)
    end = params.get("trial_end")
    if days and end is not None:
        raise invalid("You may only specify one of these parameters: trial_end, trial_period_days.")
    if days is not None and days > 730:
        raise invalid("Trial periods can be at most 730 days.", "trial_period_days")
    if days:
        return int(moment.now + days * DAY_S)
    if isinstance(end, int):
        if end <= moment.now:
            raise invalid("Invalid timestamp: must be an integer Unix timestamp in the future.", "trial_end")
        return end
    return None


def anchor(moment: Moment, params: Thing, prices: list[Thing]) -> int:
    """The moment from which a new subscription's periods are counted."""
    config = params.get("billing_cycle_anchor_config")
    for name, value in (config or {}).items():
        low, high = WITHIN[name]
        if not low <= value <= high:
            raise invalid(f"This value must be between {low} and {high}.", f"billing_cycle_anchor_config[{name}]")
    found = periods.anchored(config, moment.now) if config else params.get("billing_cycle_anchor", moment.now)
    param = "billing_cycle_anchor_config" if config else "billing_cycle_anchor"
    if found < moment.now:
        raise invalid("`billing_cycle_anchor` cannot be in the past.", param)
    natural = min(periods.after(moment.now, price["recurring"]) for price in prices)
    if found > natural:
        raise invalid(
            f"`billing_cycle_anchor` cannot be later than next natural billing date ({natural}) for plan.",
            param,
        )
    return int(found)


def cancel_at_period_end(moment: Moment, subscription: Thing, *, wanted: bool) -> None:
    """Let it end with its period, or run on after all."""
    if wanted == subscription["cancel_at_period_end"]:
        return
    subscription["cancel_at_period_end"] = wanted
    cancel_at(moment, subscription, period_end(moment, subscription) if wanted else None)


def period_end(moment: Moment, subscription: Thing) -> int:
    """The end of its longest current period."""
    return max((item["current_period_end"] for item in subscription["items"]["data"]), default=moment.now)


def cancel_at(moment: Moment, subscription: Thing, when: object) -> None:
    """Let it end then; None lets it run on."""
    if when in ("max_period_end", "min_period_end", "max_billed_until"):
        ends = [item["current_period_end"] for item in subscription["items"]["data"]]
        when = min(ends) if when == "min_period_end" else max(ends)
    if isinstance(when, int) and when <= moment.now:
        raise invalid("`cancel_at` must be in the future.", "cancel_at")
    subscription["cancel_at"] = when or None
    subscription["canceled_at"] = moment.now if when else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if when else None


def ends(moment: Moment, subscription: Thing, params: Thing) -> None:
    """Both ways to say when it ends."""
    if "cancel_at_period_end" in params and "cancel_at" in params and params["cancel_at_period_end"]:
        raise invalid("You may only specify one of these parameters: cancel_at, cancel_at_period_end.")
    if "cancel_at_period_end" in params:
        cancel_at_period_end(moment, subscription, wanted=params["cancel_at_period_end"])
    if "cancel_at" in params:
        subscription["cancel_at_period_end"] = False
        cancel_at(moment, subscription, unset(params["cancel_at"]))
