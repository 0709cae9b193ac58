"""Scenarios of somebody's own: every file of a folder in their repository, beside those that come along.

Loads the files as Python does, with the folder first on the path, so that they may share helpers (files that begin with
an underscore are only those). Answers scenarios; selects and plays none. Called by the command line.
"""

import importlib.util
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from harness.errors import UsageError
from harness.scenario import Scenario

HOW = "a scenario is an async function under @scenario of harness.scenario"


def with_own(catalogue: Sequence[Scenario], folder: Path | None) -> tuple[Scenario, ...]:
    """The catalogue, and behind it what this folder has.

    Raises `UsageError`: no such folder, no scenario in it, a name that is taken, or a file that cannot be loaded, with
    its line.
    """
    if folder is None:
        return tuple(catalogue)
    if not folder.is_dir():
        raise UsageError(f"--scenarios: {folder} is not a folder; name the one that your scenario files are in")
    files = [file for file in sorted(folder.glob("*.py")) if not file.name.startswith("_")]
    taken = {one.name: "one of ours" for one in catalogue}
    found: list[Scenario] = []
    sys.path.insert(0, str(folder.resolve()))
    for file in files:
        for one in _in_file(file):
            if one.name in taken:
                raise UsageError(f"{file}: the scenario {one.name!r} has the name of {taken[one.name]}; choose another")
            taken[one.name] = f"the one in {file}"
            found.append(one)
    if not found:
        raise UsageError(f"--scenarios: {folder} has no scenario ({len(files)} Python files looked at); {HOW}")
    return (*catalogue, *found)


def _in_file(file: Path) -> list[Scenario]:
    """The scenarios that were written in this file, in their order; those that it imports are another file's."""
    name = f"own_scenarios.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as problem:
        raise UsageError(f"{problem.filename}:{problem.lineno}: {problem.msg}") from None
    except Exception as problem:  # noqa: BLE001 - whatever somebody's file raises is told with its place
        raise UsageError(f"{_place(problem, file)}: {type(problem).__name__}: {problem}; {HOW}") from None
    return [one for one in vars(module).values() if isinstance(one, Scenario) and one.script.__module__ == name]


def _place(problem: Exception, file: Path) -> str:
    """The last line of somebody's own file that was being run."""
    frames = [one for one in traceback.extract_tb(problem.__traceback__) if Path(one.filename) == file]
    return f"{file}:{frames[-1].lineno}" if frames else str(file)
