"""The pipeline's own guardrail was seen: the team was told of what is wrong with everybody, not with one person.

Such a message names nobody, so it is looked for among all messages. One alert rightly stands for its whole window, so
one that another cell caused a little earlier counts too; more than one is not judged.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History
from harness.checkers.values import says
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Verdict

NAME = "guarded"
WINDOW_S = 900.0
WHOLE_RUN = True
"""It looks at everybody's effects in the sinks that it is told of."""


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """At least one message with all words, in each sink, in the window before the cell or within the time after."""
    sinks, words = list(args.get("sinks") or ()), list(args.get("contains") or ())
    within_s, window_s = float(args.get("within_s", 900.0)), float(args.get("window_s", WINDOW_S))
    if verdict := nobody(NAME, cell.persons, sinks and words, "no sink or no word was named"):
        return verdict
    since = [
        effect
        for effect in history.effects
        if effect["at"] >= cell.at - window_s * 1e9 and effect.get("op") == "create"
    ]
    findings = []
    for sink in sinks:
        messages = [effect for effect in since if effect["sink"] == sink and says(effect.get("values"), words)]
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
