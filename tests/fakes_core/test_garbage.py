"""Ordinary calls leave no garbage that only a search could find: a flood of them is kept unseen (`fakes.__main__`)."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.asks import CREATES, Create, Numbers, credentials
from fakes.inprocess import Application
from fakes.serve import Options, served

CALLS = 40
UNLIMITED = {"crm": {"search_per_s": 0}}


async def calls(app: Application, create: Create, public: dict[str, Any], numbers: Numbers) -> None:
    """So many calls of one kind, without a network."""
    for _ in range(CALLS):
        body, headers = create.form(*numbers.next())
        said: list[Any] = []

        async def receive(body: bytes = body) -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any, said: list[Any] = said) -> None:
            said.append(message)

        named = {"authorization": credentials(public, create.fake), **headers}
        listed = [(name.encode(), value.encode()) for name, value in named.items()]
        where = create.where(public)
        scope = {"type": "http", "method": "POST", "path": where, "query_string": b"", "headers": listed}
        await app(scope, receive, send)
        assert said[0]["status"] < 300, said


@contextmanager
def unsearched() -> Iterator[Callable[[], int]]:
    """Without a search for garbage while inside; gives what searches, and tells how many objects it found."""
    gc.collect()
    gc.disable()
    try:
        yield gc.collect
    finally:
        gc.enable()


@pytest.mark.parametrize("create", CREATES, ids=lambda one: one.name)
async def test_ordinary_calls_leave_no_cycles(create: Create, tmp_path: Path) -> None:
    """Fewer unreachable objects than calls, for each kind of call that is measured."""
    numbers = Numbers()
    async with served(Options(journal=tmp_path / "fakes.jsonl", only=[create.fake], settings=UNLIMITED)) as running:
        app = running.apps[create.fake]
        await calls(app, create, running.public, numbers)
        with unsearched() as search:
            await calls(app, create, running.public, numbers)
            assert search() < CALLS


async def test_a_call_that_leaves_a_cycle_is_seen(tmp_path: Path) -> None:
    """A planted cycle for each call is found (planted violation)."""
    numbers, create = Numbers(), CREATES[0]

    async with served(Options(journal=tmp_path / "fakes.jsonl", only=[create.fake], settings=UNLIMITED)) as running:
        app = running.apps[create.fake]

        async def leaky(scope: Any, receive: Any, send: Any) -> None:
            cycle: list[Any] = []
            cycle.append(cycle)
            await app(scope, receive, send)

        with unsearched() as search:
            await calls(leaky, create, running.public, numbers)
            assert search() >= CALLS
