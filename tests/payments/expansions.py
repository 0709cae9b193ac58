"""The paths that `expand[]` may take, derived from the vendor's own OpenAPI document.

`python -m tests.payments.expansions` writes `fakes/payments/wire/expansions.json` anew; a test says when that is due.
"""

import json
from functools import cache
from pathlib import Path

from tests.payments.openapi import Schema, document

FILE = Path(__file__).parents[2] / "fakes/payments/wire/expansions.json"
NEWER = {
    "refund": {"customer": ">customer", "payment_method": ">payment_method"},
}
"""Fields that the client's pinned version has, and the document, one version older, has not."""
REF = "#/components/schemas/"


def table() -> dict[str, dict[str, str]]:
    """For each schema, the fields that a path may name, and what is there: see `wire.expansions`."""
    schemas = document()["components"]["schemas"]
    made = {name: fields for name in sorted(schemas) if (fields := _fields(name))}
    for name, fields in NEWER.items():
        made[name] |= fields
    return made


@cache
def _fields(name: str) -> dict[str, str]:
    schema: Schema = document()["components"]["schemas"][name]
    needed = schema.get("required", ())
    found = {}
    for field in schema.get("x-expandableFields", ()):
        spec = _spec(schema["properties"][field])
        if spec.startswith(">") or field not in needed or _leads(spec, frozenset({name})):
            found[field] = spec
    return found


def _spec(schema: Schema) -> str:
    if "x-expansionResources" in schema:
        return ">" + "|".join(_names(schema["x-expansionResources"]["oneOf"]))
    if schema.get("type") == "array":
        return _spec(schema["items"])
    if "$ref" in schema:
        return _names([schema])[0]
    if "anyOf" in schema:
        return "|".join(_names([one for one in schema["anyOf"] if "$ref" in one]))
    data = schema.get("properties", {}).get("data")
    return f"[{_spec(data)}" if data else ""


def _names(references: list[Schema]) -> list[str]:
    names = [one["$ref"].removeprefix(REF) for one in references]
    return [name for name in names if not name.startswith("deleted_")]


def _leads(spec: str, seen: frozenset[str]) -> bool:
    """Whether there is anything to expand further inside."""
    schemas = document()["components"]["schemas"]
    for name in spec.lstrip("[").split("|"):
        if not name or name in seen:
            continue
        schema = schemas[name]
        for field in schema.get("x-expandableFields", ()):
            inner = _spec(schema["properties"][field])
            if inner.startswith(">") or _leads(inner, seen | {name}):
                return True
    return False


def rendered() -> str:
    """The table as the file holds it: one schema a line."""
    lines = [f"{json.dumps(name)}: {json.dumps(fields, separators=(',', ':'))}" for name, fields in table().items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(rendered())
