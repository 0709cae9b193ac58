"""A merchant who does anything in any order: random calls, right and wrong, with what their answers said.

Each step is a number and a name, so that a sequence can be made smaller and played again.
"""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from harness.rng import Rng
from tests.payments.conftest import Bare

CARDS = (
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_chargeDeclined",
    "pm_card_chargeDeclinedInsufficientFunds",
    "pm_card_threeDSecure2Required",
    "pm_card_nothing",
    "pm_card_createDispute",
    "pm_card_pendingRefund",
    "pm_card_refundFail",
    "pm_card_bypassPending",
)
ACCOUNTS = ("success", "insufficientFunds", "processing", "dispute", "nothing")
AMOUNTS = (50, 900, 1999, 0, -5, 49)
Form = dict[str, Any]


class Merchant:
    """What a merchant knows: the ids that answers told, by kind."""

    def __init__(self) -> None:
        self.bare = Bare(search_lag_s=0)
        self.known: dict[str, list[str]] = {}
        self.gone: set[str] = set()
        self.sent: list[tuple[str, Form, str]] = []
        self.statuses: list[int] = []

    def send(self, method: str, path: str, form: Form | None = None, key: str | None = None) -> Form:
        """Send a call and learn from its answer."""
        reply = self.bare.raw(method, f"/v1/{path}", form or {}, key)
        self.statuses.append(reply.status)
        answer: Form = json.loads(reply.body)
        if reply.status == 200 and "id" in answer and method != "GET":
            self._learn(answer)
        if key is not None and reply.status == 200:
            self.sent.append((path, form or {}, key))
        return answer

    def _learn(self, thing: Form) -> None:
        if thing.get("deleted"):
            self.gone.add(thing["id"])
        names = self.known.setdefault(thing["object"], [])
        if thing["id"] not in names:
            names.append(thing["id"])

    def one(self, chance: Random, kind: str) -> str:
        """Some object of a kind, mostly one that there is."""
        names = self.known.get(kind)
        return chance.choice(names) if names and chance.random() < 0.95 else f"{kind}_none"


Step = Callable[[Merchant, Random], object]


def _customer(merchant: Merchant, chance: Random) -> object:
    return merchant.send("POST", "customers", {"email": f"c{chance.randint(0, 9)}@example.com", "metadata[a]": "1"})


def _rename(merchant: Merchant, chance: Random) -> object:
    name = merchant.one(chance, "customer")
    return merchant.send("POST", f"customers/{name}", {"name": chance.choice(["Ann", "Bob", ""]), "metadata[a]": ""})


def _forget(merchant: Merchant, chance: Random) -> object:
    return merchant.send("DELETE", f"customers/{merchant.one(chance, 'customer')}")


def _intent(merchant: Merchant, chance: Random) -> object:
    form: Form = {"amount": chance.choice(AMOUNTS), "currency": chance.choice(["usd", "usd", "eur", "jpy", "xyz"])}
    if chance.random() < 0.5:
        form["customer"] = merchant.one(chance, "customer")
    if chance.random() < 0.3:
        form["capture_method"] = "manual"
    if chance.random() < 0.6:
        form |= {"payment_method": chance.choice(CARDS), "confirm": "true", "return_url": "https://example.com"}
    key = f"k{chance.randint(0, 10**6)}" if chance.random() < 0.5 else None
    return merchant.send("POST", "payment_intents", form, key)


def _debit(merchant: Merchant, chance: Random) -> object:
    form: Form = {"amount": chance.choice(AMOUNTS), "currency": "usd", "payment_method_types[]": "us_bank_account"}
    form |= {"payment_method": f"pm_usBankAccount_{chance.choice(ACCOUNTS)}", "confirm": "true"}
    return merchant.send("POST", "payment_intents", form | {"mandate_data[customer_acceptance][type]": "offline"})


def _set_up(merchant: Merchant, chance: Random) -> object:
    form = {"customer": merchant.one(chance, "customer"), "payment_method": chance.choice(CARDS), "confirm": "true"}
    return merchant.send("POST", "setup_intents", form)


def _charge(merchant: Merchant, chance: Random) -> object:
    source = chance.choice(["tok_visa", "tok_chargeDeclined", "tok_refundFail", "tok_none"])
    form = {"amount": chance.choice(AMOUNTS), "currency": "usd", "source": source}
    return merchant.send("POST", "charges", form | {"capture": chance.choice(["true", "false"])})


def _take(merchant: Merchant, chance: Random) -> object:
    return merchant.send("POST", f"charges/{merchant.one(chance, 'charge')}/capture")


