"""Routes of properties and their groups, for every type of record. No rules here."""

from collections.abc import Iterator
from typing import Any

from fakes.calls import Call, Reply, Route
from fakes.crm.state.records import Portal
from fakes.crm.state.schema import Schema
from fakes.crm.wire.answers import answer, each_of, flag, inputs_of, object_body
from fakes.crm.wire.mounts import PROPERTIES, Guard, settings


class Properties:
    """The handlers of one portal's properties."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Properties under v3 and every dated prefix."""
        table = (
            ("GET", "/{objectType}", self._list, False),
            ("POST", "/{objectType}", self._create, True),
            ("GET", "/{objectType}/groups", self._groups, False),
            ("POST", "/{objectType}/groups", self._create_group, True),
            ("GET", "/{objectType}/groups/{group}", self._group, False),
            ("PATCH", "/{objectType}/groups/{group}", self._update_group, True),
            ("DELETE", "/{objectType}/groups/{group}", self._remove_group, True),
            ("POST", "/{objectType}/batch/archive", self._batch_archive, True),
            ("POST", "/{objectType}/batch/create", self._batch_create, True),
            ("POST", "/{objectType}/batch/read", self._batch_read, False),
            ("GET", "/{objectType}/{name}", self._get, False),
            ("PATCH", "/{objectType}/{name}", self._update, True),
            ("DELETE", "/{objectType}/{name}", self._archive, True),
        )
        return settings(PROPERTIES, table, guard)

    def _schema(self, call: Call) -> Schema:
        return self._portal.schemas[self._portal.kinds.get(call.at["objectType"]).name]

    def _list(self, call: Call) -> Reply:
        archived = flag(call, "archived")
        known = self._schema(call).properties.values()
        return answer(200, {"results": [each.as_json() for each in known if each.archived == archived]})

    def _create(self, call: Call) -> Reply:
        given = object_body(self._portal, call)
        return answer(201, self._schema(call).create(given, self._portal.moment()).as_json())

    def _batch_create(self, call: Call) -> Reply:
        schema, moment = self._schema(call), self._portal.moment()

        def create(each: dict[str, Any]) -> list[Any]:
            return [schema.create(each, moment).as_json()]

        return each_of(self._portal, inputs_of(self._portal, call), create, status=201)

    def _batch_read(self, call: Call) -> Reply:
        schema, archived = self._schema(call), object_body(self._portal, call).get("archived") is True

        def read(each: dict[str, Any]) -> list[Any]:
            return [schema.find(str(each.get("name", "")), archived=archived).as_json()]

        return each_of(self._portal, inputs_of(self._portal, call), read, status=200)

    def _get(self, call: Call) -> Reply:
        return answer(200, self._schema(call).find(call.at["name"], archived=flag(call, "archived")).as_json())

    def _update(self, call: Call) -> Reply:
        given = object_body(self._portal, call)
        return answer(200, self._schema(call).update(call.at["name"], given, self._portal.moment()).as_json())

    def _archive(self, call: Call) -> Reply:
        self._schema(call).archive(call.at["name"])
        return Reply(204)

    def _batch_archive(self, call: Call) -> Reply:
        for each in inputs_of(self._portal, call):
            self._schema(call).archive(str(each.get("name", "")))
        return Reply(204)

    def _groups(self, call: Call) -> Reply:
        return answer(200, {"results": [each.as_json() for each in self._schema(call).groups.values()]})

    def _group(self, call: Call) -> Reply:
        return answer(200, self._schema(call).group(call.at["group"]).as_json())

    def _create_group(self, call: Call) -> Reply:
        return answer(201, self._schema(call).create_group(object_body(self._portal, call)).as_json())

    def _update_group(self, call: Call) -> Reply:
        changed = self._schema(call).update_group(call.at["group"], object_body(self._portal, call))
        return answer(200, changed.as_json())

    def _remove_group(self, call: Call) -> Reply:
        self._schema(call).remove_group(call.at["group"])
        return Reply(204)
