"""One operation of a proposed target file: method, path, key, body with placeholders, statuses, what to remember."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.init.asking import Asking
from harness.init.document import Route, Schema, places
from harness.init.guess import example_of, place_of, value_of

KEY_NAME = re.compile(r"(x-)?idempot(en|a)?cy?-?key|request-?id", re.IGNORECASE)
REPEATABLE = ("sign_in",)
THINGS = {"sign_up", "sign_in", "buy", "subscribe", "help"}
DEPTH_MAX = 3
TOKEN = "where does the answer of {name} hold the token, with dots between steps? empty: it gives none"


def quoted(text: object) -> str:
    """A TOML string."""
    return json.dumps(str(text), ensure_ascii=False)


def table(values: Mapping[str, Any]) -> Iterator[str]:
    """Lines of a TOML table; what is inside one is written inline."""
    for name, value in values.items():
        yield f"{bare(name)} = {inline(value)}"


def inline(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{bare(name)} = {inline(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inline, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else quoted(value)


def bare(name: str) -> str:
    """A TOML key."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def operation(name: str, route: Route, routes: Mapping[str, Route], ask: Asking) -> Iterator[str]:
    """The lines of `[operations.NAME]`."""
    yield f"[operations.{name}]"
    yield f"method = {quoted(route.method)}"
    yield f"path = {quoted(_path(name, route, routes))}"
    if not route.secured:
        yield "auth = false"
    if name in REPEATABLE:
        yield "repeatable = true"
    key = _key(route)
    if key:
        yield f"key = {quoted(key)}"
    elif name in THINGS - {"sign_in"}:
        yield "# no client key was found: a phone that never heard the answer cannot ask again (`key`)"
    if route.encoding != "json" and route.fields:
        yield f"encoding = {quoted(route.encoding)}"
    body = _body(name, route, ask)
    if body or (route.method != "GET" and not route.fields and route.encoding == "json"):
        yield from (line for field in body for line in ask.mark(f"operations.{name}.{field}"))
        yield f"body = {inline(body) if body else '{}'}"
    if route.accept != (200,):
        yield f"accept = {list(route.accept)}"
    remembered = _extract(name, route, routes, ask)
    yield from ask.mark(f"operations.{name}.token")
    if remembered:
        yield f"extract = {inline(remembered)}"
    state = next((place for place, field, one in places(route.answer) if field == "state" and _is_text(one)), None)
    if state:
        yield f"state = {quoted(state)}"


def _is_text(schema: Schema) -> bool:
    return schema.get("type") in ("string", None)


def _key(route: Route) -> str:
    for header in route.headers:
        if KEY_NAME.fullmatch(header):
            return f"header:{header}"
    found = next((one for one in route.fields if KEY_NAME.fullmatch(one.replace("_", "-"))), None)
    return f"body:{found}" if found else ""


def _path(name: str, route: Route, routes: Mapping[str, Route]) -> str:
    """The path with placeholders that answers fill: `{id}` of an order becomes `{order_id}`."""
    return re.sub(r"\{([^}]+)\}", lambda match: f"{{{_thing(name, match[1])}}}", route.path)


def _thing(name: str, parameter: str) -> str:
    plain = re.sub(r"\W", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", parameter).lower())
    return f"{name}_{plain}" if plain in ("id", "uuid", "slug") else plain


def _extract(name: str, route: Route, routes: Mapping[str, Route], ask: Asking) -> dict[str, str]:
    """What later requests need of this answer: a token, and the ids in the paths of what belongs to it."""
    found: dict[str, str] = {}
    if name in ("sign_up", "sign_in"):
        token = place_of(route.answer, "token")
        if token is None and any(one.secured for one in routes.values()):
            # Many documents say nothing of answers; without a token nothing else can be tried.
            token = ask(f"operations.{name}.token", TOKEN.format(name=route_of(name)), "access_token")
        if token:
            found["token"] = token
    for made, shown in (("buy", "order"), ("help", "ticket")):
        if name == made and shown in routes:
            for parameter in re.findall(r"\{([^}]+)\}", routes[shown].path):
                place = _id_in(route.answer, parameter, shown)
                if place:
                    found[_thing(shown, parameter)] = place
    return found


def _id_in(answer: Schema, parameter: str, thing: str) -> str | None:
    wanted = (parameter.lower().replace("_", ""), f"{thing}id", "id", "uuid")
    known = [(place, field.lower().replace("_", "")) for place, field, _ in places(answer)]
    return next((place for want in wanted for place, field in known if field == want), None)


def _body(name: str, route: Route, ask: Asking) -> dict[str, Any]:
    """The fields of the request, as far as they are required or known."""
    key = _key(route).removeprefix("body:")
    return {
        field: filled
        for field, schema in route.fields.items()
        if field != key and (filled := _filled(name, field, schema, field in route.required, ask)) is not None
    }


def _filled(name: str, field: str, schema: Schema, required: bool, ask: Asking, depth: int = 0) -> Any:
    value = value_of(field)
    if value is not None and (required or value.endswith("?}") or name != "sign_up" or "email" in value):
        return _fitting(value, schema, required)
    inner = schema.get("properties")
    if inner and depth < DEPTH_MAX:
        needed = set(schema.get("required") or ())
        made = {
            one: filled
            for one, part in inner.items()
            if (filled := _filled(name, one, part, one in needed, ask, depth + 1)) is not None
        }
        return made if made and (required or needed <= set(made)) else None
    if not required:
        return None
    example = example_of(schema)
    if example is not None:
        return example
    usual = {"integer": "1", "number": "1", "boolean": "true"}.get(str(schema.get("type")), "test")
    told = ask(f"operations.{name}.{field}", f"what stands in {field!r} of {route_of(name)}?", usual)
    if schema.get("type") in ("integer", "number") and told.lstrip("-").isdigit():
        return int(told)
    return told.lower() == "true" if schema.get("type") == "boolean" else told


def _fitting(value: str, schema: Schema, required: bool) -> Any:
    if required and value.endswith("?}"):
        return value.replace("?}", "}")
    if value == "{ticket.attachment?}" and schema.get("type") == "string":
        return None
    return value


def route_of(name: str) -> str:
    """How a question calls a request."""
    return name.replace("_", " ")