def _pay_out(merchant: Merchant, chance: Random) -> object:
    return merchant.send("POST", "payouts", {"amount": chance.choice([1, 400, 5000]), "currency": "usd"})


def _answer(merchant: Merchant, chance: Random) -> object:
    found = merchant.send("GET", "disputes")["data"]
    if not found:
        return None
    path, words = f"disputes/{chance.choice(found)['id']}", chance.choice(["winning", "losing", "other"])
    if chance.random() < 0.3:
        return merchant.send("POST", f"{path}/close")
    return merchant.send("POST", path, {"evidence[uncategorized_text]": f"{words}_evidence"})


def _confirm(merchant: Merchant, chance: Random) -> object:
    form = {"payment_method": chance.choice(CARDS), "return_url": "https://example.com"}
    return merchant.send("POST", f"payment_intents/{merchant.one(chance, 'payment_intent')}/confirm", form)


def _capture(merchant: Merchant, chance: Random) -> object:
    form = {"amount_to_capture": chance.choice([10, 50, 5000])} if chance.random() < 0.5 else {}
    return merchant.send("POST", f"payment_intents/{merchant.one(chance, 'payment_intent')}/capture", form)


def _cancel(merchant: Merchant, chance: Random) -> object:
    return merchant.send("POST", f"payment_intents/{merchant.one(chance, 'payment_intent')}/cancel")


def _refund(merchant: Merchant, chance: Random) -> object:
    form: Form = {"payment_intent": merchant.one(chance, "payment_intent")}
    if chance.random() < 0.7:
        form["amount"] = chance.choice([1, 10, 49, 900, 0])
    return merchant.send("POST", "refunds", form)


def _price(merchant: Merchant, chance: Random) -> object:
    form = {"currency": "usd", "unit_amount": chance.choice([0, 500, 900]), "product_data[name]": "x"}
    return merchant.send("POST", "prices", {**form, "recurring[interval]": chance.choice(["month", "week", "aeon"])})


def _subscribe(merchant: Merchant, chance: Random) -> object:
    form: Form = {"customer": merchant.one(chance, "customer"), "items[0][price]": merchant.one(chance, "price")}
    form["payment_behavior"] = chance.choice(["default_incomplete", "allow_incomplete", "error_if_incomplete"])
    if chance.random() < 0.3:
        form["trial_period_days"] = 7
    return merchant.send("POST", "subscriptions", form)


def _pay(merchant: Merchant, chance: Random) -> object:
    name = merchant.one(chance, "subscription")
    found = merchant.send("GET", f"subscriptions/{name}", {"expand[]": "latest_invoice.confirmation_secret"})
    secret = ((found.get("latest_invoice") or {}).get("confirmation_secret") or {}).get("client_secret", "none")
    return merchant.bare.slice.pay(secret, chance.choice(["good_card", "declined_card", "authenticated_card"]))


def _end(merchant: Merchant, chance: Random) -> object:
    path = f"subscriptions/{merchant.one(chance, 'subscription')}"
    if chance.random() < 0.5:
        return merchant.send("DELETE", path)
    return merchant.send("POST", path, {"cancel_at_period_end": chance.choice(["true", "false"])})


def _repeat(merchant: Merchant, chance: Random) -> object:
    if not merchant.sent:
        return None
    path, form, key = chance.choice(merchant.sent)
    return merchant.send("POST", path, form, key)


def _wait(merchant: Merchant, chance: Random) -> object:
    merchant.bare.clock.advance(chance.choice([1, 60, 3600, 86_400]))
    return None


def _look(merchant: Merchant, chance: Random) -> object:
    path = chance.choice(["customers", "payment_intents", "charges", "refunds", "subscriptions", "invoices", "events"])
    return merchant.send("GET", path, {"limit": chance.choice([1, 3, 100]), "customer": "cus_none"})


STEPS: dict[str, Step] = {
    "customer": _customer, "rename": _rename, "forget": _forget, "intent": _intent, "confirm": _confirm,
    "capture": _capture, "cancel": _cancel, "refund": _refund, "price": _price, "subscribe": _subscribe, "pay": _pay,
    "end": _end, "debit": _debit, "set_up": _set_up, "charge": _charge, "take": _take, "pay_out": _pay_out,
    "answer": _answer, "repeat": _repeat, "wait": _wait, "look": _look,
}  # fmt: skip
BEGIN = ("customer", "price", "intent")
"""Steps without which the others find nothing."""


def walk(steps: list[tuple[str, int]]) -> Merchant:
    """A merchant after these steps; an exception of the fake is one of the walk."""
    merchant = Merchant()
    for name, number in [*((name, 0) for name in BEGIN), *steps]:
        STEPS[name](merchant, Rng(number).stream(name))
    return merchant
