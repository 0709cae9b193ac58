"""The page of an invoice: shows what it is for, and lets the customer pay it while it is open.

Open to whoever holds the address, as in real life.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fakes.calls import Call, Reply
from fakes.payments.events import Asked
from fakes.payments.hosted import fields, instruments, view
from fakes.payments.hosted.instruments import Mistakes
from fakes.payments.hosted.portal_view import day
from fakes.payments.state import asking, due, invoicing
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account, Thing

SAID = {
    "paid": "This invoice is paid. Thank you.",
    "void": "This invoice is void: there is nothing to pay.",
    "uncollectible": "This invoice cannot be paid here any more.",
    "draft": "This invoice is not final yet.",
}


class InvoicePage:
    """Shows an invoice and takes its payment."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before

    def show(self, call: Call) -> Reply:
        """The invoice as it is."""
        found = self._found(call)
        return _missing() if found is None else _shown(*found)

    def take(self, call: Call) -> Reply:
        """Pay it with a card."""
        found = self._found(call)
        if found is None:
            return _missing()
        account, invoice = found
        if invoice["status"] != "open":
            return _shown(account, invoice)
        moment = self._provider.moment(account, Asked(account.fresh("request")), client=True)
        try:
            with due.held(account, invoice):
                problem = _pay(moment, invoice, call.params)
        except Mistakes as mistakes:
            return _shown(account, invoice, status=400, given=call.params, mistakes=mistakes.by_name)
        self._provider.commit(moment, call, invoice)
        if problem is not None:
            return _shown(account, invoice, status=402, given=call.params, trouble=problem.message)
        intent = invoicing.intent_of(moment, invoice)
        if intent is not None and intent["status"] == "requires_action":
            return view.see(asking.page(moment, intent))
        return view.see(invoice["hosted_invoice_url"])

    def _found(self, call: Call) -> tuple[Account, Thing] | None:
        name = call.at["invoice"]
        account = self._provider.holder("invoice", name)
        if account is None:
            return None
        self._before(account)
        invoice = account.find("invoice", name)
        return None if invoice is None or not invoice["hosted_invoice_url"] else (account, invoice)


def _pay(moment: Moment, invoice: Thing, given: Mapping[str, Any]) -> Problem | None:
    method = instruments.method(moment, "card", given, invoice["customer_email"])
    return invoicing.charge(moment, invoice, method, return_url=invoice["hosted_invoice_url"])


def _missing() -> Reply:
    return view.said(404, "Nothing here", "This invoice does not exist.")


def _shown(
    account: Account,
    invoice: Thing,
    *,
    status: int = 200,
    given: Mapping[str, Any] | None = None,
    mistakes: Mapping[str, str] | None = None,
    trouble: str = "",
) -> Reply:
    wrong = mistakes or {}
    return view.page(
        status,
        "invoice",
        title=f"Invoice {invoice['number'] or ''}".strip(),
        invoice=invoice,
        lines=invoicing.lines_of(account, invoice),
        due=day(invoice["due_date"]) if invoice["due_date"] else "",
        said=SAID.get(invoice["status"], ""),
        card=fields.written("card", given or {}, wrong),
        trouble=trouble or wrong.get("method", ""),
    )
