"""What a flow does to the outside when nothing goes wrong: its calls to vendors, and the news that come of them.

Read from the journals of calm people; the ground for a sweep, which disturbs each of them in turn. Pure functions over
records; knows no vendor and starts nothing. Not evidence: what was disturbed is judged from its own records.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """One call of a flow: the `nth` of its operation since the flow began."""

    fake: str
    operation: str
    nth: int
    writes: bool
    commits: bool
    """Whether it left an effect."""

    @property
    def label(self) -> str:
        """How cells and tables name it."""
        return f"{self.fake}: {self.operation}{f' #{self.nth}' if self.nth > 1 else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One type of event that a vendor tells of because of a flow."""

    fake: str
    type: str

    @property
    def label(self) -> str:
        """How cells and tables name it."""
        return f"{self.fake}: {self.type}"


@dataclass(slots=True)
class Seen:
    """Everything that one flow did to the outside, each in the order it came."""

    flow: str
    calls: list[Outward] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)
    """Fake -> how many events it told, each counted once."""


def seen_in(records: Iterable[Record], scenario: str) -> list[Seen]:
    """What the cells of this scenario did, one `Seen` for each of their flows, in the order of the journal."""
    ordered = sorted(records, key=lambda one: (one["at"], one["n"]))
    committed = {one.get("call") for one in ordered if one["k"] == "effect"}
    flows = {one["cell"]: str(one["flow"]) for one in ordered if one["k"] == "cell" and one["scenario"] == scenario}
    begun: dict[str, tuple[int, Seen]] = {}
    for one in ordered:
        if one["k"] == "intent" and flows.get(one.get("cell") or "") == one["flow"]:
            begun[one["person"]] = (one["at"], Seen(one["flow"]))
    for person, (since, seen) in begun.items():
        mine = [one for one in ordered if one["at"] >= since and person in _owners(one)]
        seen.calls = _calls(mine, committed)
        seen.notices = list(dict.fromkeys(_notices(mine)))
        told = {(one["fake"], one["event"]) for one in mine if one["k"] == "delivery"}
        seen.events = dict(sorted(Counter(fake for fake, _ in told).items()))
    return [seen for _, seen in begun.values()]


def _owners(record: Record) -> Sequence[str]:
    return (record.get("person") or "", *(record.get("markers") or ()))


def _calls(records: Sequence[Record], committed: set[Any]) -> list[Outward]:
    count: Counter[tuple[str, str]] = Counter()
    calls = []
    for one in records:
        if one["k"] != "received" or not one.get("operation"):
            continue
        name = (str(one["fake"]), str(one["operation"]))
        count[name] += 1
        calls.append(
            Outward(
                fake=name[0],
                operation=name[1],
                nth=count[name],
                writes=bool(one.get("writes")),
                commits=one["call"] in committed,
            )
        )
    return calls


def _notices(records: Sequence[Record]) -> Iterable[Notice]:
    return (Notice(fake=one["fake"], type=one["type"]) for one in records if one["k"] == "delivery")


def as_data(everything: Sequence[Seen]) -> dict[str, Any]:
    """The same as plain data, flow by flow, for `calls.json`."""
    return {
        seen.flow: {
            "calls": [asdict(call) for call in seen.calls],
            "notices": [asdict(notice) for notice in seen.notices],
            "events": seen.events,
        }
        for seen in everything
    }
