"""What happened to one person, in order: phone, pipeline (as seen from outside), and every vendor, from the journals.

Turns records into entries with a lane, a direction, a tone and a text; draws nothing and judges nothing. Entries that
hold a finding's evidence are marked. Called by the page, the summary and JUnit, which each show the same entries.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reports import words
from reports.material import Data, Material
from reports.telling import Entry, Teller

GUILTY = "»"
LANES = ("phone", "pipeline", "payments", "crm", "helpdesk", "alerts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One person's story, cut to what can be read."""

    person: str
    name: str
    began: int
    entries: tuple[Entry, ...]
    dropped: int = 0

    def ms(self, entry: Entry) -> float:
        """Milliseconds since this person's first record."""
        return (entry.at - self.began) / 1e6

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes to draw, in the order data travels."""
        used = {entry.lane for entry in self.entries} | {entry.to for entry in self.entries if entry.to}
        return LANES + tuple(sorted(used - set(LANES)))


def identity(record: Mapping[str, object]) -> tuple[object, ...]:
    """What makes a record of a journal the same as one quoted in a verdict."""
    return record.get("k"), record.get("n"), record.get("at")


def build(material: Material, person: str, guilty: Iterable[Data] = (), most: int = 120) -> Timeline:
    """The story of `person`, at most `most` entries long: evidence, faults and effects are kept before all others."""
    records = material.by_person.get(person, [])
    marked = {identity(record) for record in guilty}
    known = {identity(record) for record in records}
    extra = [dict(record) for record in guilty if "at" in record and "k" in record and identity(record) not in known]
    story = [*records, *extra]
    if story:
        first, last = min(r["at"] for r in story), max(r["at"] for r in story)
        story += [record for record in material.shared if first <= record["at"] <= last]
    story.sort(key=lambda record: (record["at"], record.get("n", 0)))
    teller = Teller()
    entries = [
        replace(entry, guilty=True) if identity(record) in marked else entry
        for record in story
        for entry in teller.tell(record)
    ]
    folded = list(_merge(_fold(entries)))
    kept = _cut(folded, most)
    return Timeline(
        person=person,
        name=material.name(person),
        began=story[0]["at"] if story else 0,
        entries=tuple(kept),
        dropped=len(folded) - len(kept),
    )


_FOLDS = {"outcome": "attempt", "polled": "poll", "answer": "call", "delivered": "delivery"}


def _fold(entries: list[Entry]) -> Iterator[Entry]:
    """An uneventful answer right after its question becomes one line with it."""
    held: Entry | None = None
    for entry in entries:
        if held and entry.ref == held.ref and _FOLDS.get(entry.kind) == held.kind and not entry.lost:
            detail = "; ".join(filter(None, [held.detail, entry.detail]))
            tone = held.tone if entry.tone == "good" and held.tone != "plain" else entry.tone
            guilty = held.guilty or entry.guilty
            held = replace(held, text=f"{held.text} → {entry.text}", detail=detail, tone=tone, guilty=guilty)
            continue
        if held:
            yield held
        held = entry
    if held:
        yield held


def _merge(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Equal looks in a row become one with a count; what is asked again and again and says nothing new."""
    held: Entry | None = None
    for entry in entries:
        if held and held.tone == entry.tone == "quiet" and (held.kind, held.text) == (entry.kind, entry.text):
            held = replace(held, times=held.times + 1)
            continue
        if held:
            yield held
        held = entry
    if held:
        yield held


_WEIGHT = {"fault": 1, "weather": 1, "effect": 1, "intent": 1, "process": 1, "act": 1, "news": 1, "read_final": 1}


def _cut(entries: list[Entry], most: int) -> list[Entry]:
    """The weightiest `most` entries, still in order of time."""
    if len(entries) <= most:
        return entries
    weight = {"plain": 3, "effect": 1, "warn": 2, "bad": 1, "good": 3, "quiet": 4}

    def rank(index: int) -> tuple[int, int]:
        entry = entries[index]
        return (0 if entry.guilty else _WEIGHT.get(entry.kind, weight[entry.tone])), index

    kept = sorted(sorted(range(len(entries)), key=rank)[:most])
    return [entries[index] for index in kept]


def as_text(timeline: Timeline, most: int = 40) -> str:
    """The story as plain lines, for terminals and JUnit."""
    lines = [timeline.name]
    shown = _cut(list(timeline.entries), most)
    for entry in shown:
        way = f"{entry.lane} → {entry.to}" if entry.to else entry.lane
        again = f" × {entry.times}" if entry.times > 1 else ""
        mark = GUILTY if entry.guilty else " "
        lines.append(f"{mark} {words.after(timeline.ms(entry)):>11}  {way:<22} {entry.text}{again}")
    dropped = timeline.dropped + len(timeline.entries) - len(shown)
    return "\n".join([*lines, *([f"  ({dropped} less telling lines left out)"] if dropped else [])])
