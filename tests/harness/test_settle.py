"""Settling: quiet is two clean looks, and what is in the way has a name."""

import asyncio
from pathlib import Path

from harness.journal import Journal, read
from harness.settle import Look, Quiet, by_marker

WHO = "hxaaaaaaaaaaaa"


def watcher(looks: list[Look], tmp_path: Path) -> Quiet:
    """A watcher that sees these looks one after the other, the last one for ever."""

    async def look() -> Look:
        return looks.pop(0) if len(looks) > 1 else looks[0]

    return Quiet(look, Journal(tmp_path / "stack.jsonl", "stack"), every_s=0.001)


async def asked(quiet: Quiet, within_s: float) -> tuple[str, ...]:
    """What `person` answers while the watcher watches."""
    watching = asyncio.create_task(quiet.watch())
    try:
        return await quiet.person(WHO, within_s)
    finally:
        watching.cancel()


async def test_quiet_needs_two_clean_looks(tmp_path: Path) -> None:
    """Work that hides for one look, on its way from one side to the other, is not missed."""
    busy = Look({WHO: ("delivery",)}, 1)
    looks = [Look(), busy, Look(), Look()]
    assert await asked(watcher(looks, tmp_path), 1.0) == ()
    assert looks == [Look()]


async def test_the_blocker_is_named(tmp_path: Path) -> None:
    """Whoever waits in vain is told for what."""
    assert await asked(watcher([Look({WHO: ("undelivered event",)}, 1)], tmp_path), 0.02) == ("undelivered event",)
    assert [r["blockers"] for r in read(tmp_path / "stack.jsonl") if r["k"] == "unsettled"] == [["undelivered event"]]


async def test_other_people_do_not_block(tmp_path: Path) -> None:
    """A wait for one person is not held up by another's."""
    assert await asked(watcher([Look({"hxbbbbbbbbbbbb": ("call",)}, 1)], tmp_path), 1.0) == ()


async def test_everybody_waits_for_what_has_no_person(tmp_path: Path) -> None:
    """Work that belongs to nobody still counts in the end."""
    quiet = watcher([Look({}, 2)], tmp_path)
    watching = asyncio.create_task(quiet.watch())
    assert await quiet.everybody(0.02) == ("2 without a person",)
    watching.cancel()


def test_a_pipelines_pending_is_read_by_marker() -> None:
    """The pipeline names people by e-mail; the marker in it says who it is."""
    assert by_marker({f"Ada.{WHO}+x@People.example.com": 2, "boss@example.com": 1}, "pipeline") == {
        WHO: ("pipeline: 2",)
    }
