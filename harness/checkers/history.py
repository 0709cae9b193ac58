"""The journals of a run, indexed once, so that every checker finds what it needs without searching.

Built by `harness.judge` (and by tests) from plain records: those of a whole run, or of one share of a long one.
Reads no file, asks no clock, judges nothing. Ownership of effects, calls and deliveries is recomputed here
(`harness.checkers.owners`), whatever the fakes wrote down.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.checkers.cells import CellView, written_down
from harness.checkers.owners import Owners, markers_in
from harness.checkers.seen import Attempt, Call, Delivery, Intent, Record, Thing, Wait, Whole

Many = dict[str, list[Any]]
COPY, OWNERS = "copy", "owners"
"""What `harness.shares` adds to a record: that another share holds it too (and counts it), and whose it is."""
WORLD_PHASES = frozenset({"outage", "crash", "restart", "breaker", "quota", "guardrail"})
SHARED_SINKS = frozenset({"alerts.chat"})
"""Sinks where one message may rightly name several people."""


class Owning(Protocol):
    """Who tells whose a record is: `owners.Owners`, or the record itself once it was found out."""

    def of(self, record: Record) -> frozenset[str]:
        """The owners of a record."""


@dataclass(slots=True)
class History:
    """Every index that checkers use; `target` is the target as data, for what it says about agreement and sinks."""

    target: Mapping[str, Any] = field(default_factory=dict)
    persons: dict[str, Record] = field(default_factory=dict)
    cells: dict[str, CellView] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    intents_of: Many = field(default_factory=lambda: defaultdict(list))
    attempts: dict[str, Attempt] = field(default_factory=dict)
    attempts_of: Many = field(default_factory=lambda: defaultdict(list))
    effects: list[Record] = field(default_factory=list)
    things_of: dict[tuple[str, str], list[Thing]] = field(default_factory=lambda: defaultdict(list))
    sinks_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    mixed_of: dict[str, list[tuple[Record, frozenset[str]]]] = field(default_factory=lambda: defaultdict(list))
    unowned: list[Record] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    calls_of: Many = field(default_factory=lambda: defaultdict(list))
    news: dict[str, Record] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    deliveries_of: Many = field(default_factory=lambda: defaultdict(list))
    records_of: dict[str, Many] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """Kind -> person -> records, for fault, weather, act, read, shown, pay, tap and page."""
    probes_of: Many = field(default_factory=lambda: defaultdict(list))
    """Cell -> probes."""
    phases: list[tuple[str, int, int, Record]] = field(default_factory=list)
    """(name, begin, end, first record)."""
    killed: list[Record] = field(default_factory=list)
    unsettled: dict[str, Record] = field(default_factory=dict)
    leaks: list[Record] = field(default_factory=list)
    scans: list[Record] = field(default_factory=list)
    oddities: list[Record] = field(default_factory=list)
    """What the fakes could not serve: routes they lack, and mistakes of their own."""
    announced: list[Record] = field(default_factory=list)
    """What was planted on purpose, and said that its line ran."""
    hosts: list[Record] = field(default_factory=list)
    """What names on the internet were asked for, in a run in a network of its own."""
    known: frozenset[str] = frozenset()
    """The markers of everybody in the run, also of those whose records are in other shares."""
    stalls: list[tuple[int, int]] = field(default_factory=list)
    """When the harness itself did not run."""
    waits: Sequence[Wait] = ()
    """How long calm people waited."""
    began: int = 0
    ended: int = 0
    _things: dict[tuple[str, str], Thing] = field(default_factory=dict)
    _listed: set[tuple[str, int]] = field(default_factory=set)
    _early_weather: Many = field(default_factory=lambda: defaultdict(list))
    _phases_open: dict[str, Record] = field(default_factory=dict)

    def of(self, kind: str, person: str) -> list[Record]:
        """The records of a kind about a person, in order."""
        return self.records_of[kind].get(person, []) if kind in self.records_of else []

    def things(self, person: str, sink: str) -> list[Thing]:
        """The objects of a person in a sink, oldest first."""
        return self.things_of.get((person, sink), [])

    def people(self, *origins: str) -> list[str]:
        """The markers of everybody of these origins."""
        return [marker for marker, record in self.persons.items() if record.get("origin") in origins]


def build(
    records: Iterable[Record],
    target: Mapping[str, Any] | None = None,
    *,
    owners: Owning | None = None,
    whole: Whole | None = None,
) -> History:
    """Index the records of a run, in the order of their moments; linear in their number.

    Of one share of a run, `owners` (learned from all of it) and `whole` are given.
    """
    ordered = sorted(records, key=lambda record: record["at"])
    history = History(target=target or {})
    if ordered:
        history.began, history.ended = ordered[0]["at"], ordered[-1]["at"]
    for record in ordered:
        if record["k"] == "person":
            history.persons[record["person"]] = record
        elif record["k"] == "cell":
            _cell(history, record)
    history.known = frozenset(history.persons)
    if whole:
        history.known, history.began, history.ended = whole.people, whole.began, whole.ended
    owning = owners or Owners(ordered, history.persons)
    for record in ordered:
        if index := INDEX.get(record["k"]):
            index(history, record, owning)
    for name, begin in history._phases_open.items():
        history.phases.append((name, begin["at"], history.ended, begin))
    for marker, person in history.persons.items():
        cell = history.cells.get(person.get("cell") or "")
        if cell is not None and marker not in cell.persons:
            cell.persons.append(marker)
    history.waits = [*(whole.waits if whole else ()), *_waits(history)]
    return history


def _waits(history: History) -> Iterable[Wait]:
    for person in history.people("control"):
        for attempt in history.attempts_of.get(person, ()):
            if attempt.main and not attempt.weather:
                end = int(attempt.outcome["at"]) if attempt.outcome else history.ended
                ms = attempt.outcome.get("ms") if attempt.outcome else None
                yield Wait(attempt.at, end, float(ms) / 1e3 if ms is not None else (end - attempt.at) / 1e9)


def _cell(history: History, record: Record) -> None:
    history.cells[record["cell"]] = written_down(record)


def _cell_end(history: History, record: Record, owners: Owning) -> None:
    if cell := history.cells.get(record["cell"]):
        cell.ended, cell.error = True, record.get("error")


def _intent(history: History, record: Record, owners: Owning) -> None:
    intent = history.intents[record["intent"]] = Intent(record)
    history.intents_of[record["person"]].append(intent)


def _attempt(history: History, record: Record, owners: Owning) -> None:
    early = history._early_weather.pop(record["attempt"], [])
    attempt = history.attempts[record["attempt"]] = Attempt(record, weather=early)
    history.attempts_of[record.get("person") or ""].append(attempt)
    if intent := history.intents.get(record.get("intent") or ""):
        intent.attempts.append(attempt)


def _outcome(history: History, record: Record, owners: Owning) -> None:
    if attempt := history.attempts.get(record["attempt"]):
        attempt.outcome = record


def _weather(history: History, record: Record, owners: Owning) -> None:
    if attempt := history.attempts.get(record.get("attempt") or ""):
        attempt.weather.append(record)
    else:  # A phone without a signal waits before it sends.
        history._early_weather[record.get("attempt") or ""].append(record)
    _by_person(history, record, owners)


def _concluded(history: History, record: Record, owners: Owning) -> None:
    if intent := history.intents.get(record["intent"]):
        intent.concluded = record


def _shown(history: History, record: Record, owners: Owning) -> None:
    if intent := history.intents.get(record.get("intent") or ""):
        intent.shown.append(record)
    _by_person(history, record, owners)


def _by_person(history: History, record: Record, owners: Owning) -> None:
    if record.get("person"):
        history.records_of[record["k"]][record["person"]].append(record)


def _effect(history: History, record: Record, owners: Owning) -> None:
    history.effects.append(record)
    if call := history.calls.get(record.get("call") or ""):
        call.effects.append(record)
    sink = record["sink"]
    thing = _thing_of(history, record)
    them = owners.of(record)
    if not them:
        history.unowned.append(record)
    for person in them:
        history.sinks_of[person].add(sink)
        if (person, id(thing)) not in history._listed:
            history._listed.add((person, id(thing)))
            history.things_of[person, sink].append(thing)
        if len(them) > 1 and sink not in SHARED_SINKS:
            history.mixed_of[person].append((record, them - {person}))


def _thing_of(history: History, record: Record) -> Thing:
    # A second creation under one id counts as a second object: that is what a duplicate may look like.
    key = (record["sink"], str(record.get("object")))
    known = history._things.get(key)
    if known is not None and record.get("op") != "create":
        known.versions.append(record)
        return known
    thing = history._things[key] = Thing(*key, [record])
    return thing


def _received(history: History, record: Record, owners: Owning) -> None:
    call = history.calls[record["call"]] = Call(record)
    for person in owners.of(record):
        history.calls_of[person].append(call)


def _answered(history: History, record: Record, owners: Owning) -> None:
    if call := history.calls.get(record.get("call") or ""):
        call.answered = record


def _news(history: History, record: Record, owners: Owning) -> None:
    history.news[record["event"]] = record


def _delivery(history: History, record: Record, owners: Owning) -> None:
    delivery = history.deliveries[record["delivery"]] = Delivery(record)
    news = history.news.get(record.get("event") or "")
    for person in (owners.of(news) if news else ()) or ([record["person"]] if record.get("person") else []):
        history.deliveries_of[person].append(delivery)


def _delivered(history: History, record: Record, owners: Owning) -> None:
    if delivery := history.deliveries.get(record["delivery"]):
        delivery.delivered = record


def _probe(history: History, record: Record, owners: Owning) -> None:
    history.probes_of[record.get("cell") or ""].append(record)


def _phase(history: History, record: Record, owners: Owning) -> None:
    if record["event"] == "begin":
        history._phases_open[record["name"]] = record
    elif begin := history._phases_open.pop(record["name"], None):
        history.phases.append((record["name"], begin["at"], record["at"], begin))


def _process(history: History, record: Record, owners: Owning) -> None:
    if record["event"] == "killed":
        history.killed.append(record)


def _stalled(history: History, record: Record, owners: Owning) -> None:
    history.stalls.append((record["at"] - int(record["seconds"] * 1e9), record["at"]))


def _settling(history: History, record: Record, owners: Owning) -> None:
    person = record.get("person") or ""
    if record["k"] == "unsettled":
        history.unsettled[person] = record
    elif person:
        history.unsettled.pop(person, None)
    else:
        history.unsettled.clear()


def _oddity(history: History, record: Record, owners: Owning) -> None:
    history.oddities.append(record)


def _host(history: History, record: Record, owners: Owning) -> None:
    history.hosts.append(record)


def _ran(history: History, record: Record, owners: Owning) -> None:
    history.announced.append(record)


def _leak(history: History, record: Record, owners: Owning) -> None:
    history.leaks.append(record)


def _scanned(history: History, record: Record, owners: Owning) -> None:
    history.scans.append(record)


INDEX: dict[str, Callable[[History, Record, Owning], None]] = {
    "cell_end": _cell_end, "intent": _intent, "attempt": _attempt, "outcome": _outcome, "weather": _weather,
    "concluded": _concluded, "shown": _shown, "fault": _by_person, "act": _by_person, "intervention": _by_person,
    "read": _by_person,
    "pay": _by_person, "tap": _by_person, "page": _by_person, "indiscreet": _by_person, "effect": _effect,
    "received": _received, "answered": _answered,
    "news": _news, "delivery": _delivery, "delivered": _delivered, "probe": _probe, "phase": _phase,
    "process": _process, "stalled": _stalled, "settled": _settling, "unsettled": _settling, "unknown_route": _oddity,
    "bug": _oddity, "host": _host, "ran": _ran, "leak": _leak, "scanned": _scanned,
}  # fmt: skip


def strangers_in(history: History, person: str, value: Any) -> set[str]:
    """Markers of other known people that stand in a value."""
    return {marker for marker in markers_in(value) if marker in history.known and marker != person}


__all__ = [
    "COPY", "OWNERS", "SHARED_SINKS", "WORLD_PHASES", "Attempt", "Call", "Delivery", "History", "Intent", "Owning",
    "Record", "Thing", "Wait", "Whole", "build", "strangers_in",
]  # fmt: skip
