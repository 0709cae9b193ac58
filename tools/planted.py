"""What can be planted in the pipeline that ships: flaws, controls, and the classes of bugs that flaws are drawn from.

Reads the catalogues beside the code that they are about; runs nothing. Called by the kill matrix, the soak and tests.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tools.gate import ROOT

FLAWS = ROOT / "staging" / "flaws"
CONTROLS = ROOT / "staging" / "controls"
TARGET = ROOT / "staging" / "target.toml"
NORMAL = 'normal = ["{python}", "-m", "staging.pipeline"]'
PROCESSES = '[[process]]\nname = "provision"'
AFTER = "# -- what an app sends"
TOGETHER = """[[process]]
name = "api"
order = 2
command = ["{launcher}", "all-in-one"]
ready = "http://127.0.0.1:{port:api}/ops/health"
may_crash = true

"""
"""The pipeline in one process, as its own README offers it: a third of the cost of a start."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One entry of the flaws' catalogue: what it is, from which class, and who must catch it where."""

    name: str
    text: str
    cells: tuple[str, ...]
    promise: str
    finding: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """One entry of the controls' catalogue: what this pipeline does otherwise, and rightly; where that shows."""

    name: str
    text: str
    cells: tuple[str, ...]
    process: str = ""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of bugs: all their names, and for those that no flaw shows, why."""

    names: tuple[str, ...]
    left_out: dict[str, str]


Entry = TypeVar("Entry", Flaw, Control)


def flaws(names: Sequence[str] = ()) -> list[Flaw]:
    """The catalogue, or these entries of it."""
    return _chosen(
        "flaw",
        [
            Flaw(
                entry["name"],
                entry["text"],
                tuple(entry["cells"]),
                entry["promise"],
                entry["finding"],
                entry["class"],
            )
            for entry in _entries(FLAWS / "catalogue.toml", "flaw")
        ],
        names,
    )


def controls(names: Sequence[str] = ()) -> list[Control]:
    """The other pipelines that are right, or these of them."""
    return _chosen(
        "control",
        [
            Control(
                entry["name"],
                entry["text"],
                tuple(entry["cells"]),
                entry.get("process", ""),
            )
            for entry in _entries(CONTROLS / "catalogue.toml", "control")
        ],
        names,
    )


def classes() -> Classes:
    """The list of classes that the flaws are drawn from."""
    found = tomllib.loads((FLAWS / "classes.toml").read_text())
    return Classes(tuple(found["classes"]), dict(found["left_out"]))


def first_try() -> list[dict[str, Any]]:
    """What the suite made of flaws that were written from the text of their class alone, before anything was mended."""
    return _entries(FLAWS / "first_try.toml", "try")


def target_of(control: Control, folder: Path, *, together: bool = False) -> Path:
    """A target file that starts the pipeline that ships as this control; `together`: in one process."""
    text = TARGET.read_text()
    _expect(text, NORMAL)
    text = text.replace(NORMAL, f'normal = ["{{python}}", "-m", "staging.controls", "{control.name}"]')
    if control.process:
        _expect(text, AFTER)
        text = text.replace(AFTER, f"{control.process}\n{AFTER}", 1)
    file = folder / f"{control.name}.toml"
    file.write_text(text if control.process or not together else in_one_process(text))
    return file


def target_in_one_process(folder: Path) -> Path:
    """A target file that starts the pipeline that ships in one process; everything else is as in its own file."""
    file = folder / "together.toml"
    file.write_text(in_one_process(TARGET.read_text()))
    return file


def in_one_process(text: str) -> str:
    """The target with the processes behind the database replaced by one."""
    _expect(text, PROCESSES)
    _expect(text, AFTER)
    start, end = text.index(PROCESSES), text.index(AFTER)
    return text[:start] + TOGETHER + text[end:]


def _expect(text: str, part: str) -> None:
    if part not in text:
        raise SystemExit(f"{TARGET.relative_to(ROOT)}: expected {part!r} in it, which variants of it replace")


def _entries(file: Path, kind: str) -> list[dict[str, Any]]:
    return list(tomllib.loads(file.read_text())[kind])


def _chosen(kind: str, everything: list[Entry], names: Iterable[str]) -> list[Entry]:
    wanted = set(names)
    unknown = wanted - {one.name for one in everything}
    if unknown:
        raise SystemExit(
            f"no such {kind}: {', '.join(sorted(unknown))}; known: {', '.join(one.name for one in everything)}"
        )
    return [one for one in everything if not wanted or one.name in wanted]
