"""Reading what the second API shows: thin events and event destinations, one or a page of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
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
    found = (destinations.shown(account, one, include) for one in account.newest(destinations.KIND))
    return _page(found, params, "/v2/core/event_destinations")


def event(moment: Moment, params: Thing, at: Mapping[str, str]) -> Thing:
    """One thin event, or a page of them, newest first."""
    account = moment.account
    if at:
        return _one(account, at["id"])
    types, about = params.get("types"), params.get("object_id")
    found = (
        one
        for one in _newest(account)
        if _within(one["created"], params.get("created", {}))
        and (types is None or one["type"] in types)
        and about in (None, one["related_object"]["id"])
    )
    return _page(found, params, "/v2/core/events")


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


def _newest(account: Account) -> Iterator[Thing]:
    events = (_fetched(told) for told in reversed(account.events.values()))
    pings = reversed(account.side(thin.Pings).sent.values())
    return merge(events, pings, key=lambda one: str(one["created"]), reverse=True)


def _within(created: str, bounds: Mapping[str, str]) -> bool:
    at = datetime.fromisoformat(created)
    for name, text in bounds.items():
        try:
            bound = datetime.fromisoformat(text)
            fits = {"gt": at > bound, "gte": at >= bound, "lt": at < bound, "lte": at <= bound}[name]
        except (ValueError, TypeError):
            raise invalid("A timestamp must be in RFC 3339 format.", f"created[{name}]") from None
        if not fits:
            return False
    return True


def _page(found: Iterable[Thing], params: Thing, url: str) -> Thing:
    limit = params.get("limit", LIMIT)
    if not 1 <= limit <= LIMIT_MAX:
        raise invalid(f"limit must be between 1 and {LIMIT_MAX}", "limit")
    rest = iter(found)
    if "page" in params and not any(one["id"] == params["page"] for one in rest):
        raise invalid("The page token is not valid.", "page")
    data = list(islice(rest, limit + 1))
    more = len(data) > limit
    following = urlencode({"limit": limit, "page": data[limit - 1]["id"]}) if more else None
    return {
        "data": data[:limit],
        "next_page_url": f"{url}?{following}" if following else None,
        "previous_page_url": None,
    }
