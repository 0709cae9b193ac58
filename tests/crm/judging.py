"""Holds the CRM's answers against the official client's own models: no unknown key, every needed one, right types.

Which model answers which call is read out of the client's source. Not a test: `test_shapes` makes the answers.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import hubspot

from fakes.calls import Call, Reply, Route
from fakes.routing import Router

PACKAGE = Path(hubspot.__file__).parent
PARTS = ("crm", "webhooks", "oauth")
PLAIN: dict[str, type | tuple[type, ...]] = {
    "str": str, "int": int, "bool": bool, "float": (int, float), "object": (dict, list, str, int, float, bool),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contract:
    """Which model the client expects of a call, by status."""

    module: str
    models: dict[int, str]


@dataclass(slots=True)
class Contracts:
    """Every call of the client, found by method and path."""

    by_route: dict[tuple[str, str], Contract] = field(default_factory=dict)
    _router: Router | None = None

    def of(self, method: str, path: str) -> tuple[tuple[str, str], Contract] | None:
        """The call that a request is, and its contract."""
        if self._router is None:
            routes = [
                Route(method=at[0], template=at[1], operation="", handler=_nobody, writes=False) for at in self.by_route
            ]
            self._router = Router(routes)
        route = self._router.match(method, path.partition("?")[0])[0]
        return None if route is None else ((route.method, route.template), self.by_route[route.method, route.template])


def _nobody(call: Call) -> Reply:
    raise AssertionError(call)


def _declared(source: str) -> Iterator[tuple[str, str, dict[int, str]]]:
    """Method, path and models by status of every call in a module of the client."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        models: dict[int, str] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "response_types_map":
                models = ast.literal_eval(node.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "call_api":
                yield str(ast.literal_eval(node.args[1])), str(ast.literal_eval(node.args[0])), models


@cache
def contracts() -> Contracts:
    """What the installed client declares; a path that two of its modules have is taken from the first."""
    found = Contracts()
    for part in PARTS:
        for path in sorted((PACKAGE / part).rglob("*_api.py")):
            module = ".".join(("hubspot", *path.relative_to(PACKAGE).parts[:-2]))
            for method, template, models in _declared(path.read_text()):
                # The names of placeholders differ between modules: what is at a place is what counts.
                plain = re.sub(r"\{\w+\}", "{x}", template)
                found.by_route.setdefault((method, plain), Contract(module, models))
    return found


def faults(module: str, type_: str, value: Any, where: str = "body") -> list[str]:
    """What is wrong with a value that should be of this type of the client's."""
    inner = re.fullmatch(r"list\[(.+)\]|dict\[str, (.+)\]|dict\(str, (.+)\)", type_)
    if inner is not None:
        wanted = inner.group(1) or inner.group(2) or inner.group(3)
        shape = list if type_.startswith("list") else dict
        if not isinstance(value, shape):
            return [f"{where}: no {shape.__name__}"]
        items = enumerate(value) if isinstance(value, list) else value.items()
        # A property without a value is null, which the client's type does not say.
        return [
            one for key, each in items if each is not None for one in faults(module, wanted, each, f"{where}.{key}")
        ]
    if type_ == "datetime":
        return [] if isinstance(value, str) and _is_moment(value) else [f"{where}: {value!r} is no moment"]
    if type_ in PLAIN:
        wrong = not isinstance(value, PLAIN[type_]) or (type_ == "int" and isinstance(value, bool))
        return [f"{where}: {value!r} is no {type_}"] if wrong else []
    return _model_faults(resolve_name(f"{module}:{type_}"), module, value, where)


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _model_faults(model: Any, module: str, value: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: no object"]
    by_key = {key: name for name, key in model.attribute_map.items()}
    found = [f"{where}.{key}: unknown to {model.__name__}" for key in value if key not in by_key]
    found += [
        f"{where}.{model.attribute_map[name]}: missing" for name in _needed(model) - {by_key.get(k) for k in value}
    ]
    empty = _unchecked(model)
    for key, name in by_key.items():
        if key in value and value[key] is not None:
            found += faults(module, model.openapi_types[name], value[key], f"{where}.{key}")
            try:
                setattr(empty, name, value[key])
            except ValueError as problem:
                found.append(f"{where}.{key}: {problem}")
    return found


@cache
def _needed(model: Any) -> frozenset[str]:
    """The attributes that the client's model sets whether they are given or not."""
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(model.__init__))).body
    assert isinstance(function, ast.FunctionDef)
    named = {
        node.targets[0].attr
        for node in function.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)
    }
    return frozenset(named & set(model.openapi_types))


def _unchecked(model: Any) -> Any:
    """An empty model that checks what is put into it."""
    configuration = resolve_name(f"{model.__module__.partition('.models.')[0]}:Configuration")
    relaxed, strict = configuration(), configuration()
    relaxed.client_side_validation, strict.client_side_validation = False, True
    made = model(local_vars_configuration=relaxed)
    made.local_vars_configuration = strict
    return made
