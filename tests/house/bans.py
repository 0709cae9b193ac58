"""What is banned, each with its remedy, and the readers that find it.

Names are resolved through a file's imports, so that `from time import sleep as s; s(1)` is seen. What a rule exempts
stands in the rule.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.house.tree import ROOT, Module, modules, tracked_texts

CLOCK = ("harness/clock.py", "harness/rng.py")
OWN_TIME = ("staging", "bench")
BANNED_NAMES = {
    "random": "use a named stream of harness.rng",
    "numpy.random": "use a named stream of harness.rng",
    "uuid.uuid1": "use harness.rng",
    "uuid.uuid4": "use harness.rng",
    "datetime.datetime.now": "use harness.clock",
    "datetime.datetime.today": "use harness.clock",
    "datetime.datetime.utcnow": "use harness.clock",
    "datetime.date.today": "use harness.clock",
    "time.time": "use harness.clock",
    "time.time_ns": "use harness.clock",
    "time.sleep": "wait for a condition with harness.clock.until, or say harness.clock.block",
    "asyncio.sleep": "wait for a condition with harness.clock.until, or say harness.clock.pause",
}
A_TYPE_ONLY = "random.Random"

IMPORTERS = ("fakes/serve.py", "harness/own.py", "harness/phone/adapter.py")
DYNAMIC = (
    "importlib.import_module",
    "importlib.reload",
    "importlib.util.spec_from_file_location",
    "importlib.machinery",
    "__import__",
)

VENDOR = re.compile(r"stripe(?!d|s)|hubspot|zendesk|\bslack|\bexpo\b", re.IGNORECASE)
VENDOR_FREE = ("harness/", "scenarios/", "load/", "reports/")
LEFT_OVER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
ADDRESS = re.compile(
    r"py(?:pi)[.]org|python(?:hosted)[.]org|registry[.]np(?:mjs)|np(?:mjs)[.]org/|deb[.]deb(?:ian)[.]org|crates[.]i(?:o)\b"
    r"|/opt/(?:py|wh)\w+|/wor[k]/(?:main|shared|[.]\w)|/roo[t]/|/home/[a-z]\w*/|/Users/[a-z]\w*/|/tmp/build"
)

LIBRARY_NAMES = frozenset(
    {"locust", "stripe", "docker", "faker", "playwright", "respx", "http", "json", "types", "pytest", "httpx"}
    | {"starlette", "uvicorn", "fastapi", "gevent", "zenpy", "hypothesis", "schemathesis", "pydantic", "asyncio"}
    | {"logging", "random", "time", "email", "queue", "signal", "select", "socket", "copy", "code"}
)

FUNCTION_LINES = 60
FILE_LINES = 400
LONGER: Mapping[str, int] = {}
"""Files or functions that are still too long, with their length; may only shrink, and is meant to stay empty."""


def all_findings(root: Path = ROOT) -> list[str]:
    """Every ban that a tree breaks, as `file:line: what is banned, and the remedy`."""
    found = modules(root)
    return [
        *(line for module in found for line in findings_in(module)),
        *(line for name, text in tracked_texts(root) for line in findings_in_text(name, text)),
    ]


def findings_in(module: Module) -> Iterator[str]:
    """What one Python file breaks."""
    if module.mistake:
        yield f"{module.where}:{module.mistake.lineno}: this Python cannot read it: {module.mistake.msg}"
        return
    yield from _names(module)
    yield from _sizes(module)
    yield from _docstrings(module)
    if module.path.stem in LIBRARY_NAMES:
        yield f"{module.where}:1: named like a library, which it hides when its folder is on the path"


def findings_in_text(name: str, text: str) -> Iterator[str]:
    """What one committed file of any kind breaks."""
    exempt = name in ("LICENSE", "tests/house/bans.py", "tests/house/test_tidy.py")
    for number, line in enumerate(text.splitlines(), 1):
        if exempt:
            return
        if LEFT_OVER.search(line):
            yield f"{name}:{number}: a note to oneself was left, do it or write an issue"
        if match := ADDRESS.search(line):
            yield f"{name}:{number}: {match[0]} is an address of a registry or of one machine, leave it out"
        if '"resolved"' in line and Path(name).name.endswith(("lock.json", ".lock", ".txt")):
            yield f'{name}:{number}: "resolved" in a lock file, lock again without registry addresses'
        if name.startswith(VENDOR_FREE) and not name.endswith((".toml", ".md")) and (match := VENDOR.search(line)):
            yield f'{name}:{number}: "{match[0]}" is a vendor\'s word, say what it is for (payments, crm, alerts)'


def _names(module: Module) -> Iterator[str]:
    own_time = module.where in CLOCK or module.room in OWN_TIME
    known = _aliases(module.nodes)
    for line, name in sorted(_used(module.nodes, known)):
        remedy = next((BANNED_NAMES[ban] for ban in BANNED_NAMES if name == ban or name.startswith(ban + ".")), None)
        if remedy and name != A_TYPE_ONLY and not own_time:
            yield f"{module.where}:{line}: {name} is banned, {remedy}"
        dynamic = any(name == ban or name.startswith(ban + ".") for ban in DYNAMIC)
        if dynamic and module.where not in IMPORTERS:
            yield f"{module.where}:{line}: {name} is banned, write the import out so that the import rules see it"
    for node in module.nodes:
        if isinstance(node, ast.Call) and _dotted(node.func, known) == A_TYPE_ONLY and not own_time:
            yield f"{module.where}:{node.lineno}: {A_TYPE_ONLY}() is banned, {BANNED_NAMES['random']}"


def _aliases(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """What each imported name of a file stands for."""
    known = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            known.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return {**known, "__import__": "__import__"}


def _used(nodes: Iterable[ast.AST], known: Mapping[str, str]) -> set[tuple[int, str]]:
    """Line and full name of everything that is used by an imported name; the longest name of each chain."""
    used: set[tuple[int, str]] = set()
    inner: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in inner and (name := _dotted(node, known)):
            used.add((node.lineno, name))
            while isinstance(node, ast.Attribute):
                node = node.value
                inner.add(id(node))
    return used


def _dotted(node: ast.AST, known: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value, known)):
        return f"{before}.{node.attr}"
    return None


def _sizes(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > LONGER.get(module.where, FILE_LINES):
        yield f"{module.where}:1: {lines} lines, at most {FILE_LINES}; take a concept out into a file of its own"
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGER.get(f"{module.where}:{node.name}", FUNCTION_LINES):
                said = f"{node.name} has {length} lines, at most {FUNCTION_LINES}; divide it"
                yield f"{module.where}:{node.lineno}: {said}"


def _docstrings(module: Module) -> Iterator[str]:
    if not ast.get_docstring(module.tree):
        yield f"{module.where}:1: no module docstring; say what it is, what it is not, who calls it"
    if module.room == "tests":
        for node in _tests(module.nodes):
            if not ast.get_docstring(node):
                yield f"{module.where}:{node.lineno}: {node.name} has no docstring; say in one sentence what must hold"


def _tests(nodes: Iterable[ast.AST]) -> Iterable[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (
        node
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )
