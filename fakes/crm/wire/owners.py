"""Routes of owners. No rules here."""

from collections.abc import Iterator

from fakes.calls import Call, Reply, Route
from fakes.crm.problems import not_found
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, query
from fakes.crm.wire.mounts import OWNERS, Guard, settings


class Owners:
    """The handlers of one portal's owners."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Owners under v3 and every dated prefix."""
        return settings(OWNERS, (("GET", "", self._list, False), ("GET", "/{id}", self._get, False)), guard)

    def _list(self, call: Call) -> Reply:
        email = query(call, "email")
        return answer(200, {"results": [each for each in self._portal.owners if email in (None, each["email"])]})

    def _get(self, call: Call) -> Reply:
        for each in self._portal.owners:
            if each["id"] == call.at["id"]:
                return answer(200, each)
        raise not_found()
