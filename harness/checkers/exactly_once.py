"""Each intent leaves each of its effects once.

Per person and expectation: as many objects as intents that ended ok, at most as many more as ended unknown, none for
those that certainly failed. Too many are `duplicated`, too few `lost`, those of failed intents `leaked`, those that
nobody asked for `phantom`, those that hold something else `wrong_value`, those that name two people `mixed_up`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.checkers.account import Account, Group, account, mismatches, unguarded
from harness.checkers.cells import CellView
from harness.checkers.history import History, Thing
from harness.checkers.values import misfits
from harness.checkers.verdicts import asked, capped, names, nobody, ruled, told, unknown
from harness.model import Finding, Outcome, Verdict

NAME = "exactly_once"
JUST_BEFORE_NS = 2 * 10**9
UNANSWERED = frozenset({"lost_reply", "cut_reply", "hang", "hang_after"})


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Count and compare every object of the cell's people."""
    probes = history.probes_of.get(cell.id, [])
    intents = [intent for person in cell.persons for intent in history.intents_of.get(person, ())]
    if verdict := nobody(NAME, cell.persons, intents or probes, "nobody in this cell wanted anything"):
        return verdict
    findings: list[Finding] = []
    counts: Counter[str] = Counter(intents=len(intents))
    counts.update(str(intent.outcome) for intent in intents)
    for person in cell.persons:
        findings += _judge(history, person, counts)
    if not (counts["expected"] or counts["found"] or probes):
        return unknown(NAME, "no intent in this cell expects an effect, and there was none", **counts)
    return ruled(NAME, findings, kept(counts), **counts)


def kept(counts: Mapping[str, int]) -> str:
    """What a kept promise rests on."""
    return f"{counts['found']} objects, each asked for once by {counts['intents']} intents"


def _judge(history: History, person: str, counts: Counter[str]) -> list[Finding]:
    books = account(history, person)
    findings: list[Finding] = []
    strays = list(books.strays)
    for group in books.groups:
        counts["expected"] += group.least
        counts["found"] += len(group.things)
        findings += _count(history, person, group, strays, counts)
    for mismatch in mismatches(history, person, [group for group in books.groups if group.most]):
        findings.append(_wrong(person, mismatch.thing, mismatch.fields, [mismatch.intent.record]))
    counts["found"] += len(strays)
    findings += [_stray(history, person, thing, books) for thing in strays]
    for effect, others in history.mixed_of.get(person, ()):
        findings.append(mixed_up(person, effect, others))
    return findings


def _count(history: History, person: str, group: Group, strays: list[Thing], counts: Counter[str]) -> list[Finding]:
    number = len(group.things)
    intents = [intent for intent, _ in group.wanted]
    evidence = capped([*(intent.record for intent in intents[:3]), *(one.versions[0] for one in group.things)])
    base: dict[str, Any] = {"person": person, "sink": group.sink, "expected": group.most, "found": number}
    if number and not group.most:
        return [
            Finding(
                kind="leaked",
                message=f"{number} {group.sink} ({names(group.things)}) for {person}, although {asked(intents)} "
                "certainly failed: none may exist",
                records=evidence,
                **base,
            )
        ]
    if number > group.most:
        if excused(history, person, group.things):
            counts["not_judged"] += number - group.most
            return []
        return [
            Finding(
                kind="duplicated",
                message=f"{number} {group.sink} with {told(group.match)} for {person} ({names(group.things)}), at most "
                f"{group.most} was asked for by {asked(intents)}",
                records=evidence,
                **base,
            )
        ]
    return [_missing(history, person, group, strays) for _ in range(group.least - number)]


