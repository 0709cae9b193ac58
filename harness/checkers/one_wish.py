"""What the app makes of one wish: one key however often it is tapped or tried again, and one row in its list.

The app's side of "one charge for one intent"; the server's side is `exactly_once`, which is judged by itself. Where the
target's request takes no key, only the lists are judged.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Intent
from harness.checkers.screen_true import last_screen
from harness.checkers.screens import patterns_of
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Outcome, Verdict

NAME = "one_wish"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Each intent left the page with one key, and no list shows more rows than were wished for."""
    intents = [intent for person in cell.persons for intent in history.intents_of.get(person, ())]
    sent = [intent for intent in intents if intent.mains]
    if verdict := nobody(NAME, cell.persons, sent, "no request of an intent left a page"):
        return verdict
    findings = [found for intent in sent if (found := _several_keys(intent))]
    rows = 0
    for person in cell.persons:
        for name, number, wished in _rows(history, person):
            rows += number
            if number > len(wished):
                findings.append(_shown_twice(person, name, number, wished))
    return ruled(NAME, findings, f"{len(sent)} wishes, one key each; {rows} rows", wishes=len(sent), rows=rows)


def _several_keys(intent: Intent) -> Finding | None:
    keys = {attempt.record.get("key") for attempt in intent.mains} - {None}
    if len(keys) < 2:
        return None
    person = str(intent.record["person"])
    return Finding(
        kind="several_keys",
        message=f"{intent.flow} {intent.id} of {person} was wished once and left the page with {len(keys)} keys in "
        f"{len(intent.mains)} requests, which the server must take for {len(keys)} wishes",
        person=person,
        expected=1,
        found=len(keys),
        records=capped([intent.record, *(attempt.record for attempt in intent.mains)]),
    )


def _rows(history: History, person: str) -> Iterator[tuple[str, int, list[Intent]]]:
    """Each list of the app: its name, how many rows it shows, and the wishes that may have made them."""
    screen = last_screen(history, person)
    app = history.target.get("app") or {}
    if screen is None:
        return
    for place, pattern in zip(app.get("shows") or {}, patterns_of(app.get("shows") or {}), strict=True):
        things = set(re.findall(r"\{([^}]+)\}", place))
        flows = {name for name in history.target.get("flows") or {} if things & _made_by(history, name)}
        if things and flows:
            rows = sum(bool(re.search(pattern, one)) for one in screen["texts"])
            mine = history.intents_of.get(person, ())
            yield place, rows, [one for one in mine if one.flow in flows and one.outcome is not Outcome.FAILED]


def _made_by(history: History, flow: str) -> set[str]:
    """The names of what a flow's answer gives: `order_id`."""
    request = history.target["flows"][flow].get("request")
    return set((history.target.get("operations") or {}).get(request, {}).get("extract") or {})


def _shown_twice(person: str, place: str, rows: int, wished: list[Intent]) -> Finding:
    return Finding(
        kind="shown_twice",
        message=f"the page of {person} lists {rows} of {place}, and {len(wished)} were wished for",
        person=person,
        expected=len(wished),
        found=rows,
        records=capped([intent.record for intent in wished]),
    )
