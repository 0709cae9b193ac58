"""The search of seven kinds: the operations of the API."""

import base64
import binascii
from collections.abc import Mapping
from itertools import islice

import orjson

from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.searching import RESOURCES, Searching
from fakes.payments.state.store import Thing
from fakes.payments.state.tables import Entry
from fakes.payments.wire import pages, query
from fakes.payments.wire.operations.operation import Look, Operation


def _look(resource: str, kind: str) -> Look:
    def look(moment: Moment, params: Thing, _at: Mapping[str, str]) -> Thing:
        account, asked = moment.account, query.read(params["query"], resource)
        limit, below = pages.limit_of(params), _below(params.get("page"))
        search, table = account.side(Searching), account.tables[kind]
        found = list(islice(search.find(table, kind, asked, account.lag, below), limit + 1))
        more = len(found) > limit
        counted = "total_count" in params.get("expand", ())
        count = sum(1 for _ in search.find(table, kind, asked, account.lag)) if counted else 0
        return {
            "object": "search_result",
            "data": [thing for _, thing in found[:limit]],
            "has_more": more,
            "next_page": _page(found[limit - 1][0]) if more else None,
            "url": f"/v1/{resource}/search",
            **({"total_count": count} if counted else {}),
        }

    return look


def _page(entry: Entry) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(entry)).decode()


def _below(page: str | None) -> Entry | None:
    if page is None:
        return None
    try:
        created, number, name = orjson.loads(base64.urlsafe_b64decode(page))
    except (binascii.Error, ValueError):
        raise _no_page(page) from None
    if not (isinstance(created, int) and isinstance(number, int) and isinstance(name, str)):
        raise _no_page(page)
    return created, number, name


def _no_page(page: str) -> Problem:
    return invalid(f"Invalid page token: {page[:60]}", "page")


SEARCH: dict[str, Operation] = {
    f"GET /v1/{resource}/search": Operation(kind, look=_look(resource, kind)) for resource, kind in RESOURCES.items()
}
