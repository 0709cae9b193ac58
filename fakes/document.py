"""The control channel's OpenAPI document, made from its wishes: what each takes and answers, and how it is refused.

Nothing is written twice: models, their docstrings and the placeholders in paths are the source. Served as
`/openapi.json` by `fakes.control`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from fakes.asking import Wish

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
IN_QUERY = ("GET", "DELETE")
REFUSALS = {
    "400": "The body is no JSON object.",
    "404": "There is nothing of that name.",
    "409": "That cannot be done as things stand.",
    "422": "A field, a name or a value is wrong; the text says which and what would be right.",
}
STRANGER = "The admin token is missing or wrong."


def document(wishes: Sequence[Wish], fakes: Sequence[str]) -> Schema:
    """The document of these wishes, for these fakes."""
    adapters: list[tuple[Any, Any, TypeAdapter[Any]]] = []
    for place, wish in enumerate(wishes):
        adapters += [
            ((place, "ask"), "validation", TypeAdapter(wish.ask)),
            ((place, "told"), "serialization", TypeAdapter(wish.told)),
        ]
    found, shared = TypeAdapter.json_schemas(adapters, ref_template=REFERENCE)
    shared = dict(shared.get("$defs", {}))
    shared["Problem"] = _closed({"error": {"type": "string"}})
    for schema in shared.values():
        if "fake" in schema.get("properties", {}):
            schema["properties"]["fake"] = _named("fake", schema["properties"]["fake"], list(fakes))
    paths: dict[str, Schema] = {}
    for place, wish in enumerate(wishes):
        ask = _resolved(found[((place, "ask"), "validation")], shared)
        told = found[((place, "told"), "serialization")]
        paths.setdefault(wish.path, {})[wish.method.lower()] = _operation(wish, ask, told, list(fakes))
    made: Schema = {
        "openapi": "3.1.0",
        "info": {
            "title": "The fakes' control channel",
            "version": "1",
            "description": "It steers the fakes and never judges. Everything but what says otherwise needs the admin "
            "token that the fakes print at start.",
        },
        "paths": paths,
        "components": {
            "schemas": shared,
            "securitySchemes": {"admin": {"type": "http", "scheme": "bearer"}},
        },
    }
    _prune(made)
    return made


def _prune(made: Schema) -> None:
    """Leave out what only asks needed, whose fields are already in their operations."""
    shared = made["components"]["schemas"]
    while unused := [name for name in shared if f'"{REFERENCE.format(model=name)}"' not in json.dumps(made)]:
        for name in unused:
            del shared[name]


def _closed(properties: Schema) -> Schema:
    return {
        "type": "object", "properties": properties, "required": sorted(properties), "additionalProperties": False,
    }  # fmt: skip


def _resolved(schema: Schema, shared: Mapping[str, Schema]) -> Schema:
    """The ask itself, not a reference to it: its fields are divided between path, query and body."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return dict(shared[name]) if name else schema


def _operation(wish: Wish, ask: Schema, told: Schema, fakes: list[str]) -> Schema:
    module, sentence = wish.grant.__module__.rpartition(".")[2], (wish.grant.__doc__ or "").strip()
    inside = re.findall(r"\{(\w+)\}", wish.path)
    fields = {name: _named(name, field, fakes) for name, field in ask.get("properties", {}).items()}
    needed = set(ask.get("required", []))
    queried = [name for name in fields if name not in inside] if wish.method in IN_QUERY else []
    said: Schema = {
        "operationId": f"{module}_{wish.grant.__name__}",
        "tags": [module],
        "summary": sentence.partition(";")[0].removesuffix("."),
        "description": sentence,
        "parameters": [
            *({"name": one, "in": "path", "required": True, "schema": fields[one]} for one in inside),
            *({"name": one, "in": "query", "required": one in needed, "schema": fields[one]} for one in queried),
        ],
        "responses": _responses(wish, told),
        "security": [] if wish.open else [{"admin": []}],
    }
    body = {name: field for name, field in fields.items() if name not in inside}
    if wish.method not in IN_QUERY:
        content: Schema = {
            "type": "object",
            "properties": body,
            "additionalProperties": ask.get("additionalProperties", False),
        }
        content["required"] = sorted(needed & set(body))
        said["requestBody"] = {
            "required": bool(content["required"]), "content": {"application/json": {"schema": content}},
        }  # fmt: skip
    return said


def _named(name: str, field: Schema, fakes: list[str]) -> Schema:
    """A field as it is, but that a fake is one of those that are served."""
    if name != "fake":
        return field
    if "anyOf" in field:
        return {**field, "anyOf": [_named(name, one, fakes) for one in field["anyOf"]]}
    return {**field, "enum": fakes} if field.get("type") == "string" else field


def _responses(wish: Wish, told: Schema) -> Schema:
    refusals = REFUSALS if wish.open else {"401": STRANGER, **REFUSALS}
    refused = {"application/json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    return {
        "200": {"description": "Done.", "content": {"application/json": {"schema": told}}},
        **{status: {"description": why, "content": refused} for status, why in refusals.items()},
    }
