"""The project's files as the rules of the house see them; the same for a mock tree in a test.

Reads files, imports nothing of ours. Used by the rules beside it.
"""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("harness", "fakes", "scenarios", "load", "reports", "staging", "tests", "bench", "tools")

LOOKED_AT = (
    ast.Name, ast.Attribute, ast.Call, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef,
)  # fmt: skip


@dataclass(frozen=True)
class Module:
    """One Python file: where it is, what it is called, what it says."""

    root: Path
    path: Path

    @property
    def where(self) -> str:
        """Its path as findings print it."""
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def name(self) -> str:
        """Its dotted name; a package's own file carries the package's name."""
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def room(self) -> str:
        """The top folder it is in; `conftest` for the file at the root."""
        return self.name.split(".", 1)[0]

    @cached_property
    def text(self) -> str:
        """What is in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """What it says, parsed; nothing when it cannot be, which `mistake` tells."""
        return self._parsed if isinstance(self._parsed, ast.Module) else ast.Module(body=[], type_ignores=[])

    @property
    def mistake(self) -> SyntaxError | None:
        """Why this Python cannot parse it, if so."""
        return self._parsed if isinstance(self._parsed, SyntaxError) else None

    @cached_property
    def _parsed(self) -> ast.Module | SyntaxError:
        try:
            return ast.parse(self.text)
        except SyntaxError as problem:
            return problem

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """The nodes that rules look at, in the order of `ast.walk`; walking is what takes the time."""
        return tuple(node for node in ast.walk(self.tree) if isinstance(node, LOOKED_AT))


def modules(root: Path = ROOT) -> list[Module]:
    """Every Python file of ours, sorted."""
    paths = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    paths += root.glob("*.py")
    hidden = ("__pycache__", "runs", "results", "node_modules")
    return [
        Module(root, path) for path in sorted(paths) if not any(part in hidden for part in path.relative_to(root).parts)
    ]


def tracked_texts(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Path and text of every text file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = sorted(filter(None, listed.stdout.split("\0")))
    else:
        names = sorted(
            p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and ".venv" not in p.parts
        )
    for name in names:
        try:
            yield name, (root / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
