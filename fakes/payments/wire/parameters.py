"""Which parameters each operation takes, of which type; everything else is refused, as the provider does.

The tables `parameters/<area>.json` are derived from the provider's own OpenAPI document. In them, `of` and `needs` make
an object, a list holds the tree of its elements, `=a|b` is a choice, `any` holds alternatives, `map` is free text by
name, `each` are objects by name, and `string<=22` is a string of another greatest length than the usual 5000.
"""

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from fakes.payments.state.problem import Problem, invalid

Tree = Any
LENGTH = 5000
CLOSE = 0.75
METADATA_KEY, METADATA_VALUE = 40, 500


@cache
def table() -> dict[str, Tree]:
    """The parameters of every operation."""
    files = (Path(__file__).parent / "parameters").glob("*.json")
    return {operation: tree for file in sorted(files) for operation, tree in orjson.loads(file.read_bytes()).items()}


def check(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters in their types, or the provider's refusal."""
    return _object(table()[operation], given, "")


def fitted(tree: Tree, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a tree that stands in no table, in their types."""
    return _object(tree, given, "")


def _object(tree: Tree, given: dict[str, Any], at: str) -> dict[str, Any]:
    unknown = [_under(at, name) for name in given if name not in tree["of"]]
    if unknown:
        many = "s" if len(unknown) > 1 else ""
        raise invalid(
            f"Received unknown parameter{many}: {', '.join(unknown)}{_meant(unknown, tree, at)}",
            unknown[0],
            "parameter_unknown",
        )
    needs = tree.get("needs", ())
    for name in needs:
        if name not in given:
            path = _under(at, name)
            raise invalid(f"Missing required param: {path}.", path, "parameter_missing")
        if given[name] == "" and isinstance(tree["of"][name], str):
            raise _empty(_under(at, name))
    return {name: _value(tree["of"][name], value, _under(at, name)) for name, value in given.items()}


def _meant(unknown: list[str], tree: Tree, at: str) -> str:
    """A guess at the name that was meant, for one that is spelled almost right."""
    name = unknown[0].rpartition("[")[2].rstrip("]")
    close = get_close_matches(name, tree["of"], n=1, cutoff=CLOSE) if len(unknown) == 1 else []
    return f". Did you mean {_under(at, close[0])}?" if close else ""


def _under(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def _empty(at: str) -> Problem:
    return invalid(
        f"You passed an empty string for '{at}'. We assume empty values are an attempt to unset a parameter; however "
        f"'{at}' cannot be unset. You should remove '{at}' from your request or supply a non-empty value.",
        at,
        "parameter_invalid_empty",
    )


def _value(tree: Tree, value: Any, at: str) -> Any:
    if isinstance(tree, dict):
        if "each" in tree:
            return _named(tree["each"], value, at)
        return _choice(tree["any"], value, at) if "any" in tree else _inner(tree, value, at)
    if isinstance(tree, list):
        return _list(tree[0], value, at)
    if tree == "map":
        return _map(value, at)
    if isinstance(value, dict):
        raise invalid(f"Invalid string: {value}", at)
    return _scalar(tree, value, at)


def _choice(trees: list[Tree], value: Any, at: str) -> Any:
    problems: list[Problem] = []
    for tree in trees:
        if isinstance(value, dict) and isinstance(tree, str) and tree != "map":
            continue
        try:
            return _value(tree, value, at)
        except Problem as found:
            problems.append(found)
    # What an alternative misses says more than what it does not know.
    known = [one for one in problems if one.code != "parameter_unknown"]
    raise (known or problems or [invalid(f"Invalid value for {at}", at)])[0]


def _inner(tree: Tree, value: Any, at: str) -> Any:
    if not isinstance(value, dict):
        raise invalid("Invalid object", at, "parameter_invalid_string_blank" if value == "" else None)
    return _object(tree, value, at)


def _named(tree: Tree, value: Any, at: str) -> Any:
    """Objects by name: what something costs in each currency."""
    if not isinstance(value, dict):
        raise invalid("Invalid hash", at)
    return {name: _value(tree, inner, f"{at}[{name}]") for name, inner in value.items()}


def _list(tree: Tree, value: Any, at: str) -> list[Any]:
    if value == "":
        return []
    if not isinstance(value, dict):
        raise invalid("Invalid array", at)
    if not all(place.isdigit() for place in value):
        raise invalid("Invalid array", at)
    return [_value(tree, value[place], f"{at}[{place}]") for place in sorted(value, key=int)]


def _map(value: Any, at: str) -> Any:
    if value == "":
        return ""
    if not isinstance(value, dict):
        raise invalid("Invalid hash", at)
    for name, inner in value.items():
        if isinstance(inner, dict):
            raise invalid(f"Metadata values must be strings, but for key `{name}` you passed in an object", at)
        if len(name) > METADATA_KEY:
            raise invalid(f"Metadata keys can have up to {METADATA_KEY} characters, but you passed in {len(name)}", at)
        if len(inner) > METADATA_VALUE:
            raise invalid(
                f"Metadata values can have up to {METADATA_VALUE} characters, but you passed in a value that is "
                f"{len(inner)} characters.",
                f"{at}[{name}]",
            )
    return dict(value)


def _scalar(tree: str, value: str, at: str) -> Any:
    if tree.startswith("string"):
        return _text(int(tree[8:] or LENGTH), value, at)
    if tree.startswith("="):
        choices = tree[1:].split("|")
        if value in choices:
            return value
        if value == "":
            raise _empty(at)
        raise invalid(f"Invalid {at}: must be {_either(choices)}", at)
    if value == "":
        raise _empty(at)
    if tree == "boolean":
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value[:100]}", at, "parameter_invalid_boolean")
        return value == "true"
    return _number(tree, value, at)


def _text(longest: int, value: str, at: str) -> str:
    if len(value) > longest:
        shown = f"{value[:10]}...{value[-10:]}"
        raise invalid(f"Invalid string: {shown}; must be at most {longest} characters", at)
    if "\x00" in value:
        raise invalid(f"Invalid string: {at} may not contain null bytes", at)
    return value


def _number(tree: str, value: str, at: str) -> int | float:
    body = value[1:] if value[:1] in "+-" else value
    if tree == "integer":
        if not (body.isascii() and body.isdigit() and len(body) <= 18):
            raise invalid(f"Invalid integer: {value[:100]}", at, "parameter_invalid_integer")
        return int(value)
    try:
        return float(value)
    except ValueError:
        raise invalid(f"Invalid decimal: {value[:100]}", at) from None


def _either(choices: list[str]) -> str:
    if len(choices) == 1:
        return choices[0]
    if len(choices) == 2:
        return f"one of {choices[0]} or {choices[1]}"
    return f"one of {', '.join(choices[:-1])}, or {choices[-1]}"
