"""pytest fixtures that run fakes inside the test process, for tests of a pipeline that wants no whole run.

    pytest_plugins = ["fakes.plugin"]

    def test_signs_up(fakes_everywhere):
        sign_up("ann@example.com")  # your own code, calling its vendors with httpx
        assert fakes_everywhere.effects("crm.contact")

The fakes live in a thread with an event loop of their own; `fakes` is fresh for each test and reached by its URLs (any
client), by `fakes.client("crm")` (httpx without sockets), or, with `fakes_everywhere`, at the vendors' own hosts by
every httpx client of the process. Override the fixture `fakes_options` for fewer fakes, another seed or other fields of
`fakes.serve.Options`.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fakes.serve import Options, Served, served
from fakes.view import Fakes
from harness.errors import ControlError

__all__ = ["Fakes", "fakes", "fakes_everywhere", "fakes_options", "running"]
START_S = 30.0


class _Thread(threading.Thread):
    def __init__(self, options: Options) -> None:
        super().__init__(name="fakes", daemon=True)
        self._options = options
        self.loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self.ready = threading.Event()
        self.running: Served | None = None
        self.problem: BaseException | None = None

    def run(self) -> None:
        """Serve until told to stop."""
        try:
            asyncio.run(self._serve())
        except BaseException as problem:  # noqa: BLE001 - handed to the thread that waits for it
            self.problem = problem
        finally:
            self.ready.set()

    async def _serve(self) -> None:
        self.loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        async with served(self._options) as self.running:
            self.ready.set()
            await self._ended.wait()

    def end(self) -> None:
        """Stop and wait for the end."""
        if self.loop is not None and self._ended is not None and self.is_alive():
            self.loop.call_soon_threadsafe(self._ended.set)
        self.join(START_S)


@contextmanager
def running(options: Options) -> Iterator[Fakes]:
    """Fakes in a thread of this process while inside."""
    thread = _Thread(options)
    thread.start()
    try:
        if not thread.ready.wait(START_S) or thread.running is None or thread.loop is None:
            raise thread.problem or ControlError(f"the fakes did not start within {START_S:g} s")
        view = Fakes(thread.running, thread.loop)
        try:
            yield view
        finally:
            view.close()
    finally:
        thread.end()
    if thread.problem is not None:
        raise thread.problem


@pytest.fixture
def fakes_options() -> dict[str, Any]:
    """Fields of `Options` that differ from the usual; override it."""
    return {}


@pytest.fixture
def fakes(fakes_options: dict[str, Any], tmp_path: Path) -> Iterator[Fakes]:
    """Fresh fakes for this test."""
    wanted: dict[str, Any] = {"journal": tmp_path / "fakes.jsonl", "seed": 1, **fakes_options}
    with running(Options(**wanted)) as view:
        yield view


@pytest.fixture
def fakes_everywhere(fakes: Fakes) -> Iterator[Fakes]:
    """Fresh fakes for this test, which every httpx client of the process reaches at the vendors' own hosts."""
    with fakes.everywhere():
        yield fakes
