"""All fakes of a run in one process and one event loop: made, bound, served and stopped.

`served` is the composition root of the fakes: the entry point and the pytest plugin enter it. A slice is found by its
name as `fakes.<name>.slice`, or by the dotted name of any module with `make(world)`.
"""

import importlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme

from fakes import keeping, vendor_hosts
from fakes.calls import Slice
from fakes.control import Control
from fakes.core import Core
from fakes.generic.slice import maker_of
from fakes.inprocess import Application
from fakes.listening import Listener, address, bound, certified, kept, seen_at
from fakes.powers import Hosted, Keyed, Lasting, Public, Server, Signer
from fakes.schedules import SCHEDULES
from fakes.server import App
from fakes.virtual import Shifted
from fakes.webhooks import Hooks
from fakes.world import World
from harness.errors import MachineError, UsageError
from harness.journal import Journal
from harness.rng import Rng, fresh_seed, fresh_token
from harness.target.declared import Declared

NAMES = ("payments", "crm", "helpdesk", "alerts", "push")
HOST = "127.0.0.1"
TLS_HOSTS = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the fakes are to be served."""

    journal: Path | None = None
    """None: a file in a temporary folder of this process."""
    only: Sequence[str] = NAMES
    declared: Mapping[str, Declared] = field(default_factory=dict)
    """Vendors that a file declares, served besides; one called as a fake of ours takes its place."""
    seed: int | None = None
    host: str = HOST
    control_host: str | None = None
    """Where the control channel listens, if elsewhere: it is for the harness alone."""
    advertise: str | None = None
    """`scheme://host` by which the pipeline finds the fakes, where that is not the address that they listen on."""
    keys: str | None = None
    """A word that every key and secret follows from; None: fresh ones."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """Fake (or `control`) -> port; 0 or absent is any."""
    tls: bool = False
    tls_hosts: Sequence[str] = ()
    """Names besides the loopback's that certificates are for."""
    stand_in: str | None = None
    """An address at which to answer for the vendors' own hosts, and block all others; see `fakes.vendor_hosts`."""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Fake -> its settings."""
    state: Path | None = None
    """A file that what the fakes hold is read from and kept in, with their keys; None keeps nothing."""
    fault_tokens: bool = False
    """Whether a call may ask for its own fault; see `fakes.tokens`."""
    retries: str = "fast"
    """A key of `fakes.schedules.SCHEDULES`."""


@dataclass(slots=True, kw_only=True)
class Served:
    """The running fakes."""

    core: Core
    slices: dict[str, Slice]
    public: dict[str, Any]
    """Where everything is and with which keys: the line that is printed."""
    apps: dict[str, Application] = field(default_factory=dict)
    """Each fake, and `control`, as an ASGI application."""


def maker(name: str) -> tuple[str, Any]:
    """A slice's short name and its `make`; `UsageError` when there is no such slice."""
    module_name = name if "." in name else f"fakes.{name}.slice"
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as problem:
        if problem.name is None or not module_name.startswith(problem.name):
            raise
        raise UsageError(f"there is no fake {name!r}; there are {', '.join(NAMES)}") from problem
    if not hasattr(module, "make"):
        raise UsageError(f"{module_name} has no `make(world)`, so it is no fake")
    return name.rpartition(".")[2], module.make


