"""What an answer shows: objects as they are, with the parts asked for by `expand[]` put in place of their ids.

Nothing is copied but the path to an expanded part. Parts that are only shown on demand (an invoice's payments) and
the shapes of API versions before 2025-03-31 are made here too.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from fakes.payments.state import billing, cash, checkout, identity, quotes, saved
from fakes.payments.state.issuing.cards import issued
from fakes.payments.state.moment import subscription_of
from fakes.payments.state.plain import keepsakes
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import automatic, calculations
from fakes.payments.state.treasury import ledger
from fakes.payments.wire import expansions
from fakes.payments.wire.expansions import Way

PAGES = ("list", "search_result")

OLD = "2025-03-31"
"""Versions before this show an invoice's payment intent and a subscription's period in their old places."""


class Shower:
    """Shows objects of one account in one API version."""

    def __init__(self, account: Account, version: str) -> None:
        self._account = account
        self._old = version < OLD

    @cached_property
    def _on_demand(self) -> dict[tuple[str, str], Callable[[Thing], Any]]:
        """What makes the parts that are only shown when asked for."""
        account = self._account
        return {
            ("invoice", "confirmation_secret"): self._confirmation_secret,
            ("invoice", "payments"): self._payments,
            ("quote", "line_items"): self._offered,
            ("price", "tiers"): lambda price: billing.of(account).tiers.get(price["id"]),
            ("price", "currency_options"): lambda price: billing.of(account).currency_options.get(price["id"]),
            ("coupon", "applies_to"): self._applies_to,
            ("coupon", "currency_options"): lambda coupon: billing.of(account).currency_options.get(coupon["id"]),
            ("charge", "refunds"): self._refunds,
            ("customer", "subscriptions"): self._subscriptions,
            ("customer", "sources"): self._sources,
            ("customer", "tax"): lambda customer: automatic.of_customer(account, customer),
            ("customer", "tax_ids"): self._tax_ids,
            ("customer", "cash_balance"): lambda customer: cash.shown(self._account, customer["id"]),
            ("checkout.session", "line_items"): self._line_items,
            ("payment_link", "line_items"): self._line_items,
            ("identity.verification_session", "verified_outputs"): lambda one: identity.outputs(account, one),
            ("issuing.card", "number"): lambda card: issued(account, card)[0],
            ("apps.secret", "payload"): lambda secret: keepsakes.payload(account, secret),
            ("tax.calculation", "line_items"): lambda one: self._taxed(one, "calculations"),
            ("tax.transaction", "line_items"): lambda one: self._taxed(one, "transactions"),
            ("treasury.transaction", "entries"): self._entries,
            ("issuing.card", "cvc"): lambda card: issued(account, card)[1],
        }

    @property
    def old(self) -> bool:
        """Whether the version has the old places."""
        return self._old

    def show(self, thing: Thing, paths: Iterable[str]) -> Thing:
        """The object with these paths expanded, which were checked before: a field that is not there stays away."""
        shown = self._aged(thing)
        for path in paths:
            shown = self._expand(shown, path.split("."), ("",))
        return shown

    def _expand(self, thing: Thing, parts: list[str], schemas: tuple[str, ...]) -> Thing:
        name, rest = parts[0], parts[1:]
        kind = thing.get("object")
        if kind in PAGES:
            if name != "data" or not rest:
                return thing
            return {**thing, "data": [self._expand(one, rest, schemas) for one in thing["data"]]}
        found = self._way((kind, *schemas) if isinstance(kind, str) else schemas, name)
        if found is None:
            return thing
        schema, way = found
        value = self._part(thing, schema, name, way)
        if value is None and name not in thing:
            return thing
        if rest and isinstance(value, dict):
            value = self._expand(value, rest, way.schemas)
        elif rest and isinstance(value, list):
            value = [self._expand(one, rest, way.schemas) if isinstance(one, dict) else one for one in value]
        return {**thing, name: value}

    def _way(self, schemas: tuple[str, ...], name: str) -> tuple[str, Way] | None:
        ways = ((schema, expansions.way(schema, name, old=self._old)) for schema in schemas)
        return next(((schema, way) for schema, way in ways if way is not None), None)

    def _part(self, thing: Thing, kind: str, name: str, way: Way) -> Any:
        maker = self._on_demand.get((kind, name))
        if maker is not None:
            return thing[name] if name in thing else maker(thing)
        value = thing.get(name)
        if not way.by_id:
            return value
        if isinstance(value, list):
            return [self._found(one, way) for one in value]
        return self._found(value, way)

    def _found(self, value: Any, way: Way) -> Any:
        """The object of an id; what is no id, or of nothing here, stays as it is."""
        if not isinstance(value, str):
            return value
        found = next((one for kind in way.schemas if (one := self._account.find(kind, value)) is not None), None)
        return value if found is None else self._aged(found)

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

    def _taxed(self, owner: Thing, path: str) -> Thing:
        return listed(calculations.lines_of(self._account, owner), f"/v1/tax/{path}/{owner['id']}/line_items")

    def _entries(self, transaction: Thing) -> Thing:
        found = ledger.entries(self._account, transaction)
        return listed(found, f"/v1/treasury/transaction_entries?transaction={transaction['id']}")

    def _offered(self, quote: Thing) -> Thing:
        found = quotes.line_items(self._account, quote["id"])
        return listed(found, f"/v1/quotes/{quote['id']}/line_items")

    def _applies_to(self, coupon: Thing) -> Thing | None:
        products = billing.of(self._account).coupon_products.get(coupon["id"])
        return {"products": products} if products else None

    def _payments(self, invoice: Thing) -> Thing:
        found = self._account.where("invoice_payment", invoice=invoice["id"])
        return listed(found, f"/v1/invoice_payments?invoice={invoice['id']}")

    def _refunds(self, charge: Thing) -> Thing:
        found = self._account.where("refund", charge=charge["id"])[::-1]
        return listed(found, f"/v1/charges/{charge['id']}/refunds")

    def _subscriptions(self, customer: Thing) -> Thing:
        found = [
            one
            for one in reversed(self._account.where("subscription", customer=customer["id"]))
            if one["status"] != "canceled"
        ]
        return listed([self._aged(one) for one in found], f"/v1/customers/{customer['id']}/subscriptions")

    def _sources(self, customer: Thing) -> Thing:
        return listed(saved.kept(self._account, customer["id"]), f"/v1/customers/{customer['id']}/sources")

    def _tax_ids(self, customer: Thing) -> Thing:
        found = self._account.where("tax_id", customer=customer["id"])[::-1]
        return listed(found, f"/v1/customers/{customer['id']}/tax_ids")

    def _line_items(self, owner: Thing) -> Thing:
        found = checkout.line_items(self._account, owner)
        where = "checkout/sessions" if owner["object"] == "checkout.session" else "payment_links"
        return listed(found, f"/v1/{where}/{owner['id']}/line_items")


def listed(data: list[Thing], url: str, *, more: bool = False) -> Thing:
    """The provider's list object."""
    return {"object": "list", "data": data, "has_more": more, "url": url}
