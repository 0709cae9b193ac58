"""The delivery rules at work: which rule meets an event, and the waits that a rule imposes.

As `fakes.injection` is to calls. Sends nothing; `fakes.deliveries` asks and acts.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fakes.sending import Errand
from harness.faults import ALWAYS, EVERYBODY, DeliveryRule, Mishap
from harness.journal import Journal
from harness.rng import Rng

COLLECTING = (Mishap.NEWEST_FIRST, Mishap.PERMUTE)
WHEN = (Mishap.DROP, Mishap.HOLD, Mishap.DELAY, *COLLECTING)
"""Rules about when an event goes out; the first that matches wins. Repeating and haste combine with each."""
HOW = (Mishap.DRESS, Mishap.FORGE)
"""Rules about how it is sent."""
COLLECT_S = 1.0
EARLY_S = 1.0


@dataclass(slots=True, eq=False)
class Path:
    """One delivery rule at work."""

    id: str
    rule: DeliveryRule
    released: asyncio.Event = field(default_factory=asyncio.Event)
    collected: dict[str, "Batch"] = field(default_factory=dict)
    """For each endpoint, what is being collected for it."""
    met: dict[Errand, int] = field(default_factory=dict)
    """Every errand that the rule is about, and as the how-manieth."""

    async def wait(self) -> None:
        """Until released, or until the rule's seconds have passed; a hold without seconds waits for its release."""
        rule = self.rule
        default = {Mishap.NEWEST_FIRST: COLLECT_S, Mishap.PERMUTE: COLLECT_S, Mishap.HOLD: None}.get(rule.kind, 0.0)
        await _until(self.released, rule.seconds or default)

    def collect(self, errand: Errand) -> "Batch | None":
        """Keep an errand until its batch goes; answers the batch when the errand is its first."""
        batch = self.collected.get(errand.endpoint)
        fresh = batch is None
        if batch is None:
            batch = self.collected[errand.endpoint] = Batch()
        batch.errands.append(errand)
        if self.rule.kind is Mishap.PERMUTE and len(batch.errands) == self.rule.among:
            batch.full.set()
            del self.collected[errand.endpoint]
        return batch if fresh else None

    async def gathered(self, batch: "Batch") -> list[Errand]:
        """A batch in the order in which it is to be told, once it is full, released or over."""
        ready = [asyncio.ensure_future(one.wait()) for one in (batch.full, self.released)]
        try:
            await asyncio.wait(ready, timeout=self.rule.seconds or COLLECT_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in ready:
                one.cancel()
        for endpoint in [name for name, other in self.collected.items() if other is batch]:
            del self.collected[endpoint]
        made = sorted(batch.errands, key=lambda one: one.event.number)
        if self.rule.kind is Mishap.NEWEST_FIRST:
            return made[::-1]
        order = self.rule.order or _drawn(self.rule.seed, self.rule.among)
        return [made[place] for place in order if place < len(made)]


@dataclass(slots=True, eq=False)
class Batch:
    """Errands that are told together."""

    full: asyncio.Event = field(default_factory=asyncio.Event)
    errands: list[Errand] = field(default_factory=list)


def _drawn(seed: int, among: int) -> list[int]:
    return Rng(seed).stream("permute").sample(range(among), among)


async def _until(event: asyncio.Event, seconds: float | None) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


class Travel:
    """All delivery rules of all fakes."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._paths: list[Path] = []
        self._numbered = 0

    def plan(self, rules: Iterable[DeliveryRule]) -> list[str]:
        """Put rules to work from now on; answers the id of each, in order."""
        ids = []
        for rule in rules:
            self._numbered += 1
            self._paths.append(Path(f"r{self._numbered}", rule))
            ids.append(self._paths[-1].id)
        return ids

    @staticmethod
    def _meets(path: Path, errand: Errand) -> bool:
        rule, event = path.rule, errand.event
        about = (
            rule.fake == event.fake
            and rule.endpoint in (None, errand.endpoint)
            and rule.person in (event.person, EVERYBODY)
            and rule.topic in (None, event.news.topic)
            and rule.type in (None, event.news.type)
        )
        if not about:
            return False
        place = path.met.setdefault(errand, len(path.met))
        return rule.skip <= place and (rule.times == ALWAYS or place < rule.skip + rule.times)

    def first(self, errand: Errand, *kinds: Mishap) -> Path | None:
        """The oldest rule of these kinds that meets the errand."""
        for path in self._paths:
            if path.rule.kind in kinds and self._meets(path, errand):
                return path
        return None

    def fired(self, path: Path, errand: Errand) -> None:
        """Journal that a rule really changed how an event travels."""
        event = errand.event
        self._journal.write(
            "fault", call=None, delivery=None, event=event.news.id, person=event.person, fake=event.fake,
            kind=str(path.rule.kind), rule=path.id, committed=True,
        )  # fmt: skip

    def release(self, name: str) -> int:
        """End the rules of this name (or id) and let their events go; answers how many rules that were."""
        return self._end(lambda path: name in (path.rule.name, path.id))

    def mend(self, person: str) -> int:
        """End every rule of a person and let their events go."""
        return self._end(lambda path: path.rule.person == person)

    def calm(self) -> int:
        """End every rule and let all events go."""
        return self._end(lambda path: True)

    def _end(self, which: Callable[[Path], bool]) -> int:
        gone = [path for path in self._paths if which(path)]
        self._paths = [path for path in self._paths if path not in gone]
        for path in gone:
            path.released.set()
        return len(gone)
