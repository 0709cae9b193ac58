"""The pipelines and stages of deals, tickets and custom objects, and which records stand in which stage.

A stage's id is an option of the type's stage property, a pipeline's id one of its pipeline property: both are kept in
step here. A stage or pipeline in which a record stands is not taken away. Called by `records` and by `wire`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.crm.problems import Detail, Problem, malformed, not_found
from fakes.crm.state.schema import Schema, whole
from fakes.crm.state.standard import options
from fakes.crm.state.values import invalid_values

PIPELINES_MAX = 100
STAGES_MAX = 100
NAMED_MAX = 10
"""How many of the records that stand in a stage are named in a refusal."""
AUDITS_MAX = 100


@dataclass(slots=True, kw_only=True)
class Stage:
    """One step of a pipeline."""

    id: str
    label: str
    order: int
    metadata: dict[str, str]
    created: str
    updated: str

    def as_json(self) -> dict[str, Any]:
        """The stage as the CRM shows it."""
        return {
            "id": self.id,
            "label": self.label,
            "displayOrder": self.order,
            "metadata": dict(self.metadata),
            "createdAt": self.created,
            "updatedAt": self.updated,
            "archived": False,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """One way that records of a type go."""

    id: str
    label: str
    order: int
    created: str
    updated: str
    stages: dict[str, Stage] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The pipeline as the CRM shows it, its stages in order."""
        stages = sorted(self.stages.values(), key=lambda each: each.order)
        return {
            "id": self.id,
            "label": self.label,
            "displayOrder": self.order,
            "stages": [each.as_json() for each in stages],
            "createdAt": self.created,
            "updatedAt": self.updated,
            "archived": False,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a type of record has pipelines: by which properties, and what a stage must say of itself."""

    pipeline: str
    stage: str
    told: str
    """The metadata that every stage carries."""
    allowed: tuple[str, ...]
    """What it may be; empty for a number from 0 to 1."""


CLOSED = ("OPEN", "CLOSED")
WAYS = {
    "deals": Way(pipeline="pipeline", stage="dealstage", told="probability", allowed=()),
    "tickets": Way(pipeline="hs_pipeline", stage="hs_pipeline_stage", told="ticketState", allowed=CLOSED),
}
DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
)
TICKET_STAGES = (
    ("1", "New", "OPEN"),
    ("2", "Waiting on contact", "OPEN"),
    ("3", "Waiting on us", "OPEN"),
    ("4", "Closed", "CLOSED"),
)
STANDARD = {"deals": ("default", "Sales Pipeline", DEAL_STAGES), "tickets": ("0", "Support Pipeline", TICKET_STAGES)}


class Pipelines:
    """The pipelines of one type of record."""

    def __init__(self, kind: str, schema: Schema, moment: str) -> None:
        self.way = WAYS[kind]
        self._schema = schema
        self._all: dict[str, Pipeline] = {}
        self._standing: dict[str, dict[str, None]] = {}
        self._audits: dict[str, list[dict[str, Any]]] = {}
        name, label, stages = STANDARD[kind]
        self.first = name
        """The pipeline that a record gets when it names none."""
        made = Pipeline(id=name, label=label, order=0, created=moment, updated=moment)
        for order, (stage, title, told) in enumerate(stages):
            metadata = self._metadata({self.way.told: told})
            made.stages[stage] = Stage(
                id=stage, label=title, order=order, metadata=metadata, created=moment, updated=moment
            )
        self._all[name] = made
        self._tell()

    def __iter__(self) -> Iterator[Pipeline]:
        """Every pipeline in order."""
        return iter(sorted(self._all.values(), key=lambda each: each.order))

    def clear(self) -> None:
        """Forget who stands where."""
        self._standing.clear()

    def _tell(self) -> None:
        """The options of the two properties follow the pipelines."""
        properties, way = self._schema.properties, self.way
        properties[way.pipeline].options = options((each.id, each.label) for each in self)
        stages = ((stage.id, stage.label) for each in self for stage in each.stages.values())
        properties[way.stage].options = options(stages)

    def _audit(self, name: str, action: str, moment: str, now: Mapping[str, Any]) -> None:
        told = self._audits.setdefault(name, [])
        told.insert(0, {"identifier": name, "action": action, "timestamp": moment, "rawObject": dict(now)})
        del told[AUDITS_MAX:]

    def audit(self, name: str) -> list[dict[str, Any]]:
        """What was done to a pipeline or stage, newest first."""
        return list(self._audits.get(name, ()))

    # -- records ------------------------------------------------------------------------------------------------

    def place(self, values: dict[str, str]) -> None:
        """Give a record without a pipeline the first one, and refuse a stage that its pipeline does not have."""
        stage = values.get(self.way.stage)
        if not stage:
            return
        pipeline = self._all[values.setdefault(self.way.pipeline, self.first)]
        if stage not in pipeline.stages:
            message = f"{stage} is not a valid stage of pipeline {pipeline.id}"
            raise invalid_values([Detail(message=message, code="INVALID_OPTION", name=self.way.stage)])

    def moved(self, record: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Keep who stands where."""
        old, new = before.get(self.way.stage), after.get(self.way.stage)
        if old is not None and old != new:
            self._standing.get(old, {}).pop(record, None)
        if new is not None:
            self._standing.setdefault(new, {})[record] = None

    # -- pipelines ----------------------------------------------------------------------------------------------

    def get(self, name: str) -> Pipeline:
        """The pipeline with this id."""
        if name not in self._all:
            raise not_found(f"Pipeline {name} does not exist")
        return self._all[name]

    def stage(self, pipeline: str, name: str) -> Stage:
        """The stage with this id."""
        found = self.get(pipeline).stages.get(name)
        if found is None:
            raise not_found(f"Stage {name} does not exist in pipeline {pipeline}")
        return found

    def create(self, given: Mapping[str, Any], new_id: str, moment: str) -> Pipeline:
        """Add a pipeline with at least one stage."""
        label, order, stages = _label(given), _order(given), given.get("stages")
        if not isinstance(stages, list) or not stages or not all(isinstance(each, Mapping) for each in stages):
            raise malformed("A pipeline needs at least one stage")
        if len(self._all) >= PIPELINES_MAX or len(stages) > STAGES_MAX:
            raise malformed(f"At most {PIPELINES_MAX} pipelines of {STAGES_MAX} stages are possible")
        self._free(label, None)
        name = _wanted(given, "pipelineId") or new_id
        if name in self._all:
            raise Problem("CONFLICT", f"Pipeline {name} already exists")
        made = Pipeline(id=name, label=label, order=order, created=moment, updated=moment)
        for number, each in enumerate(stages):
            self._add_stage(made, each, f"{new_id}{number}", moment)
        self._all[name] = made
        self._tell()
        self._audit(name, "CREATE", moment, made.as_json())
        return made

    def change(self, name: str, given: Mapping[str, Any], moment: str) -> Pipeline:
        """Rename a pipeline or move it among the others."""
        found = self.get(name)
        if "label" in given:
            self._free(_label(given), found)
        found.label = _label(given) if "label" in given else found.label
        found.order = _order(given) if "displayOrder" in given else found.order
        found.updated = moment
        self._tell()
        self._audit(name, "UPDATE", moment, found.as_json())
        return found

    def replace(self, name: str, given: Mapping[str, Any], new_id: str, moment: str) -> Pipeline:
        """Give a pipeline other stages; those in use have to stay."""
        found = self.get(name)
        stages = given.get("stages")
        if not isinstance(stages, list) or not stages or not all(isinstance(each, Mapping) for each in stages):
            raise malformed("A pipeline needs at least one stage")
        self._free(_label(given), found)
        kept = {_wanted(each, "stageId") for each in stages}
        self._unused(each for each in found.stages if each not in kept)
        made = Pipeline(id=name, label=_label(given), order=_order(given), created=found.created, updated=moment)
        taken, self._all[name] = self._all[name], made
        try:
            for number, each in enumerate(stages):
                self._add_stage(made, each, f"{new_id}{number}", moment)
        except Problem:
            self._all[name] = taken
            raise
        self._tell()
        self._audit(name, "UPDATE", moment, made.as_json())
        return made

    def remove(self, name: str) -> None:
        """Take a pipeline away, unless it is the last one or a record stands in it."""
        found = self.get(name)
        if len(self._all) == 1:
            raise malformed("The last pipeline cannot be deleted")
        self._unused(found.stages)
        del self._all[name]
        self.first = self.first if self.first in self._all else next(iter(self._all))
        self._tell()

    def _free(self, label: str, own: Pipeline | None) -> None:
        if any(each.label == label and each is not own for each in self._all.values()):
            raise malformed(f"A pipeline with the label {label} already exists")

    # -- stages -------------------------------------------------------------------------------------------------

    def add_stage(self, pipeline: str, given: Mapping[str, Any], new_id: str, moment: str) -> Stage:
        """Add a stage to a pipeline."""
        made = self._add_stage(self.get(pipeline), given, new_id, moment)
        self._tell()
        return made

    def _add_stage(self, pipeline: Pipeline, given: Mapping[str, Any], new_id: str, moment: str) -> Stage:
        label, order, metadata = _label(given), _order(given), self._metadata(given.get("metadata"))
        if len(pipeline.stages) >= STAGES_MAX:
            raise malformed(f"A pipeline has at most {STAGES_MAX} stages")
        if any(each.label == label for each in pipeline.stages.values()):
            raise malformed(f"A stage with the label {label} already exists")
        name = _wanted(given, "stageId") or new_id
        if any(name in each.stages for each in (*self._all.values(), pipeline)):
            raise Problem("CONFLICT", f"Stage {name} already exists")
        made = Stage(id=name, label=label, order=order, metadata=metadata, created=moment, updated=moment)
        pipeline.stages[name] = made
        self._audit(name, "CREATE", moment, made.as_json())
        return made

    def change_stage(self, pipeline: str, name: str, given: Mapping[str, Any], moment: str, *, every: bool) -> Stage:
        """Change what is given of a stage, or (`every`) all of it."""
        found = self.stage(pipeline, name)
        label = _label(given) if every or "label" in given else found.label
        order = _order(given) if every or "displayOrder" in given else found.order
        metadata = self._metadata(given.get("metadata")) if every or "metadata" in given else found.metadata
        if any(each.label == label and each is not found for each in self.get(pipeline).stages.values()):
            raise malformed(f"A stage with the label {label} already exists")
        found.label, found.order, found.metadata, found.updated = label, order, metadata, moment
        self._tell()
        self._audit(name, "UPDATE", moment, found.as_json())
        return found

    def remove_stage(self, pipeline: str, name: str, moment: str) -> None:
        """Take a stage away, unless it is the last one or a record stands in it."""
        self.stage(pipeline, name)
        stages = self.get(pipeline).stages
        if len(stages) == 1:
            raise malformed("The last stage of a pipeline cannot be deleted")
        self._unused([name])
        self._audit(name, "DELETE", moment, stages.pop(name).as_json())
        self._tell()

    def _unused(self, stages: Any) -> None:
        used = {name: list(self._standing[name])[:NAMED_MAX] for name in stages if self._standing.get(name)}
        if used:
            records = [each for found in used.values() for each in found]
            message = f"Stage IDs: {list(used)} are being referenced by object IDs: {records}".replace("'", "")
            context = {"stageIds": list(used), "objectIds": records}
            raise Problem("VALIDATION_ERROR", message, "PipelineError.STAGE_ID_IN_USE", (), context)

    def _metadata(self, given: Any) -> dict[str, str]:
        told = str(given.get(self.way.told, "")) if isinstance(given, Mapping) else ""
        if self.way.allowed:
            told = told or self.way.allowed[0]
            if told not in self.way.allowed:
                raise malformed(f"{self.way.told} must be one of {list(self.way.allowed)}")
            return {self.way.told: told, "isClosed": str(told == "CLOSED").lower()}
        steps = [f"{number / 10:.1f}" for number in range(11)]
        if told not in (*steps, "0", "1"):
            raise malformed(f"{self.way.told} must be a number from 0.0 to 1.0 in steps of 0.1")
        told = f"{float(told):.1f}"
        return {self.way.told: told, "isClosed": str(told in ("0.0", "1.0")).lower()}


def _label(given: Mapping[str, Any]) -> str:
    label = given.get("label")
    if not isinstance(label, str) or not label.strip():
        raise malformed("Invalid input JSON on line 1, column 1: some of required attributes are not set [label]")
    return label


def _order(given: Mapping[str, Any]) -> int:
    if given.get("displayOrder") is None:
        raise malformed(
            "Invalid input JSON on line 1, column 1: some of required attributes are not set [displayOrder]"
        )
    return whole(given, "displayOrder", 0)


def _wanted(given: Mapping[str, Any], name: str) -> str:
    wanted = given.get(name)
    if wanted is not None and (not isinstance(wanted, str) or not wanted.strip() or ";" in wanted):
        raise malformed(f"{name} must be a text")
    return wanted or ""
