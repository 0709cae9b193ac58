"""Reading what the second API shows: thin events and event destinations, one or a page of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from urllib.parse import urlencode

import orjson

from fakes.payments.state import destinations, thin
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Account, Thing, Told

LIMIT = 20
LIMIT_MAX = 100


def destination(moment: Moment, params: Thing, at: Mapping[str, str]) -> Thing:
    """One destination, or a page of them, newest first."""
    account, include = moment.account, params.get("include", [])
    if at:
        return destinations.shown(account, destinations.find(account, at["id"]), include)
    newest = iter(account.newest(destinations.KIND))
    if "page" in params and not any(one["id"] == params["page"] for one in newest):
        raise invalid("The page token is not valid.", "page")
    return _page((destinations.shown(account, one, include) for one in newest), params, "/v2/core/event_destinations")


def event(moment: Moment, params: Thing, at: Mapping[str, str]) -> Thing:
    """One thin event, or a page of them, newest first."""
    account = moment.account
    if at:
        return _one(account, at["id"])
    types, about, bounds = params.get("types"), params.get("object_id"), _bounds(params.get("created", {}))
    pings, events = account.side(thin.Pings), account.events
    below = None
    if "page" in params:
        below = pings.entries.get(params["page"]) or events.entry(thin.event_id(params["page"]))
        if below is None:
            raise invalid("The page token is not valid.", "page")

    def found() -> Iterator[Thing]:
        for created, _, name in merge(events.order.newest(below), pings.order.newest(below), reverse=True):
            told = events.get(name)
            kind = pings.sent[name]["type"] if told is None else thin.PREFIX + told.type
            of = pings.sent[name]["related_object"]["id"] if told is None else told.ids[0]
            if all(test(created) for test in bounds) and (not types or kind in types) and about in (None, of):
                yield pings.sent[name] if told is None else _fetched(told)

    return _page(found(), params, "/v2/core/events")


def _one(account: Account, name: str) -> Thing:
    known = account.side(thin.Pings).sent.get(name)
    if known is not None:
        return known
    told = account.events.get(thin.event_id(name))
    if told is None or thin.thin_id(told.id) != name:
        raise Problem(f"No such event: '{name}'", status=404, code="not_found")
    return _fetched(told)


def _fetched(told: Told) -> Thing:
    return thin.fetched(orjson.loads(told.body))


def _bounds(given: Mapping[str, str]) -> list[Callable[[int], bool]]:
    return [_bound(name, text) for name, text in given.items()]


def _bound(name: str, text: str) -> Callable[[int], bool]:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("A timestamp must be in RFC 3339 format.", f"created[{name}]") from None
    bound = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    tests: dict[str, Callable[[int], bool]] = {
        "gt": lambda created: created > bound,
        "gte": lambda created: created >= bound,
        "lt": lambda created: created < bound,
        "lte": lambda created: created <= bound,
    }
    return tests[name]


def _page(found: Iterable[Thing], params: Thing, url: str) -> Thing:
    limit = params.get("limit", LIMIT)
    if not 1 <= limit <= LIMIT_MAX:
        raise invalid(f"limit must be between 1 and {LIMIT_MAX}", "limit")
    data = list(islice(found, limit + 1))
    more = len(data) > limit
    following = urlencode({"limit": limit, "page": data[limit - 1]["id"]}) if more else None
    return {
        "data": data[:limit],
        "next_page_url": f"{url}?{following}" if following else None,
        "previous_page_url": None,
    }
