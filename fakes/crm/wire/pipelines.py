"""Routes of pipelines and their stages. No rules here."""

from collections.abc import Iterator

from fakes.calls import Call, Reply, Route
from fakes.crm.problems import malformed
from fakes.crm.state.pipelines import Pipelines
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, object_body
from fakes.crm.wire.mounts import PIPELINES, Guard, settings


class PipelineRoutes:
    """The handlers of one portal's pipelines."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Pipelines under v3 and every dated prefix."""
        one, stages = "/{objectType}/{pipeline}", "/{objectType}/{pipeline}/stages"
        table = (
            ("GET", "/{objectType}", self._list, False),
            ("POST", "/{objectType}", self._create, True),
            ("GET", one, self._get, False),
            ("PUT", one, self._replace, True),
            ("PATCH", one, self._change, True),
            ("DELETE", one, self._remove, True),
            ("GET", f"{one}/audit", self._audit, False),
            ("GET", stages, self._stages, False),
            ("POST", stages, self._add_stage, True),
            ("GET", f"{stages}/{{stage}}", self._stage, False),
            ("PUT", f"{stages}/{{stage}}", self._replace_stage, True),
            ("PATCH", f"{stages}/{{stage}}", self._change_stage, True),
            ("DELETE", f"{stages}/{{stage}}", self._remove_stage, True),
            ("GET", f"{stages}/{{stage}}/audit", self._stage_audit, False),
        )
        return settings(PIPELINES, table, guard)

    def _of(self, call: Call) -> Pipelines:
        kind = self._portal.kinds.get(call.at["objectType"])
        if kind.name not in self._portal.pipelines:
            raise malformed(f"Object type {kind.title} does not support pipelines")
        return self._portal.pipelines[kind.name]

    def _new_id(self) -> str:
        return self._portal.new_id("pipelines")

    def _list(self, call: Call) -> Reply:
        return answer(200, {"results": [each.as_json() for each in self._of(call)]})

    def _create(self, call: Call) -> Reply:
        given = object_body(self._portal, call)
        return answer(201, self._of(call).create(given, self._new_id(), self._portal.moment()).as_json())

    def _get(self, call: Call) -> Reply:
        return answer(200, self._of(call).get(call.at["pipeline"]).as_json())

    def _replace(self, call: Call) -> Reply:
        given, moment = object_body(self._portal, call), self._portal.moment()
        return answer(200, self._of(call).replace(call.at["pipeline"], given, self._new_id(), moment).as_json())

    def _change(self, call: Call) -> Reply:
        given = object_body(self._portal, call)
        return answer(200, self._of(call).change(call.at["pipeline"], given, self._portal.moment()).as_json())

    def _remove(self, call: Call) -> Reply:
        self._of(call).remove(call.at["pipeline"])
        return Reply(204)

    def _audit(self, call: Call) -> Reply:
        self._of(call).get(call.at["pipeline"])
        return self._audited(call, call.at["pipeline"])

    def _audited(self, call: Call, name: str) -> Reply:
        told = self._of(call).audit(name)
        return answer(200, {"results": [{"portalId": self._portal.number, **each} for each in told]})

    def _stages(self, call: Call) -> Reply:
        return answer(200, {"results": self._of(call).get(call.at["pipeline"]).as_json()["stages"]})

    def _add_stage(self, call: Call) -> Reply:
        given, moment = object_body(self._portal, call), self._portal.moment()
        return answer(201, self._of(call).add_stage(call.at["pipeline"], given, self._new_id(), moment).as_json())

    def _stage(self, call: Call) -> Reply:
        return answer(200, self._of(call).stage(call.at["pipeline"], call.at["stage"]).as_json())

    def _replace_stage(self, call: Call) -> Reply:
        return self._changed_stage(call, every=True)

    def _change_stage(self, call: Call) -> Reply:
        return self._changed_stage(call, every=False)

    def _changed_stage(self, call: Call, *, every: bool) -> Reply:
        given, moment = object_body(self._portal, call), self._portal.moment()
        changed = self._of(call).change_stage(call.at["pipeline"], call.at["stage"], given, moment, every=every)
        return answer(200, changed.as_json())

    def _remove_stage(self, call: Call) -> Reply:
        self._of(call).remove_stage(call.at["pipeline"], call.at["stage"], self._portal.moment())
        return Reply(204)

    def _stage_audit(self, call: Call) -> Reply:
        self._of(call).stage(call.at["pipeline"], call.at["stage"])
        return self._audited(call, call.at["stage"])
