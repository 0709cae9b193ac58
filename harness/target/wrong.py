"""What is wrong in a target file, in words: where, what was found, what was expected, the nearest known key.

Turns pydantic's findings and our own into one message. Called by `file` alone.
"""

import types
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from harness.errors import TargetError
from harness.target.asking import CLIENT_KEY, TOKEN
from harness.target.lines import Step, line_of
from harness.target.parts import ADAPTER, KEY

PATTERNS = {
    r"^/": 'a path that begins with "/"',
    r"^[a-z]{3}$": 'three small letters, as in "usd"',
    r"^\d+(\.\d+)?$": 'a decimal number as text, as in "9.00"',
    r"^[a-z]+\.[a-z_]+$": 'a sink, as in "crm.contact"',
    KEY: '"header:NAME", "body:field" or "none"',
    CLIENT_KEY: '"header:NAME", "body:field", "query:NAME", "natural:{...}" or "none"',
    TOKEN: '"bearer", "header:NAME", "cookie:NAME", "query:NAME" or "body:field"',
    ADAPTER: '"module:Class", a class in a Python file beside this one',
}
EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "tuple_type": "a list",
    "string_too_short": "a text that is not empty",
    "int_from_float": "a whole number",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One mistake, and where it is."""

    path: tuple[Step, ...]
    text: str


def refuse(file: str, text: str, data: Any, wrongs: Sequence[Wrong]) -> TargetError:
    """The one error for all mistakes of a file, each with its line."""
    said = []
    for wrong in wrongs:
        line = line_of(text, wrong.path)
        place = f"{file}:{line}" if line else file
        said.append(f"{place}: {key_of(wrong.path, data)}: {wrong.text}")
    said.append(f"mend {'it' if len(said) == 1 else 'them'}, then look again with `harness doctor --target {file}`")
    return TargetError("\n".join(said))


def key_of(path: Sequence[Step], data: Any) -> str:
    """`process[api].ready`: the path as a reader of the file would say it; unnamed items are counted from 1."""
    said = ""
    for step in path:
        data = _inside(data, step)
        if isinstance(step, int):
            name = data.get("name", data.get("id")) if isinstance(data, dict) else None
            said += f"[{name if isinstance(name, str) else step + 1}]"
        else:
            said += f".{step}" if said else step
    return said or "the file"


def in_words(error: ErrorDetails, model: type[BaseModel]) -> Wrong:
    """One finding of pydantic as somebody who writes target files would say it."""
    path: tuple[Step, ...] = tuple(error["loc"])
    kind, found, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return Wrong(path, unknown_key(str(path[-1]), keys_at(model, path[:-1])))
    if kind == "missing":
        return Wrong(path, f"is missing; add it{_like(model, path)}")
    if kind == "too_short":
        return Wrong(path, "is empty, expected at least one")
    if kind == "string_pattern_mismatch":
        expected = PATTERNS.get(context["pattern"], f"a text like {context['pattern']}")
    elif kind == "literal_error":
        return Wrong(path, f"found {quoted(found)}, expected {context['expected']}{near(found, context['expected'])}")
    else:
        expected = EXPECTED.get(kind, error["msg"].removeprefix("Input should be ").lower())
    return Wrong(path, f"found {quoted(found)}, expected {expected}")


def unknown_key(name: str, known: Sequence[str]) -> str:
    """That a key is not known here, and the nearest one that is."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f'did you mean "{close[0]}"?' if close else f"known here: {', '.join(sorted(known))}"
    return f"is not a key of this table; {hint}"


def near(found: Any, choices: str | Sequence[str]) -> str:
    """`; did you mean "x"?` when one of the choices is close to what was found."""
    words = (
        [word.strip(" '") for word in choices.replace(" or ", ",").split(",")] if isinstance(choices, str) else choices
    )
    folded = {word.lower(): word for word in words}
    close = get_close_matches(str(found).lower(), list(folded), n=1, cutoff=0.6)
    return f'; did you mean "{folded[close[0]]}"?' if close else ""


def quoted(value: Any) -> str:
    """A value as it would stand in the file, cut when it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    said = f'"{value}"' if isinstance(value, str) else "a table" if isinstance(value, dict) else str(value)
    return said if len(said) <= 80 else said[:77] + '..."'


def keys_at(model: type[BaseModel], path: Sequence[Step]) -> list[str]:
    """The keys that the table at `path` may have."""
    kind: Any = model
    for step in path:
        kind = _bare(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = fields[str(step)].annotation if str(step) in fields else None
        else:
            inner = typing.get_args(kind)
            kind = inner[1] if typing.get_origin(kind) is dict else inner[0] if inner else None
    kind = _bare(kind)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return []
    return [field.alias or name for name, field in kind.model_fields.items()]


def _bare(kind: Any) -> Any:
    """A type without `Annotated` and without `None`."""
    if typing.get_origin(kind) is typing.Annotated:
        return _bare(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return _bare(next(inner for inner in typing.get_args(kind) if inner is not type(None)))
    return kind


EXAMPLES = {
    "base_url": 'base_url = "http://127.0.0.1:{port:api}"',
    "name": 'name = "our pipeline"',
    "read": 'read = "read_state", the operation that reads the app\'s state',
    "method": 'method = "POST"',
    "path": 'path = "/v1/orders"',
    "request": 'request = "buy", an operation of this file',
    "command": 'command = ["{python}", "-m", "our.pipeline"]',
    "truth": '[truth] with read = "read_state"',
    "operations": '[operations.sign_up] with method = "POST" and path = "/v1/accounts"',
}


def _like(model: type[BaseModel], path: Sequence[Step]) -> str:
    example = EXAMPLES.get(str(path[-1]))
    return f", for example {example}" if example else ""


def _inside(data: Any, step: Step) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
        return data[step]
    return None
