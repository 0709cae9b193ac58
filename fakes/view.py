"""Running fakes, as a test of the same process has them in hand: clients, faults, records, webhooks, inboxes.

Asks the control channel and the fakes' applications without sockets, so that it works while a test forbids the
network. Made by `fakes.plugin`.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from fakes.calls import Slice
from fakes.inprocess import Bridge
from fakes.mounting import Mounted
from fakes.powers import Hosted
from fakes.serve import Served
from harness.clock import block, pause
from harness.errors import ControlError
from harness.faults import DeliveryRule, Fault, Kind, Mishap
from harness.journal import Record, read

LOOK_S = 0.05
APPLICATIONS = "{fake}.webhooks.test"
"""The host under which the delivery engine finds an application of a test."""


class Fakes:
    """Running fakes, from a test's point of view."""

    def __init__(self, running: Served, loop: asyncio.AbstractEventLoop) -> None:
        self.public = running.public
        self.journal = Path(running.public["journal"])
        self._running = running
        self._bridges = {name: Bridge(app, loop) for name, app in running.apps.items()}
        self._hosts = {
            host: name for name, one in running.slices.items() if isinstance(one, Hosted) for host in one.hosts
        }
        self._control = httpx.Client(
            base_url="http://control.test",
            headers={"Authorization": f"Bearer {running.public['control']['token']}"},
            transport=self._bridges["control"],
            timeout=30.0,
        )

    def close(self) -> None:
        """Close this view; the fakes go on."""
        self._control.close()

    # -- reaching them ------------------------------------------------------------------------------------------

    def url(self, fake: str) -> str:
        """Where a fake is."""
        return str(self.public[fake]["url"])

    def key(self, fake: str, name: str) -> str:
        """A key of a fake as printed at start, say `secret_key`."""
        return str(self.public[fake][name])

    def slice(self, fake: str) -> Slice:
        """The fake itself; it lives on another thread, so look and do not touch."""
        return self._running.slices[fake]

    def client(self, fake: str, **options: Any) -> httpx.Client:
        """An httpx client of a fake, without sockets."""
        return httpx.Client(base_url=self.url(fake), transport=self._bridges[fake], **options)

    def async_client(self, fake: str, **options: Any) -> httpx.AsyncClient:
        """The same, async."""
        return httpx.AsyncClient(base_url=self.url(fake), transport=self._bridges[fake], **options)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the fake of the request's host says; fits as `side_effect` of a respx route."""
        fake = self.at(request.url.host)
        if fake is None:
            raise ControlError(f"no fake stands for {request.url.host}; there are {', '.join(self._hosts)}")
        return self._bridges[fake].handle_request(request)

    def at(self, host: str) -> str | None:
        """The fake that stands for this host."""
        return self._hosts.get(host) or self._hosts.get(f"*.{host.partition('.')[2]}")

    @contextmanager
    def everywhere(self) -> Iterator[None]:
        """While inside, every httpx client of the process reaches the fakes at the vendors' own hosts."""
        ask, ask_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

        def handle(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            fake = self.at(request.url.host)
            return ask(transport, request) if fake is None else self._bridges[fake].handle_request(request)

        async def handle_async(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            fake = self.at(request.url.host)
            if fake is None:
                return await ask_async(transport, request)
            return await self._bridges[fake].handle_async_request(request)

        with (
            patch.object(httpx.HTTPTransport, "handle_request", handle),
            patch.object(httpx.AsyncHTTPTransport, "handle_async_request", handle_async),
        ):
            yield

    # -- steering them ------------------------------------------------------------------------------------------

    def control(self, method: str, path: str, **fields: Any) -> Any:
        """Ask the control channel; `ControlError` unless it agrees."""
        answer = self._control.request(method, path, json=fields) if fields else self._control.request(method, path)
        return _agreed(answer)

    async def asked(self, method: str, path: str, **fields: Any) -> Any:
        """The same without blocking the loop, for wishes that wait for an application on it: `/resend`, `/forge`."""
        how: dict[str, Any] = {"json": fields} if fields else {}
        async with httpx.AsyncClient(
            base_url=self._control.base_url, headers=self._control.headers, transport=self._bridges["control"]
        ) as client:
            return _agreed(await client.request(method, path, timeout=30.0, **how))

    def fault(self, fake: str, kind: Kind | str, person: str = "*", **how: Any) -> str:
        """Plan a fault of a fake towards the calls of a person (`*`: of everybody); its id."""
        planned = Fault(person=person, fake=fake, kind=Kind(kind), **how)
        return str(self.control("POST", "/faults", faults=[planned.as_data()])["ids"][0])

    def rule(self, fake: str, kind: Mishap | str, person: str = "*", **how: Any) -> str:
        """Plan how a fake's webhooks about a person travel; its id."""
        planned = DeliveryRule(person=person, fake=fake, kind=Mishap(kind), **how)
        return str(self.control("POST", "/rules", rules=[planned.as_data()])["ids"][0])

    def calm(self) -> None:
        """End every fault and rule."""
        self.control("POST", "/calm")

    def act(self, fake: str, act: str, person: str, **args: Any) -> str:
        """Let the vendor's own side do something to a person's newest object; its id."""
        return str(self.control("POST", "/acts", fake=fake, act=act, person=person, **args)["object"])

    def tune(self, fake: str, **settings: Any) -> Mapping[str, Any]:
        """Change settings of a fake; all of them as they stand now."""
        return dict(self.control("PUT", f"/settings/{fake}", settings=settings)["settings"])

    def webhooks_to(self, fake: str, application: Any, path: str, secrets: list[str] | None = None) -> str:
        """Send a fake's webhooks to a path of an ASGI application of this process; the address they go to.

        Asked from a running loop the application runs on that loop, else on the fakes' own.
        """
        try:
            loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        host = APPLICATIONS.format(fake=fake)
        self._running.core.deliveries.mounted[host] = Mounted(application, loop)
        url = f"http://{host}{path}"
        self.control("PUT", f"/endpoints/{fake}", url=url, secrets=secrets)
        return url

    # -- looking at what they did -------------------------------------------------------------------------------

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

    def inbox(self, fake: str, handle: str, account: str | None = None) -> list[dict[str, Any]]:
        """What has arrived at a mail address or on a device, oldest first; of the main account, or of the named one."""
        asked = {"handle": handle} | ({} if account is None else {"account": account})
        return list(_agreed(self._control.get(f"/inboxes/{fake}", params=asked))["arrived"])

    def settle(self, within_s: float = 20.0) -> None:
        """Wait until the fakes have nothing more to do; `ControlError` with what is left when they do not end."""
        if _runs_a_loop() and self._running.core.deliveries.mounted:
            raise ControlError("a blocking wait would stop the application that webhooks go to: await settled()")
        for _ in range(max(1, int(within_s / LOOK_S))):
            if self._quiet():
                return
            block(LOOK_S)
        raise ControlError(f"not quiet within {within_s:g} s: {self.control('GET', '/pending')}")

    async def settled(self, within_s: float = 20.0) -> None:
        """The same, without blocking the loop."""
        for _ in range(max(1, int(within_s / LOOK_S))):
            if self._quiet():
                return
            await pause(LOOK_S)
        raise ControlError(f"not quiet within {within_s:g} s: {self.control('GET', '/pending')}")

    def _quiet(self) -> bool:
        pending = self.control("GET", "/pending")
        return not pending["calls"] and not pending["deliveries"]


def _agreed(answer: httpx.Response) -> Any:
    if answer.is_error:
        asked = answer.request
        raise ControlError(f"{asked.method} {asked.url.path}: {answer.status_code} {answer.text}")
    return answer.json()


def _runs_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
