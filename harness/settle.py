"""Waiting until it is quiet, and naming what is in the way.

One watcher looks at the fakes and at the pipeline's own `pending` for everybody; who waits for a person is told by it.
Quiet means two looks in a row that both began after the question and saw nothing of that person, because work can hide
once while it moves from one side to the other. The budget starts anew whenever the blockers change. Judges nothing.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from harness.clock import SYSTEM, pause
from harness.journal import Journal
from harness.rng import MARKER_PATTERN

MARKER = re.compile(MARKER_PATTERN)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything that is still under way: marker -> reasons, and how much in all."""

    by_person: dict[str, tuple[str, ...]] = field(default_factory=dict)
    total: int = 0


def by_marker(named: dict[str, int], reason: str) -> dict[str, tuple[str, ...]]:
    """Turn a pipeline's pending by e-mail (or any text that holds a marker) into reasons by marker."""
    found: dict[str, tuple[str, ...]] = {}
    for name, count in named.items():
        match = MARKER.search(name.lower())
        if match and count:
            found[match.group()] = (f"{reason}: {count}",)
    return found


class Quiet:
    """The one watcher of a run; `watch` runs beside the cells, everybody else asks."""

    def __init__(self, look: Callable[[], Awaitable[Look]], journal: Journal, every_s: float = 0.4) -> None:
        self._look = look
        self._journal = journal
        self._every_s = every_s
        self._seen: list[tuple[int, Look]] = []
        self.latest = Look()

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        last_total = -1
        while True:
            began = SYSTEM.at_ns()
            look = await self._look()
            self.latest = look
            self._seen = [*self._seen[-1:], (began, look)]
            if look.total != last_total:
                last_total = look.total
                blockers = {who: list(why) for who, why in list(look.by_person.items())[:20]}
                self._journal.write("pending", total=look.total, by_person=blockers)
            await pause(self._every_s)

    async def person(self, marker: str, within_s: float) -> tuple[str, ...]:
        """Wait until nothing of this person is under way; answers the blockers that remained, none when quiet."""
        return await self._wait(lambda look: look.by_person.get(marker, ()), within_s, marker)

    async def everybody(self, within_s: float) -> tuple[str, ...]:
        """Wait until nothing at all is under way; answers the blockers that remained, none when quiet."""

        def blockers(look: Look) -> tuple[str, ...]:
            named = tuple(f"{who}: {', '.join(why)}" for who, why in sorted(look.by_person.items()))
            return named or ((f"{look.total} without a person",) if look.total else ())

        return await self._wait(blockers, within_s, None)

    async def _wait(
        self, blockers_in: Callable[[Look], tuple[str, ...]], within_s: float, person: str | None
    ) -> tuple[str, ...]:
        asked = SYSTEM.at_ns()
        budget_from, hard_end = asked, asked + int(3 * within_s * 1e9)
        before: tuple[str, ...] = ()
        while True:
            since = [look for began, look in self._seen if began >= asked]
            if len(since) >= 2 and not any(blockers_in(look) for look in since[-2:]):
                self._journal.write("settled", person=person, within_ms=(SYSTEM.at_ns() - asked) / 1e6)
                return ()
            blockers = blockers_in(self.latest)
            now = SYSTEM.at_ns()
            if blockers != before:
                before, budget_from = blockers, now
            if now - budget_from > within_s * 1e9 or now > hard_end:
                remaining = blockers or ("the watcher gave no two clean looks in a row",)
                self._journal.write("unsettled", person=person, blockers=list(remaining[:20]))
                return remaining
            await pause(self._every_s / 2)
