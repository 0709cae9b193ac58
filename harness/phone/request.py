"""From an operation of the target to the bytes of one request, and from an answer's bytes to what it says.

Pure: nothing is sent here. Called by the phone's dialect, for flows and for probes alike.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from harness.phone.encoding import encoded
from harness.target import Operation
from harness.target.words import MISSING, Unfilled, fill, known_in, names_in, needed_in

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
    sent: str = "bearer",
    body: Any = None,
    content: bytes | None = None,
) -> Request:
    """The request of an operation; raises `Unfilled` when its path or body needs a value that is not there.

    `sent` says where the token goes, as in `[auth]`; `body` replaces the operation's own, `content` replaces the
    encoded body as it is.
    """
    known = known_in({**scope, "key": key, "token": token})
    path = re.sub(r"\{[^}]+\}", lambda match: quote(str(fill(match[0], known)), safe=""), operation.path)
    headers = {
        "Accept": "application/json",
        **{name: str(fill(text, known)) for name, text in operation.headers.items()},
    }
    query = {name: str(value) for name, value in fill(operation.query, known).items()}
    fields: dict[str, str] = {}
    if operation.keyed and key is not None:
        _put(operation.key, key, headers, query, fields)
    if operation.auth and token is not None:
        _put("header:Authorization" if sent == "bearer" else sent, token, headers, query, fields)
        if sent == "bearer":
            headers["Authorization"] = f"Bearer {token}".strip()
    if content is None and operation.method != "GET":
        data = body if body is not None else body_of(operation, scope)
        for where, value in fields.items() if isinstance(data, dict) or data is None else ():
            data = with_field(data or {}, where, value)
        content, kind = encoded(operation.encoding, data)
    else:
        kind = "application/json"
    if content:
        headers["Content-Type"] = kind
    if query:
        path += f"{'&' if '?' in path else '?'}{urlencode(query)}"
    return Request(method=operation.method, url=base + path, path=path, headers=headers, content=content or b"")


def _put(where: str, value: str, headers: dict[str, str], query: dict[str, str], fields: dict[str, str]) -> None:
    kind, _, name = where.partition(":")
    if kind == "header":
        headers[name] = value
    elif kind == "cookie":
        headers["Cookie"] = "; ".join(filter(None, (headers.get("Cookie"), f"{name}={value}")))
    elif kind == "query":
        query[name] = value
    else:
        fields[name] = value


def with_field(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same data with this value at `a.b.c`; tables on the way are made, `MISSING` takes the field away."""
    first, _, rest = path.partition(".")
    if rest:
        inner = data.get(first)
        value = with_field(inner if isinstance(inner, Mapping) else {}, rest, value)
    elif value is MISSING:
        return {name: inner for name, inner in data.items() if name != first}
    return {**data, first: value}


def body_of(operation: Operation, scope: Mapping[str, Any]) -> Any:
    """The operation's own body, filled in; None if it has none."""
    if operation.graphql is not None:
        return {"query": operation.graphql, "variables": fill(operation.variables, known_in(scope))}
    return None if operation.body is None else fill(operation.body, known_in(scope))


def places_of(operation: Operation, name: str) -> list[str]:
    """Where in its body the placeholder of this name stands alone, as `a.b.c`; none if the body has no such field."""
    wanted = (f"{{{name}}}", f"{{{name}?}}")
    return [place for place, text in _leaves(operation) if text in wanted]


def with_extra(operation: Operation, body: Any, extra: Mapping[str, Any]) -> dict[str, Any]:
    """The body with fields that no app of ours would send, beside the first one that is filled in."""
    filled = (place for place, text in _leaves(operation) if any(names_in(text)))
    above = next(filled, "").rpartition(".")[0]
    for name, value in extra.items():
        body = with_field(body or {}, f"{above}.{name}".lstrip("."), value)
    return dict(body or {})


def _leaves(operation: Operation) -> Iterator[tuple[str, Any]]:
    graphql = {"variables": operation.variables} if operation.graphql is not None else None
    return _below(graphql or operation.body or {})


def _below(template: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in template.items():
        if isinstance(inner, Mapping):
            yield from _below(inner, f"{above}{name}.")
        else:
            yield f"{above}{name}", inner


def natural_key(operation: Operation, scope: Mapping[str, Any]) -> str | None:
    """What makes this request's thing one: its natural key filled in, None when it has none."""
    template = operation.natural_key
    return None if template is None else str(fill(template, known_in(scope)))


def probing_scope(operation: Operation, scope: Mapping[str, Any]) -> dict[str, Any]:
    """The scope with something in every place the operation needs, for requests that are meant to be refused."""
    filled: dict[str, Any] = dict(scope)
    for name in needed_in(operation.templates):
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


__all__ = [
    "NOBODYS", "Request", "Unfilled", "body_of", "build", "natural_key", "parsed", "places_of",
    "probing_scope", "with_extra", "with_field",
]  # fmt: skip
