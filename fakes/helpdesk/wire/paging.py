"""Pages of lists, by cursor when `page[size]` is given, else by number, as the helpdesk has both.

A list is a sequence of ids; only the records of the asked page are looked at. Called by the routes in this folder.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from fakes.calls import Call
from fakes.helpdesk.problems import Problem
from fakes.helpdesk.wire.asking import number, query

SIZE_MAX = 100
DEEPEST = 10_000
"""How many records can be reached by number; further ones need a cursor."""
DOWN = ("desc", "descending")
Shape = Callable[[int], dict[str, Any]]


class Backwards(Sequence[int]):
    """Ids from the last to the first, without a copy."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = ids

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    def __getitem__(self, place: Any) -> Any:
        """One id, or those of a slice without a step."""
        if isinstance(place, slice):
            start, stop, _ = place.indices(len(self.ids))
            last = len(self.ids)
            return list(reversed(self.ids[last - stop : last - start])) if stop > start else []
        return self.ids[len(self.ids) - 1 - place]


class Beginning(Sequence[int]):
    """The first ids of a list whose others nobody asks for, and how long it is."""

    def __init__(self, ids: Sequence[int], total: int) -> None:
        self.ids = ids
        self.total = total

    def __len__(self) -> int:
        """How many there are in all."""
        return self.total

    def __getitem__(self, place: Any) -> Any:
        """One of the first ids, or some of them."""
        return self.ids[place]


def page(
    call: Call, url: str, name: str, ids: Sequence[int], shape: Shape, sorts: Sequence[str] = ()
) -> dict[str, Any]:
    """The asked page of a list whose ids ascend; `sorts` are the orders it has besides that of ids."""
    down = descending(call, ("id", "created_at", *sorts))
    if "page[size]" in call.params.get("query", {}) or "page[after]" in call.params.get("query", {}):
        return _by_cursor(call, url, name, ids, shape, down)
    return by_number(call, url, name, Backwards(ids) if down else ids, shape)


def descending(call: Call, sorts: Sequence[str]) -> bool:
    """Whether the call wants the last first; refused when it wants an order that the list does not have."""
    sort, by = query(call, "sort"), query(call, "sort_by")
    named = (sort or "").removeprefix("-") or by
    if named is not None and named not in sorts:
        raise Problem("InvalidPaginationParameter", f"sort is not valid: {named}")
    if sort is not None:
        return sort.startswith("-")
    return (query(call, "sort_order") or query(call, "order") or "asc").lower() in DOWN


def by_number(call: Call, url: str, name: str, ids: Sequence[Any], shape: Callable[[Any], Any]) -> dict[str, Any]:
    """The page with the asked number."""
    at, size = number(call, "page", 1), number(call, "per_page", SIZE_MAX, SIZE_MAX)
    start = (at - 1) * size
    if start >= DEEPEST:
        raise Problem(
            "InvalidPaginationDepth", "Number of pages for this request exceeds the limit. Use cursor pagination"
        )
    more = start + size < len(ids)
    return {
        name: [shape(each) for each in ids[start : start + size]],
        "next_page": _to(call, url, at + 1) if more else None,
        "previous_page": _to(call, url, at - 1) if at > 1 else None,
        "count": len(ids),
    }


def _to(call: Call, url: str, at: int) -> str:
    rest = [(name, value) for name, values in call.params["query"].items() for value in values if name != "page"] \
        if "query" in call.params else []  # fmt: skip
    return f"{url}{call.path}?{urlencode([*rest, ('page', at)])}"


def _by_cursor(call: Call, url: str, name: str, ids: Sequence[int], shape: Shape, down: bool) -> dict[str, Any]:
    size = cursor_size(call)
    after, before = query(call, "page[after]"), query(call, "page[before]")
    if down:
        # The cursor is the id itself: what lies after it in this order has a smaller one.
        after, before = before, after
    low = bisect_right(ids, cursor_of(after)) if after else 0
    high = bisect_left(ids, cursor_of(before)) if before else len(ids)
    from_end = (query(call, "page[before]") is not None) is not down
    first, last = (max(low, high - size), high) if from_end else (low, min(high, low + size))
    shown = list(ids[first:last])
    rest = (first > low) if from_end else (last < high)
    if down:
        shown.reverse()
    ends = (format(shown[0], "x"), format(shown[-1], "x")) if shown else (None, None)
    return {
        name: [shape(each) for each in shown],
        "meta": {"has_more": rest, "after_cursor": ends[1], "before_cursor": ends[0]},
        "links": {
            "prev": cursor_link(call, url, "before", ends[0]) if shown else None,
            # As the real one: a page with records always has a next one, which may be empty.
            "next": cursor_link(call, url, "after", ends[1]) if shown else None,
        },
    }  # fmt: skip


def cursor_size(call: Call) -> int:
    """The asked size of a page by cursor."""
    size = query(call, "page[size]") or str(SIZE_MAX)
    if not size.isascii() or not size.isdigit() or not 1 <= int(size[:9]) <= SIZE_MAX:
        raise Problem("InvalidPaginationParameter", f"page[size] must be between 1 and {SIZE_MAX}")
    return int(size)


def cursor_of(given: str) -> int:
    """What a cursor stands for; refused when it is none of ours."""
    try:
        return int(given, 16)
    except ValueError:
        raise Problem("InvalidCursor", "page[after] or page[before] is not a valid cursor") from None


def cursor_link(call: Call, url: str, way: str, cursor: str | None) -> str | None:
    """The address of the neighbouring page."""
    if cursor is None:
        return None
    given = call.params.get("query", {})
    rest = [(name, value) for name, values in given.items() for value in values
            if name not in ("page[after]", "page[before]")]  # fmt: skip
    return f"{url}{call.path}?{urlencode([*rest, (f'page[{way}]', cursor)])}"
