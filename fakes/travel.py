"""The delivery rules at work: which rule meets an event, and the waits that a rule imposes.

As `fakes.injection` is to calls. Sends nothing; `fakes.deliveries` asks and acts.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fakes.injection import EVERYBODY
from fakes.sending import Errand, Event
from harness.faults import DeliveryRule, Mishap
from harness.journal import Journal

WHEN = (Mishap.DROP, Mishap.HOLD, Mishap.DELAY, Mishap.NEWEST_FIRST)
"""Rules about when an event goes out; the first that matches wins. Repeating and haste combine with each."""
COLLECT_S = 1.0
EARLY_S = 1.0


@dataclass(slots=True, eq=False)
class Path:
    """One delivery rule at work."""

    id: str
    rule: DeliveryRule
    released: asyncio.Event = field(default_factory=asyncio.Event)
    collected: list[Errand] = field(default_factory=list)

    async def wait(self) -> None:
        """Until released, or until the rule's seconds have passed; a hold without seconds waits for its release."""
        rule = self.rule
        default = {Mishap.NEWEST_FIRST: COLLECT_S, Mishap.HOLD: None}.get(rule.kind, 0.0)
        try:
            async with asyncio.timeout(rule.seconds or default):
                await self.released.wait()
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

    def _meets(self, rule: DeliveryRule, event: Event) -> bool:
        return (
            rule.fake == event.fake
            and rule.person in (event.person, EVERYBODY)
            and rule.topic in (None, event.news.topic)
            and rule.type in (None, event.news.type)
        )

    def first(self, errand: Errand, *kinds: Mishap) -> Path | None:
        """The oldest rule of these kinds that meets the errand."""
        for path in self._paths:
            if path.rule.kind in kinds and self._meets(path.rule, errand.event):
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
