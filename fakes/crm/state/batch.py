"""Many records in one call: create, read, update, upsert, archive.

Malformed input refuses the whole batch. A single input that fails refuses the whole batch too, unless every input
carries an `objectWriteTraceId`: then the rest is done and the failures are listed. Records that do not exist are always
listed. Called by `wire`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.crm.problems import Problem, malformed
from fakes.crm.state.records import Portal, Record, Written

INPUTS_MAX = 100
Input = Mapping[str, Any]


@dataclass(slots=True)
class Done:
    """What a batch came to: writes with their trace ids, records read, and problems by input."""

    written: list[tuple[Written, str | None]] = field(default_factory=list)
    read: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


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
        (known if portal.find(kind, _id(each), each.get("idProperty")) else missing).append(each)

    def work(each: Input) -> Written:
        return portal.change(portal.get(kind, _id(each), each.get("idProperty")), _properties(each))

    done = _each(portal, kind, known, work, lambda each: portal.find(kind, _id(each), each.get("idProperty")))
    done.problems += _missing(portal, kind, missing)
    return done


def upsert(portal: Portal, kind: str, body: Any) -> Done:
    """Change the record that has the unique value, or make it: the only create that is safe to repeat."""
    inputs = _inputs(body)
    _distinct(inputs)
    names = {each.get("idProperty") for each in inputs}
    if len(names) > 1:
        raise malformed("All inputs of a batch upsert must use the same idProperty")
    for each in inputs:
        if not each.get("idProperty"):
            raise malformed("idProperty is required for batch upsert")
        if each["idProperty"] != "hs_object_id":
            portal.need_unique(kind, each["idProperty"])

    def work(each: Input) -> Written:
        name, given = each["idProperty"], _properties(each)
        found = portal.find(kind, _id(each), name)
        if found is not None:
            return portal.change(found, given)
        if name == "hs_object_id":
            raise _missing(portal, kind, [each])[0]
        return portal.create(kind, {name: _id(each), **given})

    return _each(portal, kind, inputs, work, lambda each: portal.find(kind, _id(each), each["idProperty"]))


def read(portal: Portal, kind: str, body: Any) -> Done:
    """Every record that exists; the others are listed as not found."""
    inputs = _inputs(body)
    name = body.get("idProperty")
    done, missing = Done(), []
    for each in inputs:
        found = portal.find(kind, _id(each), name)
        if found is None:
            missing.append(each)
        elif found not in done.read:
            done.read.append(found)
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
    if not listed:
        _rehearse(portal, kind, inputs, existing)
    for each in inputs:
        try:
            done.written.append((work(each), each.get("objectWriteTraceId")))
        except Problem as problem:
            if not listed:
                raise
            problem.context = {**problem.context, "objectWriteTraceId": [str(each["objectWriteTraceId"])]}
            done.problems.append(problem)
    return done


def _rehearse(portal: Portal, kind: str, inputs: list[Input], existing: Callable[[Input], Record | None]) -> None:
    """Raise what any input would raise before the first one is written: all or none."""
    schema = portal.schemas[kind]
    taken: set[tuple[str, str]] = set()
    for each in inputs:
        found = existing(each)
        given = _properties(each)
        name = each.get("idProperty")
        if found is None and name and name != "hs_object_id":
            given = {name: _id(each), **given}
        values = schema.clean(given)
        portal.check_unique(kind, values, found.id if found else None)
        for unique in schema.unique:
            pair = (unique, values.get(unique, "").casefold())
            if pair[1] and pair in taken:
                raise malformed(f"Duplicate {unique} values found in batch input: [{values[unique]}]")
            taken.add(pair)


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
    if len(inputs) > INPUTS_MAX:
        raise malformed(f"Maximum number of inputs exceeded: {len(inputs)} given, {INPUTS_MAX} allowed")
    return inputs


def _id(each: Input) -> str:
    if not isinstance(each.get("id"), (str, int)) or each["id"] == "":
        raise malformed(
            "Invalid input JSON on line 1, column 1: Cannot build ObjectId, some of required attributes are not "
            "set [id]"
        )
    return str(each["id"])


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
