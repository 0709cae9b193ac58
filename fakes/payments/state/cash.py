"""Cash balances: what customers sent by bank transfer, and which of their payments it pays.

With automatic reconciliation what arrives pays the oldest open payment by bank transfer in its currency, in part if it
must; with manual reconciliation the merchant says so.
"""

from dataclasses import dataclass, field

from fakes.payments.state import charges, methods, paying
from fakes.payments.state.customers import present
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Account, Thing

KINDS = {"eur": "eu_bank_transfer", "gbp": "gb_bank_transfer", "jpy": "jp_bank_transfer", "mxn": "mx_bank_transfer"}
_SENDERS = {
    "eu_bank_transfer": ("bic", "iban_last4", "sender_name"),
    "gb_bank_transfer": ("account_number_last4", "sender_name", "sort_code"),
    "jp_bank_transfer": ("sender_bank", "sender_branch", "sender_name"),
    "us_bank_transfer": ("sender_name",),
}


@dataclass(slots=True)
class Cash:
    """What customers have sent and what it went to."""

    balances: dict[str, dict[str, int]] = field(default_factory=dict)
    """By customer and currency."""
    manual: set[str] = field(default_factory=set)
    """Customers whose money the merchant reconciles."""
    applied: dict[str, int] = field(default_factory=dict)
    """What of each payment is there, by intent."""
    waiting: dict[str, list[str]] = field(default_factory=dict)
    """Payments that wait for a customer's money, oldest first."""


def balance(moment: Moment, customer_name: str) -> Thing:
    """The cash balance of a customer."""
    present(moment, customer_name, "id")
    return shown(moment.account, customer_name)


def shown(account: Account, customer_name: str) -> Thing:
    """The same, of whoever."""
    cash = account.side(Cash)
    manual = customer_name in cash.manual
    amounts = {currency: amount for currency, amount in cash.balances.get(customer_name, {}).items() if amount}
    return {
        "object": "cash_balance",
        "available": amounts or None,
        "customer": customer_name,
        "customer_account": None,
        "livemode": False,
        "settings": {
            "reconciliation_mode": "manual" if manual else "automatic",
            "using_merchant_default": not manual,
        },
    }


def settle_how(moment: Moment, params: Thing, customer_name: str) -> Thing:
    """Choose who reconciles a customer's money."""
    present(moment, customer_name, "id")
    mode = (params.get("settings") or {}).get("reconciliation_mode")
    manual = moment.account.side(Cash).manual
    if mode == "manual":
        manual.add(customer_name)
    elif mode is not None:
        manual.discard(customer_name)
    return balance(moment, customer_name)


def fund(moment: Moment, params: Thing, customer_name: str) -> Thing:
    """Money arrives from a customer."""
    present(moment, customer_name, "id")
    currency = currency_of(params["currency"])
    if params["amount"] < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    kind = KINDS.get(currency, "us_bank_transfer")
    sender: Thing = dict.fromkeys(_SENDERS.get(kind, ()))
    transfer: Thing = {"reference": params.get("reference"), "type": kind}
    if sender:
        transfer[kind] = {**sender, "network": "ach"} if kind == "us_bank_transfer" else sender
    entry = _entry(moment, customer_name, currency, params["amount"], "funded", {"bank_transfer": transfer})
    cash = moment.account.side(Cash)
    if customer_name not in cash.manual:
        for name in list(cash.waiting.get(customer_name, ())):
            _apply(moment, moment.account.get("payment_intent", name), None)
    if cash.balances[customer_name].get(currency):
        moment.tell("cash_balance.funds_available", balance(moment, customer_name))
    return entry


def _entry(moment: Moment, customer: str, currency: str, amount: int, kind: str, details: Thing) -> Thing:
    held = moment.account.side(Cash).balances.setdefault(customer, {})
    held[currency] = held.get(currency, 0) + amount
    entry = moment.account.put(
        {
            "id": moment.account.fresh("customer_cash_balance_transaction"),
            "object": "customer_cash_balance_transaction",
            "created": moment.now,
            "currency": currency,
            "customer": customer,
            "customer_account": None,
            "ending_balance": held[currency],
            "livemode": False,
            "net_amount": amount,
            "type": kind,
            kind: details,
        }
    )
    moment.tell("customer_cash_balance_transaction.created", entry)
    return entry


def wait(moment: Moment, intent: Thing) -> Thing:
    """A payment by bank transfer is confirmed: what is there pays it, or it waits for the rest."""
    if intent["customer"] is None:
        raise invalid(
            "A customer is required to confirm a PaymentIntent with a payment method of type customer_balance.",
            "customer",
            "parameter_missing",
        )
    cash = moment.account.side(Cash)
    waiting = cash.waiting.setdefault(intent["customer"], [])
    if intent["id"] not in waiting:
        waiting.append(intent["id"])
    cash.applied.setdefault(intent["id"], 0)
    there = (
        0 if intent["customer"] in cash.manual else cash.balances.get(intent["customer"], {}).get(intent["currency"], 0)
    )
    if there >= intent["amount"]:
        _apply(moment, intent, None)
        return intent
    intent.update(status="requires_action", next_action=_instructions(moment, intent))
    moment.tell("payment_intent.requires_action", intent)
    if there:
        _apply(moment, intent, None)
    return intent


