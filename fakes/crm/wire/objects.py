"""Routes of the records of every type: one record, lists, search and batches.

The same store answers under `/crm/v3/objects` and under every dated prefix. No rules here.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fakes.calls import Call, Handler, Reply, Route
from fakes.crm.problems import malformed
from fakes.crm.state import batch
from fakes.crm.state.associations import Associations
from fakes.crm.state.kinds import CUSTOM_SINK, Kind
from fakes.crm.state.record import Record, Written
from fakes.crm.state.records import Portal
from fakes.crm.state.search import Search
from fakes.crm.wire.answers import (
    Wanted,
    answer,
    flag,
    object_body,
    page_of,
    paging,
    query,
    query_list,
    shown,
    texts,
    written,
)
from fakes.crm.wire.answers import batch as batch_answer
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.mounts import KNOWN, OBJECTS, Guard

PAGE_MAX, PAGE_MAX_HISTORY = 100, 50
LINKED_MAX = 100
"""How many associated records of a type a record shows."""
Work = Callable[[str, Call], Reply]


class Objects:
    """The handlers of one portal's records."""

    def __init__(self, portal: Portal, search: Search, associations: Associations, clerk: Clerk) -> None:
        self._portal = portal
        self._search = search
        self._associations = associations
        self._clerk = clerk

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Every route of every type under every prefix; custom types share one placeholder."""
        for prefix in OBJECTS:
            for kind in KNOWN.values():
                for name in kind.names:
                    yield from self._routes(f"{prefix}/{name}", kind, guard)
            yield from self._routes(f"{prefix}/{{objectType}}", None, guard)

    def _routes(self, base: str, kind: Kind | None, guard: Guard) -> Iterator[Route]:
        table: tuple[tuple[str, str, Work, bool], ...] = (
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
        name = kind.name if kind else "{objectType}"
        for method, rest, work, writes in table:
            yield Route(
                method=method,
                template=base + rest,
                operation=f"{method} /crm/v3/objects/{name}{rest}",
                handler=guard(self._of(kind, work)),
                writes=writes,
                sink=kind.sink if kind else CUSTOM_SINK,
            )

    def _of(self, kind: Kind | None, work: Work) -> Handler:
        """The work for a type that the path names."""
        if kind is not None:
            name = kind.name
            return lambda call: work(name, call)
        return lambda call: work(self._portal.kinds.get(call.at["objectType"]).name, call)

    def _list(self, kind: str, call: Call) -> Reply:
        histories = query_list(call, "propertiesWithHistory")
        limit, after = page_of(call, PAGE_MAX_HISTORY if histories else PAGE_MAX)
        archived = flag(call, "archived")
        records, following = self._portal.page(kind, limit, after, archived=archived)
        return answer(200, {"results": [self._shown(each, call) for each in records], **paging(call, following)})

    def _create(self, kind: str, call: Call) -> Reply:
        body = object_body(self._portal, call)
        if not isinstance(body.get("properties", {}), dict):
            raise malformed("Invalid input JSON on line 1, column 1: properties must be an object")
        others = self._associations.wanted(kind, body.get("associations"))
        done = self._portal.create(kind, body.get("properties") or {})
        self._made(call, done, others)
        return answer(201, written(self._portal, done))

    def _made(self, call: Call, done: Written, others: list[tuple[Record, int]]) -> None:
        """A record was made together with its associations: one effect, and the news of both."""
        changes = [
            change for other, type_id in others for change in self._associations.link(done.record, other, type_id)
        ]
        self._clerk.wrote(call, done, tuple(dict.fromkeys(other.id for other, _ in others)))
        self._clerk.told(call, changes)

    def _get(self, kind: str, call: Call) -> Reply:
        archived = flag(call, "archived")
        record = self._portal.get(kind, call.at["id"], query(call, "idProperty"), archived=archived)
        return answer(200, self._shown(record, call))

    def _patch(self, kind: str, call: Call) -> Reply:
        record = self._portal.get(kind, call.at["id"], query(call, "idProperty"))
        body = object_body(self._portal, call)
        if not isinstance(body.get("properties"), dict):
            raise malformed("Invalid input JSON on line 1, column 1: properties must be an object")
        done = self._portal.change(record, body["properties"])
        self._clerk.wrote(call, done)
        return answer(200, written(self._portal, done))

    def _archive(self, kind: str, call: Call) -> Reply:
        done = self._portal.archive(kind, call.at["id"])
        if done:
            self._clerk.wrote(call, done)
        return Reply(204)

    def _find(self, kind: str, call: Call) -> Reply:
        asked = object_body(self._portal, call)
        records, total, after = self._search.run(kind, asked)
        wanted = Wanted(texts(asked, "properties"))
        body: dict[str, Any] = {"total": total, "results": [shown(self._portal, each, wanted) for each in records]}
        if after:
            body["paging"] = {"next": {"after": after}}
        return answer(200, body)

    def _batch_read(self, kind: str, call: Call) -> Reply:
        asked = object_body(self._portal, call)
        wanted = Wanted(texts(asked, "properties"), texts(asked, "propertiesWithHistory"))
        done = batch.read(self._portal, kind, asked, archived=flag(call, "archived"))
        return batch_answer(self._portal, done, wanted, status=200)

    def _batch_create(self, kind: str, call: Call) -> Reply:
        body = object_body(self._portal, call)
        inputs = body.get("inputs") if isinstance(body.get("inputs"), list) else []
        others = [
            self._associations.wanted(kind, each.get("associations") if isinstance(each, dict) else None)
            for each in inputs or []
        ]
        done = batch.create(self._portal, kind, body)
        for made, place in done.placed():
            self._made(call, made, others[place])
        return batch_answer(self._portal, done, status=201)

    def _batch_update(self, kind: str, call: Call) -> Reply:
        done = batch.update(self._portal, kind, object_body(self._portal, call))
        for made, _ in done.written:
            self._clerk.wrote(call, made)
        return batch_answer(self._portal, done, status=200)

    def _batch_upsert(self, kind: str, call: Call) -> Reply:
        done = batch.upsert(self._portal, kind, object_body(self._portal, call))
        for made, _ in done.written:
            self._clerk.wrote(call, made)
        return batch_answer(self._portal, done, status=200, upsert=True)

    def _batch_archive(self, kind: str, call: Call) -> Reply:
        for made, _ in batch.archive(self._portal, kind, object_body(self._portal, call)).written:
            self._clerk.wrote(call, made)
        return Reply(204)

    def _shown(self, record: Record, call: Call) -> dict[str, Any]:
        wanted = Wanted(tuple(query_list(call, "properties")), tuple(query_list(call, "propertiesWithHistory")))
        body = shown(self._portal, record, wanted)
        for name in query_list(call, "associations"):
            other = self._portal.kinds.get(name)
            linked, following = self._associations.page(record, other.name, LINKED_MAX, None)
            if linked:
                label = f"{record.kind.singular}_to_{other.singular}"
                entries = [{"id": one, "type": label} for one, _ in linked]
                more = {"paging": {"next": {"after": following}}} if following else {}
                body.setdefault("associations", {})[other.name] = {"results": entries, **more}
        return body
