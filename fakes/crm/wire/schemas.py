"""Routes of custom object types. No rules here."""

from collections.abc import Iterator
from typing import Any

from fakes.calls import Call, Reply, Route
from fakes.crm.state.custom import Custom, Definition
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, each_of, flag, inputs_of, object_body
from fakes.crm.wire.mounts import SCHEMAS, Guard, settings


class Schemas:
    """The handlers of one portal's custom types."""

    def __init__(self, portal: Portal, custom: Custom) -> None:
        self._portal = portal
        self._custom = custom

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Schemas under their numbered and dated paths."""
        table = (
            ("GET", "", self._list, False),
            ("POST", "", self._create, True),
            ("POST", "/batch/read", self._batch_read, False),
            ("GET", "/{objectType}", self._get, False),
            ("PATCH", "/{objectType}", self._change, True),
            ("DELETE", "/{objectType}", self._remove, True),
            ("POST", "/{objectType}/associations", self._associate, True),
            ("DELETE", "/{objectType}/associations/{association}", self._part, True),
        )
        return settings(SCHEMAS, table, guard)

    def _list(self, call: Call) -> Reply:
        found = self._custom.all(archived=flag(call, "archived"))
        return answer(200, {"results": [self._shown(each) for each in found]})

    def _create(self, call: Call) -> Reply:
        return answer(201, self._shown(self._custom.create(object_body(self._portal, call))))

    def _batch_read(self, call: Call) -> Reply:
        def read(each: dict[str, Any]) -> list[Any]:
            return [self._shown(self._custom.get(str(each.get("id", ""))))]

        return each_of(self._portal, inputs_of(self._portal, call), read, status=200)

    def _get(self, call: Call) -> Reply:
        return answer(200, self._shown(self._custom.get(call.at["objectType"])))

    def _change(self, call: Call) -> Reply:
        changed = self._shown(self._custom.change(call.at["objectType"], object_body(self._portal, call)))
        told = {key: value for key, value in changed.items() if key not in ("properties", "associations")}
        return answer(200, {**told, "portalId": self._portal.number})

    def _remove(self, call: Call) -> Reply:
        self._custom.remove(call.at["objectType"], purge=flag(call, "archived"))
        return Reply(204)

    def _associate(self, call: Call) -> Reply:
        return answer(201, self._custom.associate(call.at["objectType"], object_body(self._portal, call)))

    def _part(self, call: Call) -> Reply:
        self._custom.part(call.at["objectType"], call.at["association"])
        return Reply(204)

    def _shown(self, one: Definition) -> dict[str, Any]:
        schema = self._portal.schemas.get(one.kind.name)
        return {
            "id": one.kind.type_id.partition("-")[2],
            "objectTypeId": one.kind.type_id,
            "fullyQualifiedName": one.kind.name,
            "name": one.name,
            "labels": one.labels,
            "description": one.description,
            **one.lists,
            "primaryDisplayProperty": one.primary,
            "properties": [each.as_json() for each in schema.properties.values()] if schema else [],
            "associations": one.associations,
            "archived": one.archived,
            "allowsSensitiveProperties": False,
            "metaType": "PORTAL_SPECIFIC",
            "createdAt": one.created,
            "updatedAt": one.updated,
        }
