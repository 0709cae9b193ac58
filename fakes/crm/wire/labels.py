"""Routes of association types: labels that users make, and limits that they set. No rules here."""

from collections.abc import Iterator
from typing import Any

from fakes.calls import Call, Reply, Route
from fakes.crm.problems import malformed
from fakes.crm.state.associations import Associations
from fakes.crm.state.bonds import Pair, Type
from fakes.crm.state.records import Portal
from fakes.crm.state.schema import whole
from fakes.crm.wire.answers import answer, inputs_of, multi, object_body
from fakes.crm.wire.mounts import Guard, settings
from fakes.crm.wire.pairs import PREFIXES

BASES = tuple(batches for _, batches in PREFIXES)


class Labels:
    """The handlers of one portal's association types."""

    def __init__(self, portal: Portal, associations: Associations) -> None:
        self._portal = portal
        self._types = associations.types

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Labels and limits under v4 and every dated prefix."""
        pair, limits = "/{from}/{toType}", "/definitions/configurations"
        table = (
            ("GET", f"{pair}/labels", self._list, False),
            ("POST", f"{pair}/labels", self._create, True),
            ("PUT", f"{pair}/labels", self._rename, True),
            ("DELETE", f"{pair}/labels/{{typeId}}", self._drop, True),
            ("GET", f"{limits}/all", self._all_limits, False),
            ("GET", f"{limits}{pair}", self._limits, False),
            ("POST", f"{limits}{pair}/batch/create", self._limit, True),
            ("POST", f"{limits}{pair}/batch/update", self._change_limit, True),
            ("POST", f"{limits}{pair}/batch/purge", self._unlimit, True),
        )
        return settings(BASES, table, guard)

    def _pair(self, call: Call) -> Pair:
        kinds = self._portal.kinds
        return kinds.get(call.at["from"]).name, kinds.get(call.at["toType"]).name

    def _list(self, call: Call) -> Reply:
        return answer(200, {"results": [each.as_json() for each in self._types.between(self._pair(call)).values()]})

    def _create(self, call: Call) -> Reply:
        made = self._types.create(self._pair(call), object_body(self._portal, call))
        return answer(200, {"results": [each.as_json() for each in made]})

    def _rename(self, call: Call) -> Reply:
        self._types.rename(self._pair(call), object_body(self._portal, call))
        return Reply(204)

    def _drop(self, call: Call) -> Reply:
        name = call.at["typeId"]
        self._types.drop(self._pair(call), int(name) if name.isdecimal() else -1)
        return Reply(204)

    # -- limits -------------------------------------------------------------------------------------------------

    @staticmethod
    def _told(one: Type) -> dict[str, Any]:
        return {**one.as_json(), "userEnforcedMaxToObjectIds": one.most}

    def _all_limits(self, call: Call) -> Reply:
        return answer(200, {"results": [self._told(one) for _, one in self._types.limited()]})

    def _limits(self, call: Call) -> Reply:
        pair = self._pair(call)
        return answer(200, {"results": [self._told(one) for at, one in self._types.limited() if at == pair]})

    def _limited(self, call: Call) -> list[Type]:
        """Set every limit of a batch, or none."""
        pair = self._pair(call)
        wanted = []
        for each in inputs_of(self._portal, call):
            most = whole(each, "maxToObjectIds", 0)
            if most < 1:
                raise malformed("maxToObjectIds must be a whole number of at least 1")
            wanted.append((self._types.get(pair, each.get("typeId")), most))
        for one, most in wanted:
            one.most = most
        return [one for one, _ in wanted]

    def _limit(self, call: Call) -> Reply:
        return multi(self._portal, [self._told(one) for one in self._limited(call)], [], status=201)

    def _change_limit(self, call: Call) -> Reply:
        told = [self._told(one) for one in self._limited(call)]
        return multi(self._portal, [{k: v for k, v in each.items() if k != "label"} for each in told], [], status=200)

    def _unlimit(self, call: Call) -> Reply:
        pair = self._pair(call)
        for one in [self._types.get(pair, each.get("typeId")) for each in inputs_of(self._portal, call)]:
            one.most = None
        return Reply(204)
