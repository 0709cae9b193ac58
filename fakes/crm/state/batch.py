"""Many records in one call: create, read, update, upsert, archive.

Malformed input refuses the whole batch. A single input that fails refuses the whole batch too, unless every input
carries an `objectWriteTraceId`: then the rest is done and the failures are listed. Records that do not exist are always
listed. Called by `wire`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.crm.problems import Problem, malformed
from fakes.crm.state.record import Record, Written
from fakes.crm.state.records import Portal
from fakes.crm.state.shelf import folded

INPUTS_MAX = 100
HISTORIES_MAX = 50
"""How many records may be read at once with their history."""
Input = Mapping[str, Any]


@dataclass(slots=True)
class Done:
    """What a batch came to: writes with their trace ids, records read, and problems by input."""

    written: list[tuple[Written, str | None]] = field(default_factory=list)
    read: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """For each write: which input it came from."""

    def placed(self) -> Iterator[tuple[Written, int]]:
        """Every write with the number of its input."""
        return zip((each for each, _ in self.written), self.places, strict=True)


def create(portal: Portal, kind: str, body: Any) -> Done:
    """Make every record, or none."""
    inputs = _inputs(body)
    for each in inputs:
        _properties(each)

    def work(each: Input) -> Written:
        return portal.create(kind, _properties(each))

    return _each(portal, kind, inputs, work, lambda each: None)


def update(portal: Portal, kind: str, body: Any) -> Done:
    """Change every record that exists; the others are listed as not found."""
    inputs = _inputs(body)
    _distinct(inputs)
    known: list[Input] = []
    missing: list[Input] = []
    for each in inputs:
        (known if portal.find(kind, _id(each), _by(each)) else missing).append(each)

    def work(each: Input) -> Written:
        return portal.change(portal.get(kind, _id(each), _by(each)), _properties(each))

    done = _each(portal, kind, known, work, lambda each: portal.find(kind, _id(each), _by(each)))
    done.problems += _missing(portal, kind, missing)
    return done


def upsert(portal: Portal, kind: str, body: Any) -> Done:
    """Change the record that has the unique value, or make it: the only create that is safe to repeat."""
    inputs = _inputs(body)
    _distinct(inputs)
    names = {_by(each) for each in inputs}
    if len(names) > 1:
        raise malformed("All inputs of a batch upsert must use the same idProperty")
    name = next(iter(names), None)
    if inputs and not name:
        raise malformed("idProperty is required for batch upsert")

    def existing(each: Input) -> Record | None:
        return portal.find(kind, _id(each), name)

    def work(each: Input) -> Written:
        given, found = _properties(each), existing(each)
        return portal.create(kind, {str(name): _id(each), **given}) if found is None else portal.change(found, given)

    missing = [each for each in inputs if existing(each) is None] if name == "hs_object_id" else []
    done = _each(portal, kind, [each for each in inputs if each not in missing], work, existing)
    done.problems += _missing(portal, kind, missing)
    return done


def read(portal: Portal, kind: str, body: Any, *, archived: bool = False) -> Done:
    """Every record that exists, live or (then by id alone) archived; the others are listed as not found."""
    inputs = _inputs(body)
    if body.get("propertiesWithHistory"):
        inputs_within(inputs, HISTORIES_MAX)
    name = _by(body)
    done, missing = Done(), []
    known: dict[str, Record] = {}
    for each in inputs:
        found = portal.archived(kind, _id(each)) if archived else portal.find(kind, _id(each), name)
        if found is None:
            missing.append(each)
        else:
            known[found.id] = found
    done.read += known.values()
    done.problems += _missing(portal, kind, missing)
    return done


def archive(portal: Portal, kind: str, body: Any) -> Done:
    """Take away every record that exists; the CRM does not mind the others."""
    taken = [portal.archive(kind, _id(each)) for each in _inputs(body)]
    return Done(written=[(each, None) for each in taken if each])


def _each(
    portal: Portal,
    kind: str,
    inputs: list[Input],
    work: Callable[[Input], Written],
    existing: Callable[[Input], Record | None],
) -> Done:
    done = Done()
    listed = bool(inputs) and all(each.get("objectWriteTraceId") for each in inputs)
    ready = [None] * len(inputs) if listed else _rehearse(portal, kind, inputs, existing)
    for place, (each, values) in enumerate(zip(inputs, ready, strict=True)):
        try:
            written = work(each) if values is None else portal.make(kind, values)
            done.written.append((written, each.get("objectWriteTraceId")))
            done.places.append(place)
        except Problem as problem:
            if not listed:
                raise
            problem.context = {**problem.context, "objectWriteTraceId": [str(each["objectWriteTraceId"])]}
            done.problems.append(problem)
    return done


def _rehearse(
    portal: Portal, kind: str, inputs: list[Input], existing: Callable[[Input], Record | None]
) -> list[dict[str, str] | None]:
    """Raise what any input would raise before the first one is written: all or none.

    Answers, for each input that makes a record, the values that it will have: no other input of the batch can spoil
    them any more.
    """
    taken: set[tuple[str, str]] = set()
    ready: list[dict[str, str] | None] = []
    for each in inputs:
        found = existing(each)
        given = _properties(each)
        name = _by(each)
        if found is not None:
            values = portal.changed(found, given)
        else:
            values = portal.proper(kind, {name: _id(each), **given} if name else given)
            portal.check_unique(kind, values, None)
        ready.append(None if found is not None else values)
        pairs = {(unique, folded(value)) for unique, value in portal.unique_in(kind, values)}
        again = sorted(pairs & taken)
        if again:
            raise malformed(f"Duplicate {again[0][0]} values found in batch input: [{again[0][1]}]")
        taken |= pairs
    return ready


def _missing(portal: Portal, kind: str, inputs: list[Input]) -> list[Problem]:
    if not inputs:
        return []
    title = portal.schemas[kind].title
    message = f"Could not get some {title} objects, they may be deleted or not exist. Check that ids are valid."
    return [Problem("OBJECT_NOT_FOUND", message, None, (), {"ids": [_id(each) for each in inputs]})]


def _inputs(body: Any) -> list[Input]:
    inputs = body.get("inputs") if isinstance(body, Mapping) else None
    if not isinstance(inputs, list) or not all(isinstance(each, Mapping) for each in inputs):
        raise malformed(
            "Invalid input JSON on line 1, column 1: Cannot build BatchInput, some of required attributes are not "
            "set [inputs]"
        )
    return inputs_within(inputs, INPUTS_MAX)


def inputs_within(inputs: list[Any], most: int) -> list[Any]:
    """The inputs, refused when there are more than `most`."""
    if len(inputs) > most:
        raise malformed(f"Maximum number of inputs exceeded: {len(inputs)} given, {most} allowed")
    return inputs


def _id(each: Input) -> str:
    if not isinstance(each.get("id"), (str, int)) or each["id"] == "":
        raise malformed(
            "Invalid input JSON on line 1, column 1: Cannot build ObjectId, some of required attributes are not "
            "set [id]"
        )
    return str(each["id"])


def _by(each: Input) -> str | None:
    """The property that an input's id is a value of; None for the record's own id."""
    name = each.get("idProperty")
    if name is not None and not isinstance(name, str):
        raise malformed("Invalid input JSON on line 1, column 1: idProperty must be a text")
    return name or None


def _properties(each: Input) -> Mapping[str, Any]:
    given = each.get("properties")
    if not isinstance(given, Mapping):
        raise malformed(
            "Invalid input JSON on line 1, column 1: Cannot build ObjectInput, some of required attributes are not "
            "set [properties]"
        )
    return given


def _distinct(inputs: list[Input]) -> None:
    seen: set[str] = set()
    for each in inputs:
        name = _id(each).casefold()
        if name in seen:
            raise malformed(f"Duplicate IDs found in batch input: [{_id(each)}]. IDs must be unique")
        seen.add(name)
