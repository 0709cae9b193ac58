"""How a run behaves at a pipeline that others use too: every request says whose it is, none comes faster than agreed.

Decides for a shared pipeline only, one that was up before on another machine. A double tap stays one: its requests take
their turns together. Made by the stage; asked by phones before each request, so that waiting for a turn is no slowness.
"""

import asyncio
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from harness.clock import SYSTEM, pause
from harness.target import Target

CELLS_AT_ONCE = 4
LOOK_EVERY_S = 2.0
"""How often at most such a pipeline is asked what it still has to do."""
HEADER = "X-Staging-Harness"
AT_ONE_MOMENT_S = 1.0
"""So many seconds' requests may come at one moment, after a pause."""


class Manners:
    """Turns for requests to one address, and the mark that they carry."""

    def __init__(self, base_url: str, per_s: float, run: str) -> None:
        self._base = base_url
        self._per_s = per_s
        self._most = max(1.0, per_s * AT_ONE_MOMENT_S)
        self._left = self._most
        self._at = SYSTEM.at_ns()
        self._queue = asyncio.Lock()
        self.headers = {"User-Agent": f"staging-harness/{_version()} (run {run})", HEADER: run}

    async def turn(self, urls: Sequence[str]) -> None:
        """Wait until these requests may be sent, all at one moment; those to another address need no turn."""
        wanted = sum(url.startswith(self._base) for url in urls)
        if not wanted:
            return
        async with self._queue:
            self._refill()
            if (lacking := min(wanted, self._most) - self._left) > 0:
                await pause(lacking / self._per_s)
                self._refill()
            self._left -= wanted  # More than can be had at once is paid back by whoever comes next.

    def _refill(self) -> None:
        now = SYSTEM.at_ns()
        self._left = min(self._most, self._left + (now - self._at) / 1e9 * self._per_s)
        self._at = now

    def marked(self, target: Target) -> Target:
        """The same target whose every operation carries the mark: on phones, under load, and when its reply is lost."""
        marked = {
            name: one.model_copy(update={"headers": {**self.headers, **one.headers}})
            for name, one in target.operations.items()
        }
        return target.model_copy(update={"operations": marked})


def _version() -> str:
    try:
        return version("staging-harness")
    except PackageNotFoundError:
        return "0"
