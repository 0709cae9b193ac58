"""Routes of the search, of its export, and of the tags of the account. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import Problem, bad_parameter
from fakes.helpdesk.state.search import KINDS, SORTS, Hits
from fakes.helpdesk.wire import faces, shapes
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import number, query
from fakes.helpdesk.wire.paging import by_number, cursor_link, cursor_of

HITS_MAX = 1000
EXPORT_MAX = 1000
TOO_FAR = "Invalid search: Requested response size was greater than Search Response Limits"


class FindingArea(Area):
    """The search and the tags."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        return (
            Entry("GET", "/search", self.find, limit="search"),
            Entry("GET", "/search/count", self.count),
            Entry("GET", "/search/export", self.export, limit="search_export"),
            Entry("GET", "/tags", self.tags, ticket=False),
            Entry("GET", "/tags/count", self.count_tags, ticket=False),
            Entry("GET", "/autocomplete/tags", self.complete_tags, ticket=False),
        )

    def _hits(self, call: Call, kinds: tuple[str, ...] = ()) -> Hits:
        asked = query(call, "query")
        if asked is None or (not asked.strip() and not kinds):
            raise Problem("invalid", "Invalid search: query is required")
        sort, order = query(call, "sort_by") or "", query(call, "sort_order") or ""
        if sort and sort not in SORTS:
            raise Problem("invalid", f"Invalid search: {sort} is not a sortable attribute")
        return self.desk.search.find(asked, kinds, me=self.actor(call).id, sort=sort, order=order)

    def _shape(self, hit: tuple[str, int]) -> dict[str, Any] | None:
        kind, number = hit
        desk = self.desk
        if kind == "ticket":
            found: Any = desk.tickets.all.get(number)
            shown = None if found is None else shapes.ticket(desk, found)
        elif kind == "user":
            found = desk.people.users.get(number)
            shown = None if found is None else faces.user(desk, found)
        else:
            shelf = desk.organizations.all if kind == "organization" else desk.groups.live
            shown = shelf.get(number)
        return None if shown is None else {**shown, "result_type": kind}

    def find(self, call: Call) -> Reply:
        """What a query finds, by page; further than a thousand is refused."""
        found = self._hits(call).found
        if number(call, "page", 1) * number(call, "per_page", 100, 100) > HITS_MAX + 99:
            raise Problem("invalid", TOO_FAR)
        shown = by_number(call, self.desk.account.url, "results", found[:HITS_MAX], self._shape)
        results = [each for each in shown["results"] if each is not None]
        return answer(200, {**shown, "results": results, "facets": None, "count": len(found)})

    def count(self, call: Call) -> Reply:
        """How much a query finds."""
        return answer(200, {"count": len(self._hits(call).found)})

    def export(self, call: Call) -> Reply:
        """All that a query finds of one kind, by cursor, in the order of making."""
        kind = query(call, "filter[type]")
        if kind not in KINDS:
            raise bad_parameter("filter[type]", f"must be one of {', '.join(KINDS)}")
        size = number(call, "page[size]", 100, EXPORT_MAX)
        after = query(call, "page[after]")
        last = cursor_of(after) if after else 0
        found = sorted(hit for hit in self._hits(call, (kind,)).found if hit[1] > last)
        shown = [each for hit in found[:size] if (each := self._shape(hit)) is not None]
        more = len(found) > size
        cursor = format(found[:size][-1][1], "x") if found else None
        url = self.desk.account.url
        body = {
            "results": shown, "facets": None,
            "meta": {"has_more": more, "after_cursor": cursor, "before_cursor": None},
            "links": {"prev": None, "next": cursor_link(call, url, "after", cursor) if more else None},
        }  # fmt: skip
        return answer(200, body)

    # -- tags ---------------------------------------------------------------------------------------------------

    def _tags(self, start: str = "") -> list[dict[str, Any]]:
        values = self.desk.tickets.by["tag"].values()
        found = [(number, str(tag)) for tag, number in values if str(tag).startswith(start)]
        return [{"name": tag, "count": number} for number, tag in sorted(found, key=lambda each: (-each[0], each[1]))]

    def tags(self, call: Call) -> Reply:
        """The tags of the account's tickets, the most used ones first."""
        tags = self._tags()
        if query(call, "page[size]") is not None:
            return self.page(call, "tags", range(1, len(tags) + 1), lambda each: tags[each - 1])
        return answer(200, by_number(call, self.desk.account.url, "tags", tags, lambda each: each))

    def count_tags(self, call: Call) -> Reply:
        """How many tags there are."""
        return self.counted(sum(1 for _ in self.desk.tickets.by["tag"].values()))

    def complete_tags(self, call: Call) -> Reply:
        """The tags that begin so; two letters at least."""
        start = (query(call, "name") or "").lower()
        if len(start) < 2:
            raise bad_parameter("name", "must have at least two characters")
        return answer(200, {"tags": [each["name"] for each in self._tags(start)][:20]})
