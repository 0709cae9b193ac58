"""The container engine of this machine: found or clearly missing, images built, leftovers of dead runs removed.

Everything that a run makes carries its name and its guardian's as labels, so that whoever comes next can tell what is
nobody's any more. Nothing is pulled here but by the engine itself, while it builds. Used by `harness.stack.containers`.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
import docker.types
import requests
from docker.errors import APIError, BuildError, DockerException, NotFound

from harness.errors import MachineError, StackError
from harness.rng import Rng
from harness.stack import guardian
from harness.stack.compose import Build

RUN_LABEL, OWNER_LABEL, IMAGE_LABEL = guardian.ENGINE_LABEL, "harness.owner", "harness.image"
TIMEOUT_S = 120
TAIL = 30
SUBNETS = 200
TAKEN = re.compile(r"overlap|conflict", re.IGNORECASE)
FAKES_FOLDER = Path(__file__).resolve().parents[2]
"""Where this harness itself is: the image of the fakes is built from it."""
FAKES_DOCKERFILE = "staging/Dockerfile"


def connect(instead: str = "run without --stack docker") -> Any:
    """A client of the engine; raises `MachineError` that says how to get one."""
    try:
        client = docker.from_env(timeout=TIMEOUT_S)
        client.ping()
    except (DockerException, requests.RequestException, OSError) as problem:
        raise MachineError(
            f"no container engine answers at {os.environ.get('DOCKER_HOST') or 'unix:///var/run/docker.sock'} "
            f"({_first(problem)}); start one (Debian: apt-get install docker.io, then `dockerd` or `systemctl start "
            f"docker`), set DOCKER_HOST, or {instead}"
        ) from problem
    return client


@contextmanager
def in_our_words(what: str) -> Iterator[None]:
    """Turn what the engine refuses into a `StackError` that says what was wanted."""
    try:
        yield
    except (DockerException, requests.RequestException) as problem:
        raise StackError(f"the container engine could not {what}: {_first(problem)}") from problem


@contextmanager
def quietly() -> Iterator[None]:
    """Pass over what the engine refuses, where nothing depends on it."""
    with contextlib.suppress(DockerException, requests.RequestException, OSError):
        yield


def socket_path() -> str | None:
    """The engine's own socket on this machine; None where it is reached otherwise, so that no guardian can."""
    host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    return host.removeprefix("unix://") if host.startswith("unix://") else None


def owner(pid: int) -> str:
    """A process as a label: its number and when it began, so that a later one is not taken for it."""
    begun = next((proc.start for proc in guardian.processes("") if proc.pid == pid), "")
    return f"{pid}.{begun}"


def sweep(client: Any) -> list[str]:
    """Remove what runs left behind whose guardian is dead; answers the names of those runs."""
    alive = {f"{proc.pid}.{proc.start}" for proc in guardian.processes("")}
    dead: set[str] = set()
    with in_our_words("list what earlier runs left behind"):
        everything = client.containers.list(all=True, filters={"label": RUN_LABEL}, ignore_removed=True)
        networks = client.networks.list(filters={"label": RUN_LABEL})
    for one in [*everything, *networks]:
        labels = one.labels if hasattr(one, "labels") else one.attrs.get("Labels") or {}
        if labels.get(OWNER_LABEL) not in alive:
            dead.add(labels[RUN_LABEL])
    for run in dead:
        remove(client, run)
    return sorted(dead)


def remove(client: Any, run: str) -> None:
    """Remove every container and network of a run; what is gone already is no trouble."""
    named = {"label": f"{RUN_LABEL}={run}"}
    with in_our_words(f"remove the containers of {run}"):
        for container in client.containers.list(all=True, filters=named, ignore_removed=True):
            try:
                container.remove(force=True, v=True)
            except APIError as problem:
                if not isinstance(problem, NotFound) and "already in progress" not in str(problem):
                    raise
        for network in client.networks.list(filters=named):
            network.remove()
        client.images.prune(filters={"label": IMAGE_LABEL, "dangling": True})


def private_network(client: Any, name: str, labels: dict[str, str]) -> tuple[Any, str]:
    """A network without a way out, and the beginning of its addresses (`10.1.2.`), which are ours to give."""
    thirds = Rng(int.from_bytes(name.encode()[-6:], "big")).stream("subnets").sample(range(1, 65_000), SUBNETS)
    for number in thirds:
        begin = f"10.{100 + number // 250 % 100}.{number % 250 + 1}."
        pool = docker.types.IPAMPool(subnet=f"{begin}0/24")
        try:
            made = client.networks.create(
                name, internal=True, labels=labels, ipam=docker.types.IPAMConfig(pool_configs=[pool])
            )
        except APIError as problem:
            if not TAKEN.search(str(problem)):
                raise StackError(f"the container engine could not make a network: {_first(problem)}") from problem
            continue
        return made, begin
    raise MachineError(f"found no free range of addresses for a network in {SUBNETS} tries; `docker network prune`")


def image(client: Any, name: str, build: Build, log: Path) -> str:
    """Build an image and answer its id; raises `StackError` with the end of what the build said."""
    lines: list[str] = []
    try:
        made, said = client.images.build(
            path=str(build.context), dockerfile=build.dockerfile, buildargs=dict(build.args), target=build.target,
            tag=name, rm=True, forcerm=True, labels={IMAGE_LABEL: "1"},
        )  # fmt: skip
        lines = [str(one.get("stream", "")) for one in said]
    except BuildError as problem:
        lines = [str(one.get("stream") or one.get("error") or "") for one in problem.build_log]
        end = "".join(lines).strip().splitlines()[-TAIL:]
        raise StackError(
            f"{build.dockerfile} could not be built ({log}):\n" + "\n".join(f"    {x}" for x in end)
        ) from problem
    except (DockerException, requests.RequestException, OSError, TypeError) as problem:
        raise StackError(f"{build.context / build.dockerfile} could not be built: {_first(problem)}") from problem
    finally:
        log.write_text("".join(lines))
    return str(made.id)


def fakes_build() -> Build:
    """How the image of the fakes is made; `BASE` of the environment says from what."""
    if not (FAKES_FOLDER / FAKES_DOCKERFILE).is_file():
        raise MachineError(
            f"the fakes' image is built from a checkout of this project, and {FAKES_FOLDER} has no {FAKES_DOCKERFILE}"
        )
    args = {"BASE": os.environ["BASE"]} if os.environ.get("BASE") else {}
    return Build(context=FAKES_FOLDER, dockerfile=FAKES_DOCKERFILE, args=args)


def _first(problem: BaseException) -> str:
    said = getattr(problem, "explanation", None) or str(problem)
    return str(said).strip().splitlines()[0] if str(said).strip() else repr(problem)
