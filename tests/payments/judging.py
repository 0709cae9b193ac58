"""Judges an object by the vendor's own OpenAPI document: types, choices, required fields, and fields it has not."""

from collections.abc import Iterator
from typing import Any

from tests.payments.openapi import document

NEWER = {
    ("payment_intent", "allowed_payment_method_types"),
    ("subscription", "status_details"),
    ("invoice", "status_details"),
    ("product", "type"),
    ("subscription_item", "current_trial"),
    ("subscription_item", "plan"),
    ("payment_method_details_card", "authorization_code"),
    ("refund", "customer"),
    ("refund", "customer_account"),
    ("refund", "payment_method"),
    ("recurring", "trial_period_days"),
}
"""Fields that the client's pinned version has, and the document, one version older, has not."""
FREE = frozenset({"total_count"})
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def faults(name: str, value: Any) -> list[str]:
    """What is wrong with `value` as an object of the schema `name`; nothing if it is right."""
    return list(_faults({"$ref": f"#/components/schemas/{name}"}, value, name, name))


def _faults(schema: dict[str, Any], value: Any, at: str, name: str) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        schema = document()["components"]["schemas"][name]
    if value is None:
        if not schema.get("nullable"):
            yield f"{at}: null"
        return
    if "anyOf" in schema:
        choices = [list(_faults(one, value, at, name)) for one in schema["anyOf"]]
        yield from min(choices, key=len)
        return
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{at}: {value!r} is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum'][:8]}"
    if kind == "array":
        for place, one in enumerate(value):
            yield from _faults(schema["items"], one, f"{at}[{place}]", name)
    if kind == "object" and "properties" in schema:
        yield from _fields(schema, value, at, name)


def _fields(schema: dict[str, Any], value: dict[str, Any], at: str, name: str) -> Iterator[str]:
    for field in schema.get("required", ()):
        if field not in value:
            yield f"{at}.{field}: missing"
    for field, inner in value.items():
        if field in schema["properties"]:
            yield from _faults(schema["properties"][field], inner, f"{at}.{field}", f"{name}.{field}")
        elif (name, field) not in NEWER and field not in FREE:
            yield f"{at}.{field}: unknown in {name}"
