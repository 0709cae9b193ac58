"""The evidence of one finding, laid out to be compared: the records side by side, or the gap where one should be.

Turns a finding into columns of names and values, with what differs between them marked; where a record is missing, an
empty column stands beside the nearest entry that there is. Pure; called by `reports.html`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.journal import Record
from reports import words
from reports.material import Data, Material
from reports.redact import clean
from reports.timeline import identity

MOST_COLUMNS, MOST_ROWS = 4, 14
_KIND_WORDS = {
    "received": "Call received", "answered": "Call answered", "intent": "Intent", "attempt": "Attempt",
    "outcome": "What the phone learned", "read": "What the app was told", "delivery": "Webhook sent",
    "delivered": "Webhook answered", "shown": "What the app shows", "probe": "Probe", "fault": "Fault",
    "page": "The page",
}  # fmt: skip
_PLAIN_FIELDS = (
    "operation", "flow", "status", "outcome", "error", "state", "phase", "topic", "type", "event", "attempt", "copy",
    "forgery", "method", "path", "body", "kind", "committed", "lost", "place", "number", "texts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A name, its value, and whether the other columns hold something else there."""

    name: str
    value: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One record, or the place where one should be."""

    heading: str
    moment: str
    rows: tuple[Row, ...]
    style: str = "record"
    """record, missing, nearest."""


def columns(material: Material, finding: Data, began: int) -> list[Column]:
    """What to lay side by side for this finding."""
    records: list[Record] = finding.get("records", [])
    absent = finding["kind"] == "lost"
    # Of what is missing, a record of the same place can only be the nearest that there is.
    shown = [
        _column(record, began, "nearest" if absent and _is_effect_of(finding, record) else "record")
        for record in records[:MOST_COLUMNS]
    ]
    if absent:
        near = None if any(column.style == "nearest" for column in shown) else _nearest(material, finding, records)
        shown = [_missing(finding), *shown, *([_column(near, began, "nearest")] if near else [])]
    return _marked(shown[:MOST_COLUMNS])


def _is_effect_of(finding: Data, record: Record) -> bool:
    return record.get("k") == "effect" and record.get("sink") == finding.get("sink")


def _missing(finding: Data) -> Column:
    where = finding.get("sink") or "where it was expected"
    expected = finding.get("expected")
    rows = _flat(expected) if isinstance(expected, Mapping) else [Row("expected", words.brief(expected))]
    return Column(f"Nothing in {where}", "never", tuple(rows[:MOST_ROWS]), "missing")


def _nearest(material: Material, finding: Data, shown: list[Record]) -> Record | None:
    """This person's entry that comes closest to the missing one: same sink, else same vendor, else their intent."""
    mine = material.by_person.get(finding.get("person") or "", [])
    already = {identity(record) for record in shown}
    sink = str(finding.get("sink") or "")
    fake = sink.partition(".")[0]
    for near in (
        [r for r in mine if r["k"] == "effect" and r.get("sink") == sink],
        [r for r in mine if r["k"] == "received" and r.get("sink") == sink],
        [r for r in mine if r["k"] in ("received", "fault") and r.get("fake") == fake],
        [r for r in mine if r["k"] == "intent"],
    ):
        left = [record for record in near if identity(record) not in already]
        if left:
            return left[-1]
    return None


def _column(record: Record, began: int, style: str = "record") -> Column:
    record = clean(record)
    kind = record.get("k", "record")
    heading = _KIND_WORDS.get(kind, words.spaced(str(kind)).capitalize())
    rows: list[Row] = []
    if kind == "effect":
        done = {"create": "created", "update": "updated", "delete": "deleted"}.get(str(record.get("op")), "changed")
        heading = f"{record.get('sink')} {done}"
        rows = [Row(name, words.brief(record[name], 200)) for name in ("object", "call") if record.get(name)]
    else:
        told = {"method", "path"} if record.get("operation") else set()
        names = [name for name in _PLAIN_FIELDS if record.get(name) is not None and name not in told]
        rows = [Row(name, words.brief(record[name], 200)) for name in names]
    rows += [Row("key", str(record["key"]))] if record.get("key") else []
    held = record.get("values") or record.get("params")
    rows += _flat(held) if isinstance(held, Mapping) else []
    moment = words.after((record["at"] - began) / 1e6) if "at" in record else ""
    return Column(heading, moment, tuple(rows[:MOST_ROWS]), style)


def _flat(values: Mapping[str, object]) -> list[Row]:
    return [Row(str(name), words.brief(held, 200)) for name, held in values.items() if held not in (None, "", [], {})]


def _marked(shown: list[Column]) -> list[Column]:
    """Mark the rows in which columns of the same kind tell different things."""
    told: dict[tuple[str, str], set[str]] = {}
    for column in shown:
        for row in column.rows:
            told.setdefault((_sort_of(column), row.name), set()).add(row.value)
    return [
        Column(
            column.heading,
            column.moment,
            tuple(Row(r.name, r.value, len(told[_sort_of(column), r.name]) > 1) for r in column.rows),
            column.style,
        )
        for column in shown
    ]


def _sort_of(column: Column) -> str:
    # A creation and an update of one sink are compared; records of different places are not.
    return column.heading.partition(" ")[0]
