"""A compose file as far as a run needs it: which services, from which images, with what, after whom. Reads only.

Understood: image, build, command, entrypoint, environment, env_file, depends_on, healthcheck, volumes, tmpfs, user,
working_dir, extra_hosts, init, read_only, shm_size; `${NAME}` with its defaults; anchors and `x-` keys. What a run
decides itself is passed over (networks, ports, names, restarts, limits); anything else is refused by name, because a
pipeline that was started otherwise than its file says proves nothing. Called by the stage.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from harness.errors import TargetError

DECIDED_BY_THE_RUN = frozenset(
    {"networks", "ports", "expose", "container_name", "hostname", "restart", "labels", "logging", "deploy", "profiles"}
    | {"stop_grace_period", "stdin_open", "tty", "pull_policy", "platform", "links"}
)
UNDERSTOOD = frozenset(
    {"image", "build", "command", "entrypoint", "environment", "env_file", "depends_on", "healthcheck", "volumes"}
    | {"tmpfs", "user", "working_dir", "extra_hosts", "init", "read_only", "shm_size"}
)
CONDITIONS = ("service_started", "service_healthy", "service_completed_successfully")
VARIABLE = re.compile(r"\$(?:\$|\{(?P<braced>\w+)(?:(?P<how>:?[-?+])(?P<word>[^}]*))?\}|(?P<bare>\w+))")
SECONDS = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
NANOSECONDS = 1_000_000_000
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """How an image is made."""

    context: Path
    dockerfile: str = "Dockerfile"
    args: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One container of a pipeline."""

    name: str
    image: str | None = None
    build: Build | None = None
    command: Words | None = None
    entrypoint: Words | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    after: Mapping[str, str] = field(default_factory=dict)
    """Other service -> the condition it must meet first."""
    healthcheck: Mapping[str, Any] | None = None
    binds: Words = ()
    volumes: Words = ()
    """Paths in the container that are kept outside it, for this run alone."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What the engine takes as it is."""