def _missing(history: History, person: str, group: Group, strays: list[Thing]) -> Finding:
    sure = group.having(Outcome.OK)
    wanted = next((pair[1] for pair in group.wanted if pair[0].outcome is Outcome.OK), {})
    everything = {**group.match, **(wanted.get("values") or {})}
    instead = [thing for thing in strays if thing.sink == group.sink]
    if instead:
        thing = min(instead, key=lambda one: len(misfits(everything, one.values)))
        strays.remove(thing)
        return _wrong(person, thing, misfits(everything, thing.values), [intent.record for intent in sure[:1]])
    near = sorted(history.things(person, group.sink), key=lambda one: len(misfits(everything, one.values)))[:1]
    beside = f"; the nearest is {near[0].id} with {told(near[0].values)}" if near else ", and there is none at all"
    waiting = history.unsettled.get(person)
    still = f"; still under way at the end: {'; '.join(waiting.get('blockers') or ())}" if waiting else ""
    return Finding(
        kind="lost",
        message=f"no {group.sink} with {told(everything)} for {person}, although {asked(sure)}: "
        f"{len(group.things)} of {group.least} found{beside}{still}",
        person=person,
        sink=group.sink,
        expected=dict(everything),
        found=dict(near[0].values) if near else None,
        records=capped([*(intent.record for intent in sure[:3]), *(one.versions[-1] for one in near)]),
    )


def _wrong(
    person: str, thing: Thing, fields: Mapping[str, tuple[Any, Any]], intents: Sequence[Mapping[str, Any]]
) -> Finding:
    told_apart = ", ".join(
        f"{name} is {found!r}, not {told({name: wanted})}" for name, (wanted, found) in fields.items()
    )
    return Finding(
        kind="wrong_value",
        message=f"{thing.sink} {thing.id} of {person}: {told_apart}",
        person=person,
        sink=thing.sink,
        expected={name: wanted for name, (wanted, _) in fields.items()},
        found={name: found for name, (_, found) in fields.items()},
        records=capped([*intents, *thing.versions]),
    )


def _stray(history: History, person: str, thing: Thing, books: Account) -> Finding:
    twins = [one for one in history.things(person, thing.sink) if one is not thing]
    if thing.sink == "payments.customer" and twins:
        kind, why = "duplicated", f"beside {names(twins)}; one person is one customer"
    else:
        sinks = sorted({group.sink for group in books.groups})
        kind, why = "phantom", f"nobody asked for it (asked for: {', '.join(sinks) or 'nothing'})"
    return Finding(
        kind=kind,
        message=f"{thing.sink} {thing.id} of {person} with {told(thing.values)}: {why}",
        person=person,
        sink=thing.sink,
        expected=0 if kind == "phantom" else 1,
        found=1 if kind == "phantom" else 1 + len(twins),
        records=capped([*thing.versions, *(one.versions[0] for one in twins)]),
    )


def mixed_up(person: str, effect: Mapping[str, Any], others: frozenset[str]) -> Finding:
    """An effect that names two people is a finding of both."""
    return Finding(
        kind="mixed_up",
        message=f"{effect['sink']} {effect.get('object')} names {person} and also {', '.join(sorted(others))}",
        person=person,
        sink=effect["sink"],
        expected=[person],
        found=sorted({person, *others}),
        records=(effect,),
    )


def excused(history: History, person: str, things: Sequence[Thing]) -> bool:
    """Whether a repeat here cannot be judged: a sink without a guarantee, and an answer that was never heard."""
    sink, last = things[-1].sink, things[-1].at
    if sink not in unguarded(history.target):
        return False
    # Where a vendor takes no key, somebody who never heard the answer cannot know whether to try again.
    fake = sink.partition(".")[0]
    for fault in history.of("fault", person):
        if fault.get("fake") == fake and fault.get("kind") in UNANSWERED and fault["at"] <= last:
            return True
    for call in history.calls_of.get(person, ()):
        if call.received.get("sink") == sink and (call.answered is None or call.answered.get("lost")):
            return True
    # Who was killed right after a message had gone out may not have come to write that down.
    kills = [crash["at"] for crash in history.killed if crash["at"] <= last]
    return any(0 <= kill - thing.at <= JUST_BEFORE_NS for thing in things[:-1] for kill in kills)
