"""Routes of associations, v4 and dated. No rules here."""

from collections.abc import Callable, Iterator
from typing import Any

from fakes.calls import Call, Handler, Reply, Route
from fakes.crm.problems import Problem, malformed
from fakes.crm.state.associations import DEFAULT_TYPES, Associations
from fakes.crm.state.kinds import CUSTOM_SINK
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, inputs_of, multi
from fakes.crm.wire.mounts import DATED, KNOWN, Guard

Pair = tuple[str, str]
Work = Callable[[Pair, Call], Reply]
CATEGORY = "HUBSPOT_DEFINED"
CORE = ("contacts", "companies", "deals")
PAIRS = tuple((left, right) for left in CORE for right in CORE)
"""The pairs whose routes say which sink they write to; the others share routes with placeholders."""


class Links:
    """The handlers of one portal's associations."""

    def __init__(self, portal: Portal, associations: Associations) -> None:
        self._portal = portal
        self._associations = associations

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Associations between every two types, under v4 and every dated prefix."""
        prefixes = [("/crm/v4/objects", "/crm/v4/associations")]
        prefixes += [(f"/crm/objects/{date}", f"/crm/associations/{date}") for date in DATED]
        for objects, batches in prefixes:
            for pair in PAIRS:
                for left in (KNOWN[pair[0]].name, KNOWN[pair[0]].type_id):
                    for right in (KNOWN[pair[1]].name, KNOWN[pair[1]].type_id):
                        yield from self._routes(pair, objects, batches, (left, right), guard)
            yield from self._routes(None, objects, batches, ("{from}", "{toType}"), guard)

    def _routes(self, pair: Pair | None, objects: str, batches: str, names: Pair, guard: Guard) -> Iterator[Route]:
        one = f"{objects}/{names[0]}/{{id}}/associations"
        many = f"{batches}/{names[0]}/{names[1]}/batch"
        table: tuple[tuple[str, str, Work, bool], ...] = (
            ("PUT", f"{one}/default/{names[1]}/{{to}}", self._default, True),
            ("GET", f"{one}/{names[1]}", self._list, False),
            ("PUT", f"{one}/{names[1]}/{{to}}", self._labelled, True),
            ("DELETE", f"{one}/{names[1]}/{{to}}", self._part, True),
            ("POST", f"{many}/associate/default", self._batch_default, True),
            ("POST", f"{many}/read", self._batch_read, False),
        )
        for method, template, work, writes in table:
            operation = f"{method} {template}"
            if pair is not None:
                operation = operation.replace(names[0], pair[0]).replace(names[1], pair[1])
            yield Route(
                method=method, template=template, operation=operation, handler=guard(self._of(pair, work)),
                writes=writes, sink=KNOWN[_main(pair)].sink if pair else CUSTOM_SINK,
            )  # fmt: skip

    def _of(self, pair: Pair | None, work: Work) -> Handler:
        """The work for the two types that the path names."""
        if pair is not None:
            return lambda call: work(pair, call)
        get = self._portal.kinds.get
        return lambda call: work((get(call.at["from"]).name, get(call.at["toType"]).name), call)

    def _link(self, call: Call, record: Record, other: Record, type_id: int | None) -> None:
        fresh = self._associations.link(record, other, type_id)
        if fresh:
            self._tell(call, record, other)

    def _tell(self, call: Call, record: Record, other: Record) -> None:
        """A changed association is an update of the record it mainly tells about."""
        main, side = record, other
        if record.kind.name != _main((record.kind.name, other.kind.name)):
            main, side = other, record
        call.effect(main.kind.sink, "update", main.id, dict(main.values), (side.id,))

    def _ends(self, pair: Pair, call: Call) -> tuple[Record, Record]:
        return self._portal.get(pair[0], call.at["id"]), self._portal.get(pair[1], call.at["to"])

    def _default(self, pair: Pair, call: Call) -> Reply:
        record, other = self._ends(pair, call)
        self._link(call, record, other, None)
        return multi(self._portal, _both(record, other), [], status=200)

    def _list(self, pair: Pair, call: Call) -> Reply:
        record = self._portal.get(pair[0], call.at["id"])
        return answer(
            200, {"results": [_listed(other, types) for other, types in self._associations.of(record, pair[1])]}
        )

    def _labelled(self, pair: Pair, call: Call) -> Reply:
        record, other = self._ends(pair, call)
        given = call.params.get("body")
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            raise malformed("Invalid input JSON on line 1, column 1: a list of association types is expected")
        for each in given:
            self._link(call, record, other, each.get("associationTypeId"))
        body = {
            "fromObjectTypeId": record.kind.type_id,
            "fromObjectId": record.id,
            "toObjectTypeId": other.kind.type_id,
            "toObjectId": other.id,
            "labels": [],
        }
        return answer(201, body)

    def _part(self, pair: Pair, call: Call) -> Reply:
        record, other = self._ends(pair, call)
        if self._associations.unlink(record, other):
            self._tell(call, record, other)
        return Reply(204)

    def _batch_default(self, pair: Pair, call: Call) -> Reply:
        results: list[Any] = []
        problems: list[Problem] = []
        for each in inputs_of(self._portal, call):
            found = [self._portal.find(kind, _name(each, end)) for kind, end in zip(pair, ("from", "to"), strict=True)]
            if found[0] is None or found[1] is None:
                ids = [_name(each, end) for end in ("from", "to")]
                problems.append(Problem("OBJECT_NOT_FOUND", "One of the ids is not valid", None, (), {"ids": ids}))
                continue
            self._link(call, found[0], found[1], None)
            results += _both(found[0], found[1])
        return multi(self._portal, results, problems, status=200)

    def _batch_read(self, pair: Pair, call: Call) -> Reply:
        results: list[Any] = []
        for each in inputs_of(self._portal, call):
            record = self._portal.find(pair[0], str(each.get("id", "")))
            if record is not None:
                to = [_listed(other, types) for other, types in self._associations.of(record, pair[1])]
                results.append({"from": {"id": record.id}, "to": to})
        return multi(self._portal, results, [], status=200)


def _main(pair: Pair) -> str:
    """The type whose record an association mainly tells about: the deal, if one is part of it."""
    return "deals" if "deals" in pair else pair[0]


def _name(each: dict[str, Any], end: str) -> str:
    target = each.get(end)
    return str(target.get("id", "")) if isinstance(target, dict) else ""


def _both(record: Record, other: Record) -> list[dict[str, Any]]:
    """A default association as the CRM tells it: once from each end."""
    return [
        {
            "from": {"id": one.id},
            "to": {"id": two.id},
            "associationSpec": {
                "associationCategory": CATEGORY,
                "associationTypeId": DEFAULT_TYPES[one.kind.name, two.kind.name],
            },
        }
        for one, two in ((record, other), (other, record))
    ]


def _listed(other: str, types: list[int]) -> dict[str, Any]:
    entries = [{"category": CATEGORY, "typeId": type_id, "label": None} for type_id in types]
    return {"toObjectId": other, "associationTypes": entries}
