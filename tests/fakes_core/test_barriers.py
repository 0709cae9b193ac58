"""Barriers: a reply held until a rival has been carried out, and who is no rival."""

import asyncio

import httpx
import pytest

from harness.faults import Kind
from tests.fakes_core.bench import BEN, Bench


def _story(tiny: Bench) -> list[tuple[str, str]]:
    return [(one["event"], one["call"]) for one in tiny.records("barrier")]


async def test_held_until_a_rival(tiny: Bench) -> None:
    """The held answer leaves only after the rival's work is done, and both are answered."""
    await tiny.fault(Kind.BARRIER, seconds=5, name="race")
    held = asyncio.ensure_future(tiny.create(headers={"Idempotency-Key": "a"}))
    await tiny.soon(lambda: tiny.records("barrier", event="held"))
    assert tiny.records("answered") == []
    rival = await tiny.create(headers={"Idempotency-Key": "b"})
    assert ((await held).status_code, rival.status_code) == (201, 201)
    assert _story(tiny) == [("held", "c1"), ("rival", "c2"), ("released", "c1")]
    second_effect = tiny.records("effect")[1]
    assert second_effect["n"] < tiny.records("answered", call="c1")[0]["n"]
    assert tiny.records("barrier")[0]["name"] == "race"


async def test_without_a_rival(tiny: Bench) -> None:
    """Without a rival the answer leaves when time is up, and the journal does not claim a race (planted violation)."""
    await tiny.fault(Kind.BARRIER, seconds=0.2)
    assert (await tiny.create()).status_code == 201
    assert _story(tiny) == [("held", "c1"), ("timed_out", "c1")]


async def test_somebody_else_is_no_rival(tiny: Bench) -> None:
    """A call of another person does not open the barrier."""
    await tiny.fault(Kind.BARRIER, seconds=0.3)
    held = asyncio.ensure_future(tiny.create())
    await tiny.soon(lambda: tiny.records("barrier"))
    await tiny.create(f"Ben {BEN}")
    assert (await held).status_code == 201
    assert [event for event, _ in _story(tiny)] == ["held", "timed_out"]


async def test_own_retry_is_no_rival(tiny: Bench) -> None:
    """The held call's own retry, with the same key, does not open the barrier."""
    await tiny.fault(Kind.BARRIER, seconds=0.4)
    held = asyncio.ensure_future(tiny.create(headers={"Idempotency-Key": "a"}))
    await tiny.soon(lambda: tiny.records("barrier"))
    await tiny.create(headers={"Idempotency-Key": "a"})
    await held
    assert [event for event, _ in _story(tiny)] == ["held", "timed_out"]


async def test_retry_after_giving_up_is_no_rival(tiny: Bench) -> None:
    """Without keys: the same request again, after the held one's client left, is its retry; another one is a rival."""
    await tiny.fault(Kind.BARRIER, seconds=5)
    with pytest.raises(httpx.ReadTimeout):
        await tiny.http.post("/things", json={"name": "hxadaadaada222"}, timeout=0.2)
    await tiny.http.post("/things", json={"name": "hxadaadaada222"})
    assert [event for event, _ in _story(tiny)] == ["held"]
    await tiny.http.post("/things", json={"name": "hxadaadaada222", "other": 1})
    await tiny.quiet()
    assert _story(tiny) == [("held", "c1"), ("rival", "c3"), ("released", "c1")]


async def test_two_rivals(tiny: Bench) -> None:
    """A barrier for three waits for two rivals."""
    await tiny.fault(Kind.BARRIER, seconds=5, rivals=2)
    held = asyncio.ensure_future(tiny.create(headers={"Idempotency-Key": "a"}))
    await tiny.soon(lambda: tiny.records("barrier"))
    await tiny.create(headers={"Idempotency-Key": "b"})
    assert not held.done()
    await tiny.create(headers={"Idempotency-Key": "c"})
    assert (await held).status_code == 201
    assert [event for event, _ in _story(tiny)] == ["held", "rival", "rival", "released"]


async def test_released_by_name(tiny: Bench) -> None:
    """The harness may open a barrier by its name."""
    await tiny.fault(Kind.BARRIER, seconds=30, name="parked")
    held = asyncio.ensure_future(tiny.create())
    await tiny.soon(lambda: tiny.records("barrier"))
    await tiny.control.release("another")
    assert not held.done()
    await tiny.control.release("parked")
    assert (await held).status_code == 201
    assert [event for event, _ in _story(tiny)] == ["held", "released"]
