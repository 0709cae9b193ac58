"""The app never claims what no server has said yet: "Paid" is shown only after an answer said so.

Judges every word that a page showed, except those that the target lists as the app's own (`app.own_words`): some answer
that the relay gave to this page must have held it before. Whether that answer was about the same thing is not judged.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Verdict

NAME = "told_first"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """No claim was shown before it was told."""
    app = history.target.get("app") or {}
    claims = set(history.target.get("words") or ()) - set(app.get("own_words") or ())
    shown = [(person, one) for person in cell.persons for one in history.of("shown", person) if one.get("place")]
    if verdict := nobody(NAME, cell.persons, shown, "no page showed anything"):
        return verdict
    claimed = [(person, one) for person, one in shown if one.get("state") in claims]
    findings: dict[tuple[str, str], Finding] = {}
    for person, one in claimed:
        word = str(one["state"])
        if not any(told_at <= one["at"] for told_at in _told(history, person, word)):
            findings.setdefault((person, word), _finding(person, word, one, _told(history, person, word)))
    kept = f"{len(claimed)} claims among {len(shown)} words, each told by the server first"
    return ruled(NAME, list(findings.values()), kept, claims=len(claimed), words=len(shown))


def _told(history: History, person: str, word: str) -> list[int]:
    """When answers with this word went to somebody's page."""
    answers = (attempt.outcome for attempt in history.attempts_of.get(person, ()) if attempt.outcome)
    return [int(one["told_at"]) for one in answers if word in (one.get("told") or ()) and one.get("told_at")]


def _finding(person: str, word: str, shown: Record, told: list[int]) -> Finding:
    later = f"; an answer said so {(min(told) - shown['at']) / 1e9:.1f} s later" if told else "; no answer ever said so"
    return Finding(
        kind="claimed",
        message=f"the page of {person} showed {word!r} at {shown['place']} before any answer said it{later}",
        person=person,
        expected="an answer with this word first",
        found=word,
        records=capped([shown]),
    )
