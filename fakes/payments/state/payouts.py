"""Payouts: money sent from the balance to the merchant's own bank account, which may send it back.

The bank account is made when the first payout needs it, unless the payout names one of the account's own.
"""

from dataclasses import dataclass

from fakes.payments.state import banks, due, funds
from fakes.payments.state.given import fits, merge_metadata, rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of, even
from fakes.payments.state.problem import invalid, missing, unexpected
from fakes.payments.state.store import Thing

DAYS = 2
"""How long a payout is on its way; an instant one is there at once."""


@dataclass(slots=True)
class Home:
    """Where the merchant's money goes."""

    bank: str | None = None


def create(moment: Moment, params: Thing) -> Thing:
    """Send money that is available."""
    currency = currency_of(params["currency"])
    amount = params["amount"]
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    even(amount, currency, paid_out=True)
    text = params.get("statement_descriptor")
    if text is not None and len(text) > 22:
        raise invalid("The statement descriptor must be at most 22 characters.", "statement_descriptor")
    destination = _destination(moment, params, currency)
    funds.need(moment, amount, currency, "payout")
    instant = params.get("method") == "instant"
    arrives = moment.now if instant else (moment.now // funds.DAY_S + DAYS) * funds.DAY_S
    payout: Thing = {
        "id": moment.account.fresh("payout"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": arrives,
        "automatic": False,
        "balance_transaction": None,
        "created": moment.now,
        "currency": currency,
        "description": params.get("description"),
        "destination": destination["id"],
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": params.get("method", "standard"),
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": params.get("source_type", "card"),
        "statement_descriptor": text,
        "status": "pending",
        "trace_id": None,
        "type": destination["object"],
    }
    merge_metadata(payout, params.get("metadata", {}))
    entry = funds.enter(moment, payout, "payout", -amount, text="STRIPE PAYOUT")
    payout["balance_transaction"] = entry["id"]
    moment.account.put(payout)
    moment.tell("payout.created", payout)
    due.plan(moment, moment.now + banks.SOON_S if instant else arrives, "end_payout", payout)
    return payout


def _destination(moment: Moment, params: Thing, currency: str) -> Thing:
    account, name = moment.account, params.get("destination")
    if name:
        found = account.find("bank_account", name) or account.find("card", name)
        if found is None:
            raise missing("external_account", name, "destination")
        return found
    home = account.side(Home)
    if home.bank is None:
        made: Thing = {
            "id": account.fresh("bank_account"),
            "object": "bank_account",
            "account_holder_name": None,
            "account_holder_type": None,
            "account_type": None,
            "bank_name": "STRIPE TEST BANK",
            "country": "US",
            "currency": currency,
            "fingerprint": account.letters(16),
            "last4": "6789",
            "metadata": {},
            "routing_number": "110000000",
            "status": "new",
        }
        home.bank = account.put(made)["id"]
        account.links.card_of_method[made["id"]] = "usBankAccount_success"
    return account.get("bank_account", home.bank)


@due.work("end_payout")
def end(moment: Moment, name: str) -> None:
    """A payout arrives, or its bank sends it back."""
    payout = moment.account.get("payout", name)
    if payout["status"] not in ("pending", "in_transit"):
        return
    known = moment.account.links.card_of_method.get(payout["destination"], "")
    account = banks.ACCOUNTS.get(known)
    failed = account is not None and account.code is not None and payout["original_payout"] is None
    was = dict(payout)
    if failed and account is not None:
        entry = funds.enter(moment, payout, "payout_failure", payout["amount"], text="PAYOUT FAILURE")
        payout.update(
            status="failed",
            failure_balance_transaction=entry["id"],
            failure_code=account.code,
            failure_message=account.message,
        )
    else:
        payout["status"] = "paid"
    moment.tell("payout.updated", payout, was=was)
    moment.tell(f"payout.{payout['status']}", payout)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a payout's metadata."""
    payout = moment.account.get("payout", name)
    with moment.changing(payout, "payout.updated"):
        rewrite(payout, params)
    return payout


def cancel(moment: Moment, _params: Thing, name: str) -> Thing:
    """Keep the money of a payout that is not under way yet."""
    payout = moment.account.get("payout", name)
    if payout["status"] != "pending":
        raise unexpected(
            f"Payouts can only be canceled while they are pending; this one has a status of {payout['status']}.",
            "payouts_not_allowed",
        )
    due.drop(moment, "end_payout", payout)
    funds.enter(moment, payout, "payout_cancel", payout["amount"], category="payout_reversal", text="PAYOUT CANCEL")
    payout["status"] = "canceled"
    moment.tell("payout.canceled", payout)
    return payout


def reverse(moment: Moment, params: Thing, name: str) -> Thing:
    """Take a payout that has arrived back to the balance, by another one in the other direction."""
    payout = moment.account.get("payout", name)
    if payout["status"] != "paid" or payout["reversed_by"] or payout["original_payout"]:
        raise unexpected(
            f"Only payouts that were paid and not reversed yet can be reversed; this one has a status of "
            f"{payout['status']}.",
            "payouts_not_allowed",
        )
    back = {**payout, "id": moment.account.fresh("payout"), "amount": -payout["amount"], "created": moment.now}
    back |= {"original_payout": name, "metadata": {}, "status": "pending"}
    merge_metadata(back, params.get("metadata", {}))
    entry = funds.enter(moment, back, "payout", payout["amount"], category="payout_reversal", text="PAYOUT REVERSAL")
    back["balance_transaction"] = entry["id"]
    moment.account.put(back)
    moment.tell("payout.created", back)
    with moment.changing(payout, "payout.updated"):
        payout["reversed_by"] = back["id"]
    due.plan(moment, moment.now + banks.SOON_S, "end_payout", back)
    return back


def wanted(_moment: Moment, payout: Thing, params: Thing) -> bool:
    """The filters of the list of payouts."""
    return fits(payout, params, "status", "destination", "arrival_date")
