"""Routes of associations: v4, dated, and the older form of v3. No rules here."""

from collections.abc import Iterator
from typing import Any

from fakes.calls import Call, Reply, Route
from fakes.crm.problems import Problem, malformed
from fakes.crm.state.associations import Associations, Change
from fakes.crm.state.bonds import Pair, Type
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, each_of, inputs_of, multi, page_of, paging
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.mounts import Guard
from fakes.crm.wire.pairs import PREFIXES, Row, between

Input = dict[str, Any]
PAGE_MAX = 500
CREATED_MAX, READ_MAX = 2000, 1000
"""How many inputs a batch may have."""


class Links:
    """The handlers of one portal's associations."""

    def __init__(self, portal: Portal, associations: Associations, clerk: Clerk) -> None:
        self._portal = portal
        self._associations = associations
        self._clerk = clerk

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Associations between every two types, under v4 and every dated prefix."""
        return between(self._portal.kinds, [row for prefix in PREFIXES for row in self._table(*prefix)], guard)

    def _table(self, objects: str, batches: str) -> Iterator[Row]:
        one, many = f"{objects}/{{left}}/{{id}}/associations", f"{batches}/{{left}}/{{right}}/batch"
        yield "PUT", f"{one}/default/{{right}}/{{to}}", self._default, True
        yield "GET", f"{one}/{{right}}", self._list, False
        yield "PUT", f"{one}/{{right}}/{{to}}", self._labelled, True
        yield "DELETE", f"{one}/{{right}}/{{to}}", self._part, True
        yield "POST", f"{many}/associate/default", self._batch_default, True
        yield "POST", f"{many}/create", self._batch_create, True
        yield "POST", f"{many}/archive", self._batch_archive, True
        yield "POST", f"{many}/labels/archive", self._batch_labels, True
        yield "POST", f"{many}/read", self._batch_read, False

    def _ends(self, pair: Pair, call: Call) -> tuple[Record, Record]:
        return self._portal.get(pair[0], call.at["id"]), self._portal.get(pair[1], call.at["to"])

    # -- one record ---------------------------------------------------------------------------------------------

    def _default(self, pair: Pair, call: Call) -> Reply:
        record, other = self._ends(pair, call)
        self._clerk.bound(call, self._associations.link(record, other))
        return multi(self._portal, self._both(record, other), [], status=200)

    def _list(self, pair: Pair, call: Call) -> Reply:
        record = self._portal.get(pair[0], call.at["id"])
        limit, after = page_of(call, PAGE_MAX, PAGE_MAX)
        found, following = self._associations.page(record, pair[1], limit, after)
        return answer(200, {"results": [_listed(*each) for each in found], **paging(call, following)})

    def _labelled(self, pair: Pair, call: Call) -> Reply:
        record, other = self._ends(pair, call)
        types = self._types(pair, call.params.get("body"))
        self._link_all(call, record, other, types)
        return answer(201, self._pair(record, other, types))

    def _link_all(self, call: Call, record: Record, other: Record, types: list[Type]) -> None:
        """Bring two records together by several types, told as one change."""
        changes: list[Change] = []
        try:
            for each in types:
                changes += self._associations.link(record, other, each.id)
        finally:
            self._clerk.bound(call, changes)

    def _part(self, pair: Pair, call: Call) -> Reply:
        record, other = self._ends(pair, call)
        self._clerk.bound(call, self._associations.unlink(record, other))
        return Reply(204)

    def _types(self, pair: Pair, given: Any) -> list[Type]:
        if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
            raise malformed("Invalid input JSON on line 1, column 1: a list of association types is expected")
        if any(each.get("associationTypeId") is None for each in given):
            raise malformed(
                "Invalid input JSON on line 1, column 1: some of required attributes are not set [associationTypeId]"
            )
        return [self._associations.types.get(pair, each["associationTypeId"]) for each in given]

    def _both(self, record: Record, other: Record) -> list[dict[str, Any]]:
        """A default association as the CRM tells it: once from each end."""
        return [self._spec(record, other), self._spec(other, record)]

    def _spec(self, one: Record, two: Record) -> dict[str, Any]:
        default = self._associations.types.default((one.kind.name, two.kind.name))
        spec = {"associationCategory": default.category, "associationTypeId": default.id}
        return {"from": {"id": one.id}, "to": {"id": two.id}, "associationSpec": spec}

    @staticmethod
    def _pair(record: Record, other: Record, types: list[Type]) -> dict[str, Any]:
        return {
            "fromObjectTypeId": record.kind.type_id,
            "fromObjectId": record.id,
            "toObjectTypeId": other.kind.type_id,
            "toObjectId": other.id,
            "labels": [each.label for each in types if each.label],
        }

    # -- batches ------------------------------------------------------------------------------------------------

    def _batch_default(self, pair: Pair, call: Call) -> Reply:
        def bind(each: Input) -> list[Any]:
            record, other = ends_of(self._portal, pair, each)
            self._clerk.bound(call, self._associations.link(record, other))
            return self._both(record, other)

        # The vendor declares no 207 here: what failed is listed in a 200.
        return each_of(self._portal, inputs_of(self._portal, call, CREATED_MAX), bind, status=200, partly=200)

    def _batch_create(self, pair: Pair, call: Call) -> Reply:
        def bind(wanted: tuple[Input, list[Type]]) -> list[Any]:
            record, other = ends_of(self._portal, pair, wanted[0])
            self._link_all(call, record, other, wanted[1])
            return [self._pair(record, other, wanted[1])]

        return each_of(self._portal, self._typed(pair, call, CREATED_MAX), bind, status=201)

    def _typed(self, pair: Pair, call: Call, most: int) -> list[tuple[Input, list[Type]]]:
        """Every input with the types that it names; refused before anything is done when one names none."""
        return [(each, self._types(pair, each.get("types"))) for each in inputs_of(self._portal, call, most)]

    def _batch_archive(self, pair: Pair, call: Call) -> Reply:
        parted: list[tuple[str, str]] = []
        for each in inputs_of(self._portal, call, READ_MAX):
            others = each.get("to")
            if not isinstance(others, list) or not all(isinstance(one, dict) for one in others):
                raise malformed("Invalid input JSON on line 1, column 1: to must be a list of objects")
            parted += [(end_of(each, "from"), str(one.get("id", ""))) for one in others]
        for ids in parted:
            found = both_live(self._portal, pair, ids)
            if found is not None:
                self._clerk.bound(call, self._associations.unlink(*found))
        return Reply(204)

    def _batch_labels(self, pair: Pair, call: Call) -> Reply:
        for ids, types in [(both_ids(each), types) for each, types in self._typed(pair, call, READ_MAX)]:
            found = both_live(self._portal, pair, ids)
            if found is not None:
                parted = [self._associations.unlink(*found, one.id) for one in types]
                self._clerk.bound(call, [change for changes in parted for change in changes])
        return Reply(204)

    def _batch_read(self, pair: Pair, call: Call) -> Reply:
        def read(each: Input) -> list[Any]:
            record, after = self._portal.find(pair[0], str(each.get("id", ""))), each.get("after")
            if record is not None:
                cursor = None if after is None else str(after)
                found, following = self._associations.page(record, pair[1], PAGE_MAX, cursor)
                if found:
                    more = {"paging": {"next": {"after": following}}} if following else {}
                    return [{"from": {"id": record.id}, "to": [_listed(*one) for one in found], **more}]
            raise none_from(pair, str(each.get("id", "")))

        return each_of(self._portal, inputs_of(self._portal, call, READ_MAX), read, status=200)


def none_from(pair: Pair, name: str) -> Problem:
    """A record of a batch read that has no associations of the wanted type."""
    message = f"No {pair[1]} is associated with {pair[0]} {name}."
    context = {"fromObjectId": [name], "fromObjectType": [pair[0]], "toObjectType": [pair[1]]}
    return Problem("OBJECT_NOT_FOUND", message, "crm.associations.NO_ASSOCIATIONS_FOUND", (), context)


def ends_of(portal: Portal, pair: Pair, each: Input) -> tuple[Record, Record]:
    """The two records of an input; refused when one of them is not there."""
    ids = both_ids(each)
    found = both_live(portal, pair, ids)
    if found is None:
        raise Problem("OBJECT_NOT_FOUND", "One of the ids is not valid", None, (), {"ids": list(ids)})
    return found


def both_ids(each: Input) -> tuple[str, str]:
    """The ids at both ends of an input."""
    return end_of(each, "from"), end_of(each, "to")


def both_live(portal: Portal, pair: Pair, ids: tuple[str, str]) -> tuple[Record, Record] | None:
    """The records of these ids; None unless both are there."""
    record, other = portal.find(pair[0], ids[0]), portal.find(pair[1], ids[1])
    return None if record is None or other is None else (record, other)


def end_of(each: Input, end: str) -> str:
    """The id at one end of an input."""
    target = each.get(end)
    if not isinstance(target, dict) or not target.get("id"):
        raise malformed(f"Invalid input JSON on line 1, column 1: some of required attributes are not set [{end}]")
    return str(target["id"])


def _listed(other: str, types: list[Type]) -> dict[str, Any]:
    return {"toObjectId": other, "associationTypes": [each.as_json() for each in types]}
