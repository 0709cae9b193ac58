"""The page of an identity verification: a person in a hurry says how it should end, a document is never asked for."""

from collections.abc import Callable

from fakes.calls import Call, Reply
from fakes.payments.events import Asked
from fakes.payments.hosted import view
from fakes.payments.state import identity
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account, Thing

ENDS = {"verified": "Verified", **identity.FAILURES}


class IdentityPage:
    """Shows the choice and takes it."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before

    def show(self, call: Call) -> Reply:
        """The choice, while the session waits for it."""
        found = self._found(call)
        if found is None:
            return view.said(404, "Nothing here", "This page does not exist.")
        _, session = found
        if session["status"] != "requires_input":
            return view.said(200, "Thank you", "There is nothing more to do.")
        return view.page(200, "identity", title="Verify your identity", ends=ENDS)

    def take(self, call: Call) -> Reply:
        """Let it end so."""
        found = self._found(call)
        if found is None:
            return view.said(404, "Nothing here", "This page does not exist.")
        account, session = found
        end = call.params.get("end")
        if end not in ENDS:
            return view.page(400, "identity", title="Verify your identity", ends=ENDS)
        if session["status"] == "requires_input":
            moment = self._provider.moment(account, Asked(account.fresh("request")), client=True)
            identity.finish(moment, session, None if end == "verified" else str(end))
            self._provider.commit(moment, call, session)
        where = identity.return_url(account, session)
        return view.see(where) if where else view.said(200, "Thank you", "There is nothing more to do.")

    def _found(self, call: Call) -> tuple[Account, Thing] | None:
        for account in self._provider.accounts():
            session = identity.found(account, call.at["token"])
            if session is not None:
                self._before(account)
                return account, session
        return None
