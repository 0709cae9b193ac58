"""What a run says nothing about, besides what the judge itself knows: never counted as passed.

From what was left out before the run began, and from what the target file leaves open. Pure; called by the judge.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

MOST_NAMED = 3


def cells(left_out: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The cells that this target could not be asked: one line for each scenario and reason."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in left_out:
        groups[one["scenario"], one["why"]].append(one["cell"].partition("[")[2].rstrip("]"))
    return [{"what": f"{scenario}: {_listed(names)}", "why": why} for (scenario, why), names in groups.items()]


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more cells" if more > 0 else "")


def open_routes(names: list[str]) -> list[dict[str, Any]]:
    """The routes that nobody has to say who they are for, by the pipeline's own document."""
    if not names:
        return []
    why = f"by the pipeline's own document they are open to everybody: {', '.join(names)}"
    return [{"what": "who may ask some routes", "why": why}]


def promises(target: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What scenarios would promise of every pipeline, and this target gives nothing to judge it by."""
    own = target.get("promises") or {}
    found = [
        {"what": f"the promise {name}", "why": "the target does not make it (`promises.not_judged`)"}
        for name in own.get("not_judged") or ()
    ]
    if not (target.get("words") or own.get("shown")):
        found.append({"what": "what the app can tell its user meanwhile", "why": "the target lists no `words`"})
    return found
