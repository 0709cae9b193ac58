"""Routes of associations (v4 and dated), properties and owners. No rules here."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from fakes.calls import Call, Reply, Route
from fakes.crm.problems import Problem, malformed
from fakes.crm.state.associations import DEFAULT_TYPES, Associations
from fakes.crm.state.records import Portal, Record
from fakes.crm.wire.answers import SINKS, answer, multi, object_body, query
from fakes.crm.wire.objects import DATED, SEGMENTS, Guard

Pair = tuple[str, str]
CATEGORY = "HUBSPOT_DEFINED"


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
            for pair in DEFAULT_TYPES:
                for left in SEGMENTS[pair[0]]:
                    for right in SEGMENTS[pair[1]]:
                        yield from self._routes(
                            pair, f"{objects}/{left}/{{id}}/associations", batches, (left, right), guard
                        )

    def _routes(self, pair: Pair, one: str, batches: str, names: Pair, guard: Guard) -> Iterator[Route]:
        many = f"{batches}/{names[0]}/{names[1]}/batch"
        table: tuple[tuple[str, str, Callable[[Pair, Call], Reply], bool], ...] = (
            ("PUT", f"{one}/default/{names[1]}/{{to}}", self._default, True),
            ("GET", f"{one}/{names[1]}", self._list, False),
            ("PUT", f"{one}/{names[1]}/{{to}}", self._labelled, True),
            ("DELETE", f"{one}/{names[1]}/{{to}}", self._part, True),
            ("POST", f"{many}/associate/default", self._batch_default, True),
            ("POST", f"{many}/read", self._batch_read, False),
        )
        for method, template, work, writes in table:
            operation = f"{method} {template}".replace(names[0], pair[0]).replace(names[1], pair[1])
            yield Route(
                method=method, template=template, operation=operation, handler=guard(partial(work, pair)),
                writes=writes, sink=SINKS[self._main(pair)],
            )  # fmt: skip

    @staticmethod
    def _main(pair: Pair) -> str:
        """The type whose record an association mainly tells about: the deal, if one is part of it."""
        return "deals" if "deals" in pair else pair[0]

    def _link(self, call: Call, record: Record, other: Record, type_id: int | None) -> None:
        fresh = self._associations.link(record, other, type_id)
        if fresh:
            self._tell(call, record, other)

    def _tell(self, call: Call, record: Record, other: Record) -> None:
        """A changed association is an update of the record it mainly tells about."""
        main, side = (record, other) if record.kind == self._main((record.kind, other.kind)) else (other, record)
        call.effect(SINKS[main.kind], "update", main.id, dict(main.values), (side.id,))

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
            "fromObjectTypeId": SEGMENTS[pair[0]][1],
            "fromObjectId": record.id,
            "toObjectTypeId": SEGMENTS[pair[1]][1],
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
        for each in _inputs(self._portal, call):
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
        for each in _inputs(self._portal, call):
            record = self._portal.find(pair[0], str(each.get("id", "")))
            if record is not None:
                to = [_listed(other, types) for other, types in self._associations.of(record, pair[1])]
                results.append({"from": {"id": record.id}, "to": to})
        return multi(self._portal, results, [], status=200)


class Settings:
    """The handlers of properties, their groups and owners."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Properties under v3 and every dated prefix, owners likewise."""
        for base in ("/crm/v3/properties", *(f"/crm/properties/{date}" for date in DATED)):
            for kind, segments in SEGMENTS.items():
                for segment in segments:
                    yield from self._property_routes(f"{base}/{segment}", kind, guard)
        for base in ("/crm/v3/owners", *(f"/crm/owners/{date}" for date in DATED)):
            yield _setting("GET", base, "GET /crm/v3/owners", guard(self._owners), writes=False)
            yield _setting("GET", f"{base}/{{id}}", "GET /crm/v3/owners/{id}", guard(self._owner), writes=False)

    def _property_routes(self, base: str, kind: str, guard: Guard) -> Iterator[Route]:
        table: tuple[tuple[str, str, Callable[[str, Call], Reply], bool], ...] = (
            ("GET", "", self._properties, False),
            ("POST", "", self._create, True),
            ("GET", "/groups", self._groups, False),
            ("POST", "/groups", self._create_group, True),
            ("POST", "/batch/create", self._batch_create, True),
            ("POST", "/batch/read", self._batch_read, False),
            ("GET", "/{name}", self._property, False),
            ("PATCH", "/{name}", self._update, True),
            ("DELETE", "/{name}", self._archive, True),
        )
        for method, rest, work, writes in table:
            operation = f"{method} /crm/v3/properties/{kind}{rest}"
            yield _setting(method, base + rest, operation, guard(partial(work, kind)), writes=writes)

    def _properties(self, kind: str, call: Call) -> Reply:
        archived = query(call, "archived") == "true"
        known = self._portal.schemas[kind].properties.values()
        return answer(200, {"results": [each.as_json() for each in known if each.archived == archived]})

    def _create(self, kind: str, call: Call) -> Reply:
        given = object_body(self._portal, call)
        return answer(201, self._portal.schemas[kind].create(given, self._portal.moment()).as_json())

    def _batch_create(self, kind: str, call: Call) -> Reply:
        results, problems = [], []
        for each in _inputs(self._portal, call):
            try:
                results.append(self._portal.schemas[kind].create(each, self._portal.moment()).as_json())
            except Problem as problem:
                problems.append(problem)
        return multi(self._portal, results, problems, status=201)

    def _batch_read(self, kind: str, call: Call) -> Reply:
        results, problems = [], []
        for each in _inputs(self._portal, call):
            try:
                results.append(self._portal.schemas[kind].find(str(each.get("name", ""))).as_json())
            except Problem as problem:
                problems.append(problem)
        return multi(self._portal, results, problems, status=200)

    def _property(self, kind: str, call: Call) -> Reply:
        return answer(200, self._portal.schemas[kind].find(call.at["name"]).as_json())

    def _update(self, kind: str, call: Call) -> Reply:
        given = object_body(self._portal, call)
        return answer(200, self._portal.schemas[kind].update(call.at["name"], given, self._portal.moment()).as_json())

    def _archive(self, kind: str, call: Call) -> Reply:
        self._portal.schemas[kind].archive(call.at["name"])
        return Reply(204)

    def _groups(self, kind: str, call: Call) -> Reply:
        known = self._portal.schemas[kind].groups.items()
        groups = [{"name": name, "label": label, "displayOrder": 0, "archived": False} for name, label in known]
        return answer(200, {"results": groups})

    def _create_group(self, kind: str, call: Call) -> Reply:
        given = object_body(self._portal, call)
        if not given.get("name") or not given.get("label"):
            raise malformed("A property group needs a name and a label")
        groups = self._portal.schemas[kind].groups
        if given["name"] in groups:
            raise Problem("OBJECT_ALREADY_EXISTS", f"Property group {given['name']} already exists")
        groups[str(given["name"])] = str(given["label"])
        return answer(201, {"name": given["name"], "label": given["label"], "displayOrder": 0, "archived": False})

    def _owners(self, call: Call) -> Reply:
        email = query(call, "email")
        return answer(200, {"results": [each for each in self._portal.owners if email in (None, each["email"])]})

    def _owner(self, call: Call) -> Reply:
        for each in self._portal.owners:
            if each["id"] == call.at["id"]:
                return answer(200, each)
        raise Problem("OBJECT_NOT_FOUND", "resource not found")


def _setting(method: str, template: str, operation: str, handler: Callable[[Call], Any], *, writes: bool) -> Route:
    return Route(method=method, template=template, operation=operation, handler=handler, writes=writes)


def _inputs(portal: Portal, call: Call) -> list[dict[str, Any]]:
    inputs = object_body(portal, call).get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(each, dict) for each in inputs):
        raise malformed("Invalid input JSON on line 1, column 1: inputs must be a list of objects")
    return inputs


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
                "associationTypeId": DEFAULT_TYPES[one.kind, two.kind],
            },
        }
        for one, two in ((record, other), (other, record))
    ]


def _listed(other: str, types: list[int]) -> dict[str, Any]:
    entries = [{"category": CATEGORY, "typeId": type_id, "label": None} for type_id in types]
    return {"toObjectId": other, "associationTypes": entries}
