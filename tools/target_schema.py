"""`make schema`: the JSON Schema of target files, for editors, and the reference of their keys in `docs/target.md`.

Both are made from the models in `harness.target`, which alone decide what a file may say. Run by maintainers; a test
says when it is needed.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from harness.target import Target
from tools.gate import ROOT

SCHEMA = ROOT / "harness" / "target" / "target.schema.json"
REFERENCE = ROOT / "docs" / "target.md"
BEGIN, END = "<!-- keys: begin (make schema) -->", "<!-- keys: end -->"


def schema() -> dict[str, Any]:
    """What editors check a target file by; the program's own look finds more."""
    made = Target.model_json_schema(by_alias=True)
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "Target file of Staging Harness"
    _tidy(made)
    return made


def _tidy(node: Any) -> None:
    """Without the models' own titles, and with descriptions on one line."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str) and "properties" not in node and "$defs" not in node:
            del node["title"]
        if isinstance(node.get("description"), str):
            node["description"] = " ".join(node["description"].split())
        for inner in node.values():
            _tidy(inner)
    elif isinstance(node, list):
        for inner in node:
            _tidy(inner)


def keys(made: dict[str, Any]) -> str:
    """The tables of keys for the reference."""
    lines: list[str] = []
    for title, table in _tables(made):
        lines += ["", f"### {title}", ""]
        if table.get("description"):
            lines += [table["description"], ""]
        lines += ["| key | what it is | else |", "|---|---|---|"]
        required = table.get("required", ())
        for name, key in table["properties"].items():
            text = str(key.get("description", "")).replace("|", "\\|") or _where(key)
            lines.append(f"| `{name}` | {text} | {'needed' if name in required else _default(key)} |")
    return "\n".join(lines).strip() + "\n"


def _tables(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "The file itself", {**made, "description": ""}
    seen: set[str] = set()
    todo = list(_found(made["properties"], ""))
    while todo:
        title, name = todo.pop(0)
        if name not in seen:
            seen.add(name)
            table = made["$defs"][name]
            if "properties" in table:
                yield title, table
                todo += list(_found(table["properties"], title.strip("[]").replace("[", "") + "."))


def _found(properties: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, key in properties.items():
        for reference, how in _references(key):
            path = f"{above}{name}"
            yield {"": f"[{path}]", "list": f"[[{path}]]", "table": f"[{path}.NAME]"}[how], reference


def _references(key: Any, how: str = "") -> Iterator[tuple[str, str]]:
    if "$ref" in key:
        yield key["$ref"].rpartition("/")[2], how
    for inner in key.get("anyOf", ()):
        yield from _references(inner, how)
    if isinstance(key.get("items"), dict):
        yield from _references(key["items"], "list")
    if isinstance(key.get("additionalProperties"), dict):
        yield from _references(key["additionalProperties"], "table")


def _where(key: Any) -> str:
    return "see below" if any(_references(key)) else ""


def _default(key: dict[str, Any]) -> str:
    default = key.get("default")
    return "" if default in (None, "", [], {}) or isinstance(default, dict) else f"`{json.dumps(default)}`"


def documented(text: str, made: dict[str, Any]) -> str:
    """The reference with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{keys(made)}\n{END}{after}"


def main() -> int:
    """Write both."""
    made = schema()
    SCHEMA.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    REFERENCE.write_text(documented(REFERENCE.read_text(), made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