def read(path: Path, variables: Mapping[str, str]) -> list[Service]:
    """The services of a compose file, each after those it depends on; raises `TargetError` that names what is wrong."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise TargetError(f"cannot read the compose file {path}: {problem.strerror}") from problem
    except yaml.YAMLError as problem:
        raise TargetError(f"{path}: is not YAML: {problem}") from None
    services = data.get("services") if isinstance(data, dict) else None
    if not isinstance(services, dict) or not services:
        raise TargetError(f"{path}: has no `services`")
    filled = _filled(services, variables, str(path))
    found = {name: _service(name, one or {}, path) for name, one in filled.items()}
    return list(_in_order(found, path))


def filled_in(text: str, variables: Mapping[str, str], where: str) -> str:
    """A text with its `${NAME}`s filled in as compose does; raises `TargetError` for one that must be there."""

    def put(match: re.Match[str]) -> str:
        name = match["braced"] or match["bare"]
        if name is None:
            return "$"
        how, word = match["how"] or "", match["word"] or ""
        value = variables.get(name)
        lacks = value is None or (how.startswith(":") and value == "")
        if how.endswith("?") and lacks:
            raise TargetError(f"{where}: ${{{name}}} is not set{': ' + word if word else ''}; put it into [env]")
        if how.endswith("+"):
            return "" if lacks else word
        if lacks:
            return word if how.endswith("-") else ""
        return value or ""

    return VARIABLE.sub(put, text)


def _filled(value: Any, variables: Mapping[str, str], where: str) -> Any:
    if isinstance(value, str):
        return filled_in(value, variables, where)
    if isinstance(value, dict):
        return {name: _filled(inner, variables, f"{where}: {name}") for name, inner in value.items()}
    return [_filled(inner, variables, where) for inner in value] if isinstance(value, list) else value


def _service(name: str, data: Mapping[str, Any], path: Path) -> Service:
    where = f"{path}: services.{name}"
    known = UNDERSTOOD | DECIDED_BY_THE_RUN
    unknown = sorted(key for key in data if key not in known and not str(key).startswith("x-"))
    if unknown:
        raise TargetError(
            f"{where}: `{unknown[0]}` is not understood; a run understands {', '.join(sorted(UNDERSTOOD))}"
        )
    if not (data.get("image") or data.get("build")):
        raise TargetError(f"{where}: needs `image` or `build`")
    binds, volumes = _mounts(data.get("volumes") or [], path.parent, where)
    taken = {"user": "user", "working_dir": "working_dir", "init": "init", "read_only": "read_only"}
    more = {ours: data[theirs] for theirs, ours in {**taken, "shm_size": "shm_size"}.items() if theirs in data}
    if data.get("tmpfs"):
        tmpfs = [data["tmpfs"]] if isinstance(data["tmpfs"], str) else data["tmpfs"]
        more["tmpfs"] = dict.fromkeys(tmpfs, "")
    if data.get("extra_hosts"):
        more["extra_hosts"] = _pairs(data["extra_hosts"], ":", where)
    return Service(
        name=name,
        image=data.get("image"),
        build=_build(data.get("build"), path.parent, where),
        command=_words(data.get("command")),
        entrypoint=_words(data.get("entrypoint")),
        environment=_environment(data, path.parent, where),
        after=_after(data.get("depends_on") or [], where),
        healthcheck=_healthcheck(data.get("healthcheck"), where),
        binds=binds,
        volumes=volumes,
        more=more,
    )


def _words(value: Any) -> Words | None:
    if value is None:
        return None
    return tuple(shlex.split(value)) if isinstance(value, str) else tuple(str(word) for word in value)


def _pairs(value: Any, between: str, where: str) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(name): "" if inner is None else _plain(inner) for name, inner in value.items()}
    if not isinstance(value, list):
        raise TargetError(f"{where}: found {value!r}, expected a table or a list")
    pairs = [str(one).partition(between) for one in value]
    return {name: inner for name, _, inner in pairs}


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _environment(data: Mapping[str, Any], folder: Path, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    files = data.get("env_file") or []
    for name in [files] if isinstance(files, str) else files:
        try:
            lines = (folder / str(name)).read_text().splitlines()
        except OSError as problem:
            raise TargetError(f"{where}: cannot read env_file {name}: {problem.strerror}") from problem
        kept = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        found |= {name.strip(): value.strip().strip("\"'") for name, _, value in (one.partition("=") for one in kept)}
    return {**found, **_pairs(data.get("environment") or {}, "=", f"{where}.environment")}


def _build(value: Any, folder: Path, where: str) -> Build | None:
    if value is None:
        return None
    data = {"context": value} if isinstance(value, str) else value
    context = (folder / str(data.get("context", "."))).resolve()
    if not context.is_dir():
        raise TargetError(f"{where}.build: its context {context} is no folder")
    args = _pairs(data.get("args") or {}, "=", f"{where}.build.args")
    return Build(
        context=context, dockerfile=str(data.get("dockerfile", "Dockerfile")), args=args, target=data.get("target")
    )


def _after(value: Any, where: str) -> dict[str, str]:
    if isinstance(value, list):
        return dict.fromkeys((str(one) for one in value), CONDITIONS[0])
    found = {str(name): str((how or {}).get("condition", CONDITIONS[0])) for name, how in value.items()}
    for name, condition in found.items():
        if condition not in CONDITIONS:
            raise TargetError(
                f"{where}.depends_on.{name}: found {condition!r}, expected one of {', '.join(CONDITIONS)}"
            )
    return found


def _healthcheck(value: Any, where: str) -> dict[str, Any] | None:
    if not value or value.get("disable"):
        return None
    test = value.get("test")
    words = ["CMD-SHELL", test] if isinstance(test, str) else [str(word) for word in test or []]
    if not words or words[0] not in ("CMD", "CMD-SHELL", "NONE"):
        raise TargetError(f"{where}.healthcheck.test: found {test!r}, expected a command")
    times = {
        name: _nanoseconds(value[name], where) for name in ("interval", "timeout", "start_period") if name in value
    }
    return {"test": words, "retries": int(value.get("retries", 3)), **times}


def _nanoseconds(value: Any, where: str) -> int:
    found = SECONDS.findall(str(value))
    if not found:
        raise TargetError(f"{where}.healthcheck: found {value!r}, expected a time as in 2s or 1m30s")
    return int(sum(float(number) * UNITS[unit] for number, unit in found) * NANOSECONDS)


def _mounts(value: Sequence[Any], folder: Path, where: str) -> tuple[Words, Words]:
    binds, volumes = [], []
    for one in value:
        if isinstance(one, dict):
            mode = ":ro" if one.get("read_only") else ""
            one = f"{one.get('source', '')}:{one.get('target', '')}{mode}"
        source, _, rest = str(one).rpartition(":") if str(one).count(":") == 1 else str(one).partition(":")
        if source.startswith((".", "/", "~")) and rest:
            binds.append(f"{(folder / Path(source).expanduser()).resolve()}:{rest}")
        elif rest or str(one).startswith("/"):
            volumes.append(rest.partition(":")[0] or str(one))
        else:
            raise TargetError(f"{where}.volumes: found {one!r}, expected SOURCE:TARGET")
    return tuple(binds), tuple(volumes)


def _in_order(services: Mapping[str, Service], path: Path) -> Iterator[Service]:
    done: set[str] = set()

    def visit(name: str, waiting: Words) -> Iterator[Service]:
        if name in waiting:
            raise TargetError(f"{path}: services wait for each other: {' -> '.join((*waiting, name))}")
        if name not in services:
            raise TargetError(f"{path}: services.{waiting[-1]}.depends_on: there is no service {name!r}")
        if name in done:
            return
        for other in services[name].after:
            yield from visit(other, (*waiting, name))
        if name not in done:
            done.add(name)
            yield services[name]

    for name in services:
        yield from visit(name, ())
