"""What billing keeps beside its objects, for each account: indexes and what the API does not show. No behaviour."""

from collections import defaultdict
from dataclasses import dataclass, field

from fakes.payments.state.store import Account, Thing


@dataclass(slots=True)
class Billing:
    """The hidden part of an account's catalogue, subscriptions and invoices."""

    tiers: dict[str, list[Thing]] = field(default_factory=dict)
    """The tiers of a price."""
    currency_options: dict[str, Thing] = field(default_factory=dict)
    """What a price or shipping rate costs in other currencies."""
    coupons: dict[str, Thing] = field(default_factory=dict)
    """Every coupon, deleted ones too, for the discounts that they gave."""
    coupon_products: dict[str, list[str]] = field(default_factory=dict)
    """The products that a coupon is good for."""
    code_holders: dict[str, str] = field(default_factory=dict)
    """The active promotion code of a text in lower case."""
    rates: dict[str, list[str]] = field(default_factory=dict)
    """The tax rates of an invoice's line; without an entry, the invoice's own."""
    days_until_due: dict[str, int] = field(default_factory=dict)
    """In how many days an invoice that is sent is to be paid."""
    pending: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    """The invoice items of a customer that wait for an invoice, oldest first."""
    updates: dict[str, Thing] = field(default_factory=dict)
    """What a subscription becomes when the invoice of its pending update is paid: invoice -> plan."""


def of(account: Account) -> Billing:
    """The hidden part of this account's billing."""
    return account.side(Billing)
