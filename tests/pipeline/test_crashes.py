"""Killed workers and a database that goes away: nothing is lost, nothing is done twice."""

import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import httpx
import pytest

from tests.pipeline.people import Person, eventually
from tests.pipeline.stack import Stack

Someone = Callable[[], Person]


@pytest.fixture
async def _resting(stack: Stack) -> AsyncIterator[None]:
    """The in-process worker rests, so that a child does the work."""
    await stack.rest()
    yield
    await stack.work()


@pytest.mark.usefixtures("_resting")
async def test_a_killed_worker_loses_nothing(stack: Stack, someone: Someone) -> None:
    """Killed in the middle of a call, its jobs are run again by the next worker."""
    person, other = someone(), someone()
    person.fault("crm", "hang")
    worker = stack.child("work")
    await person.sign_up(settle=False)

    async def called() -> bool:
        return person.email in person.world.contacts

    assert await eventually(called, 40)
    worker.kill()
    worker.wait(10)
    await other.sign_up(settle=False)
    assert await person.pending() == 1
    worker = stack.child("work")
    await person.settled(40)
    await other.settled(40)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert (await person.me())["state"] == "Up to date"
    assert other.email in other.world.contacts


async def test_a_worker_that_is_asked_to_stop_puts_its_jobs_back(stack: Stack, someone: Someone) -> None:
    """A call that outlasts the grace is cut off, and its job run again by the next worker."""
    person = someone()
    person.fault("crm", "slow_hang")
    await person.sign_up(settle=False)

    async def called() -> bool:
        return person.world.calls_of("crm", person.email) > 0

    assert await eventually(called)
    stack.settings = replace(stack.settings, delays=replace(stack.settings.delays, shutdown_grace_s=0.1))
    await stack.rest()
    assert await person.pending() == 1
    await stack.work()
    await person.settled()
    assert person.email in person.world.contacts


async def test_a_database_that_is_killed_and_comes_back(stack: Stack, someone: Someone) -> None:
    """While it is away the API answers 503; afterwards everything goes on, jobs in flight included."""
    person, other = await someone().sign_up(), someone()
    other.fault("crm", "slow_hang", "500")
    await other.sign_up(settle=False)
    stack.postgres.stop(signal.SIGKILL)
    answer = await person.send("GET", "/v1/me")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"
    stack.postgres.start()

    async def back() -> bool:
        return (await person.send("GET", "/v1/me")).status_code == 200

    assert await eventually(back, 20)
    await person.pay(await person.buy())
    await person.settled(20)
    await other.settled(30)
    assert (await person.me())["credits"] == 10
    assert other.email in other.world.contacts


async def test_health_says_when_the_database_is_gone(stack: Stack, client: httpx.AsyncClient) -> None:
    """The health of the API is that of its database."""
    assert (await client.get("/ops/health")).json() == {"status": "ok"}
    assert stack.postgres.process is not None
