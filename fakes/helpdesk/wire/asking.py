"""How the routes read a call: query parameters, the object in the body, lists of ids.

No rules. Called by the routes in this folder.
"""

from typing import Any

from fakes.calls import Call
from fakes.helpdesk.problems import Problem, bad_parameter, too_many_values

MANY = 100


def query(call: Call, name: str) -> str | None:
    """The last value of a query parameter."""
    values = call.params.get("query", {}).get(name)
    return str(values[-1]) if values else None


def every(call: Call, name: str) -> list[str]:
    """All values of a query parameter, given as `name`, `name[]`, or with commas."""
    given = call.params.get("query", {})
    values = [*given.get(name, []), *given.get(f"{name}[]", [])]
    return [part.strip() for each in values for part in str(each).split(",") if part.strip()]


def number(call: Call, name: str, default: int, most: int | None = None) -> int:
    """A positive number in the query."""
    value = query(call, name)
    if value is None or value == "":
        return default
    if not value.isascii() or not value.isdigit() or int(value[:12]) < 1:
        raise bad_parameter(name, "must be a positive integer")
    return int(value[:12]) if most is None else min(most, int(value[:12]))


def body(call: Call) -> dict[str, Any]:
    """The JSON object of the body; an empty one when there is none."""
    given = call.params.get("body", {})
    if not isinstance(given, dict):
        raise bad_parameter("body", "must be an object")
    return given


def part(call: Call, name: str) -> dict[str, Any]:
    """The object under this name in the JSON body."""
    found = body(call).get(name)
    if not isinstance(found, dict):
        raise bad_parameter(name, f"Invalid parameter: {name} must be an object")
    return found


def parts(call: Call, name: str) -> list[dict[str, Any]]:
    """The list of objects under this name in the JSON body, a hundred at most."""
    found = body(call).get(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise bad_parameter(name, f"Invalid parameter: {name} must be a list of objects")
    if len(found) > MANY:
        raise too_many_values(MANY)
    return found


def ids(call: Call, name: str = "ids") -> list[str]:
    """The ids in the query, a hundred at most; refused when there are none."""
    found = list(dict.fromkeys(every(call, name)))
    if not found:
        raise Problem("ParameterMissing", f"Required parameter is missing: {name}")
    if len(found) > MANY:
        raise too_many_values(MANY)
    return found
