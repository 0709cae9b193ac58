"""What every report is made from: one run's verdict, its journals, and whose each record is.

Read once, shared by text, page and JUnit. Attribution here is for showing only: by the person or markers a record
names, or by the call, delivery or attempt it belongs to. What a record means for a promise was decided by the judge.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.journal import Record, read
from reports.redact import clean

VERSION = 1
Data = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One run, ready to be shown."""

    folder: Path
    verdict: Data
    run: Data
    gate: Data = field(default_factory=dict)
    """What the gate says of the verdict; empty for a run that no gate has looked at."""
    since: Data = field(default_factory=dict)
    """What is other than in the last green run; empty where there was none."""
    people: dict[str, Data] = field(default_factory=dict)
    """Marker -> their `person` record."""
    by_person: dict[str, list[Record]] = field(default_factory=dict)
    """Marker -> every record of theirs, in order of time."""
    shared: list[Record] = field(default_factory=list)
    """What befell everybody: processes that started or died."""
    texts: dict[str, str] = field(default_factory=dict)
    """Scenario -> its own words."""
    mischief: Counter[str] = field(default_factory=Counter)
    """What was really done to people, by kind: how often."""

    @property
    def cells(self) -> list[Data]:
        """The cells as judged, in the judge's order."""
        return list(self.verdict.get("cells", []))

    def known(self, cell: Data, promise: Data) -> Data | None:
        """The entry of the baseline that knows this broken promise, if one does."""
        both = (cell["cell"], promise["promise"])
        return next((one for one in self.gate.get("known", []) if (one["cell"], one["promise"]) == both), None)

    def persons_of(self, cell: Data) -> list[str]:
        """The markers of a cell's people: as judged, else as their own records say."""
        named = cell.get("persons") or [m for m, one in self.people.items() if one.get("cell") == cell["cell"]]
        return [str(marker) for marker in named]

    def name(self, marker: str | None) -> str:
        """A person's name and marker, as far as known."""
        one = self.people.get(marker or "")
        full = f"{one.get('first_name', '')} {one.get('last_name', '')}".strip() if one else ""
        return f"{full} ({marker})" if full else str(marker or "nobody")


def load(folder: Path, *, journals: bool = True) -> Material:
    """Read a run folder, or only what was judged of it; raises `HarnessError`: the file, what is wrong, what to do."""
    if not folder.is_dir():
        raise HarnessError(f"{folder} is not a folder; a report needs the folder of a run (see reports/runs)")
    verdict = _json(folder / "verdict.json", f"judge the run first: harness check {folder}")
    if not isinstance(verdict.get("cells"), list) or verdict.get("verdict") not in ("pass", "fail", "unknown"):
        raise HarnessError(
            f"{folder / 'verdict.json'}: expected `verdict` (pass, fail or unknown) and a list of `cells`, "
            f"found the keys {', '.join(sorted(verdict)) or '(none)'}; judge the run again: harness check {folder}"
        )
    if verdict.get("version") != VERSION:
        raise HarnessError(
            f"{folder / 'verdict.json'}: written in version {verdict.get('version')!r}, this program reads {VERSION}; "
            f"judge the run again: harness check {folder}"
        )
    for number, cell in enumerate(verdict["cells"]):
        lacking = [name for name in ("cell", "scenario", "flow", "verdict") if name not in cell]
        if lacking:
            raise HarnessError(
                f"{folder / 'verdict.json'}: cells[{number}] lacks `{lacking[0]}`; "
                f"judge the run again: harness check {folder}"
            )
    gate = _json(folder / "gate.json", "") if (folder / "gate.json").exists() else {}
    since = _json(folder / "since-green.json", "") if (folder / "since-green.json").exists() else {}
    run = _json(folder / "run.json", "") if (folder / "run.json").exists() else {}
    try:
        records = _records(folder) if journals else []
    except (OSError, KeyError, TypeError, AttributeError) as problem:
        raise HarnessError(f"{folder}: its journals cannot be read as such ({problem!r})") from problem
    if journals and not records:
        raise HarnessError(f"{folder}: holds a verdict but no journal (*.jsonl); copy the whole folder of the run")
    for cell in verdict["cells"]:
        # What belongs to no scenario (load, calm people) is played again with everything else.
        cell["replay"] = cell.get("replay") or run.get("command")
    material = Material(folder=folder, verdict=clean(verdict), run=clean(run), gate=clean(gate), since=clean(since))
    _sort(records, material)
    return material


def _records(folder: Path) -> list[Record]:
    # Raw samples of a load generator lie beside the journals and are none.
    journals = [path for path in sorted(folder.glob("*.jsonl")) if not path.name.startswith("samples")]
    records = [record for path in journals for record in read(path)]
    records.sort(key=lambda record: (record["at"], record["n"]))
    return records


def _json(path: Path, remedy: str) -> Data:
    more = f"; {remedy}" if remedy else ""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise HarnessError(f"{path} is missing{more}") from None
    except OSError as problem:
        raise HarnessError(f"{path} cannot be read: {problem.strerror}{more}") from problem
    except ValueError as problem:
        raise HarnessError(
            f"{path} is not JSON ({problem}); was the run interrupted while it was written?{more}"
        ) from None
    if not isinstance(found, dict):
        raise HarnessError(f"{path}: expected a JSON object, found {type(found).__name__}{more}")
    return found


def _sort(records: list[Record], into: Material) -> None:
    by_person: dict[str, list[Record]] = defaultdict(list)
    owners: dict[str, set[str]] = {}
    for record in records:
        kind = record["k"]
        if kind == "process":
            into.shared.append(record)
            continue
        if kind == "person":
            into.people[record["person"]] = clean(record)
        elif kind == "cell" and record.get("text"):
            into.texts[record["scenario"]] = record["text"]
        into.mischief.update(_mischief(record))
        for marker in _owners(record, owners):
            by_person[marker].append(record)
    into.by_person.update(by_person)


def _mischief(record: Record) -> list[str]:
    if record["k"] == "fault":
        return [f"{record.get('fake')}: {str(record.get('kind')).replace('_', ' ')}"]
    if record["k"] == "weather":
        return [f"phone: {str(record.get('kind')).replace('_', ' ')}"]
    if record["k"] != "delivery":
        return []
    done = ["webhook: forged signature"] if record.get("forgery") not in (None, "valid") else []
    done += ["webhook: copy"] if record.get("copy") else []
    done += ["webhook: untrue"] if record.get("lie") else []
    return done + (["webhook: delivered again"] if (record.get("attempt") or 1) > 1 else [])


def _owners(record: Record, owners: dict[str, set[str]]) -> set[str]:
    """Whose a record is; remembers it for what follows of the same call, delivery or attempt."""
    mine = {marker for marker in [record.get("person"), *(record.get("markers") or [])] if marker}
    # A delivery's `attempt` is a number, not the name of one.
    links = [f"{name}/{record[name]}" for name in ("call", "delivery", "attempt") if isinstance(record.get(name), str)]
    for link in links:
        mine |= owners.get(link, set())
    for link in links:
        owners.setdefault(link, set()).update(mine)
    return mine
