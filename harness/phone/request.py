"""From an operation of the target to the bytes of one request, and from an answer's bytes to what it says.

Pure: nothing is sent here. Called by the phone's script, for flows and for probes alike.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from harness.target import Operation
from harness.target.words import MISSING, PLACEHOLDER, Unfilled, fill, known_in, names_in, needed_in

NOBODYS = "00000000-0000-4000-8000-000000000000"
"""Stands in a probe's path for a thing that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What goes over the wire."""

    method: str
    url: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)


def build(
    operation: Operation,
    base: str,
    scope: Mapping[str, Any],
    *,
    key: str | None,
    token: str | None,
    body: Any = None,
    content: bytes | None = None,
) -> Request:
    """The request of an operation; raises `Unfilled` when its path or body needs a value that is not there.

    `body` replaces the operation's own, `content` replaces the encoded body as it is.
    """
    known = known_in({**scope, "key": key, "token": token})
    path = re.sub(r"\{[^}]+\}", lambda match: quote(str(fill(match[0], known)), safe=""), operation.path)
    headers = {
        "Accept": "application/json",
        **{name: str(fill(text, known)) for name, text in operation.headers.items()},
    }
    if operation.auth and token is not None:
        headers["Authorization"] = f"Bearer {token}".strip()
    where, _, name = operation.key.partition(":")
    if where == "header" and key is not None:
        headers[name] = key
    if content is None and operation.method != "GET":
        data = body if body is not None else body_of(operation, scope)
        if where == "body" and key is not None and isinstance(data, dict):
            data = {**data, name: key}
        content = b"" if data is None else orjson.dumps(data)
    if content:
        headers["Content-Type"] = "application/json"
    return Request(method=operation.method, url=base + path, path=path, headers=headers, content=content or b"")


def body_of(operation: Operation, scope: Mapping[str, Any]) -> Any:
    """The operation's own body, filled in; None if it has none."""
    return None if operation.body is None else fill(operation.body, known_in(scope))


def places_of(body: Any, name: str, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Where in an operation's body a placeholder of this name stands alone, as paths of field names."""
    if isinstance(body, str):
        return [path] if PLACEHOLDER.fullmatch(body) and next(names_in(body)) == name else []
    if isinstance(body, Mapping):
        return [place for key, inner in body.items() for place in places_of(inner, name, (*path, str(key)))]
    return []


def put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put a value at a place of a body; `MISSING` takes what is there away."""
    for step in path[:-1]:
        body = body.setdefault(step, {})
    if value is MISSING:
        body.pop(path[-1], None)
    else:
        body[path[-1]] = value


def probing_scope(operation: Operation, scope: Mapping[str, Any]) -> dict[str, Any]:
    """The scope with something in every place the operation needs, for requests that are meant to be refused."""
    filled: dict[str, Any] = dict(scope)
    for name in (*needed_in(operation.path), *needed_in(operation.body)):
        try:
            known_in(filled)(name)
        except KeyError:
            first, _, rest = name.partition(".")
            inner = filled.get(first)
            filled[first] = {**(inner if isinstance(inner, dict) else {}), rest: NOBODYS} if rest else NOBODYS
    return filled


def parsed(content: bytes) -> Any:
    """The JSON of an answer; None when it is empty, `ValueError` when it is something else."""
    return orjson.loads(content) if content.strip() else None


__all__ = ["NOBODYS", "Request", "Unfilled", "body_of", "build", "parsed", "probing_scope"]
