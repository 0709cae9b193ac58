"""What the provider's own side can do to a person's objects (`ACTS`), and what it can claim falsely (`LIES`)."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fakes.calls import News
from fakes.payments.events import Asked, build
from fakes.payments.state import cycle, disputes, due, intents, paying, refunds, setups, subscriptions
from fakes.payments.state.delta import previous
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider, news_of
from fakes.payments.state.store import Thing

LIES = {
    "payment_succeeded": "Claims that the person's latest unpaid payment was paid.",
    "payment_failed": "Claims that the person's latest unpaid payment was declined.",
    "subscription_active": "Claims that a subscription whose first invoice is unpaid is active.",
    "subscription_ended": "Claims that a live subscription has ended.",
}
ACTS = {
    "end_subscription": "Ends the person's live subscription now.",
    "refund": "Gives the person's latest payment back, or `amount` of it.",
    "tell_payment_again": "Tells of the person's latest payment again, as an event of its own.",
    "renew": "Begins the next period of the person's subscription and charges it.",
    "fail_renewal": "Begins the next period of the person's subscription; the bank declines.",
    "settle_payment": "Lets the bank pay what it still processes for the person, or a voucher be paid.",
    "fail_payment": "Lets the bank refuse what it still processes for the person, or a voucher expire.",
    "authenticate": "Lets the person say yes to their bank, which asks about their latest payment or set-up.",
    "refuse_authentication": "Lets the person say no to their bank.",
    "dispute": "Lets the person's bank take their latest payment back.",
    "win_dispute": "Lets the merchant win the person's latest dispute.",
    "lose_dispute": "Lets the merchant lose the person's latest dispute.",
}
_Test = Callable[[Thing], bool]


class OwnSide:
    """Acts and lies about the objects that the core knows to be a person's."""

    def __init__(self, provider: Provider, objects_of: Callable[[str], Sequence[str]]) -> None:
        self._provider, self._objects_of = provider, objects_of

    def _newest(self, person: str, kind: str, test: _Test, what: str) -> Thing:
        account = self._provider.account()
        for name in reversed(self._objects_of(person)):
            thing = account.find(kind, name)
            if thing is not None and not thing.get("deleted") and test(thing):
                return thing
        raise LookupError(f"{person} has no {what}")

    def _live(self, person: str) -> Thing:
        test: _Test = lambda one: one["status"] in subscriptions.LIVE  # noqa: E731
        return self._newest(person, "subscription", test, "live subscription")

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Do it to the newest fitting object; both fields of the events' `request` are null."""
        moment = self._provider.moment(self._provider.account())
        try:
            thing = self._act(moment, person, act, args)
        except Problem as problem:
            raise LookupError(problem.message) from problem
        self._provider.commit(moment, None, thing)
        return str(thing["id"])

    def _act(self, moment: Moment, person: str, act: str, args: Mapping[str, Any]) -> Thing:
        if act == "refund":
            test: _Test = lambda one: one["paid"] and one["captured"] and not one["refunded"]  # noqa: E731
            charge = self._newest(person, "charge", test, "payment to give back")
            return refunds.create(moment, {"charge": charge["id"], **args})
        if act == "tell_payment_again":
            test = lambda one: one["status"] == "succeeded"  # noqa: E731
            paid = self._newest(person, "payment_intent", test, "payment to tell of again")
            moment.tell("payment_intent.succeeded", paid)
            return paid
        if act == "end_subscription":
            live = self._live(person)
            with due.held(moment.account, live):
                return cycle.close(moment, live)
        if act in ("renew", "fail_renewal"):
            live = self._live(person)
            with due.held(moment.account, live):
                return cycle.renew(moment, live, declined=act == "fail_renewal")
        if act in ("settle_payment", "fail_payment"):
            test = lambda one: one["status"] == "processing" or _voucher(one)  # noqa: E731
            intent = self._newest(person, "payment_intent", test, "payment that waits for a bank")
            return _bank_answers(moment, intent, yes=act == "settle_payment")
        if act in ("authenticate", "refuse_authentication"):
            return self._authenticate(moment, person, yes=act == "authenticate")
        if act == "dispute":
            test = lambda one: one["captured"] and one["paid"] and not one["disputed"] and not one["refunded"]  # noqa: E731
            charge = self._newest(person, "charge", test, "payment to dispute")
            return disputes.begin(moment, charge, str(args.get("reason", "fraudulent")))
        if act in ("win_dispute", "lose_dispute"):
            test = lambda one: one["status"] in disputes.OPEN  # noqa: E731
            dispute = self._newest(person, "dispute", test, "open dispute")
            return disputes.decide(moment, dispute, won=act == "win_dispute")
        raise LookupError(f"no such act: {act}; known: {', '.join(ACTS)}")

    def _authenticate(self, moment: Moment, person: str, *, yes: bool) -> Thing:
        test: _Test = lambda one: one["status"] == "requires_action" and not _voucher(one)  # noqa: E731
        try:
            intent = self._newest(person, "payment_intent", test, "payment that waits for them")
            paying.answered(moment, intent, yes=yes)
        except LookupError:
            intent = self._newest(person, "setup_intent", test, "payment or set-up that waits for them")
            setups.answered(moment, intent, yes=yes)
        return intent

    def lie(self, person: str, name: str) -> News:
        """A fresh event that is not true; the account itself never hears of it."""
        if name not in LIES:
            raise LookupError(f"no such lie: {name}; known: {', '.join(LIES)}")
        now = self._provider.now()
        if name.startswith("payment_"):
            test: _Test = lambda one: one["status"] in intents.OPEN  # noqa: E731
            true = self._newest(person, "payment_intent", test, "unpaid payment")
        elif name == "subscription_active":
            test = lambda one: one["status"] == "incomplete"  # noqa: E731
            true = self._newest(person, "subscription", test, "subscription whose first invoice is unpaid")
        else:
            true = self._live(person)
        false = copy.deepcopy(true)
        kind = _PUT[name](false, now)
        account = self._provider.account()
        difference = previous(true, false) if kind.endswith(".updated") else None
        ids = Moment(account=account, asked=Asked()).ids_of(true)
        return news_of(build(account, Asked(), kind, false, difference, ids))


def _voucher(intent: Thing) -> bool:
    return bool(intent["status"] == "requires_action" and intent["next_action"]["type"].endswith("_display_details"))


def _bank_answers(moment: Moment, intent: Thing, *, yes: bool) -> Thing:
    if intent["status"] == "processing":
        return paying.settle(moment, intent["id"], succeeds=yes)
    paying.answered(moment, intent, yes=yes)
    return intent


def _succeeded(intent: Thing, _now: int) -> str:
    intent.update(status="succeeded", amount_received=intent["amount"], next_action=None, last_payment_error=None)
    return "payment_intent.succeeded"


def _failed(intent: Thing, _now: int) -> str:
    declined = {"code": "card_declined", "decline_code": "generic_decline", "message": "Your card was declined."}
    intent.update(status="requires_payment_method", last_payment_error={**declined, "type": "card_error"})
    return "payment_intent.payment_failed"


def _active(subscription: Thing, _now: int) -> str:
    subscription["status"] = "active"
    return "customer.subscription.updated"


def _ended(subscription: Thing, now: int) -> str:
    subscription.update(status="canceled", canceled_at=now, ended_at=now)
    return "customer.subscription.deleted"


_PUT: dict[str, Callable[[Thing, int], str]] = {
    "payment_succeeded": _succeeded,
    "payment_failed": _failed,
    "subscription_active": _active,
    "subscription_ended": _ended,
}