@asynccontextmanager
async def served(options: Options) -> AsyncIterator[Served]:
    """Serve the fakes while inside; everything is closed on the way out, the journal last."""
    async with AsyncExitStack() as stack:
        makers = [maker(name) for name in options.only if name not in options.declared]
        makers += [(name, maker_of(one)) for name, one in options.declared.items()]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fakes-", ignore_cleanup_errors=True)))
        if options.journal is None:
            # Outlives the process, unlike the folder: somebody may want to read it afterwards.
            journal_path = Path(tempfile.mkdtemp(prefix="fakes-journal-")) / "fakes.jsonl"
        else:
            journal_path = options.journal.absolute()
        journal = Journal(journal_path, "fakes")
        stack.callback(journal.close)
        seed = fresh_seed() if options.seed is None else options.seed
        core = Core(journal)
        if options.retries not in SCHEDULES:
            raise UsageError(f"no schedule of retries is called {options.retries!r}; there are {', '.join(SCHEDULES)}")
        core.deliveries.use_schedule(SCHEDULES[options.retries])
        core.injection.tokens.on = options.fault_tokens
        earlier = {} if options.state is None else keeping.read(options.state)
        running = Served(core=core, slices={}, public={})
        authority = trustme.CA() if options.tls or options.stand_in else None
        tls = certified(authority, *TLS_HOSTS, *options.tls_hosts) if authority and options.tls else None
        stack.push_async_callback(core.close)
        for name, make in makers:
            running.public[name] = await _open(
                stack, running, options, name, make, Rng(seed), tls, earlier.get(name, {})
            )
        token = fresh_token("admin_")
        sock = bound(options.control_host or options.host, options.ports.get("control", 0), "control")
        running.apps["control"] = Control(core, running.slices, token).app()
        listener = Listener(running.apps["control"], sock)
        stack.push_async_callback(listener.close)
        await listener.open()
        admin = {"url": address(sock), "token": token}
        running.public |= {"admin": admin, "control": dict(admin), "journal": str(journal_path), "seed": seed}
        if authority is not None:
            running.public["ca_file"] = str(kept(authority, folder))
        if authority is not None and options.stand_in:
            running.public["vendor_hosts"] = await _stand_in(stack, running, options.stand_in, authority)
        # Whoever is held must be let go before the listeners wait for their calls.
        stack.callback(core.calm)
        yield running
        if options.state is not None:
            keeping.write(options.state, {name: _lasting(one) for name, one in running.slices.items() if _lasts(one)})


async def _stand_in(stack: AsyncExitStack, running: Served, address: str, authority: trustme.CA) -> dict[str, Any]:
    """Answer for the vendors' own hosts as well; answers this part of the public line."""
    patterns = {
        host: name for name, slice_ in running.slices.items() if isinstance(slice_, Hosted) for host in slice_.hosts
    }
    hosts = vendor_hosts.Hosts(running.core.journal, patterns, running.apps)
    await stack.enter_async_context(vendor_hosts.stand_in(address, hosts, authority))
    return vendor_hosts.public(patterns, address, authority)


def _lasts(slice_: Slice) -> bool:
    return isinstance(slice_, Lasting)


def _lasting(slice_: Slice) -> dict[str, Any]:
    """What a later process needs to go on: the keys that clients have, and everything held."""
    assert isinstance(slice_, Lasting)
    public = slice_.public() if isinstance(slice_, Public) else {}
    return {"keys": slice_.keys() if isinstance(slice_, Keyed) else public, "state": slice_.state()}


async def _open(
    stack: AsyncExitStack, running: Served, options: Options, name: str, make: Any, rng: Rng, tls: Any,
    earlier: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Make one slice and serve it; answers its part of the public line."""
    core = running.core
    sock = bound(options.host, options.ports.get(name, 0), name)
    stack.callback(sock.close)
    clock = core.clocks[name] = Shifted(core.clock)
    slice_: Slice = make(
        World(
            fake=name,
            rng=rng,
            ledger=core.desk(name),
            clock=clock,
            url=seen_at(sock, options.advertise),
            host=options.host,
            seen_host=urlsplit(options.advertise).hostname or "" if options.advertise else "",
            keys=options.keys,
            settings={**earlier.get("keys", {}), **options.settings.get(name, {})},
            objects_of=lambda person: core.owners.objects(name, person),
            owner_of=lambda object_id: core.owners.owner(name, object_id),
            webhooks=Hooks(core.deliveries, name),
            acknowledged=lambda events: core.deliveries.acknowledged(name, events),
        )
    )
    running.slices[name] = slice_
    if isinstance(slice_, Signer):
        core.deliveries.attach(name, slice_)
    if earlier and isinstance(slice_, Lasting):
        slice_.resume(earlier["state"])
    app = running.apps[name] = App(slice_, core)
    listener = Listener(app, sock)
    stack.push_async_callback(listener.close)
    await listener.open()
    part: dict[str, Any] = {"url": seen_at(sock, options.advertise)}
    if tls is not None:
        tls_sock = bound(options.host, 0, f"{name} over TLS")
        tls_listener = Listener(app, tls_sock, tls)
        stack.push_async_callback(tls_listener.close)
        await tls_listener.open()
        part["tls_url"] = address(tls_sock, "https")
    if isinstance(slice_, Server):
        stack.push_async_callback(slice_.stop)
        try:
            await slice_.start()
        except OSError as problem:
            raise MachineError(f"{name}: cannot start: {problem}") from problem
    if isinstance(slice_, Public):
        part |= slice_.public()
    return part
