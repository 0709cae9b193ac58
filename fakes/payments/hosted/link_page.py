"""The address of a payment link: everybody who follows it gets a checkout session of their own."""

from collections.abc import Callable

from fakes.calls import Call, Reply
from fakes.payments.events import Asked
from fakes.payments.hosted import view
from fakes.payments.state.checkout import links
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account

CLOSED = "This link is no longer active."


class LinkPage:
    """Opens sessions."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before

    def show(self, call: Call) -> Reply:
        """Send the buyer to a new session, or say that nothing is sold here any more."""
        for account in self._provider.accounts():
            link = links.found(account, call.at["token"])
            if link is None:
                continue
            self._before(account)
            if not link["active"]:
                return view.said(410, "Nothing to pay here", link["inactive_message"] or CLOSED)
            moment = self._provider.moment(account, Asked(account.fresh("request")), client=True)
            try:
                session = links.open_session(moment, link, call.params)
            except Problem as problem:
                return view.said(400, "Something is wrong with this link", problem.message)
            self._provider.commit(moment, call, session)
            return view.see(session["url"])
        return view.said(404, "Nothing here", "This payment link does not exist.")