def _apply(moment: Moment, intent: Thing, amount: int | None) -> None:
    """Pay with what is there, at most `amount`."""
    cash, customer, currency = moment.account.side(Cash), intent["customer"], intent["currency"]
    there = cash.balances.get(customer, {}).get(currency, 0)
    part = min(there, intent["amount"] - cash.applied.get(intent["id"], 0), there if amount is None else amount)
    if part < 1:
        return
    cash.applied[intent["id"]] = cash.applied.get(intent["id"], 0) + part
    _entry(moment, customer, currency, -part, "applied_to_payment", {"payment_intent": intent["id"]})
    if cash.applied[intent["id"]] < intent["amount"]:
        intent["next_action"] = _instructions(moment, intent)
        moment.tell("payment_intent.partially_funded", intent)
        return
    _leave(moment, intent)
    method = moment.account.get("payment_method", intent["payment_method"])
    charge = charges.attempt(moment, intent, method, methods.card_of(moment, method), "succeeded")
    intent["next_action"] = None
    paying.succeed(moment, intent, charge, intent["amount"])


def apply(moment: Moment, params: Thing, name: str) -> Thing:
    """The merchant pays an intent with what its customer sent."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] != "requires_action" or name not in moment.account.side(Cash).applied:
        raise unexpected(
            "This PaymentIntent does not wait for a bank transfer.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    held = moment.account.side(Cash).balances.get(intent["customer"], {}).get(intent["currency"], 0)
    amount = params.get("amount", held)
    if amount < 1 or amount > held:
        raise invalid("The customer's cash balance does not have enough funds.", "amount", "insufficient_funds")
    _apply(moment, intent, amount)
    return intent


def _leave(moment: Moment, intent: Thing) -> None:
    waiting = moment.account.side(Cash).waiting.get(intent["customer"] or "", [])
    if intent["id"] in waiting:
        waiting.remove(intent["id"])


def release(moment: Moment, intent: Thing) -> None:
    """A payment is given up: what was applied to it is the customer's again."""
    _leave(moment, intent)
    applied = moment.account.side(Cash).applied.pop(intent["id"], 0)
    if applied:
        details = {"payment_intent": intent["id"]}
        _entry(moment, intent["customer"], intent["currency"], applied, "unapplied_from_payment", details)


def _instructions(moment: Moment, intent: Thing) -> Thing:
    options = intent["payment_method_options"].get("customer_balance") or {}
    asked = (options.get("bank_transfer") or {}).get("type", KINDS.get(intent["currency"], "us_bank_transfer"))
    kind = asked if asked.endswith("_transfer") else KINDS.get(intent["currency"], "us_bank_transfer")
    left = intent["amount"] - moment.account.side(Cash).applied.get(intent["id"], 0)
    told = {
        "amount_remaining": left,
        "currency": intent["currency"],
        "financial_addresses": [_address(kind)],
        "hosted_instructions_url": f"https://payments.stripe.com/bank_transfers/instructions/{intent['id']}",
        "reference": intent["id"][-8:].upper(),
        "type": kind,
    }
    return {"type": "display_bank_transfer_instructions", "display_bank_transfer_instructions": told}


def _address(kind: str) -> Thing:
    place = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    owner = {"account_holder_address": place, "account_holder_name": "STAGING SHOP", "bank_address": dict(place)}
    if kind == "jp_bank_transfer":
        bank = {"bank_code": "0000", "bank_name": "TEST BANK", "branch_code": "000", "branch_name": "TEST"}
        account = {"account_number": "1234567", "account_type": "futsu"}
        return {"type": "zengin", "supported_networks": ["zengin"], "zengin": {**owner, **bank, **account}}
    if kind == "gb_bank_transfer":
        account = {"account_number": "12345678", "sort_code": "123456"}
        return {"type": "sort_code", "supported_networks": ["fps", "bacs"], "sort_code": {**owner, **account}}
    if kind == "mx_bank_transfer":
        account = {"bank_code": "000", "bank_name": "TEST BANK", "clabe": "000000000000000000"}
        return {"type": "spei", "supported_networks": ["spei"], "spei": {**owner, **account}}
    if kind == "eu_bank_transfer":
        account = {"bic": "TESTDEFF", "country": "DE", "iban": "DE89370400440532013000"}
        return {"type": "iban", "supported_networks": ["sepa"], "iban": {**owner, **account}}
    account = {"account_number": "11119987600453127", "account_type": "checking", "bank_name": "TEST BANK"}
    return {
        "type": "aba",
        "supported_networks": ["ach", "domestic_wire_us"],
        "aba": {**owner, **account, "routing_number": "999999999"},
    }
