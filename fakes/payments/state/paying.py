"""A way to pay meets a payment intent: taken, declined, authorised, asked back, or sent on its way to the bank.

`pay` is the one place where that happens, whoever asks: the merchant's server, the person's own device with the
client secret (`wallet`), or the provider itself for an invoice.
"""

from collections.abc import Callable
from dataclasses import replace

from fakes.payments.state import asking, banks, charges, due, methods, vouchers
from fakes.payments.state.instrument import NETWORKED, Card
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, unexpected
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
SETTLED: list[Callable[[Moment, Thing], None]] = []
"""Who wants to hear of an intent that changed its status for good: invoices and sessions register here."""
ANSWERED: list[Callable[[Moment, Thing], None]] = []
"""Who wants to hear of an intent whose customer said yes to their bank, whatever came of it."""


def pay(
    moment: Moment,
    intent: Thing,
    method: Thing,
    *,
    off_session: bool = False,
    authenticated: bool = False,
    return_url: str | None = None,
    card: Card | None = None,
    sdk: bool = False,
) -> Thing:
    """Let a method meet an intent; raises the card error once the decline has been written down and told."""
    card = card or methods.card_of(moment, method)
    standing = moment.account.side(Standing)
    intent["payment_method"], intent["last_payment_error"] = method["id"], None
    if return_url:
        standing.return_urls[intent["id"]] = return_url
    if card.kind not in NETWORKED:
        return _otherwise(moment, intent, method, card, ready=authenticated or off_session)
    known, wanted = method["id"] in standing.set_up, intent["id"] in standing.secure_wanted
    asks = card.asks(away=off_session, known=known, wanted=wanted)
    if asks and off_session:
        raise refuse(moment, intent, method, methods.away(card))
    if asks and not authenticated:
        return _ask(moment, intent, asking.challenge(moment, intent, sdk=sdk or moment.client))
    if asks:
        standing.challenged.add(intent["id"])
    if card.code is not None:
        raise refuse(moment, intent, method, card)
    return _take(moment, intent, method, card)


def _ask(moment: Moment, intent: Thing, action: Thing) -> Thing:
    intent["status"], intent["next_action"] = "requires_action", action
    moment.tell("payment_intent.requires_action", intent)
    return intent


def _otherwise(moment: Moment, intent: Thing, method: Thing, card: Card, *, ready: bool) -> Thing:
    """A bank account, a redirect or a voucher: the customer acts first, then the bank answers, some of them later."""
    if card.kind == "customer_balance":
        from fakes.payments.state import cash

        return cash.wait(moment, intent)
    action = None if ready else asking.action(moment, intent, method)
    if card.risk == "highest":
        raise refuse(moment, intent, method, card)
    if action is not None:
        vouchers.plan(moment, intent, method)
        return _ask(moment, intent, action)
    if card.settles_s == 0:
        return _take(moment, intent, method, card)
    _use_up(moment, method)
    charges.attempt(moment, intent, method, card, "pending")
    intent["status"], intent["next_action"] = "processing", None
    moment.tell("payment_intent.processing", intent)
    if card.settles_s is not None:
        due.plan(moment, moment.now + card.settles_s, "settle_payment", intent)
    return intent


def _keep(moment: Moment, intent: Thing, method: Thing) -> None:
    """Keep a method for later payments, when the intent wants that."""
    customer = moment.account.find("customer", intent["customer"])
    # Of a card that was held to a reader, the generated card is kept instead (`presented`).
    if intent["setup_future_usage"] and customer is not None and method["type"] != "card_present":
        methods.attach_to(moment, method, customer)
        moment.account.side(Standing).set_up.add(method["id"])


def _use_up(moment: Moment, method: Thing) -> None:
    if method["customer"] is None:
        moment.account.side(Standing).spent.add(method["id"])


def _take(moment: Moment, intent: Thing, method: Thing, card: Card) -> Thing:
    _keep(moment, intent, method)
    _use_up(moment, method)
    charge = charges.attempt(moment, intent, method, card, "succeeded")
    intent["next_action"] = None
    if charges.held(intent, card):
        intent["status"], intent["amount_capturable"] = "requires_capture", intent["amount"]
        moment.tell("payment_intent.amount_capturable_updated", intent)
        due.plan(moment, moment.now + charges.lasts_s(card), "end_authorisation", intent)
        return intent
    succeed(moment, intent, charge, intent["amount"])
    return intent


