"""Everything that a verdict is made of, taken in from one history after the other.

A run of ordinary length is one history, a long one several (`harness.shares`); what was decided of people in different
shares is one decision again here. Pure; judges by `harness.checkers`. Called by `harness.judge`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.checkers import Decision, decide, keys, no_secrets, together
from harness.checkers.account import CLOSED_SINKS
from harness.checkers.calm import overlaps, world_faults
from harness.checkers.cells import CellView
from harness.checkers.history import COPY, History, Record
from harness.checkers.matrices import Matrices
from harness.checkers.slo import Gathered, gather
from harness.checkers.verdicts import told
from harness.model import Finding, Outcome

MOST_UNOWNED = 50
ALWAYS = ({"promise": "exactly_once"}, {"promise": "isolated"})


@dataclass(slots=True)
class Load:
    """What the load came to."""

    people: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    starts: list[int] = field(default_factory=list)
    """The first and the last moment at which somebody began."""

    def add(self, history: History) -> None:
        """Take in the people of the load in one history."""
        people = history.people("load")
        self.people += len(people)
        self.outcomes.update(intent.outcome for person in people for intent in history.intents_of.get(person, ()))
        starts = [*self.starts, *(int(history.persons[person]["at"]) for person in people)]
        self.starts = [min(starts), max(starts)] if starts else []

    @property
    def people_per_s(self) -> float | None:
        """How many began in a second; None of fewer than two."""
        span_s = (self.starts[-1] - self.starts[0]) / 1e9 if self.people > 1 else 0.0
        return (self.people - 1) / span_s if span_s else None


@dataclass(slots=True)
class Judged:
    """A run, judged as far as its histories were taken in."""

    slos: Sequence[Mapping[str, Any]]
    closed_sinks: frozenset[str]
    _decisions: dict[str, Decision] = field(default_factory=dict)
    samples: list[Gathered] = field(default_factory=list)
    """For each limit in time, in their order."""
    keys: list[dict[str, Any]] = field(default_factory=list)
    matrices: Matrices = field(default_factory=Matrices)
    counts: Counter[str] = field(default_factory=Counter)
    load: Load = field(default_factory=Load)
    phantoms: list[Finding] = field(default_factory=list)
    """New objects in closed sinks that name no known person."""
    unowned: list[Record] = field(default_factory=list)
    oddities: list[Record] = field(default_factory=list)
    announced: list[Record] = field(default_factory=list)
    hosts: list[Record] = field(default_factory=list)
    secrets: dict[str, Any] | None = None
    """What was looked for, as the first share tells."""
    calls_to: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many calls were meant for a host on the internet and reached a fake, by both."""
    unsettled: dict[str, Record] = field(default_factory=dict)
    began: int = 0
    ended: int = 0

    @classmethod
    def of(cls, target: Mapping[str, Any], slos: Sequence[Mapping[str, Any]]) -> "Judged":
        """Nothing yet, of a run of this target, in which these limits in time are judged."""
        return cls(slos, frozenset(target.get("closed_sinks") or CLOSED_SINKS), samples=[Gathered() for _ in slos])

    def add(self, history: History) -> None:
        """Judge the people and cells of one history."""
        cells = [*_cells(history), *filter(None, (no_secrets.to_tell(history),))]
        decisions = [decide(history, cell) for cell in cells]
        for decision in decisions:
            known = self._decisions.get(decision.cell.id)
            self._decisions[decision.cell.id] = together.both(known, decision) if known else decision
        self.matrices.add(history, decisions)
        for samples, slo in zip(self.samples, self.slos, strict=True):
            samples.add(gather(history, slo))
        self.keys = keys.together(self.keys, keys.forensics(history))
        self.load.add(history)
        self._count(history)
        self._of_nobody(history)
        self.secrets = no_secrets.section(history) or self.secrets
        self.oddities += _originals(history.oddities)
        self.hosts += _originals(history.hosts)
        self.announced += _originals(history.announced)
        received = _originals(call.received for call in history.calls.values())
        self.calls_to.update((one["host"], one["fake"]) for one in received if one.get("host"))
        self.unsettled |= history.unsettled
        self.began, self.ended = history.began, history.ended

    @property
    def decisions(self) -> list[Decision]:
        """Scenarios' cells in the order in which they were begun, then calm people, the load, and secrets."""
        order = {"control": 1, "load": 2, "scan": 3}
        return sorted(self._decisions.values(), key=lambda one: (order.get(one.cell.origin, 0), one.cell.at))

    def _count(self, history: History) -> None:
        self.counts.update(
            people=len(_originals(history.persons.values())),
            intents=len(_originals(intent.record for intent in history.intents.values())),
            effects=len(_originals(history.effects)),
            deliveries=len(_originals(one.record for one in history.deliveries.values())),
            faults=sum(
                len(_originals(them)) for kind in ("fault", "weather") for them in history.records_of[kind].values()
            ),
            probes=sum(map(len, history.probes_of.values())),
        )

    def _of_nobody(self, history: History) -> None:
        disturbed = world_faults(history)
        for effect in _originals(history.unowned):
            self.counts["unowned"] += 1
            if len(self.unowned) < MOST_UNOWNED:
                self.unowned.append(effect)
            if effect["sink"] not in self.closed_sinks or effect.get("op") != "create":
                continue
            if not overlaps(effect["at"], effect["at"], disturbed):
                self.phantoms.append(_phantom(effect))


def _originals(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if not record.get(COPY)]


def _phantom(effect: Record) -> Finding:
    return Finding(
        kind="phantom",
        message=f"{effect['sink']} {effect.get('object')} ({told(effect.get('values') or {})}) belongs to nobody",
        sink=effect["sink"],
        expected=0,
        found=1,
        records=(effect,),
    )


def _cells(history: History) -> list[CellView]:
    """The scenarios' cells as written down, then controls and load, each as one."""
    cells = [cell for cell in history.cells.values() if cell.origin != "control"]
    controls = [cell for cell in history.cells.values() if cell.origin == "control"]
    if controls or history.people("control"):
        errors = [f"{cell.id}: {cell.error or 'never ended'}" for cell in controls if cell.error or not cell.ended]
        promises = controls[0].promises if controls else ALWAYS
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        cells.append(
            CellView(
                id="control",
                scenario="control",
                title="Calm people beside the faults",
                origin="control",
                promises=promises,
                persons=history.people("control"),
                ended=True,
                error=errors[0] + more if errors else None,
            )
        )
    if loaded := history.people("load"):
        cells.append(
            CellView(
                id="load", scenario="load", title="The load", origin="load", promises=ALWAYS, persons=loaded, ended=True
            )
        )
    return cells
