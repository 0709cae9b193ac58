"""The pipeline's own guardrail was seen: the team was told of what is wrong with everybody, not with one person.

Such a message names nobody, so it is looked for among all messages since the cell began. More than one is not judged:
another cell may rightly have caused it too.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Verdict

NAME = "guarded"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """At least one message that contains all words, in each sink, within the time."""
    sinks, words = list(args.get("sinks") or ()), [str(word).lower() for word in args.get("contains") or ()]
    within_s = float(args.get("within_s", 900.0))
    if verdict := nobody(NAME, cell.persons, sinks and words, "no sink or no word was named"):
        return verdict
    since = [effect for effect in history.effects if effect["at"] >= cell.at and effect.get("op") == "create"]
    findings = []
    for sink in sinks:
        messages = [effect for effect in since if effect["sink"] == sink and _says(effect, words)]
        in_time = [effect for effect in messages if (effect["at"] - cell.at) / 1e9 <= within_s]
        if not in_time:
            late = f"; {len(messages)} came later" if messages else ""
            findings.append(
                Finding(
                    kind="late" if messages else "lost",
                    message=f"no message in {sink} says {' and '.join(map(repr, words))} within {within_s:g} s{late}",
                    sink=sink,
                    expected=1,
                    found=0,
                    records=capped(messages),
                )
            )
    return ruled(NAME, findings, f"the team was told in {', '.join(sinks)}", sinks=len(sinks))


def _says(message: Record, words: list[str]) -> bool:
    text = orjson.dumps(message.get("values") or {}, default=str).decode().lower()
    return all(word in text for word in words)
