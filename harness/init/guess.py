"""Which route is which flow, what stands in its fields, and what an environment name holds: guesses from words.

Pure. The words are data, in `words.toml`; what cannot be known becomes a question of `proposal`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from harness.init.document import Document, Route, Schema, places

WORDS = Path(__file__).with_name("words.toml")
SECRET = re.compile(r"SECRET|TOKEN|PASSWORD|PRIVATE|SALT|_KEY$|^KEY", re.IGNORECASE)
ENOUGH = 3
DEEP = 3.0
"""So that a long way only decides between two that fit, and drops none that is alone."""
VENDORS = ("payments", "crm", "helpdesk")


@cache
def words() -> dict[str, Any]:
    """The words by which things are recognised."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def routes_of(document: Document) -> dict[str, Route]:
    """The best route for each thing people do, as far as there is one; no route is two things."""
    ranked = sorted(
        ((score(thing, route), thing, route) for thing in words()["routes"] for route in document.routes),
        key=lambda one: -one[0],
    )
    found: dict[str, Route] = {}
    taken: set[tuple[str, str]] = set()
    for points, thing, route in ranked:
        if points >= ENOUGH and thing not in found and (route.method, route.path) not in taken:
            found[thing] = route
            taken.add((route.method, route.path))
    if "subscribe" not in found and "buy" in found and _is_for_a_plan(found["buy"]):
        found["subscribe"] = found.pop("buy")
    return {thing: found[thing] for thing in words()["routes"] if thing in found}


def _is_for_a_plan(route: Route) -> bool:
    """Whether a checkout names a plan and no product: then it begins a subscription."""
    values = {value_of(name) for name in route.fields}
    return "{plan.id}" in values and "{product.id}" not in values


def score(thing: str, route: Route) -> float:
    """How much a route looks like this; below `ENOUGH` it does not."""
    told = words()["routes"][thing]
    if route.method not in told["methods"] or _is_hook(route):
        return 0.0
    match = re.search(told["name"], route.name)
    if match is None:
        return 0.0
    wanted: Sequence[str] = told.get("fields", ())
    has = sum(any(_means(name, want) for name in route.fields) for want in wanted)
    if wanted and not has:
        return 0.0
    points = ENOUGH + DEEP + 2.0 * has + len(match[0]) / 20
    points += 1.0 if told.get("open", False) is not route.secured else -0.5
    # Of two that fit, the one with the shorter way is the thing itself, the other something beside it.
    return points - 0.4 * route.path.count("/") - 0.3 * len(re.findall(r"\{", route.path)) * ("\\{" not in told["name"])


def _is_hook(route: Route) -> bool:
    return re.search(words()["webhooks"]["name"], route.name) is not None and "hook" in route.name


def _means(name: str, want: str) -> bool:
    value = value_of(name)
    return {"email": "person.email", "password": "person.password", "message": "ticket.message"}[want] in (value or "")


def value_of(name: str) -> str | None:
    """What stands in a field of this name; None when it is not known."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    return next((one["value"] for one in words()["fields"] if re.fullmatch(one["name"], plain)), None)


def webhooks_of(document: Document) -> Iterator[tuple[str, Route]]:
    """Where webhooks arrive, with the vendor whose they seem to be."""
    told = words()["webhooks"]
    found: set[str] = set()
    for route in document.routes:
        if route.method == "POST" and _is_hook(route):
            vendor = next(
                (one for one in ("payments", "crm", "helpdesk") if re.search(told[one], route.name)), "payments"
            )
            if vendor not in found:
                found.add(vendor)
                yield vendor, route


def ops_of(document: Document) -> dict[str, Route]:
    """Routes for operators."""
    found: dict[str, Route] = {}
    for name, pattern in words()["ops"].items():
        for route in document.routes:
            if route.method == "GET" and "{" not in route.path and re.search(pattern, route.name):
                found.setdefault(name, route)
    return found


def place_of(schema: Schema, what: str) -> str | None:
    """Where an answer has its token, its handle or its status."""
    pattern = words()["answers"][what]
    for place, name, _ in places(schema):
        plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        if re.fullmatch(pattern, plain):
            return place
    return None


def choices_at(schema: Schema, place: str) -> list[str]:
    """The words that may stand there, as far as the document tells."""
    found = next((one for where, _, one in places(schema) if where == place), {})
    return [str(one) for one in found.get("enum") or ()]


def example_of(schema: Schema) -> Any:
    """A value that the document gives for a field: an enum's first, an example, a default."""
    if schema.get("enum"):
        return schema["enum"][0]
    examples = schema.get("examples")
    for one in (
        schema.get("example"),
        examples[0] if isinstance(examples, list) and examples else None,
        schema.get("default"),
    ):
        if one is not None:
            return one
    return None


def env_value(name: str) -> str | None:
    """What an environment name of a vendor, or of the place where the pipeline listens, should hold."""
    for one in words()["env"]:
        fits = re.search if "fakes." in one["value"] else re.fullmatch
        if fits(one["name"], name.upper()):
            return str(one["value"])
    return None


def read_env(text: str) -> Mapping[str, str]:
    """The names of an `.env.example` with what stands there."""
    found = {}
    for line in text.splitlines():
        line = line.strip().removeprefix("export ")
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name.strip()):
                found[name.strip()] = re.sub(r"\s+#.*$", "", value).strip().strip("\"'")
    return found
