"""What the provider's own side can do to a person's objects (`ACTS`), and what it can claim falsely (`LIES`)."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakes.calls import News
from fakes.payments.events import Asked, build
from fakes.payments.state import cycle, disputes, due, intents, paying, refunds, setups, subscriptions
from fakes.payments.state.delta import previous
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider, news_of
from fakes.payments.state.store import Account, Thing

LIES = {
    "payment_succeeded": "Claims that the person's latest unpaid payment, or else their open payment page, was paid.",
    "paid_too_little": "The same, with less than was asked.",
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


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is done, and to which objects it can be."""

    kinds: tuple[str, ...]
    test: _Test
    what: str
    """How such an object is called when a person has none."""
    do: Callable[[Moment, Thing, Mapping[str, Any]], Thing]


class OwnSide:
    """Acts and lies about the objects that the core knows to be a person's."""

    def __init__(self, provider: Provider, objects_of: Callable[[str], Sequence[str]]) -> None:
        self._provider, self._objects_of = provider, objects_of

    def _newest(self, person: str, kinds: tuple[str, ...], test: _Test, what: str) -> tuple[Account, Thing]:
        """The newest object that passes, of the first of these kinds that has one, and whose account it is in."""
        accounts = self._provider.accounts()
        for kind in kinds:
            for name in reversed(self._objects_of(person)):
                for account in accounts:
                    thing = account.find(kind, name)
                    if thing is not None and not thing.get("deleted") and test(thing):
                        return account, thing
        raise LookupError(f"{person} has no {what}")

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Do it to the newest fitting object, as late as its clock says; the events' `request` has null fields."""
        if act not in _DEEDS:
            raise LookupError(f"no such act: {act}; known: {', '.join(ACTS)}")
        deed = _DEEDS[act]
        account, thing = self._newest(person, deed.kinds, deed.test, deed.what)
        moment = self._provider.moment(account)
        try:
            with due.held(account, thing):
                thing = deed.do(moment, thing, args)
        except Problem as problem:
            raise LookupError(problem.message) from problem
        self._provider.commit(moment, None, thing)
        return str(thing["id"])

    def lie(self, person: str, name: str) -> News:
        """A fresh event that is not true; the account itself never hears of it."""
        if name not in LIES:
            raise LookupError(f"no such lie: {name}; known: {', '.join(LIES)}")
        account, true = self._newest(person, *_TRUE[name])
        false = copy.deepcopy(true)
        with due.held(account, true):
            kind = _PUT[name](false, account.now())
            difference = previous(true, false) if kind.endswith(".updated") else None
            ids = Moment(account=account, asked=Asked()).ids_of(true)
            return news_of(build(account, Asked(), kind, false, difference, ids))


def _voucher(intent: Thing) -> bool:
    return bool(intent["status"] == "requires_action" and intent["next_action"]["type"].endswith("_display_details"))


def _bank_answers(moment: Moment, intent: Thing, *, yes: bool) -> Thing:
    if intent["status"] == "processing":
        return paying.settle(moment, intent["id"], succeeds=yes)
    return _answered(moment, intent, yes=yes)


def _answered(moment: Moment, intent: Thing, *, yes: bool) -> Thing:
    answered = paying.answered if intent["object"] == "payment_intent" else setups.answered
    answered(moment, intent, yes=yes)
    return intent


def _told_again(moment: Moment, intent: Thing) -> Thing:
    moment.tell("payment_intent.succeeded", intent)
    return intent


def _succeeded(intent: Thing, _now: int) -> str:
    if intent["object"] == "checkout.session":
        intent.update(status="complete", payment_status="paid")
        return "checkout.session.completed"
    intent.update(status="succeeded", amount_received=intent["amount"], next_action=None, last_payment_error=None)
    return "payment_intent.succeeded"


def _paid_too_little(intent: Thing, now: int) -> str:
    kind = _succeeded(intent, now)
    intent["amount_total" if intent["object"] == "checkout.session" else "amount_received"] = 1
    return kind


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
    "paid_too_little": _paid_too_little,
    "payment_failed": _failed,
    "subscription_active": _active,
    "subscription_ended": _ended,
}


def _on_live(do: Callable[[Moment, Thing], Thing]) -> _Deed:
    return _Deed(*_LIVE, lambda moment, one, _args: do(moment, one))


def _of_bank(*, yes: bool) -> _Deed:
    def waits(one: Thing) -> bool:
        return one["status"] == "processing" or _voucher(one)

    what = "payment that waits for a bank"
    return _Deed(("payment_intent",), waits, what, lambda moment, one, _args: _bank_answers(moment, one, yes=yes))


def _of_owner(*, yes: bool) -> _Deed:
    def waits(one: Thing) -> bool:
        return one["status"] == "requires_action" and not _voucher(one)

    kinds, what = ("payment_intent", "setup_intent"), "payment or set-up that waits for them"
    return _Deed(kinds, waits, what, lambda moment, one, _args: _answered(moment, one, yes=yes))


def _decided(*, won: bool) -> _Deed:
    return _Deed(
        ("dispute",),
        lambda one: one["status"] in disputes.OPEN,
        "open dispute",
        lambda moment, one, _args: disputes.decide(moment, one, won=won),
    )


_Sought = tuple[tuple[str, ...], _Test, str]
_LIVE: _Sought = (("subscription",), lambda one: one["status"] in subscriptions.LIVE, "live subscription")
_UNPAID: _Sought = (("payment_intent",), lambda one: one["status"] in intents.OPEN, "unpaid payment")
_PAYABLE: _Sought = (
    ("payment_intent", "checkout.session"),
    lambda one: one["status"] in (*intents.OPEN, "open"),
    "unpaid payment, nor an open page to pay on",
)
_TRUE: dict[str, _Sought] = {
    "payment_succeeded": _PAYABLE,
    "paid_too_little": _PAYABLE,
    "payment_failed": _UNPAID,
    "subscription_active": (
        ("subscription",),
        lambda one: one["status"] == "incomplete",
        "subscription whose first invoice is unpaid",
    ),
    "subscription_ended": _LIVE,
}
"""What each lie is about."""
_DEEDS: dict[str, _Deed] = {
    "end_subscription": _on_live(cycle.close),
    "renew": _on_live(cycle.renew),
    "fail_renewal": _on_live(lambda moment, one: cycle.renew(moment, one, declined=True)),
    "refund": _Deed(
        ("charge",),
        lambda one: one["paid"] and one["captured"] and not one["refunded"],
        "payment to give back",
        lambda moment, charge, args: refunds.create(moment, {"charge": charge["id"], **args}),
    ),
    "tell_payment_again": _Deed(
        ("payment_intent",),
        lambda one: one["status"] == "succeeded",
        "payment to tell of again",
        lambda moment, one, _args: _told_again(moment, one),
    ),
    "settle_payment": _of_bank(yes=True),
    "fail_payment": _of_bank(yes=False),
    "authenticate": _of_owner(yes=True),
    "refuse_authentication": _of_owner(yes=False),
    "dispute": _Deed(
        ("charge",),
        lambda one: one["captured"] and one["paid"] and not one["disputed"] and not one["refunded"],
        "payment to dispute",
        lambda moment, charge, args: disputes.begin(moment, charge, str(args.get("reason", "fraudulent"))),
    ),
    "win_dispute": _decided(won=True),
    "lose_dispute": _decided(won=False),
}
