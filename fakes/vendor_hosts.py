"""The fakes at the vendors' own host names, over TLS: for pipelines that have no setting for a vendor's address.

A name server says that every host is here, and one listener serves them all: a host that a fake stands for is that
fake's, any other is blocked, journaled and told so. Certificates are made as hosts are asked for, by an authority of
this process alone. Only for a network of the run's own (`harness.stack.seclusion`, a container's): the ports are the
vendors', and every address is listened on. Called by `fakes.serve`.
"""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson
import trustme

from fakes.inprocess import Application
from fakes.listening import Listener, bound, certified
from fakes.names import PORT as NAMES_PORT
from fakes.names import NameServer
from fakes.redaction import HIDDEN, hide_in_text
from fakes.transport import HOST, Receive, Scope, Send
from harness.errors import MachineError
from harness.journal import Journal

EVERYWHERE = "0.0.0.0"  # noqa: S104 - in a network of the run's own every address is the run's own
PLAIN, SECURE = 80, 443
BLOCKED_STATUS = 421
PART_MAX = 24
TOLD_MAX = 200
"""So many blocked calls to one host are journaled; a pipeline that tries for ever must not fill the disk."""


class Hosts:
    """Who stands for which host, what was asked of whom, and the way of a call to its fake."""

    def __init__(self, journal: Journal, patterns: Mapping[str, str], apps: Mapping[str, Application]) -> None:
        self._journal = journal
        self._patterns = dict(patterns)
        self._apps = apps
        self._seen: set[tuple[str, str]] = set()
        self._blocked: dict[str, int] = {}

    def fake_at(self, host: str) -> str | None:
        """The fake that stands for this host."""
        return self._patterns.get(host) or self._patterns.get(f"*.{host.partition('.')[2]}")

    def looked_up(self, host: str) -> None:
        """Somebody asked for its address."""
        self._once("looked_up", host)

    def greeted(self, host: str) -> None:
        """Somebody began TLS with it; they may yet refuse the certificate."""
        self._once("greeted", host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bring a call to the fake of its host, or block it."""
        if scope["type"] != "http":
            return
        named = next((value for name, value in scope["headers"] if name == b"host"), b"")
        host = _without_port(named.decode("latin-1").lower())
        fake = self.fake_at(host)
        if fake is not None:
            scope[HOST] = host
            await self._apps[fake](scope, receive, send)
            return
        count = self._blocked[host] = self._blocked.get(host, 0) + 1
        if count <= TOLD_MAX:
            path = _shown(scope["path"])
            self._journal.write("host", host=host, event="blocked", fake=None, method=scope["method"], path=path)
        said = {"error": {"message": f"staging harness: no fake stands for {host or 'this address'}; blocked"}}
        body = orjson.dumps(said)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": BLOCKED_STATUS, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _once(self, event: str, host: str) -> None:
        if (event, host) not in self._seen:
            self._seen.add((event, host))
            self._journal.write("host", host=host, event=event, fake=self.fake_at(host))


class Certificates:
    """A certificate for whatever host a client names, made when it is first asked for."""

    def __init__(self, authority: trustme.CA, hosts: Hosts, address: str) -> None:
        self._authority = authority
        self._hosts = hosts
        self._made: dict[str, ssl.SSLContext] = {}
        self.context = self._for(address)
        self.context.sni_callback = self._named

    def _named(self, connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            host = name.lower()
            self._hosts.greeted(host)
            connection.context = self._for(host)

    def _for(self, host: str) -> ssl.SSLContext:
        if host not in self._made:
            self._made[host] = certified(self._authority, host)
        return self._made[host]


@asynccontextmanager
async def stand_in(address: str, hosts: Hosts, authority: trustme.CA) -> AsyncIterator[None]:
    """Answer for every host at `address` while inside; `MachineError` where the ports are not ours to take."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: NameServer(address, hosts.looked_up), local_addr=(address, NAMES_PORT), family=socket.AF_INET
            )
        except OSError as problem:
            raise MachineError(
                f"the name server of the vendors' hosts cannot listen on {address}:{NAMES_PORT}: {problem.strerror}; "
                "it wants a network of its own (vendor_hosts in the target file makes one)"
            ) from problem
        stack.callback(transport.close)
        listening = ((SECURE, Certificates(authority, hosts, address).context), (PLAIN, None))
        for port, tls in listening:
            sock = bound(EVERYWHERE, port, "the vendors' own hosts")
            stack.callback(sock.close)
            listener = Listener(hosts, sock, tls)
            stack.push_async_callback(listener.close)
            await listener.open()
        yield


def _shown(path: str) -> str:
    """A path of a vendor that nobody here knows: what is as long as a key may be one."""
    parts = [HIDDEN if len(part) > PART_MAX else part for part in path.split("/")]
    return hide_in_text("/".join(parts))


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host))
    return host.partition(":")[0]


def public(hosts: Mapping[str, str], address: str, authority: trustme.CA) -> dict[str, Any]:
    """What the printed line says of them."""
    return {"address": address, "hosts": dict(hosts), "ca_pem": authority.cert_pem.bytes().decode()}
