"""The harness says when it did not run itself."""

import asyncio
from pathlib import Path

from harness import lag
from harness.clock import block, pause
from harness.journal import Journal, read


async def test_standing_still_is_journaled(tmp_path: Path) -> None:
    """Blocked for half a second, the loop says that it was, and for about how long."""
    journal = Journal(tmp_path / "stack.jsonl", "stack")
    watching = asyncio.create_task(lag.watch(journal))
    await pause(0.02)
    block(0.6)
    await pause(0.3)
    watching.cancel()
    stalls = [record["seconds"] for record in read(tmp_path / "stack.jsonl") if record["k"] == "stalled"]
    assert max(stalls) >= 0.4
    journal.close()
