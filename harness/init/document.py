"""An OpenAPI document as the guesses want it: routes with their fields, answers, keys and who may call.

Reads JSON or YAML from a file or an address; follows references within the document only. Knows nothing of flows.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from harness.errors import UsageError

METHODS = ("get", "post", "put", "patch", "delete")
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
DEPTH_MAX = 4
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the document."""

    method: str
    path: str
    name: str
    """Its method, operationId and path in small letters, words parted by `_`."""
    secured: bool
    scheme: str
    """The name of the first security scheme it asks for; empty without."""
    fields: Mapping[str, Schema] = field(default_factory=dict)
    """Of its body: name -> schema."""
    required: frozenset[str] = frozenset()
    encoding: str = "json"
    headers: Mapping[str, bool] = field(default_factory=dict)
    """Names of header parameters -> whether required."""
    accept: tuple[int, ...] = (200,)
    answer: Schema = field(default_factory=dict)
    """The schema of the first good answer."""

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document."""

    title: str
    routes: tuple[Route, ...]
    schemes: Mapping[str, Schema]
    server: str
    """The first server's address; empty when none is named or it is only a path."""


def read_document(source: str) -> Document:
    """The document at this address or in this file; raises `UsageError` that says what was found instead."""
    text = _text(source)
    try:
        data = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as problem:
        raise UsageError(f"{source}: is neither JSON nor YAML: {str(problem).splitlines()[0]}") from None
    if not isinstance(data, dict) or not isinstance(data.get("paths"), dict):
        raise UsageError(
            f"{source}: is no OpenAPI document (it has no `paths`); frameworks serve one at /openapi.json, "
            "/swagger.json, /v3/api-docs or /docs-json"
        )
    components = data.get("components") or {}
    servers = data.get("servers") or [{}]
    server = str(servers[0].get("url", "")) if isinstance(servers[0], dict) else ""
    base = server if server.startswith("/") else str(data.get("basePath") or "")
    return Document(
        title=str((data.get("info") or {}).get("title") or "a pipeline"),
        routes=tuple(_routes(data, base.rstrip("/"))),
        schemes=components.get("securitySchemes") or data.get("securityDefinitions") or {},
        server=server if "://" in server else "",
    )


def _text(source: str) -> str:
    if source.startswith(("http://", "https://")):
        try:
            answer = httpx.get(source, timeout=10, follow_redirects=True)
            answer.raise_for_status()
            return answer.text
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise UsageError(f"cannot read {source}: {problem}; is the pipeline running there?") from None
    try:
        return Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"cannot read {source}: {problem}") from None


def _routes(data: Schema, base: str) -> Iterator[Route]:
    for path, item in data["paths"].items():
        if not isinstance(item, dict):
            continue
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield _route(data, method.upper(), base + str(path), item[method], item.get("parameters") or [])


def _route(data: Schema, method: str, path: str, told: Schema, shared: list[Any]) -> Route:
    parameters = [resolved(data, one) for one in [*shared, *(told.get("parameters") or [])]]
    body, encoding = _body(data, told, parameters)
    security = told.get("security", data.get("security")) or []
    schemes = [name for one in security if isinstance(one, dict) for name in one]
    good = sorted(
        int(code) for code in told.get("responses") or {} if str(code).isdigit() and str(code).startswith("2")
    )
    return Route(
        method=method,
        path=path,
        name=_name(f"{method.lower()} {told.get('operationId', '')} {path}"),
        secured=bool(schemes) and {} not in security,
        scheme=schemes[0] if schemes else "",
        fields={name: resolved(data, one) for name, one in (body.get("properties") or {}).items()},
        required=frozenset(body.get("required") or ()),
        encoding=encoding,
        headers={str(one["name"]): bool(one.get("required")) for one in parameters if one.get("in") == "header"},
        accept=tuple(good) or (200,),
        answer=_answer(data, told, good[0] if good else 200),
    )


def _name(text: str) -> str:
    """`get showOrder /v1/orders/{id}` as `get_show_order_v1_orders_{id}`."""
    parted = "".join(f"_{one}" if one.isupper() else one for one in text)
    kept = "".join(one if one.isalnum() or one in "{}" else "_" for one in parted.lower())
    return "_".join(part for part in kept.split("_") if part)


def _body(data: Schema, told: Schema, parameters: list[Schema]) -> tuple[Schema, str]:
    content = resolved(data, told.get("requestBody") or {}).get("content") or {}
    for kind, encoding in ((None, "json"), (FORM, "form"), (MULTIPART, "multipart")):
        for name, one in content.items():
            if (kind is None and "json" in name) or name == kind:
                return resolved(data, one.get("schema") or {}), encoding
    # The older form of documents, in which the body is a parameter.
    old = next((one for one in parameters if one.get("in") == "body"), None)
    if old is not None:
        return resolved(data, old.get("schema") or {}), "json"
    form = {one["name"]: one for one in parameters if one.get("in") == "formData"}
    return {"properties": form, "required": [name for name, one in form.items() if one.get("required")]}, (
        "form" if form else "json"
    )


def _answer(data: Schema, told: Schema, status: int) -> Schema:
    one = resolved(data, (told.get("responses") or {}).get(str(status)) or {})
    content = one.get("content") or {}
    found = next((inner.get("schema") for name, inner in content.items() if "json" in name), one.get("schema"))
    return resolved(data, found or {})


def resolved(data: Schema, one: Any, depth: int = 0) -> Schema:
    """A part of the document with its references followed, and alternatives put together."""
    if not isinstance(one, Mapping) or depth > DEPTH_MAX:
        return {}
    if "$ref" in one:
        place: Any = data
        for step in str(one["$ref"]).removeprefix("#/").split("/"):
            place = place.get(step.replace("~1", "/"), {}) if isinstance(place, Mapping) else {}
        return resolved(data, place, depth + 1)
    parts = [*(one.get("allOf") or ()), *(one.get("anyOf") or ()), *(one.get("oneOf") or ())]
    whole: dict[str, Any] = {name: value for name, value in one.items() if name not in ("allOf", "anyOf", "oneOf")}
    if whole.get("properties"):
        whole["properties"] = {name: resolved(data, part, depth + 1) for name, part in whole["properties"].items()}
    for part in parts:
        inner = resolved(data, part, depth + 1)
        if inner.get("type") != "null":
            whole = _both(whole, inner, all_of=bool(one.get("allOf")))
    return whole


def _both(whole: Schema, inner: Schema, *, all_of: bool) -> dict[str, Any]:
    """Two schemas as one; of alternatives nothing is required."""
    made = {**inner, **whole}
    properties = {**(inner.get("properties") or {}), **(whole.get("properties") or {})}
    required = [*(whole.get("required") or ()), *((inner.get("required") or ()) if all_of else ())]
    made |= {"properties": properties} if properties else {}
    return made | {"required": required}


def places(schema: Schema, path: str = "", depth: int = 0) -> Iterator[tuple[str, str, Schema]]:
    """(place, name, schema) of every field of an answer, the outer ones first; lists are not entered."""
    inner = [(str(name), one) for name, one in (schema.get("properties") or {}).items() if isinstance(one, Mapping)]
    for name, one in inner:
        yield (f"{path}.{name}" if path else name), name, one
    if depth < DEPTH_MAX:
        for name, one in inner:
            yield from places(one, f"{path}.{name}" if path else name, depth + 1)
