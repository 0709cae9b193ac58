"""The older form of associations: named by words instead of numbers. No rules here."""

from collections.abc import Iterator
from typing import Any

from fakes.calls import Call, Reply, Route
from fakes.crm.state.associations import Associations
from fakes.crm.state.bonds import Pair, Type
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, each_of, inputs_of, page_of, paging
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.links import PAGE_MAX, Input, both_ids, both_live, ends_of, none_from
from fakes.crm.wire.mounts import OBJECTS, Guard
from fakes.crm.wire.pairs import Row, between

BATCHES = "/crm/v3/associations"


class OldLinks:
    """The handlers of v3's associations over the same store."""

    def __init__(self, portal: Portal, associations: Associations, clerk: Clerk) -> None:
        self._portal = portal
        self._associations = associations
        self._clerk = clerk

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Associations under v3."""
        one, many = f"{OBJECTS[0]}/{{left}}/{{id}}/associations/{{right}}", f"{BATCHES}/{{left}}/{{right}}"
        table: tuple[Row, ...] = (
            ("GET", one, self._list, False),
            ("PUT", f"{one}/{{to}}/{{type}}", self._put, True),
            ("DELETE", f"{one}/{{to}}/{{type}}", self._delete, True),
            ("GET", f"{many}/types", self._types, False),
            ("POST", f"{many}/batch/create", self._create, True),
            ("POST", f"{many}/batch/archive", self._archive, True),
            ("POST", f"{many}/batch/read", self._read, False),
        )
        return between(self._portal.kinds, table, guard)

    def _named(self, pair: Pair, one: Type) -> str:
        """How this API calls a type."""
        types = self._associations.types
        return types.name(pair) if one is types.default(pair) else one.label or str(one.id)

    def _entries(self, pair: Pair, found: list[tuple[str, list[Type]]]) -> list[dict[str, str]]:
        return [{"id": other, "type": self._named(pair, one)} for other, types in found for one in types]

    def _list(self, pair: Pair, call: Call) -> Reply:
        record = self._portal.get(pair[0], call.at["id"])
        limit, after = page_of(call, PAGE_MAX, PAGE_MAX)
        found, following = self._associations.page(record, pair[1], limit, after)
        return answer(200, {"results": self._entries(pair, found), **paging(call, following)})

    def _ends(self, pair: Pair, call: Call) -> tuple[Record, Record, int]:
        wanted = self._associations.types.spoken(pair, call.at["type"])
        return self._portal.get(pair[0], call.at["id"]), self._portal.get(pair[1], call.at["to"]), wanted.id

    def _put(self, pair: Pair, call: Call) -> Reply:
        record, other, wanted = self._ends(pair, call)
        self._clerk.bound(call, self._associations.link(record, other, wanted))
        body: dict[str, Any] = {"id": record.id, "properties": record.shown(), "associations": {}}
        found = self._associations.page(record, pair[1], PAGE_MAX, None)[0]
        body["associations"][pair[1]] = {"results": self._entries(pair, found)}
        return answer(200, body)

    def _delete(self, pair: Pair, call: Call) -> Reply:
        record, other, wanted = self._ends(pair, call)
        self._clerk.bound(call, self._associations.unlink(record, other, wanted))
        return Reply(204)

    def _types(self, pair: Pair, call: Call) -> Reply:
        known = self._associations.types.between(pair).values()
        return answer(200, {"results": [{"id": str(each.id), "name": self._named(pair, each)} for each in known]})

    def _named_inputs(self, pair: Pair, call: Call) -> list[tuple[Input, Type]]:
        """Every input with the type that it names; refused before anything is done when one names none."""
        types = self._associations.types
        return [(each, types.spoken(pair, str(each.get("type", "")))) for each in inputs_of(self._portal, call)]

    def _create(self, pair: Pair, call: Call) -> Reply:
        def bind(wanted: tuple[Input, Type]) -> list[Any]:
            record, other = ends_of(self._portal, pair, wanted[0])
            self._clerk.bound(call, self._associations.link(record, other, wanted[1].id))
            return [{"from": {"id": record.id}, "to": {"id": other.id}, "type": self._named(pair, wanted[1])}]

        return each_of(self._portal, self._named_inputs(pair, call), bind, status=201)

    def _archive(self, pair: Pair, call: Call) -> Reply:
        for ids, one in [(both_ids(each), one) for each, one in self._named_inputs(pair, call)]:
            found = both_live(self._portal, pair, ids)
            if found is not None:
                self._clerk.bound(call, self._associations.unlink(*found, one.id))
        return Reply(204)

    def _read(self, pair: Pair, call: Call) -> Reply:
        def read(each: Input) -> list[Any]:
            record = self._portal.find(pair[0], str(each.get("id", "")))
            found = self._associations.page(record, pair[1], PAGE_MAX, None)[0] if record else []
            if record is None or not found:
                raise none_from(pair, str(each.get("id", "")))
            return [{"from": {"id": record.id}, "to": self._entries(pair, found)}]

        return each_of(self._portal, inputs_of(self._portal, call), read, status=200)
