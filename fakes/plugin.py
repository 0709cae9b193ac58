"""pytest fixtures that run fakes inside the test process, for tests of a pipeline that wants no whole run.

    pytest_plugins = ["fakes.plugin"]

    def test_signs_up(fakes):
        contact = httpx.post(fakes.url("crm") + "/crm/v3/objects/contacts", ...)
        assert fakes.effects("crm.contact")

The fakes live in a thread with an event loop of their own; `fakes` is fresh for each test. Override the fixture
`fakes_options` for fewer fakes, another seed or other fields of `fakes.serve.Options`.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.serve import Options, Served, served
from harness.clock import block
from harness.errors import ControlError
from harness.journal import Record, read

START_S = 30.0


class Fakes:
    """Running fakes, from a test's point of view."""

    def __init__(self, public: dict[str, Any]) -> None:
        self.public = public
        self.journal = Path(public["journal"])
        self._control = httpx.Client(
            base_url=public["control"]["url"],
            headers={"Authorization": f"Bearer {public['control']['token']}"},
            timeout=30.0,
            trust_env=False,
        )

    def url(self, fake: str) -> str:
        """Where a fake is."""
        return str(self.public[fake]["url"])

    def key(self, fake: str, name: str) -> str:
        """A key of a fake as printed at start, say `secret_key`."""
        return str(self.public[fake][name])

    def control(self, method: str, path: str, **fields: Any) -> Any:
        """Ask the control channel; `ControlError` unless it agrees."""
        answer = self._control.request(method, path, json=fields) if fields else self._control.request(method, path)
        if answer.is_error:
            raise ControlError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def records(self, kind: str | None = None, **fields: Any) -> list[Record]:
        """The journal's records so far, of one kind, with these fields."""
        return [
            one
            for one in read(self.journal)
            if kind in (None, one["k"]) and all(one.get(name) == value for name, value in fields.items())
        ]

    def effects(self, sink: str, **fields: Any) -> list[Record]:
        """The effects in a sink so far, with these fields."""
        return self.records("effect", sink=sink, **fields)

    def unknown_calls(self) -> list[dict[str, Any]]:
        """What was called although no fake has it; assert that it is empty."""
        return list(self.control("GET", "/unknown-calls")["calls"])

    def settle(self, within_s: float = 20.0) -> None:
        """Wait until the fakes have nothing more to do; `ControlError` with what is left when they do not end."""
        for _ in range(max(1, int(within_s / 0.05))):
            pending = self.control("GET", "/pending")
            if not pending["calls"] and not pending["deliveries"]:
                return
            block(0.05)
        raise ControlError(f"not quiet within {within_s:g} s: {pending}")

    def close(self) -> None:
        """Close this view; the fakes go on."""
        self._control.close()


class _Thread(threading.Thread):
    def __init__(self, options: Options) -> None:
        super().__init__(name="fakes", daemon=True)
        self._options = options
        self._loop: asyncio.AbstractEventLoop | None = None
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
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        async with served(self._options) as self.running:
            self.ready.set()
            await self._ended.wait()

    def end(self) -> None:
        """Stop and wait for the end."""
        if self._loop is not None and self._ended is not None and self.is_alive():
            self._loop.call_soon_threadsafe(self._ended.set)
        self.join(START_S)


@contextmanager
def running(options: Options) -> Iterator[Fakes]:
    """Fakes in a thread of this process while inside."""
    thread = _Thread(options)
    thread.start()
    try:
        if not thread.ready.wait(START_S) or thread.running is None:
            raise thread.problem or ControlError(f"the fakes did not start within {START_S:g} s")
        view = Fakes(thread.running.public)
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
