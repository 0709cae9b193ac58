"""Something that must not exist: an effect of these people in a sink, or a value at a place of the app's state.

An effect counts in every version that ever was, not only in its last; the app's state in every read and every word
shown.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.values import at_path, fits, selects
from harness.checkers.verdicts import capped, nobody, ruled, told, unknown
from harness.model import Finding, Verdict

NAME = "never"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """No effect in `sink` that fits `match`; or the app never had the value `equals` at the path `app`."""
    if "sink" in args:
        return _no_effect(history, cell, str(args["sink"]), args.get("match") or {})
    if "app" in args:
        return _not_in_app(history, cell, str(args["app"]), args.get("equals"))
    return unknown(NAME, "neither `sink` nor `app` says what must never be")


def _no_effect(history: History, cell: CellView, sink: str, match: Mapping[str, Any]) -> Verdict:
    lived = [person for person in cell.persons if history.intents_of.get(person)] or history.probes_of.get(cell.id)
    if verdict := nobody(NAME, cell.persons, lived, "nobody in this cell did anything"):
        return verdict
    findings = []
    for person in cell.persons:
        for thing in history.things(person, sink):
            guilty = [version for version in thing.versions if selects(match, version.get("values") or {})]
            if guilty:
                findings.append(
                    Finding(
                        kind="forbidden",
                        message=f"{sink} {thing.id} of {person} with {told(guilty[0].get('values') or {})}: "
                        f"there may be none with {told(match)}",
                        person=person,
                        sink=sink,
                        expected=0,
                        found=len(guilty),
                        records=capped([*_news_of(history, person), *guilty]),
                    )
                )
    return ruled(NAME, findings, f"no {sink} with {told(match)}", persons=len(cell.persons))


def _news_of(history: History, person: str) -> list[Record]:
    """The forged deliveries, which are the likeliest cause."""
    return [one.record for one in history.deliveries_of.get(person, ()) if one.record.get("lie")][:3]


def _not_in_app(history: History, cell: CellView, path: str, value: Any) -> Verdict:
    reads = [(person, read) for person in cell.persons for read in history.of("read", person) if read.get("values")]
    shown = [(person, one) for person in cell.persons for one in history.of("shown", person) if path == "state"]
    if verdict := nobody(NAME, cell.persons, reads or shown, "the app's state was never read"):
        return verdict
    guilty = [(who, read) for who, read in reads if any(fits(value, found) for found in at_path(read["values"], path))]
    guilty += [(who, one) for who, one in shown if fits(value, one.get("state"))]
    findings = [
        Finding(
            kind="forbidden",
            message=f"the app of {person} had {path} = {value!r} ({record.get('phase') or 'shown'})",
            person=person,
            expected={"not": value},
            found=value,
            records=(record,),
        )
        for person, record in guilty
    ]
    return ruled(NAME, findings, f"{len(reads)} reads, none with {path} = {value!r}", reads=len(reads))
