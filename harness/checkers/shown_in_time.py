"""What a person sees after a tap: one of the target's words, within seconds, whatever the network does.

Judges the first tap of each of the cell's own intents, in the page's own clock. Says nothing of whether the word is
true (`told_first`, `screen_true`). An app that was killed before its time was up is not judged; late while calm people
were slow too is nobody's fault.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.checkers.calm import overlaps, slow_moments
from harness.checkers.cells import CellView
from harness.checkers.happenings import own_intents
from harness.checkers.history import History, Intent, Record
from harness.checkers.verdicts import capped, nobody, ruled, unknown
from harness.model import Finding, Verdict

NAME = "shown_in_time"
ENDS = frozenset({"killed", "reloaded"})


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Within `within_s` of the tap (else the app's own limit), one of `one_of` is to be seen."""
    app = history.target.get("app") or {}
    limit_s = float(args.get("within_s") or app.get("shown_within_s") or 2.0)
    words = list(args.get("one_of") or ())
    tapped = [(intent, tap) for intent in own_intents(history, cell) if (tap := _first_tap(history, intent))]
    judged = [(intent, tap) for intent, tap in tapped if not _ended(history, intent, tap, limit_s)]
    if verdict := nobody(NAME, cell.persons, judged, "no tap of a page could be judged"):
        return verdict
    late: list[tuple[Record, Finding]] = []
    worst_ms = 0.0
    for intent, tap in judged:
        seen = _seen(history, intent, app.get("states") or ("state",))
        ms = _after_ms(seen, tap, words, limit_s)
        if ms is None:
            late.append((tap, _finding(intent, tap, words, limit_s, seen)))
        else:
            worst_ms = max(worst_ms, ms)
    counts = {"taps": len(judged), "worst_s": worst_ms / 1e3, "limit_s": limit_s}
    slow = slow_moments(history, limit_s)
    excused = [finding for tap, finding in late if overlaps(tap["at"], tap["at"] + int(limit_s * 1e9), slow)]
    if late and len(excused) == len(late):
        return unknown(NAME, f"{len(late)} words came late, but calm people waited too at those moments", **counts)
    sure = [finding for _, finding in late if finding not in excused]
    kept = f"a word within {limit_s:g} s of each of {len(judged)} taps, the slowest after {worst_ms:.0f} ms"
    return ruled(NAME, sure, kept, **counts)


def _first_tap(history: History, intent: Intent) -> Record | None:
    taps = history.of("tap", str(intent.record["person"]))
    mine = (tap for tap in taps if tap.get("intent") == intent.id and tap.get("number") == 1)
    return next((tap for tap in mine if tap.get("page_ms")), None)


def _ended(history: History, intent: Intent, tap: Record, limit_s: float) -> bool:
    """Whether the app was ended before its time was up."""
    end = tap["at"] + int(limit_s * 1e9)
    events = history.of("page", str(intent.record["person"]))
    return any(one.get("event") in ENDS and tap["at"] <= one["at"] <= end for one in events)


def _seen(history: History, intent: Intent, states: Sequence[str]) -> list[Record]:
    return [one for one in history.of("shown", str(intent.record["person"])) if one.get("place") in states]


def _after_ms(seen: Sequence[Record], tap: Record, words: Sequence[str], limit_s: float) -> float | None:
    """How long after the tap a right word was there; None if it was not in time."""
    begun, end = float(tap["page_ms"]), float(tap["page_ms"]) + limit_s * 1e3
    within = [one for one in seen if begun <= float(one["page_ms"]) <= end]
    right = next((one for one in within if one.get("state") in words), None)
    if right is not None:
        return float(right["page_ms"]) - begun
    before = [one for one in seen if float(one["page_ms"]) < begun]
    return 0.0 if not within and before and before[-1].get("state") in words else None


def _finding(intent: Intent, tap: Record, words: Sequence[str], limit_s: float, seen: Sequence[Record]) -> Finding:
    after = [one for one in seen if float(one["page_ms"]) >= float(tap["page_ms"])]
    found = [
        f"{one.get('state')!r} after {(float(one['page_ms']) - float(tap['page_ms'])) / 1e3:.1f} s" for one in after
    ]
    said = ", ".join(found[:4]) or "nothing new"
    return Finding(
        kind="not_shown",
        message=f"{limit_s:g} s after the tap for {intent.flow} {intent.id}, the page showed {said} instead of "
        f"{' or '.join(map(repr, words))}",
        person=str(intent.record["person"]),
        expected=list(words),
        found=[one.get("state") for one in after[:4]],
        records=capped([intent.record, tap, *after]),
    )
