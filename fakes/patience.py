"""Waiting for retries in a time that can be moved on: an account's webhooks wait hours in no time when it is told to.

One patience for each account of a fake. Moving on stops at each wait that becomes due, so that what it does comes
before the next. Real time goes on meanwhile; nothing is ever early.
"""

import asyncio
from collections.abc import Awaitable, Callable

from harness.clock import SYSTEM, pause


class Patience:
    """Waits that a hand can shorten."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._moved = asyncio.Event()
        self._due: dict[object, float] = {}

    def _now(self) -> float:
        return SYSTEM.at_ns() / 1e9 + self._ahead_s

    async def wait(self, who: object, seconds: float) -> None:
        """Wait for so many seconds of this time; `who` is known by that name meanwhile."""
        until = self._due[who] = self._now() + seconds
        try:
            while (left := until - self._now()) > 0:
                try:
                    async with asyncio.timeout(left):
                        await self._moved.wait()
                except TimeoutError:
                    break
        finally:
            del self._due[who]

    def next_s(self) -> float | None:
        """In how many seconds of this time the next wait ends; None when nobody waits."""
        return min(self._due.values()) - self._now() if self._due else None

    async def forward(self, seconds: float, done: Callable[[object], Awaitable[None]]) -> None:
        """Move on; at each wait that becomes due, the earliest first, `done` with who waited is awaited."""
        target = self._now() + seconds
        while self._due and (due := min(self._due.items(), key=lambda one: one[1]))[1] <= target:
            self._move_to(due[1])
            while due[0] in self._due and self._due[due[0]] == due[1]:
                await pause(0)
            await done(due[0])
        self._move_to(target)

    def _move_to(self, moment: float) -> None:
        self._ahead_s += max(0.0, moment - self._now())
        self._moved.set()
        self._moved = asyncio.Event()
