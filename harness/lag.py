"""Whether the harness itself runs: on a machine that has no time for it, what it measures is not measured well.

Writes `stalled` when its own loop comes back late from a short pause; judges nothing. Run beside the cells.
"""

from harness.clock import SYSTEM, pause
from harness.journal import Journal

LOOK_EVERY_S = 0.1
LATE_S = 0.1
"""Later than this is told; a loop with much to do is a little late all the time."""


async def watch(journal: Journal) -> None:
    """Look again and again until cancelled."""
    while True:
        began = SYSTEM.at_ns()
        await pause(LOOK_EVERY_S)
        late_s = (SYSTEM.at_ns() - began) / 1e9 - LOOK_EVERY_S
        if late_s > LATE_S:
            journal.write("stalled", seconds=late_s)
