"""Judges answers by the vendor's own OpenAPI document: types, choices, lengths, required fields, and fields it has not.

Each schema is compiled once, when it is first met, so that every answer of every test can be judged.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
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
    ("v2.core.event", "snapshot_event"),
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
Schema = dict[str, Any]
Judge = Callable[[Any, str], Iterator[str]]
"""What is wrong with a value, which stands at this place."""


def faults(name: str, value: Any) -> list[str]:
    """What is wrong with `value` as an object of the schema `name`; nothing if it is right."""
    return list(_named(name)(value, name))


def faults_of_answer(operation: str, status: int, value: Any) -> list[str]:
    """What is wrong with a JSON answer of an operation such as `GET /v1/customers/{id}`."""
    return list(_answers(operation, status < 300)(value, f"{operation} {status}"))


@cache
def _paths() -> Mapping[str, Schema]:
    return {re.sub(r"\{.*?\}", "{}", path): item for path, item in document()["paths"].items()}


@cache
def _answers(operation: str, well: bool) -> Judge:
    if not well:
        return _named("error")
    method, path = operation.split(" ", 1)
    responses = _paths()[re.sub(r"\{.*?\}", "{}", path)][method.lower()]["responses"]
    schema: Schema = responses["200"]["content"]["application/json"]["schema"]
    return _compiled(schema, operation)


@cache
def _named(name: str) -> Judge:
    """The judge of a schema; what it refers to is compiled when a value first needs it, for schemas go in circles."""
    made: list[Judge] = []

    def judge(value: Any, at: str) -> Iterator[str]:
        if not made:
            made.append(_compiled(document()["components"]["schemas"][name], name))
        return made[0](value, at)

    return judge


def _compiled(schema: Schema, name: str) -> Judge:
    if "$ref" in schema:
        return _named(schema["$ref"].rsplit("/", 1)[1])
    judge = _any_of(schema["anyOf"], name) if "anyOf" in schema else _plain(schema, name)
    nullable = bool(schema.get("nullable"))

    def judged(value: Any, at: str) -> Iterator[str]:
        if value is not None:
            yield from judge(value, at)
        elif not nullable:
            yield f"{at}: null"

    return judged


def _any_of(schemas: list[Schema], name: str) -> Judge:
    judges = [(_tag(one), _compiled(one, name)) for one in schemas]

    def judge(value: Any, at: str) -> Iterator[str]:
        tag = value.get("object") if isinstance(value, dict) else type(value).__name__
        fitting = [one for its, one in judges if its == tag] or [one for _, one in judges]
        if len(fitting) == 1:
            return fitting[0](value, at)
        least = min((list(one(value, at)) for one in fitting), key=len)
        return iter(least)

    return judge


def _tag(schema: Schema) -> object:
    """What tells this alternative from others at first sight: the kind of object, or the type of the value."""
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if schema.get("type") == "object":
        return next(iter(schema.get("properties", {}).get("object", {}).get("enum", ())), None)
    return TYPES[schema["type"]][0].__name__ if schema.get("type") in TYPES else None


def _plain(schema: Schema, name: str) -> Judge:
    kind: str | None = schema.get("type")
    types = TYPES.get(kind or "", (object,))
    checks: list[Judge] = []
    if "enum" in schema:
        checks.append(_enum(schema["enum"]))
    if kind == "string" and ("maxLength" in schema or "pattern" in schema):
        checks.append(_text(schema.get("maxLength", 1_000_000), schema.get("pattern", "")))
    if kind == "array":
        checks.append(_elements(_compiled(schema["items"], name)))
    if kind == "object" and "properties" in schema:
        checks.append(_fields(schema, name))
    elif isinstance(schema.get("additionalProperties"), dict):
        checks.append(_map(_compiled(schema["additionalProperties"], name)))

    def judge(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, types) or (isinstance(value, bool) and kind not in ("boolean", None)):
            yield f"{at}: {value!r} is no {kind}"
            return
        for check in checks:
            yield from check(value, at)

    return judge


def _enum(choices: list[Any]) -> Judge:
    def judge(value: Any, at: str) -> Iterator[str]:
        if value not in choices:
            yield f"{at}: {value!r} is none of {choices[:8]}"

    return judge


def _text(longest: int, pattern: str) -> Judge:
    matches = re.compile(pattern).search

    def judge(value: Any, at: str) -> Iterator[str]:
        if len(value) > longest:
            yield f"{at}: longer than {longest}"
        if not matches(value):
            yield f"{at}: {value!r} does not match {pattern}"

    return judge


def _elements(each: Judge) -> Judge:
    def judge(value: Any, at: str) -> Iterator[str]:
        for place, one in enumerate(value):
            yield from each(one, f"{at}[{place}]")

    return judge


def _map(each: Judge) -> Judge:
    def judge(value: Any, at: str) -> Iterator[str]:
        for key, one in value.items():
            yield from each(one, f"{at}[{key}]")

    return judge


def _fields(schema: Schema, name: str) -> Judge:
    needed = frozenset(schema.get("required", ()))
    judges = {field: _compiled(inner, f"{name}.{field}") for field, inner in schema["properties"].items()}

    def judge(value: Any, at: str) -> Iterator[str]:
        for field in sorted(needed - value.keys()):
            yield f"{at}.{field}: missing"
        for field, inner in value.items():
            known = judges.get(field)
            if known is not None:
                yield from known(inner, f"{at}.{field}")
            elif (name, field) not in NEWER and field not in FREE:
                yield f"{at}.{field}: unknown in {name}"

    return judge