def succeed(moment: Moment, intent: Thing, charge: Thing, amount: int) -> None:
    """The money of an intent is taken: tell it, let those hear who wait for it, and book it."""
    intent.update(status="succeeded", amount_capturable=0, amount_received=amount)
    due.drop(moment, "end_authorisation", intent)
    moment.tell("payment_intent.succeeded", intent)
    settled(moment, intent)
    charges.book(moment, charge)


def settled(moment: Moment, intent: Thing) -> None:
    """Let invoices and sessions hear of an intent that changed for good."""
    for hear in SETTLED:
        hear(moment, intent)


def refuse(moment: Moment, intent: Thing, method: Thing, card: Card) -> Problem:
    """Write a decline down and tell it; answers the error to raise."""
    return _failed(moment, intent, method, card, charges.attempt(moment, intent, method, card, "failed"))


def _failed(moment: Moment, intent: Thing, method: Thing, card: Card, charge: Thing | None) -> Problem:
    problem = methods.declined(card, method)
    name = None if charge is None else charge["id"]
    intent["last_payment_error"] = problem.shown(charge=name)
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    moment.tell("payment_intent.payment_failed", intent)
    settled(moment, intent)
    problem.more.update(charge=name, payment_intent=intent)
    return problem


def needs_its_owner(moment: Moment, intent: Thing, method: Thing) -> Problem:
    """A bank asks for its customer, and the merchant wants that to be an error."""
    return _failed(moment, intent, method, methods.away(methods.card_of(moment, method)), None)


def settle(moment: Moment, name: str, *, succeeds: bool | None = None) -> Thing:
    """The bank answers for a payment that is processing: as its test account does, or as `succeeds` says."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] != "processing":
        return intent
    charge = moment.account.get("charge", intent["latest_charge"])
    method = moment.account.get("payment_method", charge["payment_method"])
    card = methods.card_of(moment, method)
    if succeeds if succeeds is not None else card.code is None:
        _keep(moment, intent, method)
        charges.settled(moment, charge, card)
        succeed(moment, intent, charge, charge["amount"])
        return intent
    if card.code is None:
        message = "The customer's bank refused the payment."
        card = replace(card, code="generic_could_not_process", decline="generic_could_not_process", message=message)
    charges.fell_through(moment, charge, card)
    _failed(moment, intent, method, card, charge)
    return intent


def answered(moment: Moment, intent: Thing, *, yes: bool) -> Problem | None:
    """The customer answered their bank; what came of it is written down, and a decline answered."""
    if intent["status"] != "requires_action":
        raise unexpected(
            "This payment does not wait for its customer.", "payment_intent_unexpected_state", payment_intent=intent
        )
    method = moment.account.get("payment_method", intent["payment_method"])
    if not yes:
        card = methods.card_of(moment, method)
        no = vouchers.expired(card) if banks.how(card.kind) == "voucher" else _said_no(card)
        return _failed(moment, intent, method, no, None)
    if intent["confirmation_method"] == "manual" and banks.how(method["type"]) == "card":
        moment.account.side(Standing).authenticated.add(intent["id"])
        intent.update(status="requires_confirmation", next_action=None)
        return None
    try:
        pay(moment, intent, method, authenticated=True)
    except Problem as problem:
        return problem
    for hear in ANSWERED:
        hear(moment, intent)
    return None


def _said_no(card: Card) -> Card:
    message = (
        "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    )
    return replace(card, code="payment_intent_authentication_failure", decline=None, message=message)


@due.work("settle_payment")
def settle_by_itself(moment: Moment, name: str) -> None:
    """The bank of a test account answers when its time has come."""
    settle(moment, name)


@due.work("pay_voucher")
def pay_voucher(moment: Moment, name: str) -> None:
    """Somebody pays a voucher at last."""
    _voucher(moment, name, yes=True)


@due.work("end_voucher")
def end_voucher(moment: Moment, name: str) -> None:
    """A voucher's time is over."""
    _voucher(moment, name, yes=False)


def _voucher(moment: Moment, name: str, *, yes: bool) -> None:
    intent = moment.account.get("payment_intent", name)
    if intent["status"] == "requires_action":
        answered(moment, intent, yes=yes)
