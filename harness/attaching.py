"""Going to a pipeline that is up already: where it is, what it was given, waiting until it answers.

Starts no pipeline. What it is given is written once, into a file for whoever starts it, and kept to from then on.
Called by the roof before a run, and by `standing` while everything comes up.
"""

import ipaddress
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from harness import given as written
from harness.clock import until
from harness.errors import StackError, UsageError
from harness.given import Given, secrets_of_environment
from harness.journal import read
from harness.rng import fresh_token
from harness.stack import ports
from harness.target import Resolved, Target
from harness.target.reached import Reached
from harness.target.words import names_in

COMPOSE = "compose:"
ROW = 16
"""Ports of fakes in a row: some more than there are, for vendors that a target file declares."""
LOOK_EVERY_S = 0.3
LOOK_S = 3.0
OF_THE_RUN = ("fakes.", "secret:")
PORT = re.compile(r":\{port:([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach:
    """What the command line asked for."""

    to: str
    """A URL, or `compose:PROJECT`."""
    env_file: Path | None = None
    fakes_port: int | None = None
    advertise: str | None = None
    bind: str | None = None
    wait_s: float = 60.0

    def checked(self) -> "Attach":
        """The same; raises `UsageError` for what is no URL, no host and no address."""
        if not self.to.startswith(COMPOSE) and not _is_url(self.to):
            raise UsageError(
                f"--attach {self.to}: expected http://HOST:PORT of a pipeline that is up, or compose:PROJECT"
            )
        if self.advertise is not None and not _is_host(self.advertise):
            raise UsageError(
                f"--advertise {self.advertise}: expected http://HOST by which the pipeline finds the fakes; each fake "
                "has a port of its own, from --fakes-port on"
            )
        if self.bind is not None:
            try:
                ipaddress.ip_address(self.bind)
            except ValueError:
                raise UsageError(f"--bind {self.bind}: expected an IP address of this machine, as in 0.0.0.0") from None
        return self

    @property
    def words(self) -> list[str]:
        """The same for a command that does it again; places and keys are in the file."""
        return ["--attach", self.to, *(["--write-env", str(self.env_file)] if self.env_file else [])]


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0 and not url.query
    except ValueError:
        return False


def _is_host(text: str) -> bool:
    if not _is_url(text):
        return False
    url = urlsplit(text.rstrip("/"))
    return url.port is None and not url.path and not url.fragment and url.username is None


def attached(target: Target, attach: Attach | None) -> Target:
    """The target as it is up already; the target itself where the run starts it. Raises for what cannot be reached."""
    if attach is None:
        if target.processes or target.in_containers:
            return target
        attach = Attach(to=target.base_url)
    if attach.to.startswith(COMPOSE):
        from harness.stack.project import find  # only a project of containers needs the engine's client

        entrance = target.containers.entrance if target.containers else None
        found = find(attach.to.removeprefix(COMPOSE), entrance)
        reached = Reached(base_url=found.url, project=found.name, services=found.services)
    else:
        reached = Reached(base_url=attach.to.rstrip("/"))
    target.reach(reached)  # Before a file is read or written: whether it may be reached at all.
    given = _given(target, attach, reached)
    return target.reach(replace(reached, given=given, env_file=attach.env_file, wait_s=attach.wait_s))


def asks_of_the_run(target: Target) -> bool:
    """Whether the pipeline must be told something that only the harness knows: where the fakes are, a secret."""
    texts: list[Any] = [target.env, *(process.env for process in target.processes)]
    texts += [process.command for process in target.processes]
    return any(name.startswith(OF_THE_RUN) for name in names_in(texts))


def _given(target: Target, attach: Attach, reached: Reached) -> Given | None:
    file = attach.env_file
    if file is None:
        if asks_of_the_run(target):
            raise UsageError(
                "the pipeline is started by somebody else, who must tell it where the fakes are: add --write-env FILE. "
                "It is written with what [env] of the target file says, and kept to in later runs"
            )
        return None if attach.fakes_port is None and not attach.bind else _made(target, attach, reached.port)
    if not file.exists():
        return _made(target, attach, reached.port)
    kept, _ = written.read(file)
    for option, asked, found in (
        ("--fakes-port", attach.fakes_port, kept.ports_from),
        ("--advertise", attach.advertise and attach.advertise.rstrip("/"), kept.advertise),
        ("--bind", attach.bind, kept.bind),
    ):
        if asked and asked != found:
            raise UsageError(
                f"{option} {asked}, but the pipeline was given {found or 'none'} by {file}; leave the option out, or "
                "remove the file and start the pipeline with the new one"
            )
    return replace(kept, secrets={**kept.secrets, **secrets_of_environment(os.environ)})


def _made(target: Target, attach: Attach, port: int) -> Given:
    own = PORT.search(target.base_url)
    return Given(
        keys=fresh_token(),
        ports_from=ports.row(ROW, but=port) if attach.fakes_port is None else attach.fakes_port,
        advertise=attach.advertise.rstrip("/") if attach.advertise else None,
        bind=attach.bind,
        secrets=secrets_of_environment(os.environ),
        ports={own[1]: port} if own else {},
    )


def keep(reached: Reached, resolved: Resolved) -> str | None:
    """Write what the pipeline is given, or find it as it was written; answers what to tell, None where it is kept.

    Raises `UsageError` with the names of what has changed since.
    """
    if reached.env_file is None or reached.given is None:
        return None
    environment = environment_of(resolved)
    if not reached.env_file.exists():
        given = replace(reached.given, secrets=dict(resolved.secrets), ports=dict(resolved.ports))
        written.write(reached.env_file, given, environment)
        return f"written: {reached.env_file}; give it to the pipeline when it starts"
    _, before = written.read(reached.env_file)
    changed = sorted(name for name in environment.keys() | before.keys() if environment.get(name) != before.get(name))
    if changed:
        raise UsageError(
            f"{reached.env_file} says otherwise than this run: {', '.join(changed)}; the target file, or a secret, has "
            "changed since. Remove the file, run again, and start the pipeline anew with what is written then"
        )
    return None


def environment_of(resolved: Resolved) -> dict[str, str]:
    """Everything that the processes of a pipeline are given, together."""
    environment = dict(resolved.variables)
    for spec in resolved.processes:
        environment |= spec.env
    return environment


async def answers(target: Target, base_url: str, tell: Callable[[str], None]) -> None:
    """Wait until the pipeline is well; raises `StackError` with what came instead when it never was."""
    assert target.reached is not None
    url = base_url + (target.ops.health or "/")
    last = ""
    told = False

    async def look() -> bool:
        nonlocal last, told
        last = await _look(url, bool(target.ops.health))
        if last and not told:
            told = True
            tell(f"waiting for the pipeline at {url}, {target.reached.wait_s:g} s at most" if target.reached else "")
        return not last

    well: bool | None = await until(look, within_s=target.reached.wait_s, every_s=LOOK_EVERY_S)
    if not well:
        file = f", given what is in {target.reached.env_file}" if target.reached.env_file else ""
        raise StackError(
            f"no pipeline was well at {url} within {target.reached.wait_s:g} s: {last}. Start it{file}, or see that "
            "--attach names the right address"
        )


async def is_well(target: Target, base_url: str) -> bool:
    """Whether the pipeline answers now as it should."""
    return not await _look(base_url + (target.ops.health or "/"), bool(target.ops.health))


async def _look(url: str, must_be_well: bool) -> str:
    """What is wrong at this address; empty when the pipeline answers as it should."""
    async with httpx.AsyncClient(timeout=LOOK_S, trust_env=False) as client:
        try:
            answer = await client.get(url)
        except httpx.ConnectError as problem:
            return f"nobody listens there ({problem})"
        except httpx.HTTPError as problem:
            return f"it did not answer ({problem!r})"
    return f"it answered {answer.status_code}" if must_be_well and not answer.is_success else ""


def must_be_heard(target: Target, journal: Path) -> None:
    """Raise `StackError` when a pipeline called no fake in a whole run: it has others; nothing can be said of it."""
    if target.reached is None or not target.sinks or any(record["k"] == "received" for record in read(journal)):
        return
    file = f"with what is in {target.reached.env_file}" if target.reached.env_file else "with their addresses"
    raise StackError(
        f"the pipeline at {target.reached.base_url} took requests and called none of the fakes, so nothing was judged: "
        f"was it started {file}, and can it reach them (--bind, --advertise)?"
    )
