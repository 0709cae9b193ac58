"""What an answer shows: objects as they are, with the parts asked for by `expand[]` put in place of their ids.

Nothing is copied but the path to an expanded part. Parts that are only shown on demand (an invoice's payments) and
the shapes of API versions before 2025-03-31 are made here too.
"""

from collections.abc import Callable, Iterable
from typing import Any

from fakes.payments.state import checkout
from fakes.payments.state.moment import subscription_of
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Account, Thing

DEPTH_MAX = 4
FIELDS: dict[str, dict[str, str]] = {
    "balance_transaction": {"source": "charge"},
    "charge": {
        "balance_transaction": "balance_transaction",
        "customer": "customer",
        "payment_intent": "payment_intent",
        "failure_balance_transaction": "balance_transaction",
    },
    "checkout.session": {
        "customer": "customer",
        "invoice": "invoice",
        "payment_intent": "payment_intent",
        "payment_link": "payment_link",
        "setup_intent": "setup_intent",
        "subscription": "subscription",
    },
    "discounts": {"coupon": "coupon", "promotion_code": "promotion_code"},
    "shipping_cost": {"shipping_rate": "shipping_rate"},
    "shipping_options": {"shipping_rate": "shipping_rate"},
    "invoice": {"customer": "customer", "default_payment_method": "payment_method"},
    "invoice_payment": {"invoice": "invoice"},
    "invoice_settings": {"default_payment_method": "payment_method"},
    "payment": {"payment_intent": "payment_intent", "charge": "charge"},
    "subscription_details": {"subscription": "subscription"},
    "price_details": {"price": "price"},
    "line_item": {"subscription": "subscription"},
    "payment_intent": {"customer": "customer", "latest_charge": "charge", "payment_method": "payment_method"},
    "payment_method": {"customer": "customer"},
    "price": {"product": "product"},
    "product": {"default_price": "price"},
    "refund": {
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "payment_intent": "payment_intent",
        "customer": "customer",
        "payment_method": "payment_method",
    },
    "subscription": {
        "customer": "customer",
        "default_payment_method": "payment_method",
        "latest_invoice": "invoice",
    },
}
"""Which fields of which objects hold ids that can be expanded, and into what; inner objects go by their field."""
_NEVER_SET = """
application on_behalf_of review test_clock default_source discounts schedule pending_setup_intent default_tax_rates
transfer source_transfer transfer_data setup_intent payment_link tax_rates currency_options tiers sources tax
"""
NEVER_SET = frozenset(_NEVER_SET.split())
"""What could be expanded, but is never there."""
OLD = "2025-03-31"
"""Versions before this show an invoice's payment intent and a subscription's period in their old places."""


class Shower:
    """Shows objects of one account in one API version."""

    def __init__(self, account: Account, version: str) -> None:
        self._account = account
        self._old = version < OLD
        self._on_demand: dict[tuple[str, str], Callable[[Thing], Any]] = {
            ("invoice", "confirmation_secret"): self._confirmation_secret,
            ("invoice", "payments"): self._payments,
            ("charge", "refunds"): self._refunds,
            ("customer", "subscriptions"): self._subscriptions,
            ("checkout.session", "line_items"): self._line_items,
        }

    def show(self, thing: Thing, paths: Iterable[str]) -> Thing:
        """The object with these paths expanded; a path that leads nowhere is the provider's refusal."""
        shown = self._aged(thing)
        for path in paths:
            parts = path.split(".")
            if len([part for part in parts if part != "data"]) > DEPTH_MAX:
                raise invalid(
                    f"You cannot expand more than {DEPTH_MAX} levels of a property. Property: {path}", "expand"
                )
            shown = self._expand(shown, parts, path, "")
        return shown

    def _expand(self, thing: Thing, parts: list[str], path: str, inside: str) -> Thing:
        name, rest = parts[0], parts[1:]
        kind = thing.get("object", inside)
        if kind == "list":
            if name != "data":
                raise _cannot(path)
            if not rest:
                return thing
            return {**thing, "data": [self._expand(one, rest, path, inside) for one in thing["data"]]}
        value = self._part(thing, kind, name, path)
        if rest and isinstance(value, dict):
            value = self._expand(value, rest, path, name)
        elif rest and isinstance(value, list):
            value = [self._expand(one, rest, path, name) if isinstance(one, dict) else one for one in value]
        return {**thing, name: value}

    def _part(self, thing: Thing, kind: str, name: str, path: str) -> Any:
        maker = self._on_demand.get((kind, name))
        if maker is not None:
            return thing[name] if name in thing else maker(thing)
        value = thing.get(name)
        if isinstance(value, dict | list):
            return value
        target = FIELDS.get(kind, {}).get(name) or self._old_target(kind, name)
        if target is None:
            if name in NEVER_SET and value is None and kind in FIELDS:
                return value
            raise _cannot(path)
        found = self._account.find(target, value) or self._account.find("refund", value)
        return value if found is None else self._aged(found)

    def _old_target(self, kind: str, name: str) -> str | None:
        if self._old and kind == "invoice" and name in ("payment_intent", "subscription", "charge"):
            return name
        return None

    def _aged(self, thing: Thing) -> Thing:
        if not self._old:
            return thing
        if thing.get("object") == "invoice":
            intent = self._account.find("payment_intent", self._account.links.intent_of_invoice.get(thing["id"]))
            return {
                **thing,
                "payment_intent": intent and intent["id"],
                "charge": intent and intent["latest_charge"],
                "subscription": subscription_of(thing),
                "paid": thing["status"] == "paid",
            }
        if thing.get("object") == "subscription" and thing["items"]["data"]:
            first = thing["items"]["data"][0]
            return {**thing, **{name: first[name] for name in ("current_period_start", "current_period_end")}}
        if thing.get("object") == "list":
            return {**thing, "data": [self._aged(one) for one in thing["data"]]}
        return thing

    def _confirmation_secret(self, invoice: Thing) -> Thing | None:
        intent = self._account.find("payment_intent", self._account.links.intent_of_invoice.get(invoice["id"]))
        return intent and {"client_secret": intent["client_secret"], "type": "payment_intent"}

    def _payments(self, invoice: Thing) -> Thing:
        table = self._account.tables["invoice_payment"].values()
        found = [one for one in table if one["invoice"] == invoice["id"]]
        return listed(found, f"/v1/invoice_payments?invoice={invoice['id']}")

    def _refunds(self, charge: Thing) -> Thing:
        found = [one for one in self._account.newest("refund") if one["charge"] == charge["id"]]
        return listed(found, f"/v1/charges/{charge['id']}/refunds")

    def _subscriptions(self, customer: Thing) -> Thing:
        found = [
            one
            for one in self._account.newest("subscription")
            if one["customer"] == customer["id"] and one["status"] != "canceled"
        ]
        return listed([self._aged(one) for one in found], f"/v1/customers/{customer['id']}/subscriptions")

    def _line_items(self, session: Thing) -> Thing:
        found = checkout.line_items(self._account, session)
        return listed(found, f"/v1/checkout/sessions/{session['id']}/line_items")


def listed(data: list[Thing], url: str, *, more: bool = False) -> Thing:
    """The provider's list object."""
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _cannot(path: str) -> Problem:
    return invalid(
        f"This property cannot be expanded ({path}). You may want to check that the path is spelled as the object has "
        "it, and that it holds an id in this API version.",
        "expand",
    )
