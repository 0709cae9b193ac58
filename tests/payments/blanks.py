"""The shapes of the objects that are kept as they were written, derived from the vendor's own OpenAPI document.

`python -m tests.payments.blanks` writes `fakes/payments/state/plain/shapes.json` anew; a test says when that is due.
"""

import json
from pathlib import Path
from typing import Any

from fakes.payments.state import entitlements
from fakes.payments.state.plain import connections, keepsakes, plastic, radar, terminal
from fakes.payments.state.tax import calculations, places, transactions
from fakes.payments.state.treasury import accounts, ledger, received, transfers
from tests.payments.openapi import Schema, document

FILE = Path(__file__).parents[2] / "fakes/payments/state/plain/shapes.json"
REF = "#/components/schemas/"
OPAQUE = ("api_errors",)
"""What no parameter is ever written into."""
DECLARED = (
    *connections.KINDS,
    *keepsakes.KINDS,
    *plastic.KINDS,
    *radar.KINDS,
    *terminal.KINDS,
    *transfers.KINDS,
    *received.KINDS,
    accounts.KIND,
    calculations.CALCULATION,
    entitlements.FEATURES,
    calculations.LINE,
    ledger.ENTRY,
    ledger.TRANSACTION,
    places.REGISTRATION,
    transactions.LINE,
    transactions.TRANSACTION,
)
SHAPED = sorted({one.name for one in DECLARED} | {"tax.settings"})
TYPES = {"string": "s", "integer": "i", "number": "n", "boolean": "b", "object": "m"}


def tree(schema: Schema, seen: frozenset[str] = frozenset()) -> Any:
    """What `state.plain.shaping` reads; whole objects of other kinds are told by their ids."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        inner = document()["components"]["schemas"][name]
        whole = {"id", "object"} <= set(inner.get("properties", ()))
        return "m" if whole or name in seen or name in OPAQUE else tree(inner, seen | {name})
    if "anyOf" in schema:
        choices = [one for one in schema["anyOf"] if one.get("type") == "string"]
        return tree((choices or schema["anyOf"])[0], seen)
    kind = schema.get("type")
    if kind == "array":
        return [tree(schema["items"], seen)]
    properties = schema.get("properties")
    if properties is not None and "has_more" in properties:
        return "l"
    if properties:
        return {_marked(name, one, schema): tree(one, seen) for name, one in sorted(properties.items())}
    return "=" + schema["enum"][0] if "enum" in schema else TYPES[str(kind)]


def _marked(name: str, inner: Schema, schema: Schema) -> str:
    """`?` after what may be null, `*` after what may only be left out."""
    if inner.get("nullable"):
        return name + "?"
    return name if name in schema.get("required", ()) else name + "*"


def table() -> dict[str, Any]:
    """The shape of each kind."""
    schemas = document()["components"]["schemas"]
    return {kind: tree(schemas[kind], frozenset({kind})) for kind in SHAPED}


def rendered() -> str:
    """The table as the file holds it: one kind a line."""
    lines = [f"{json.dumps(name)}: {json.dumps(shape, separators=(',', ':'))}" for name, shape in table().items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(rendered())
