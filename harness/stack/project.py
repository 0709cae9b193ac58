"""A compose project that is up already: found by its name, hit when a cell asks for it, left as it was found.

Its containers are somebody else's: nothing is made, removed, cut off or slowed here. They are killed, paused and
started again, their logs since the run began are kept in its folder; whatever happens to the harness, the guardian lets
them go on. Used by `harness.attaching` and by `harness.standing`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from harness.clock import SYSTEM, until
from harness.clock import pause as wait
from harness.errors import StackError, UsageError
from harness.journal import Journal
from harness.stack import engine
from harness.stack.guard import Guard

T = TypeVar("T")
PROJECT, SERVICE = "com.docker.compose.project", "com.docker.compose.service"
HERE = ("", "0.0.0.0", "127.0.0.1", "::", "::1")  # noqa: S104 - what others published, reached by loopback
BACK_S = 60.0
LOOK_EVERY_S = 0.3
WATCH_EVERY_S = 1.0
STOP_S = 5
UP = ("running", "paused")


@dataclass(frozen=True, slots=True)
class Found:
    """A project, the services of it that run, and where it is reached from this machine."""

    name: str
    services: tuple[str, ...]
    url: str


def find(name: str, entrance: str | None) -> Found:
    """The project of this name; raises `UsageError` when it is not there, or not to be reached through `entrance`."""
    client = engine.connect("attach to a URL")
    try:
        with engine.in_our_words("list the containers of compose projects"):
            boxes = client.containers.list(all=True, filters={"label": PROJECT}, ignore_removed=True)
        mine = [box for box in boxes if box.labels[PROJECT] == name]
        if not mine:
            others = ", ".join(sorted({box.labels[PROJECT] for box in boxes})) or "none"
            raise UsageError(
                f"no compose project is called {name!r}; there are: {others}. `docker compose -p {name} up -d` starts "
                "it, or name another one: --attach compose:PROJECT"
            )
        running = [box for box in mine if box.status == "running"]
        services = tuple(sorted({str(box.labels[SERVICE]) for box in running}))
        return Found(name, services, _url(name, running, services, entrance))
    finally:
        client.close()


def _url(name: str, boxes: list[Any], services: tuple[str, ...], entrance: str | None) -> str:
    service, _, inner = (entrance or "").partition(":")
    if entrance and service not in services:
        raise UsageError(
            f"the compose project {name} runs no service {service!r} (`[containers] entrance`); it runs "
            f"{', '.join(services) or 'none'}"
        )
    published = {
        (str(box.labels[SERVICE]), port.partition("/")[0], place["HostPort"])
        for box in boxes
        for port, places in (box.ports or {}).items()
        for place in places or ()
        if place["HostIp"] in HERE and port.endswith("/tcp")
    }
    fitting = sorted({host for of, port, host in published if not entrance or (of, port) == (service, inner)})
    if len(fitting) == 1:
        return f"http://127.0.0.1:{fitting[0]}"
    if entrance:
        what = (
            f"{service} does not publish port {inner} on this machine" if not fitting else "several copies publish it"
        )
        raise UsageError(f'compose project {name}: {what}; publish one: ports: ["127.0.0.1:8000:{inner}"]')
    said = ", ".join(f"{of}:{port}" for of, port, _ in sorted(published)) or "none"
    raise UsageError(
        f"compose project {name}: its published ports are {said}; say which takes requests in the target file: "
        '[containers] compose = "compose.yaml", entrance = "SERVICE:PORT"'
    )


@asynccontextmanager
async def opened(
    name: str, folder: Path, journal: Journal, guard: Guard, well: Callable[[], Awaitable[bool]]
) -> AsyncIterator["Project"]:
    """The containers of a project, to be hit while inside; all that ran runs again on the way out.

    `well` says whether the pipeline takes requests: a container runs some time before what is in it listens.
    """
    client = await asyncio.to_thread(engine.connect)
    project = Project(client, name, folder, journal, well)
    try:
        await asyncio.to_thread(project.look)
        if path := engine.socket_path():
            guard.tell("engine", path)
            for box in project.found_up:
                guard.tell("restore", box.id)
        yield project
    finally:
        await asyncio.shield(asyncio.to_thread(project.leave))


class Project:
    """The containers of one project by service; a `Crew`."""

    def __init__(
        self, client: Any, name: str, folder: Path, journal: Journal, well: Callable[[], Awaitable[bool]]
    ) -> None:
        self._client = client
        self._well = well
        self._name = name
        self._folder = folder
        self._journal = journal
        self._began = SYSTEM.wall()
        self._boxes: dict[str, list[Any]] = {}
        self._expected: set[str] = set()
        self.found_up: list[Any] = []
        """The containers that ran when the run came."""

    def look(self) -> None:
        """Remember what there is, and what of it runs."""
        with engine.in_our_words(f"list the containers of {self._name}"):
            named = {"label": f"{PROJECT}={self._name}"}
            for box in self._client.containers.list(all=True, filters=named, ignore_removed=True):
                self._boxes.setdefault(str(box.labels[SERVICE]), []).append(box)
                if box.status == "running":
                    self.found_up.append(box)

    async def step(self, name: str) -> None:
        """Let a container that has ended run once more, to its end; raises `StackError` when that is not well."""
        for box in self._of(name):
            await self._ask(box.start)
            ended = await self._ask(partial(box.wait, timeout=BACK_S))
            if ended["StatusCode"]:
                raise StackError(f'the container of "{name}" ended with {ended["StatusCode"]}:\n{_tail(box)}')

    async def kill(self, name: str) -> None:
        """End its containers at once; their death is expected."""
        self._struck(name)
        for box in self._of(name):
            await self._ask(box.kill)

    async def stop(self, name: str) -> None:
        """Ask them to end, and end them when their time is over."""
        self._struck(name)
        for box in self._of(name):
            await self._ask(partial(box.stop, timeout=STOP_S))

    async def restart(self, name: str) -> None:
        """Start them again, and wait until they are well."""
        for box in self._of(name):
            await self._ask(box.start)
            self._note(name, "started")
            await self._back(name, box)
        self._expected.discard(name)
        if not self._expected:
            well: bool | None = await until(self._well, within_s=BACK_S, every_s=LOOK_EVERY_S)
            if not well:
                raise StackError(f'"{name}" was started again, and no request was answered within {BACK_S:g} s')

    async def pause(self, name: str) -> None:
        """Freeze them."""
        for box in self._of(name):
            await self._ask(box.pause)
        self._note(name, "paused")

    async def resume(self, name: str) -> None:
        """Let those go on that are frozen."""
        for box in self._of(name):
            if await self._ask(partial(_status, box)) == "paused":
                await self._ask(box.unpause)
        self._note(name, "resumed")

    async def watch(self) -> None:
        """Raise `StackError` as soon as one that ran ends without having been hit; never returns."""
        while True:
            for box in self.found_up:
                name = str(box.labels[SERVICE])
                gone = name not in self._expected and await self._ask(partial(_status, box)) not in UP
                if gone and name not in self._expected:  # It may have been hit meanwhile.
                    raise StackError(f'the container of "{name}" ended while it was needed:\n{_tail(box)}')
            await wait(WATCH_EVERY_S)

    def leave(self) -> None:
        """Let everything go on that ran, and keep what was logged since the run began."""
        for box in self.found_up:
            with engine.quietly():
                status = _status(box)
                if status == "paused":
                    box.unpause()
                elif status != "running":
                    box.start()
        for name, boxes in self._boxes.items():
            for number, box in enumerate(boxes, 1):
                copy = "" if number == 1 else f"-{number}"
                with engine.quietly():
                    said = box.logs(since=int(self._began.timestamp()))
                    (self._folder / "logs" / f"{name}{copy}.log").write_bytes(said)
        self._client.close()

    async def _back(self, name: str, box: Any) -> None:
        async def well() -> bool:
            await self._ask(box.reload)
            state = box.attrs["State"]
            return bool(state["Running"] and state.get("Health", {}).get("Status", "healthy") == "healthy")

        back: bool | None = await until(well, within_s=BACK_S, every_s=LOOK_EVERY_S)
        if not back:
            raise StackError(f'the container of "{name}" was not well within {BACK_S:g} s:\n{_tail(box)}')

    def _of(self, name: str) -> list[Any]:
        if name not in self._boxes:
            raise StackError(f"the project {self._name} has no service {name!r}; it has {', '.join(self._boxes)}")
        return self._boxes[name]

    def _struck(self, name: str) -> None:
        self._expected.add(name)
        self._note(name, "killed")

    def _note(self, name: str, event: str) -> None:
        self._journal.write("process", name=name, event=event, pid=None, code=None)

    async def _ask(self, question: Callable[[], T]) -> T:
        def asked() -> T:
            with engine.in_our_words(f"do what the run asked of {self._name}"):
                return question()

        return await asyncio.to_thread(asked)


def _status(box: Any) -> str:
    box.reload()
    return str(box.status)


def _tail(box: Any) -> str:
    return "\n".join(f"    {line}" for line in box.logs(tail=20).decode(errors="replace").splitlines())
