"""The journals of a run, indexed once, so that every checker finds what it needs without searching.

Built by `harness.judge` (and by tests) from plain records; reads no file, asks no clock, judges nothing. Ownership of
effects, calls and deliveries is recomputed here (`harness.checkers.owners`), whatever the fakes wrote down.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.checkers.cells import CellView, written_down
from harness.checkers.owners import Owners, markers_in
from harness.model import Outcome

Record = Mapping[str, Any]
Many = dict[str, list[Any]]
WORLD_PHASES = frozenset({"outage", "crash", "restart", "breaker", "quota", "guardrail"})
SHARED_SINKS = frozenset({"alerts.chat"})
"""Sinks where one message may rightly name several people."""


@dataclass(slots=True)
class Attempt:
    """One request of a phone, what its network did to it and what came back."""

    record: Record
    outcome: Record | None = None
    weather: list[Record] = field(default_factory=list)

    @property
    def at(self) -> int:
        """When it was begun, or was meant to be (the open model of load)."""
        scheduled = self.record.get("scheduled")
        return int(scheduled) if scheduled else int(self.record["at"])

    @property
    def main(self) -> bool:
        """Whether it carries the intent (a poll does not)."""
        return bool(self.record.get("main"))

    @property
    def learned(self) -> Outcome:
        """What the phone learned of it; without an outcome nobody knows."""
        return Outcome(self.outcome["outcome"]) if self.outcome else Outcome.UNKNOWN

    @property
    def ms(self) -> float | None:
        """How long the answer took; None when there was none."""
        if self.outcome is None or self.outcome.get("status") is None:
            return None
        return float(self.outcome["ms"])


@dataclass(slots=True)
class Intent:
    """What a person wanted, once, and what it came to."""

    record: Record
    attempts: list[Attempt] = field(default_factory=list)
    concluded: Record | None = None
    shown: list[Record] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its name in the journals."""
        return str(self.record["intent"])

    @property
    def flow(self) -> str:
        """Which flow it took."""
        return str(self.record.get("flow") or "")

    @property
    def expects(self) -> Sequence[Mapping[str, Any]]:
        """The effects it should leave."""
        return self.record.get("expects") or ()

    @property
    def mains(self) -> list[Attempt]:
        """The attempts that carry it."""
        return [attempt for attempt in self.attempts if attempt.main]

    @property
    def at(self) -> int:
        """When it was first sent (or meant to be); when it was written down, if never."""
        return min((attempt.at for attempt in self.mains), default=int(self.record["at"]))

    @property
    def outcome(self) -> Outcome:
        """As concluded by the phone, else ok if any main attempt was, else unknown if any was, else failed."""
        if self.concluded is not None:
            return Outcome(self.concluded["outcome"])
        learned = [attempt.learned for attempt in self.mains]
        if Outcome.OK in learned:
            return Outcome.OK
        return Outcome.UNKNOWN if Outcome.UNKNOWN in learned else Outcome.FAILED


@dataclass(slots=True)
class Thing:
    """An object at a vendor: its creation and every later version, in order."""

    sink: str
    id: str
    versions: list[Record] = field(default_factory=list)

    @property
    def at(self) -> int:
        """When it came to be, as far as the journals tell."""
        return int(self.versions[0]["at"])

    @property
    def values(self) -> Mapping[str, Any]:
        """What it holds in the end."""
        return self.versions[-1].get("values") or {}

    @property
    def deleted(self) -> bool:
        """Whether it is gone in the end."""
        return self.versions[-1].get("op") == "delete"


@dataclass(slots=True)
class Call:
    """One request to a fake, from its first byte to its answer."""

    received: Record
    effects: list[Record] = field(default_factory=list)
    answered: Record | None = None


@dataclass(slots=True)
class Delivery:
    """One try of a fake to bring an event to the pipeline."""

    record: Record
    delivered: Record | None = None

    @property
    def answered(self) -> bool:
        """Whether the pipeline gave it a status, whichever."""
        return self.delivered is not None and self.delivered.get("status") is not None


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
    hosts: list[Record] = field(default_factory=list)
    """What the fakes could not serve: routes they lack, and mistakes of their own."""
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


def build(records: Iterable[Record], target: Mapping[str, Any] | None = None) -> History:
    """Index the records of a run, in the order of their moments; linear in their number."""
    ordered = sorted(records, key=lambda record: record["at"])
    history = History(target=target or {})
    if ordered:
        history.began, history.ended = ordered[0]["at"], ordered[-1]["at"]
    for record in ordered:
        if record["k"] == "person":
            history.persons[record["person"]] = record
        elif record["k"] == "cell":
            _cell(history, record)
    owners = Owners(ordered, history.persons)
    for record in ordered:
        if index := INDEX.get(record["k"]):
            index(history, record, owners)
    for name, begin in history._phases_open.items():
        history.phases.append((name, begin["at"], history.ended, begin))
    for marker, person in history.persons.items():
        cell = history.cells.get(person.get("cell") or "")
        if cell is not None and marker not in cell.persons:
            cell.persons.append(marker)
    return history


