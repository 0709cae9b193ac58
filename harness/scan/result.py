"""What a scan came to, as the data of `scan.json`: verdict, findings, what was looked at, what may be claimed.

Decides the exit code: 2 where something could not be looked into or nothing was, 1 for a leak, 3 where secrets were
expected and none was known, 0 otherwise. Told by `reports.scan`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.checkers.no_secrets import CLAIM, NOT_CLAIMED
from harness.scan.canaries import names_of
from harness.scan.engine import Looked, Scanner
from harness.scan.needles import forms

VERSION = 1
CLEAN, LEAK, CANNOT, TOO_LITTLE = "clean", "leak", "cannot", "too little"
EXIT = {CLEAN: 0, LEAK: 1, CANNOT: 2, TOO_LITTLE: 3}
SPLIT = ("split into pieces", "a part of it", "character codes", "escapes of every letter")


def told(
    looked: Looked, scanner: Scanner, *, blind: Sequence[str], expected: bool, left_out: Sequence[str] = (),
    opinion: Mapping[str, Any] | None = None, notes: Sequence[str] = (), ms: float = 0.0, known: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The content of `scan.json`; `expected` says that secrets should have been known."""
    secrets = len(scanner.secrets) if known is None else known
    why = _why(looked, blind, expected and not secrets)
    not_claimed = list(NOT_CLAIMED)
    if not secrets:
        not_claimed.insert(0, "anything about secrets of your own: none was known, only key shapes were looked for")
    return {
        "version": VERSION,
        "verdict": why,
        "exit_code": EXIT[why],
        "headline": _headline(looked, why, blind, secrets, len(scanner.shapes.wanted)),
        "looked_for": {
            "secrets": names_of(scanner.secrets),
            "known": secrets,
            "left_out": list(left_out),
            "forms": sorted({*forms("a/b c-é" * 4).values(), *SPLIT}),
            "shapes": [{"id": one.id, "text": one.text} for one in scanner.shapes.wanted],
        },
        "looked_at": {"files": len(looked.files), "bytes": looked.bytes, "list": looked.files},
        "findings": [one.as_data() for one in looked.findings],
        "unreadable": looked.unreadable,
        "allowed": dict(looked.allowed),
        "blind": list(blind),
        "opinion": dict(opinion) if opinion else None,
        "notes": list(notes),
        "claim": CLAIM if why == CLEAN else "",
        "not_claimed": not_claimed,
        "ms": ms,
    }


def _why(looked: Looked, blind: Sequence[str], lacking: bool) -> str:
    if blind or looked.unreadable or not looked.bytes:
        return CANNOT
    if looked.findings:
        return LEAK
    return TOO_LITTLE if lacking else CLEAN


def _headline(looked: Looked, why: str, blind: Sequence[str], secrets: int, shapes: int) -> str:
    leaks = len({(one.secret, one.shown) for one in looked.findings})
    many = f"{leaks} secret{'' if leaks == 1 else 's'} can be read in what is public" if leaks else ""
    if why == LEAK:
        return many
    if why == CANNOT:
        if blind:
            reason = f"this search did not see what it planted itself: {', '.join(blind)}"
        elif looked.unreadable:
            reason = f"{len(looked.unreadable)} could not be looked into"
        else:
            reason = "there was nothing to look at: no file, or only empty ones"
        return f"{many}, and {reason}" if many else reason
    if why == TOO_LITTLE:
        return "no secret of the server was known, so nothing can be said of them"
    looked_for = f"{secrets} known secret{'' if secrets == 1 else 's'}, {shapes} key shapes"
    return f"nothing found: {looked_for}, {len(looked.files)} files"
