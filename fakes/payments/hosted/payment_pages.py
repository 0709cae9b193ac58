"""What the vendor's own page asks behind a checkout session: `/v1/payment_pages`, which its command line client uses.

Not part of the documented API, so its shape is our own; a secret key is needed.
"""

from collections.abc import Callable

from fakes.calls import Call, Reply
from fakes.payments.events import Asked
from fakes.payments.state import checkout, due, methods
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account, Thing
from fakes.payments.wire import answers
from fakes.payments.wire.credentials import own_name


class PaymentPages:
    """Shows and pays a session as the vendor's page does."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before

    def show(self, call: Call) -> Reply:
        """What a page would be made of."""
        account = self._account(call)
        try:
            session = account.get("checkout.session", call.at["session"])
        except Problem as problem:
            return answers.error(problem, account.fresh("request"))
        return answers.answer(_page(session), account.fresh("request"))

    def confirm(self, call: Call) -> Reply:
        """Pay with a payment method, if the amount is what the page showed."""
        account = self._account(call)
        request = account.fresh("request")
        moment = self._provider.moment(account, Asked(request, call.key), client=True)
        try:
            session = account.get("checkout.session", call.at["session"])
            taxed = session["automatic_tax"]["enabled"]
            if not taxed:
                _as_shown(session, call)
            method = methods.resolve(moment, call.params.get("payment_method"))
            details = method["billing_details"]
            filled = {name: details[name] for name in ("email", "name", "phone", "address") if details.get(name)}
            if taxed:
                checkout.locate(moment, session, filled)
                _as_shown(session, call)
            with due.held(account, session):
                checkout.pay(moment, session, method, filled)
        except Problem as problem:
            self._provider.commit(moment, call)
            return answers.error(problem, request)
        self._provider.commit(moment, call, session)
        return answers.answer(_page(session), request)

    def _account(self, call: Call) -> Account:
        account = self._provider.account(own_name(call.account))
        self._before(account)
        return account


def _as_shown(session: Thing, call: Call) -> None:
    """Refuse to take another amount than the one that the page showed."""
    expected = call.params.get("expected_amount")
    if expected is not None and str(session["amount_total"]) != expected:
        raise invalid("The amount of this session has changed.", "expected_amount")


def _page(session: Thing) -> Thing:
    return {
        "id": f"ppage_{session['id'].removeprefix('cs_test_')[:24]}",
        "object": "payment_page",
        "currency": session["currency"],
        "livemode": False,
        "mode": session["mode"],
        "payment_intent": session["payment_intent"],
        "payment_status": session["payment_status"],
        "session_id": session["id"],
        "state": session["status"],
        "total_summary": {"due": session["amount_total"], "subtotal": session["amount_subtotal"]},
    }
