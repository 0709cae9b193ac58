"""Retries by the presets, in an account's time that can be moved on."""

import asyncio

import pytest

from fakes.schedules import SCHEDULES
from harness.clock import SYSTEM
from tests.fakes_core.bench import ADA, Bench

DAY_S = 86_400


async def _forward(tiny: Bench, seconds: int) -> None:
    answer = await tiny.raw.post("/time", json={"fake": "tiny", "seconds": seconds})
    assert isinstance(answer.json()["now_s"], int)


async def _first_failed(tiny: Bench) -> None:
    await tiny.create()
    await tiny.soon(lambda: tiny.records("delivered"))


def test_presets() -> None:
    """Live mode tries for up to three days, ever more rarely; a sandbox three times in a few hours."""
    live, sandbox = SCHEDULES["live"], SCHEDULES["sandbox"]
    assert list(live) == sorted(live)
    assert 2 * DAY_S < sum(live) <= 3 * DAY_S
    assert (len(sandbox), sum(sandbox) < 6 * 3600) == (3, True)
    assert sum(SCHEDULES["fast"]) < 20


@pytest.mark.parametrize("preset", ["live", "sandbox"])
async def test_three_days_in_a_moment(tiny: Bench, preset: str) -> None:
    """Moved on three days, every retry was sent, each answered before the next, in little real time; then no more."""
    schedule = (await tiny.raw.put("/retries", json={"schedule": preset})).json()["schedule"]
    tiny.endpoint.statuses = [500] * 99
    began = SYSTEM.at_ns()
    await _first_failed(tiny)
    await _forward(tiny, 3 * DAY_S)
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 1 + len(schedule)
    assert all(one.ended < two.began for one, two in zip(tiny.endpoint.got, tiny.endpoint.got[1:], strict=False))
    assert tiny.records("undelivered")[0]["attempts"] == 1 + len(schedule)
    assert SYSTEM.at_ns() - began < 5e9
    now_s = SYSTEM.wall().timestamp()
    assert all(abs(int(one.signature.split(",")[0][2:]) - now_s) < 30 for one in tiny.endpoint.got)


async def test_only_what_has_become_due(tiny: Bench) -> None:
    """Moved on a little, only the retries that were due by then are sent; the rest wait (planted violation)."""
    await tiny.raw.put("/retries", json={"schedule": "live", "fake": "tiny"})
    tiny.endpoint.statuses = [500] * 3
    await _first_failed(tiny)
    await _forward(tiny, 59)
    assert len(tiny.endpoint.got) == 1
    await _forward(tiny, 2)
    assert len(tiny.endpoint.got) == 2
    assert "retry 2 of 10 within 300 s" in (await tiny.control.pending()).by_person[ADA][0]
    await _forward(tiny, DAY_S)
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 4
    assert [one["status"] for one in tiny.records("delivered")] == [500, 500, 500, 200]


async def test_steps_of_ones_own(tiny: Bench) -> None:
    """A schedule can be given in seconds; an unknown preset or fake is refused and named."""
    tiny.endpoint.statuses = [500] * 9
    assert (await tiny.raw.put("/retries", json={"schedule": [0.01, 0.02]})).json() == {"schedule": [0.01, 0.02]}
    await tiny.create()
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 3
    refused = await tiny.raw.put("/retries", json={"schedule": "weekly"})
    assert (refused.status_code, "there are fast, sandbox" in refused.json()["error"]) == (422, True)
    assert (await tiny.raw.post("/time", json={"fake": "acme", "seconds": 1})).status_code == 422
    assert (await tiny.raw.post("/time", json={"fake": "tiny", "seconds": -1})).status_code == 422


async def test_waiting_for_acknowledgements(tiny: Bench) -> None:
    """Who waits for an event's acknowledgement waits through near retries, and not for far ones or for nobody."""
    deliveries = tiny.running.core.deliveries
    tiny.endpoint.statuses = [500]
    await _first_failed(tiny)
    event = tiny.records("news")[0]["event"]
    await deliveries.acknowledged("tiny", [event, "evt_none"])
    assert [one["status"] for one in tiny.records("delivered")] == [500, 200]
    deliveries.use_schedule(SCHEDULES["live"])
    tiny.endpoint.statuses = [500]
    await tiny.create()
    await deliveries.acknowledged("tiny", [tiny.records("news")[1]["event"]])
    assert tiny.records("delivered")[2]["status"] == 500
    assert (await tiny.control.pending()).deliveries == 1


async def test_time_waits_for_what_is_being_told(tiny: Bench) -> None:
    """Moved on right after a change, the change's event is told first, and then its retries are due."""
    await tiny.raw.put("/retries", json={"schedule": "live"})
    tiny.endpoint.statuses = [500, 500]
    tiny.endpoint.open.clear()
    await tiny.create()
    moved = asyncio.ensure_future(_forward(tiny, DAY_S))
    await tiny.soon(lambda: tiny.endpoint.got)
    tiny.endpoint.open.set()
    await moved
    await tiny.quiet()
    assert [one["status"] for one in tiny.records("delivered")] == [500, 500, 200]
