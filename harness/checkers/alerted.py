"""So many messages about these people in each of these sinks, within this time, and no secret in any of them.

A message is about a person when it carries their marker (their e-mail address does). Where the sink gives no guarantee
and the answer to a message was lost, a repeat is not judged. Secrets are looked for in every message of these people.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from harness.checkers.cells import CellView
from harness.checkers.exactly_once import excused
from harness.checkers.history import History, Record, Thing
from harness.checkers.values import says
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Verdict

NAME = "alerted"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Exactly `times` messages that contain all words, in each sink, for each person who wanted something."""
    sinks, words = list(args.get("sinks") or ()), list(args.get("contains") or ())
    times, within_s = int(args.get("times", 1)), float(args.get("within_s", 900.0))
    lived = [person for person in cell.persons if history.intents_of.get(person)]
    if verdict := nobody(NAME, cell.persons, lived and sinks, "nobody in this cell wanted anything"):
        return verdict
    findings: list[Finding] = []
    messages = 0
    for person in lived:
        cause = _cause(history, cell, person)
        for sink in sinks:
            about = [thing for thing in history.things(person, sink) if says(thing.versions[0].get("values"), words)]
            messages += len(about)
            findings += _count(history, person, sink, about, times, words, cause)
            findings += _in_time(person, sink, about, cause, within_s)
        findings += _secrets(history, person, args.get("secrets") or ())
    return ruled(NAME, findings, f"{messages} messages, {times} for each person and sink", messages=messages)


def _cause(history: History, cell: CellView, person: str) -> Record:
    """The first thing this person did in the cell's own flow: from there the time runs."""
    intents = history.intents_of[person]
    own = [intent for intent in intents if intent.flow == cell.flow] or intents
    first = min(own, key=lambda intent: intent.at)
    return {**first.record, "at": first.at}


def _count(
    history: History, person: str, sink: str, about: Sequence[Thing], times: int, words: Sequence[str], cause: Record
) -> list[Finding]:
    if len(about) == times or (len(about) > times and excused(history, person, about)):
        return []
    kind = "lost" if len(about) < times else "duplicated"
    saying = f" saying {' and '.join(map(repr, words))}" if words else ""
    return [
        Finding(
            kind=kind,
            message=f"{len(about)} messages in {sink} name {person}{saying}, there must be {times}",
            person=person,
            sink=sink,
            expected=times,
            found=len(about),
            records=capped([cause, *(thing.versions[0] for thing in about)]),
        )
    ]


def _in_time(person: str, sink: str, about: Sequence[Thing], cause: Record, within_s: float) -> list[Finding]:
    waited = [((thing.at - cause["at"]) / 1e9, thing) for thing in about]
    return [
        Finding(
            kind="late",
            message=f"the message {thing.id} in {sink} about {person} came after {after_s:.1f} s, "
            f"promised were {within_s:g} s",
            person=person,
            sink=sink,
            expected=within_s,
            found=after_s,
            records=(cause, thing.versions[0]),
        )
        for after_s, thing in waited
        if after_s > within_s
    ]


def _secrets(history: History, person: str, secrets: Sequence[str]) -> list[Finding]:
    findings = []
    for sink in sorted(history.sinks_of.get(person, ())):
        if not sink.startswith("alerts."):
            continue
        for thing in history.things(person, sink):
            text = orjson.dumps(thing.values, default=str).decode()
            if any(secret in text for secret in secrets):
                findings.append(
                    Finding(
                        kind="secret_told",
                        message=f"the message {thing.id} in {sink} about {person} holds a secret",
                        person=person,
                        sink=sink,
                        expected="no secret",
                        records=({"k": "effect", "at": thing.at, "sink": sink, "object": thing.id},),
                    )
                )
    return findings
