"""The merchant's own money: every movement as a balance transaction, and what is available of it, and what not yet.

What a charge brings is pending until midnight two days later, then available; days come with the account's own time.
Fees are a guess, as `fidelity/money.md` says.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from fakes.payments.state import due
from fakes.payments.state.given import fits
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, unexpected
from fakes.payments.state.store import Account, Thing

DAY_S = 86400
PENDING_DAYS = 2
WITH_FIXED_FEE = ("usd", "eur")


@dataclass(slots=True)
class Funds:
    """One account's money, by currency."""

    available: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pending: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    arriving: dict[str, list[str]] = field(default_factory=dict)
    """The transactions that become available on a day, by that day's first second."""


def fee_of(amount: int, currency: str) -> int:
    """What the provider keeps of a charge: 2.9%, and 30 of the smallest unit of the usual currencies."""
    return round(amount * 0.029) + (30 if currency in WITH_FIXED_FEE else 0)


def enter(
    moment: Moment,
    source: Thing,
    kind: str,
    amount: int,
    *,
    fee: int = 0,
    fee_text: str = "Stripe processing fees",
    category: str | None = None,
    text: str | None = None,
    on: int | None = None,
) -> Thing:
    """Write a movement down: pending when it is available `on` a later day, else at once."""
    later = on is not None and on > moment.now
    entry: Thing = {
        "id": moment.account.fresh("balance_transaction"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": on if later else moment.now,
        "balance_type": "payments",
        "created": moment.now,
        "currency": source["currency"],
        "description": text,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [_fee(source["currency"], fee, fee_text)] if fee else [],
        "net": amount - fee,
        "reporting_category": category or kind,
        "source": source["id"],
        "status": "pending" if later else "available",
        "type": kind,
    }
    moment.account.put(entry)
    funds = moment.account.side(Funds)
    (funds.pending if later else funds.available)[entry["currency"]] += entry["net"]
    if on is not None and later:
        _plan(moment.account, funds, entry, on)
    return entry


def _fee(currency: str, amount: int, text: str) -> Thing:
    return {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": text,
        "type": "stripe_fee",
    }


def _plan(account: Account, funds: Funds, entry: Thing, on: int) -> None:
    day = str(on)
    if day not in funds.arriving:
        funds.arriving[day] = []
        account.agenda.plan(on, "make_money_available", day)
    funds.arriving[day].append(entry["id"])


def matures(moment: Moment) -> int:
    """When what is taken now will be available."""
    return (moment.now // DAY_S + PENDING_DAYS) * DAY_S


@due.work("make_money_available")
def arrive(moment: Moment, day: str) -> None:
    """A day has come: what was pending until then is available, and that is told once."""
    funds = moment.account.side(Funds)
    for name in funds.arriving.pop(day, ()):
        entry = moment.account.get("balance_transaction", name)
        entry["status"] = "available"
        funds.pending[entry["currency"]] -= entry["net"]
        funds.available[entry["currency"]] += entry["net"]
    tell_available(moment)


def tell_available(moment: Moment) -> None:
    """Say that there is money to be paid out."""
    moment.tell("balance.available", balance(moment.account))


def balance(account: Account) -> Thing:
    """What there is, by currency."""
    funds = account.side(Funds)
    currencies = sorted({*funds.available, *funds.pending}) or ["usd"]
    return {
        "object": "balance",
        "available": [_amount(currency, funds.available[currency]) for currency in currencies],
        "livemode": False,
        "pending": [_amount(currency, funds.pending[currency]) for currency in currencies],
        "refund_and_dispute_prefunding": {"available": [], "pending": []},
    }


def _amount(currency: str, amount: int) -> Thing:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


def need(moment: Moment, amount: int, currency: str, what: str) -> None:
    """Refuse to send what is not available."""
    if moment.account.side(Funds).available[currency] < amount:
        raise poor(what)


def poor(what: str) -> Problem:
    """The refusal of sending more than there is."""
    return unexpected(
        f"You have insufficient available funds in your Stripe account for this {what}. Try adding funds directly to "
        "your available balance by creating charges with the test card 4000000000000077.",
        "balance_insufficient",
    )


def wanted(_moment: Moment, entry: Thing, params: Thing) -> bool:
    """The filters of the list of balance transactions; which payout took up what is not known."""
    if "payout" in params and entry["source"] != params["payout"]:
        return False
    return fits(entry, params, "currency", "source", "type")
