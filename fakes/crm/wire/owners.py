"""Routes of owners. No rules here."""

from collections.abc import Iterator

from fakes.calls import Call, Reply, Route
from fakes.crm.problems import malformed, not_found
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, flag, page_of, paging, query
from fakes.crm.wire.mounts import OWNERS, Guard, settings

PAGE_DEFAULT, PAGE_MAX = 100, 500


class Owners:
    """The handlers of one portal's owners."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Owners under v3 and every dated prefix."""
        return settings(OWNERS, (("GET", "", self._list, False), ("GET", "/{id}", self._get, False)), guard)

    def _list(self, call: Call) -> Reply:
        limit, after = page_of(call, PAGE_MAX, PAGE_DEFAULT)
        email, archived = query(call, "email"), flag(call, "archived")
        found = [
            each
            for each in self._portal.owners
            if each["archived"] == archived and email in (None, each["email"]) and int(each["id"]) >= int(after or 0)
        ]
        following = found[limit]["id"] if len(found) > limit else None
        return answer(200, {"results": found[:limit], **paging(call, following)})

    def _get(self, call: Call) -> Reply:
        by = query(call, "idProperty") or "id"
        if by not in ("id", "userId"):
            raise malformed(f"idProperty must be id or userId, got {by}")
        name = "userIdIncludingInactive" if by == "userId" else "id"
        for each in self._portal.owners:
            if str(each[name]) == call.at["id"] and each["archived"] == flag(call, "archived"):
                return answer(200, each)
        raise not_found()
