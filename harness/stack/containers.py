"""A pipeline and the fakes in containers, on a private network without a way out.

Starts the fakes, then the services of a compose file in its order, then a door whose ports are published on this
machine's loopback alone; watches, hits and removes them. The engine's client is synchronous, so it is asked in threads.
Used by the stage; whatever happens to the harness, the guardian or the next run removes what carries the run's name.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

from harness.clock import pause as wait
from harness.clock import until
from harness.errors import StackError
from harness.journal import Journal
from harness.stack import engine, trust
from harness.stack.announced import Announced
from harness.stack.compose import CONDITIONS, Service
from harness.stack.guard import Guard

T = TypeVar("T")
START_S = 180.0
LOOK_EVERY_S = 0.3
WATCH_EVERY_S = 1.0
STOP_S = 5
PAUSE_S = 4.0
TAIL = 20
PERIOD_US = 100_000
FAKES_AT, DOOR_AT, FIRST_SERVICE_AT = 2, 3, 10
HEALTHY, COMPLETED = CONDITIONS[1], CONDITIONS[2]
IN_CONTAINER = "/run-folder"
DOOR_FIRST_PORT = 8001


@dataclass(slots=True)
class Member:
    """One container of the run, and what is known of it."""

    name: str
    box: Any
    address: str
    needed: bool = True
    expected: bool = False
    """Whether its death is ours."""
    one_shot: bool = False
    has_health: bool = False

    def state(self) -> dict[str, Any]:
        """What the engine says of it now."""
        self.box.reload()
        return dict(self.box.attrs["State"])

    @property
    def tail(self) -> str:
        """The end of what it wrote."""
        lines = self.box.logs(tail=TAIL).decode(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"


class Containers:
    """The containers of one run; made by `open`. A `Crew` whose members have a network and a processor of their own."""

    def __init__(self, client: Any, run: str, folder: Path, journal: Journal, owner: str) -> None:
        self._client = client
        self._run = run
        self._folder = folder
        self._journal = journal
        self._labels = {engine.RUN_LABEL: run, engine.OWNER_LABEL: owner}
        self._members: dict[str, Member] = {}
        self._images: dict[Any, str] = {}
        self._paused: set[str] = set()
        self._network: Any = None
        self._begin = ""
        self._hosts: dict[str, str] = {}
        self._authority: trust.Authority | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, journal: Journal, guard: Guard) -> AsyncIterator["Containers"]:
        """No container yet, but a network; everything is removed on the way out, logs are kept in the run folder."""
        client = await asyncio.to_thread(engine.connect)
        if path := engine.socket_path():
            guard.tell("engine", path)
        await asyncio.to_thread(engine.sweep, client)
        owner = engine.owner(guard.pid)
        opened = cls(client, guard.run, folder, journal, owner)
        try:
            await opened._ask(opened._make_network)
            yield opened
        finally:
            await asyncio.shield(asyncio.to_thread(opened._close))

    # -- starting ---------------------------------------------------------------------------------------------------

    async def fakes(self, arguments: Sequence[str], stand_in: bool, user: str) -> dict[str, Any]:
        """Start the fakes; answers where they are, as the pipeline sees them."""
        address = self._begin + str(FAKES_AT)
        words = ["python3", "-m", "fakes", "--json", "--host", address, "--journal", f"{IN_CONTAINER}/fakes.jsonl"]
        words += [*arguments, *(["--stand-in", address] if stand_in else [])]
        image = await self._image("fakes", engine.fakes_build())
        binds = {str(self._folder): {"bind": IN_CONTAINER, "mode": "rw"}}
        box = await self._ask(
            lambda: self._create("fakes", image, FAKES_AT, command=words, volumes=binds, user=user, init=True)
        )
        await self._start(box)

        def line() -> bytes:
            return bytes(box.box.logs(stdout=True, stderr=False).partition(b"\n")[0])

        async def said() -> dict[str, Any] | None:
            self._raise_if_dead(box, await self._ask(box.state))
            found = await self._ask(line)
            return dict(json.loads(found)) if found.endswith(b"}") else None

        public: dict[str, Any] | None = await until(said, within_s=START_S, every_s=LOOK_EVERY_S)
        if public is None:
            raise StackError(f"the fakes' container did not say within {START_S:g} s where they are\n{box.tail}")
        if stand_in:
            self._hosts = {host: address for host in public["vendor_hosts"]["hosts"] if "*" not in host}
            self._authority = trust.Authority(public["vendor_hosts"]["ca_pem"])
        return public

    async def services(self, services: Sequence[Service]) -> None:
        """Start these, each when those before it are as it wants them; wait until all that have a health are well."""
        awaited = {other for one in services for other, how in one.after.items() if how == COMPLETED}
        for number, service in enumerate(services):
            image = service.image or service.name
            if service.build:
                image = await self._image(service.name, service.build)
            for other, condition in service.after.items():
                await self._meets(self._members[other], condition)
            member = await self._ask(partial(self._service, service, image, number))
            member.one_shot = service.name in awaited
            await self._start(member)
        for member in self._members.values():
            if member.has_health and not member.one_shot:
                await self._meets(member, HEALTHY)

    async def door(self, places: Sequence[str]) -> list[str]:
        """Publish these places of the network (`api:8000`) on loopback; answers their URLs in the same order."""
        ports = [DOOR_FIRST_PORT + number for number, _ in enumerate(places)]
        ways = [f"{port}={place}" for port, place in zip(ports, places, strict=True)]
        image = await self._image("fakes", engine.fakes_build())

        def make() -> Member:
            outer = self._client.networks.create(f"{self._name('door')}-outer", labels=self._labels)
            box = self._client.containers.create(
                image, ["python3", "harness/stack/door.py", *ways], name=self._name("door"), labels=self._labels,
                network=outer.name, ports={f"{port}/tcp": ("127.0.0.1", None) for port in ports}, init=True,
            )  # fmt: skip
            self._network.connect(box, ipv4_address=self._begin + str(DOOR_AT))
            member = self._members["door"] = Member("door", box, self._begin + str(DOOR_AT))
            return member

        member = await self._ask(make)
        await self._start(member)

        async def published() -> list[str] | None:
            await self._ask(member.box.reload)
            found = [member.box.ports.get(f"{port}/tcp") for port in ports]
            return [f"http://127.0.0.1:{one[0]['HostPort']}" for one in found] if all(found) else None

        urls: list[str] | None = await until(published, within_s=START_S, every_s=LOOK_EVERY_S)
        if urls is None:
            raise StackError(f"the door's ports were not published; its last words:\n{member.tail}")
        async with httpx.AsyncClient(timeout=LOOK_EVERY_S * 10, trust_env=False) as client:
            for url, place in zip(urls, places, strict=True):
                # What is published accepts before the door listens, and then resets.
                there: bool | None = await until(partial(_answers, client, url), within_s=START_S, every_s=LOOK_EVERY_S)
                if not there:
                    raise StackError(f"{place} does not answer through the door; its last words:\n{member.tail}")
        return urls

    # -- blows ------------------------------------------------------------------------------------------------------

    async def kill(self, name: str) -> None:
        """End a container at once, with all that runs in it; its death is expected."""
        member = self._struck(name, "killed")
        await self._ask(member.box.kill)

    async def stop(self, name: str) -> None:
        """Ask it to end, and end it when its time is over."""
        member = self._struck(name, "killed")
        await self._ask(lambda: member.box.stop(timeout=STOP_S))

    async def restart(self, name: str) -> Member:
        """Start it again as it was first started, and wait until it is well."""
        member = self._member(name)
        await self._start(member)
        if member.has_health:
            await self._meets(member, HEALTHY)
        member.expected = False
        return member

    async def pause(self, name: str) -> None:
        """Freeze everything in it; tried again where a busy machine does not freeze at once."""
        member = self._member(name)

        async def frozen() -> bool:
            try:
                await self._ask(member.box.pause)
            except StackError as problem:
                refusal.append(problem)
                return False
            return True

        refusal: list[StackError] = []
        done: bool | None = await until(frozen, within_s=PAUSE_S, every_s=LOOK_EVERY_S)
        if not done:
            raise refusal[-1]
        self._paused.add(name)
        self._note(name, "paused")

    async def resume(self, name: str) -> None:
        """Let it go on; nothing happens to one that is not paused."""
        if name in self._paused:
            self._paused.discard(name)
            await self._ask(self._member(name).box.unpause)
            self._note(name, "resumed")

    async def cut(self, name: str) -> None:
        """Take its network away: connections hang, names are not found."""
        await self._ask(lambda: self._network.disconnect(self._member(name).box))
        self._note(name, "cut")

    async def join(self, name: str) -> None:
        """Give its network back, with its name and address."""
        member = self._member(name)
        await self._ask(lambda: self._network.connect(member.box, ipv4_address=member.address, aliases=[name]))
        self._note(name, "joined")

    async def slow(self, name: str, processors: float) -> None:
        """Give it so much of a processor; 0 is all it wants."""
        quota = int(PERIOD_US * processors) if processors else -1
        await self._ask(lambda: self._member(name).box.update(cpu_period=PERIOD_US, cpu_quota=quota))
        self._note(name, "slowed" if processors else "sped")

    async def watch(self) -> None:
        """Raise `StackError` as soon as a container that is needed dies; never returns."""
        while True:
            for member in list(self._members.values()):
                if member.needed and not member.expected:
                    state = await self._ask(member.state)
                    if not member.expected:  # It may have been hit meanwhile.
                        self._raise_if_dead(member, state)
            await wait(WATCH_EVERY_S)

    # -- one look, one step -----------------------------------------------------------------------------------------

    def _raise_if_dead(self, member: Member, state: Mapping[str, Any]) -> None:
        if state["Status"] in ("exited", "dead") and not (member.one_shot and state["ExitCode"] == 0):
            code = state["ExitCode"]
            raise StackError(
                f'the container "{member.name}" ended with exit code {code}; it wrote last:\n{member.tail}'
            )

    async def _meets(self, member: Member, condition: str) -> None:
        async def look() -> bool:
            state = await self._ask(member.state)
            if condition == COMPLETED and state["Status"] == "exited" and state["ExitCode"] == 0:
                return True
            self._raise_if_dead(member, state)
            if condition == HEALTHY:
                return bool(state.get("Health", {}).get("Status") == "healthy")
            return condition != COMPLETED

        met: bool | None = await until(look, within_s=START_S, every_s=LOOK_EVERY_S)
        if not met:
            state = await self._ask(member.state)
            said = [str(one.get("Output", "")).strip() for one in state.get("Health", {}).get("Log", [])[-1:]]
            raise StackError(
                f'the container "{member.name}" was not {condition} within {START_S:g} s '
                f"({'; '.join(said) or state['Status']}); it wrote last:\n{member.tail}"
            )

    async def _start(self, member: Member) -> None:
        await self._ask(member.box.start)
        self._note(member.name, "started")

    def _service(self, service: Service, image: str, number: int) -> Member:
        environment = {**(self._authority.environment if self._authority else {}), **service.environment}
        hosts = {**self._hosts, **service.more.get("extra_hosts", {})}
        settings = {name: value for name, value in service.more.items() if name != "extra_hosts"}
        member = self._create(
            service.name, image, FIRST_SERVICE_AT + number, command=list(service.command) if service.command else None,
            entrypoint=list(service.entrypoint) if service.entrypoint else None, environment=environment,
            healthcheck=dict(service.healthcheck) if service.healthcheck else None, extra_hosts=hosts,
            volumes=[*service.binds, *service.volumes], dns=[self._begin + str(FAKES_AT)] if self._authority else None,
            **settings,
        )  # fmt: skip
        member.has_health = bool(service.healthcheck)
        if self._authority:
            self._authority.put_into(self._client, image, member.box)
        return member

    def _create(self, name: str, image: str, last: int, **how: Any) -> Member:
        address = self._begin + str(last)
        given = {key: value for key, value in how.items() if value is not None}
        place = self._client.api.create_endpoint_config(ipv4_address=address, aliases=[name])
        box = self._client.containers.create(
            image, name=self._name(name), labels=self._labels, hostname=name, network=self._network.name,
            networking_config={self._network.name: place}, **given,
        )  # fmt: skip
        member = self._members[name] = Member(name, box, address)
        return member

    async def _image(self, name: str, build: Any) -> str:
        key = (build.context, build.dockerfile, build.target, tuple(sorted(build.args.items())))
        if key not in self._images:
            log = self._folder / "logs" / f"build-{name}.log"
            tag = f"harness-{name}"
            self._images[key] = await asyncio.to_thread(engine.image, self._client, tag, build, log)
        return self._images[key]

    def _make_network(self) -> None:
        self._network, self._begin = engine.private_network(self._client, f"harness-{self._run}", self._labels)

    def _name(self, name: str) -> str:
        return f"harness-{self._run}-{name}"

    def _member(self, name: str) -> Member:
        if name not in self._members:
            raise StackError(f'there is no container "{name}"; there are {", ".join(self._members)}')
        return self._members[name]

    def _struck(self, name: str, event: str) -> Member:
        member = self._member(name)
        member.expected = True
        self._note(name, event)
        return member

    def _note(self, name: str, event: str) -> None:
        self._journal.write("process", name=name, event=event, pid=None, code=None)

    async def _ask(self, question: Callable[[], T]) -> T:
        def asked() -> T:
            with engine.in_our_words("do what the run asked"):
                return question()

        return await asyncio.to_thread(asked)

    # -- the end ----------------------------------------------------------------------------------------------------

    def _close(self) -> None:
        announced = Announced(self._journal)
        for member in self._members.values():
            with engine.quietly():
                said = member.box.logs()
                announced.take(member.name, said)
                if member.name == "fakes":  # Its first line holds the keys.
                    said = said.partition(b"\n")[2]
                (self._folder / "logs" / f"{member.name}.log").write_bytes(said)
        engine.remove(self._client, self._run)
        self._client.close()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    """Whether anything answers there, whatever it says."""
    try:
        await client.get(url)
    except httpx.TransportError:
        return False
    return True
