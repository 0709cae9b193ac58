"""One thing that the doctor looked at: how it is, what was seen, where, and what to do. Data, and how it is told."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rich.console import Console

from reports.redact import clean


class Level(StrEnum):
    """`wrong` must be mended before a run can say much; a `note` may be as it should be."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


MARKS = {Level.OK: ("ok   ", "green"), Level.NOTE: ("note ", "yellow"), Level.WRONG: ("WRONG", "bold red")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was seen; `kind` is its stable name for machines."""

    kind: str
    level: Level = Level.OK
    about: str
    seen: str
    where: str = ""
    remedy: str = ""


def told(findings: Sequence[Finding], console: Console) -> None:
    """Print every finding, those that are wrong with what to do."""
    wide = max((len(one.about) for one in findings), default=0)
    for one in findings:
        mark, style = MARKS[one.level]
        console.print(f"[{style}]{mark}[/{style}]  ", end="")
        first, *more = str(clean(one.seen)).splitlines() or [""]
        console.print(f"{one.about:<{wide}}  {first}", markup=False)
        indent = " " * (wide + 9)
        for line in more:
            console.print(f"{indent}{line}", markup=False)
        for label, text in (("where", one.where), ("do", one.remedy)):
            if text:
                console.print(f"{indent}{label:<5}  {clean(text)}", markup=False)


def as_json(findings: Sequence[Finding], **more: Any) -> str:
    """The same for machines; `well` says whether nothing is wrong."""
    data = {"well": is_well(findings), **more, "findings": [asdict(one) for one in findings]}
    return json.dumps(clean(data), indent=2, ensure_ascii=False)


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong."""
    return all(one.level is not Level.WRONG for one in findings)