def _cell(history: History, record: Record) -> None:
    history.cells[record["cell"]] = written_down(record)


def _cell_end(history: History, record: Record, owners: Owners) -> None:
    if cell := history.cells.get(record["cell"]):
        cell.ended, cell.error = True, record.get("error")


def _intent(history: History, record: Record, owners: Owners) -> None:
    intent = history.intents[record["intent"]] = Intent(record)
    history.intents_of[record["person"]].append(intent)


def _attempt(history: History, record: Record, owners: Owners) -> None:
    early = history._early_weather.pop(record["attempt"], [])
    attempt = history.attempts[record["attempt"]] = Attempt(record, weather=early)
    history.attempts_of[record.get("person") or ""].append(attempt)
    if intent := history.intents.get(record.get("intent") or ""):
        intent.attempts.append(attempt)


def _outcome(history: History, record: Record, owners: Owners) -> None:
    if attempt := history.attempts.get(record["attempt"]):
        attempt.outcome = record


def _weather(history: History, record: Record, owners: Owners) -> None:
    if attempt := history.attempts.get(record.get("attempt") or ""):
        attempt.weather.append(record)
    else:  # A phone without a signal waits before it sends.
        history._early_weather[record.get("attempt") or ""].append(record)
    _by_person(history, record, owners)


def _concluded(history: History, record: Record, owners: Owners) -> None:
    if intent := history.intents.get(record["intent"]):
        intent.concluded = record


def _shown(history: History, record: Record, owners: Owners) -> None:
    if intent := history.intents.get(record.get("intent") or ""):
        intent.shown.append(record)
    _by_person(history, record, owners)


def _by_person(history: History, record: Record, owners: Owners) -> None:
    if record.get("person"):
        history.records_of[record["k"]][record["person"]].append(record)


def _effect(history: History, record: Record, owners: Owners) -> None:
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


def _received(history: History, record: Record, owners: Owners) -> None:
    call = history.calls[record["call"]] = Call(record)
    for person in owners.of(record):
        history.calls_of[person].append(call)


def _answered(history: History, record: Record, owners: Owners) -> None:
    if call := history.calls.get(record.get("call") or ""):
        call.answered = record


def _news(history: History, record: Record, owners: Owners) -> None:
    history.news[record["event"]] = record


def _delivery(history: History, record: Record, owners: Owners) -> None:
    delivery = history.deliveries[record["delivery"]] = Delivery(record)
    news = history.news.get(record.get("event") or "")
    for person in (owners.of(news) if news else ()) or ([record["person"]] if record.get("person") else []):
        history.deliveries_of[person].append(delivery)


def _delivered(history: History, record: Record, owners: Owners) -> None:
    if delivery := history.deliveries.get(record["delivery"]):
        delivery.delivered = record


def _probe(history: History, record: Record, owners: Owners) -> None:
    history.probes_of[record.get("cell") or ""].append(record)


def _phase(history: History, record: Record, owners: Owners) -> None:
    if record["event"] == "begin":
        history._phases_open[record["name"]] = record
    elif begin := history._phases_open.pop(record["name"], None):
        history.phases.append((record["name"], begin["at"], record["at"], begin))


def _process(history: History, record: Record, owners: Owners) -> None:
    if record["event"] == "killed":
        history.killed.append(record)


def _settling(history: History, record: Record, owners: Owners) -> None:
    person = record.get("person") or ""
    if record["k"] == "unsettled":
        history.unsettled[person] = record
    elif person:
        history.unsettled.pop(person, None)
    else:
        history.unsettled.clear()


def _oddity(history: History, record: Record, owners: Owners) -> None:
    history.oddities.append(record)


def _host(history: History, record: Record, owners: Owners) -> None:
    history.hosts.append(record)


def _leak(history: History, record: Record, owners: Owners) -> None:
    history.leaks.append(record)


def _scanned(history: History, record: Record, owners: Owners) -> None:
    history.scans.append(record)


INDEX: dict[str, Callable[[History, Record, Owners], None]] = {
    "cell_end": _cell_end, "intent": _intent, "attempt": _attempt, "outcome": _outcome, "weather": _weather,
    "concluded": _concluded, "shown": _shown, "fault": _by_person, "act": _by_person, "read": _by_person,
    "pay": _by_person, "tap": _by_person, "page": _by_person, "indiscreet": _by_person, "effect": _effect,
    "received": _received, "answered": _answered,
    "news": _news, "delivery": _delivery, "delivered": _delivered, "probe": _probe, "phase": _phase,
    "process": _process, "settled": _settling, "unsettled": _settling, "unknown_route": _oddity,
    "bug": _oddity, "host": _host, "leak": _leak, "scanned": _scanned,
}  # fmt: skip


def strangers_in(history: History, person: str, value: Any) -> set[str]:
    """Markers of other known people that stand in a value."""
    return {marker for marker in markers_in(value) if marker in history.persons and marker != person}
