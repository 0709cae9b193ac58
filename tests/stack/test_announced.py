"""What was planted announces itself in a log, and that becomes a record of the journal."""

from pathlib import Path
from typing import Any

from harness.clock import until
from harness.journal import Journal, read
from harness.stack import Stack
from harness.stack.announced import Announced
from tests.stack.conftest import Child


def told(folder: Path) -> list[tuple[Any, ...]]:
    """What the journal has of announcements."""
    records = [record for record in read(folder / "stack.jsonl") if record["k"] == "ran"]
    return [(record["what"], record["name"], record["process"]) for record in records]


async def test_it_is_heard_while_the_process_runs(stack: Stack, child: Child, tmp_path: Path) -> None:
    """Once for each name, however often it is said; nothing else that is logged is taken for it."""
    lines = ("ready", "flaw retry_none ran", "flaw retry_none ran", "the flaw retry_none ran", "control slow ran")
    await stack.start(child("say", *lines))
    assert await until(lambda: len(told(tmp_path)) == 2, within_s=20)
    assert told(tmp_path) == [("flaw", "retry_none", "child"), ("control", "slow", "child")]


async def test_the_last_word_of_a_process_is_heard(child: Child, tmp_path: Path) -> None:
    """What is said at the very end is in the journal when the stack is gone."""
    journal = Journal(tmp_path / "stack.jsonl", "stack")
    async with Stack.open(tmp_path, journal) as stack:
        await stack.start(child("die", 0, "flaw retry_none ran", ready="exit"))
    journal.close()
    assert told(tmp_path) == [("flaw", "retry_none", "child")]


def test_half_a_line_is_heard_when_it_is_whole(tmp_path: Path) -> None:
    """A log is read as it grows, and may be read in the middle of a line."""
    journal, log = Journal(tmp_path / "stack.jsonl", "stack"), tmp_path / "api.log"
    heard = Announced(journal)
    heard.look("api", log)
    for said, number in (("x\nflaw retry_", 0), ("none ran", 0), ("\nmore\n", 1), ("flaw retry_none ran\n", 1)):
        with log.open("a") as file:
            file.write(said)
        heard.look("api", log)
        assert len(told(tmp_path)) == number
    journal.close()
