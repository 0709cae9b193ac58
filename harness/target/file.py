"""From a TOML file to a `Target`, or to one `TargetError` that names every mistake with its line.

Three looks: is it TOML, has each table what it needs (the models), do the tables fit each other (here). Live keys and
foreign hosts are refused before anything else is said of the file. Called by the roof.
"""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from harness.errors import TargetError
from harness.target import declared
from harness.target.model import Target
from harness.target.safety import refuse_foreign_host, refuse_live_keys
from harness.target.words import names_in
from harness.target.wrong import Wrong, in_words, near, quoted, refuse

SCOPES = ("person", "product", "plan", "ticket", "notice", "payment", "attachment", "account", "chance")
PROCESS_SCOPES = ("python", "launcher", "work", "flaw")


def load_target(path: Path, flaw: str | None = None) -> Target:
    """The target of this file; raises `TargetError` for mistakes and `RefusedError` for what is not safe to drive."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        known = ", ".join(str(file) for file in sorted(Path().glob("**/target*.toml"))[:5] if ".venv" not in file.parts)
        hint = f"; target files here: {known}" if known else ""
        raise TargetError(f"cannot read the target file {path}: {problem.strerror}{hint}") from problem
    except UnicodeDecodeError as problem:
        raise TargetError(
            f"{path}: is not UTF-8 text ({problem.reason} at byte {problem.start}); save it as UTF-8"
        ) from None
    return target_of_text(text, str(path)).with_flaw(flaw)


def target_of_text(text: str, file: str = "target.toml") -> Target:
    """The target that this text describes; `file` is what messages call it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise TargetError(f"{file}: is not TOML: {problem}; mend that line first") from None
    refuse_live_keys(file, text, data)
    try:
        target = Target.model_validate(data)
    except ValidationError as problem:
        wrongs = [in_words(error, Target) for error in _worth_telling(problem.errors(include_url=False))]
        raise refuse(file, text, data, wrongs) from None
    refuse_foreign_host(target, file)
    wrongs = list(_contradictions(target))
    if wrongs:
        raise refuse(file, text, data, wrongs)
    return target


def _worth_telling(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the follow-ups: a list whose items are wrong is also called too short."""
    inner = {tuple(error["loc"][:-1]) for error in errors}
    return [error for error in errors if error["type"] != "too_short" or tuple(error["loc"]) not in inner]


def _contradictions(target: Target) -> Iterator[Wrong]:
    """Where two tables of the file do not fit each other."""
    yield from _operations_named(target)
    yield from declared.contradictions(target.fake)
    yield from _once(("process",), [one.name for one in target.processes])
    yield from _once(("products",), [one.id for one in target.products])
    yield from _once(("plans",), [one.id for one in target.plans])
    yield from _placeholders(target)
    if target.payment and target.payment.default not in target.payment.methods:
        yield _unknown(("payment", "default"), target.payment.default, "a method", target.payment.methods)
    if target.intercepts and not target.processes:
        yield Wrong(
            ("vendor_hosts",),
            "can only be intercepted for a pipeline that the run starts, and there is no [[process]]; add one",
        )
    if target.launcher is None:
        for number, process in enumerate(target.processes):
            if "{launcher}" in process.command:
                yield Wrong(
                    ("process", number, "command"),
                    'uses {launcher}, but there is no [launcher] table; add one with normal = ["..."]',
                )
    for number, process in enumerate(target.processes):
        if not process.ready.startswith(("tcp:", "http://", "https://")) and process.ready not in (
            "exit",
            "started",
            "line",
        ):
            yield Wrong(
                ("process", number, "ready"),
                f'found {quoted(process.ready)}, expected "tcp:HOST:PORT", a URL, "exit", "line" or "started"',
            )


def _operations_named(target: Target) -> Iterator[Wrong]:
    operations = target.operations
    if target.truth.read not in operations:
        yield _unknown(("truth", "read"), target.truth.read, "an operation", operations)
    for name, flow in target.flows.items():
        if flow.request not in operations:
            yield _unknown(("flows", name, "request"), flow.request, "an operation", operations)
        if flow.poll is not None and flow.poll not in operations:
            yield _unknown(("flows", name, "poll"), flow.poll, "an operation", operations)
        if (flow.handle or flow.done) and flow.poll is None:
            yield Wrong(
                ("flows", name), "has `handle` or `done` but no `poll`; name the operation whose answer holds them"
            )


def _once(path: tuple[str, ...], names: Iterable[str]) -> Iterator[Wrong]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Wrong((*path, number), f"{quoted(name)} is there twice; each needs a name of its own")
        seen.add(name)


def _placeholders(target: Target) -> Iterator[Wrong]:
    """Placeholders that nothing could ever fill."""
    things = {thing for one in target.operations.values() for thing in one.extract}
    for name, operation in target.operations.items():
        known = (*SCOPES, "key", "token", *sorted(things))
        for place, value in (("path", operation.path), ("headers", operation.headers), ("body", operation.body)):
            yield from _unfillable(("operations", name, place), value, known)
    for name, flow in target.flows.items():
        for number, effect in enumerate(flow.effects):
            for place, value in (("match", effect.match), ("values", effect.values)):
                yield from _unfillable(("flows", name, "effects", number, place), value, (*SCOPES, *sorted(things)))
    for number, process in enumerate(target.processes):
        known = (*PROCESS_SCOPES, "fakes", "port", "secret")
        yield from _unfillable(("process", number, "command"), process.command, known)
        yield from _unfillable(("process", number, "env"), process.env, known)
        yield from _unfillable(("process", number, "ready"), process.ready, known)
    yield from _unfillable(("env",), target.env, (*PROCESS_SCOPES, "fakes", "port", "secret"))
    yield from _unfillable(("base_url",), target.base_url, ("port",))


def _unfillable(path: tuple[str | int, ...], value: Any, known: Iterable[str]) -> Iterator[Wrong]:
    for name in names_in(value):
        first = name.replace(":", ".").partition(".")[0]
        if first not in known:
            choices = [f"{{{one}}}" for one in known]
            hint = near(f"{{{first}}}", choices)
            yield Wrong(
                path,
                f"the placeholder {{{name}}} stands for nothing{hint}; there are {', '.join(choices)}",
            )


def _unknown(path: tuple[str | int, ...], found: str, what: str, known: Iterable[str]) -> Wrong:
    names = list(known)
    return Wrong(
        path,
        f"found {quoted(found)}, expected {what} of this file ({', '.join(names) or 'none'}){near(found, names)}",
    )
