"""Moves time on: an account's own, as the harness asks, and test clocks, as the merchant asks.

What is due on the way is done in order of time, each as of its own moment; before the next, the events of the one
before must have been acknowledged by the endpoint, if there is one.
"""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence

from fakes.payments.state import clocks, due
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account, Thing
from fakes.virtual import Agenda

ADVANCE = "POST /v1/test_helpers/test_clocks/{id}/advance"
Acknowledged = Callable[[Sequence[str]], Awaitable[None]]


class Advancing:
    """Everything that is on its way to a later time."""

    def __init__(self, provider: Provider, acknowledged: Acknowledged) -> None:
        self._provider, self._acknowledged = provider, acknowledged
        self._moving: set[str] = set()
        self._left: dict[str, tuple[Account, Thing]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def written(self, operation: str, account: Account, clock: Thing) -> None:
        """Set off after a clock was sent forward: in the background, or else before the next call is answered."""
        if operation != ADVANCE:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._left[clock["id"]] = (account, clock)
            return
        task = loop.create_task(self._travel(account, clock))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def catch_up(self, account: Account) -> None:
        """Do at once what has become due by now, without waiting for anybody."""
        while self._left:
            _, (owner, clock) = self._left.popitem()
            while self._step(owner, due.agenda(owner, clock), _target(clock)) is not None:
                pass
            self._arrive(owner, clock)
        at_s = account.agenda.next_s()
        if at_s is None or at_s > account.now() or account.name in self._moving:
            return
        while self._step(account, account.agenda, account.now()) is not None:
            pass

    async def forward(self, account: Account, seconds: int) -> int:
        """Move an account's own time on; answers what time it is then."""
        target = account.now() + seconds
        self._moving.add(account.name)
        try:
            while (at_s := account.agenda.next_s()) is not None and at_s <= target:
                # Whoever asks meanwhile sees the time of the step that is being told.
                account.time.move_to(at_s)
                await self._acknowledged(self._step(account, account.agenda, target) or [])
        finally:
            self._moving.discard(account.name)
        account.time.move_to(target)
        return account.now()

    async def _travel(self, account: Account, clock: Thing) -> None:
        try:
            while (told := self._step(account, due.agenda(account, clock), _target(clock))) is not None:
                await self._acknowledged(told)
        except Exception as problem:  # noqa: BLE001 - the vendor has a status for what should not occur
            traceback.print_exception(problem, file=sys.stderr)
            moment = self._provider.moment(account)
            clocks.fail(moment, clock)
            self._provider.commit(moment, None)
            return
        self._arrive(account, clock)

    def _arrive(self, account: Account, clock: Thing) -> None:
        with account.time.held(_target(clock)):
            moment = self._provider.moment(account)
            clocks.arrive(moment, clock)
            self._provider.commit(moment, None)

    def _step(self, account: Account, agenda: Agenda, until_s: int) -> list[str] | None:
        """Do what is due first; the events it told, or None when nothing is due by then."""
        one = agenda.take(until_s)
        if one is None:
            return None
        with account.time.held(one.at_s):
            moment = self._provider.moment(account)
            due.WORK[one.kind](moment, one.name)
            self._provider.commit(moment, None)
        return [told.id for told in moment.told]

    def clear(self) -> None:
        """Forget whatever is on its way."""
        self._left.clear()
        for task in self._tasks:
            task.cancel()


def _target(clock: Thing) -> int:
    return int(clock["status_details"]["advancing"]["target_frozen_time"])
