"""Routes of contacts, companies and deals: one record, lists, search and batches.

The same store answers under `/crm/v3/objects` and under every dated prefix. No rules here.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from fakes.calls import Call, Handler, Reply, Route
from fakes.crm.problems import malformed
from fakes.crm.state import batch
from fakes.crm.state.associations import Associations, kind_of
from fakes.crm.state.records import Portal, Record
from fakes.crm.state.search import Search
from fakes.crm.wire.answers import (
    SINKS,
    answer,
    journal,
    object_body,
    query,
    query_list,
    shown,
    written,
)
from fakes.crm.wire.answers import batch as batch_answer

DATED = ("2025-09", "2026-03", "2026-09")
PREFIXES = ("/crm/v3/objects", *(f"/crm/objects/{date}" for date in DATED))
SEGMENTS = {"contacts": ("contacts", "0-1"), "companies": ("companies", "0-2"), "deals": ("deals", "0-3")}
PAGE_DEFAULT, PAGE_MAX = 10, 100
Guard = Callable[[Handler], Handler]


class Objects:
    """The handlers of one portal's records."""

    def __init__(self, portal: Portal, search: Search, associations: Associations) -> None:
        self._portal = portal
        self._search = search
        self._associations = associations

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Every route of every type under every prefix."""
        for prefix in PREFIXES:
            for kind, segments in SEGMENTS.items():
                for segment in segments:
                    yield from self._routes(f"{prefix}/{segment}", kind, guard)

    def _routes(self, base: str, kind: str, guard: Guard) -> Iterator[Route]:
        table: tuple[tuple[str, str, Callable[[str, Call], Reply], bool], ...] = (
            ("GET", "", self._list, False),
            ("POST", "", self._create, True),
            ("GET", "/{id}", self._get, False),
            ("PATCH", "/{id}", self._patch, True),
            ("DELETE", "/{id}", self._archive, True),
            ("POST", "/search", self._find, False),
            ("POST", "/batch/read", self._batch_read, False),
            ("POST", "/batch/create", self._batch_create, True),
            ("POST", "/batch/update", self._batch_update, True),
            ("POST", "/batch/upsert", self._batch_upsert, True),
            ("POST", "/batch/archive", self._batch_archive, True),
        )
        for method, rest, work, writes in table:
            yield Route(
                method=method,
                template=base + rest,
                operation=f"{method} /crm/v3/objects/{kind}{rest}",
                handler=guard(partial(work, kind)),
                writes=writes,
                sink=SINKS[kind],
            )

    def _list(self, kind: str, call: Call) -> Reply:
        given = query(call, "limit")
        limit = int(given) if given and given.isdigit() else PAGE_DEFAULT
        if not 0 < limit <= PAGE_MAX:
            raise malformed(f"limit must be between 1 and {PAGE_MAX}")
        archived = query(call, "archived") == "true"
        records, after = self._portal.page(kind, limit, query(call, "after"), archived=archived)
        body: dict[str, Any] = {"results": [self._shown(each, call) for each in records]}
        if after:
            body["paging"] = {"next": {"after": after, "link": f"{call.path}?limit={limit}&after={after}"}}
        return answer(200, body)

    def _create(self, kind: str, call: Call) -> Reply:
        body = object_body(self._portal, call)
        if not isinstance(body.get("properties", {}), dict):
            raise malformed("Invalid input JSON on line 1, column 1: properties must be an object")
        others = self._associations.wanted(body.get("associations"))
        done = self._portal.create(kind, body.get("properties") or {})
        for other, type_id in others:
            self._associations.link(done.record, other, type_id)
        journal(call, done, tuple(other.id for other, _ in others))
        return answer(201, written(done))

    def _get(self, kind: str, call: Call) -> Reply:
        archived = query(call, "archived") == "true"
        record = self._portal.get(kind, call.at["id"], query(call, "idProperty"), archived=archived)
        return answer(200, self._shown(record, call))

    def _patch(self, kind: str, call: Call) -> Reply:
        record = self._portal.get(kind, call.at["id"], query(call, "idProperty"))
        body = object_body(self._portal, call)
        if not isinstance(body.get("properties"), dict):
            raise malformed("Invalid input JSON on line 1, column 1: properties must be an object")
        done = self._portal.change(record, body["properties"])
        journal(call, done)
        return answer(200, written(done))

    def _archive(self, kind: str, call: Call) -> Reply:
        done = self._portal.archive(kind, call.at["id"])
        if done:
            journal(call, done)
        return Reply(204)

    def _find(self, kind: str, call: Call) -> Reply:
        asked = object_body(self._portal, call)
        records, total, after = self._search.run(kind, asked)
        wanted = asked.get("properties") or []
        body: dict[str, Any] = {"total": total, "results": [shown(each, map(str, wanted)) for each in records]}
        if after:
            body["paging"] = {"next": {"after": after}}
        return answer(200, body)

    def _batch_read(self, kind: str, call: Call) -> Reply:
        asked = object_body(self._portal, call)
        done = batch.read(self._portal, kind, asked)
        return batch_answer(self._portal, done, map(str, asked.get("properties") or []), status=200)

    def _batch_create(self, kind: str, call: Call) -> Reply:
        body = object_body(self._portal, call)
        inputs = body.get("inputs") if isinstance(body.get("inputs"), list) else []
        others = [
            self._associations.wanted(each.get("associations") if isinstance(each, dict) else None)
            for each in inputs or []
        ]
        done = batch.create(self._portal, kind, body)
        if not done.problems:
            for (made, _), wanted in zip(done.written, others, strict=True):
                for other, type_id in wanted:
                    self._associations.link(made.record, other, type_id)
        ids = tuple(other.id for wanted in others for other, _ in wanted) if len(others) == 1 else ()
        for made, _ in done.written:
            journal(call, made, ids)
        return batch_answer(self._portal, done, (), status=201)

    def _batch_update(self, kind: str, call: Call) -> Reply:
        done = batch.update(self._portal, kind, object_body(self._portal, call))
        for made, _ in done.written:
            journal(call, made)
        return batch_answer(self._portal, done, (), status=200)

    def _batch_upsert(self, kind: str, call: Call) -> Reply:
        done = batch.upsert(self._portal, kind, object_body(self._portal, call))
        for made, _ in done.written:
            journal(call, made)
        return batch_answer(self._portal, done, (), status=200, upsert=True)

    def _batch_archive(self, kind: str, call: Call) -> Reply:
        for made, _ in batch.archive(self._portal, kind, object_body(self._portal, call)).written:
            journal(call, made)
        return Reply(204)

    def _shown(self, record: Record, call: Call) -> dict[str, Any]:
        body = shown(record, query_list(call, "properties"))
        for name in query_list(call, "associations"):
            other = kind_of(name)
            linked = self._associations.of(record, other) if other else []
            if linked and other:
                label = f"{record.kind[:-1]}_to_{other[:-1]}"
                entries = [{"id": one, "type": label} for one, _ in linked]
                body.setdefault("associations", {})[other] = {"results": entries}
        return body


__all__ = ["DATED", "SEGMENTS", "Guard", "Objects"]
