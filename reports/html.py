"""The page: one file that needs nothing else, for somebody who was not there when it ran.

Gathers what the template shows; every text reaches the page through autoescape, and the page forbids itself any load.
Size is bounded: so many cards, so many lines of a story, the rest counted. Called by `reports.write`.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import matrices, pictures, plots, since, sweep, swimlane, words
from reports.evidence import columns
from reports.material import Data, Material
from reports.redact import clean_text
from reports.summary import tally, target_name, worst_of
from reports.timeline import Timeline, build

TEMPLATES = Path(__file__).parent / "templates"
MOST_CARDS, MOST_FINDINGS, MOST_PEOPLE = 50, 4, 2
ROWS_OF_ALL_CARDS, ROWS_AT_MOST, ROWS_AT_LEAST = 2400, 90, 36
EXAMPLE_ROWS, MOST_EXAMPLES = 40, 40
MOST_ITEMS = 60
MOMENTS = ("p50", "p95", "p99", "worst")


def render(material: Material) -> str:
    """The whole page as text."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(w=words, symbols=words.SYMBOLS, glossary=words.GLOSSARY)
    page = environment.get_template("report.html.j2").render(**context(material))
    return clean_text(page)


def context(material: Material) -> Data:
    """Everything the template shows, by name."""
    verdict = material.verdict
    cells = material.cells
    broken = [(cell, promise) for cell in cells for promise in cell.get("promises", []) if promise["ruling"] == "fail"]
    rows = max(ROWS_AT_LEAST, min(ROWS_AT_MOST, ROWS_OF_ALL_CARDS // max(1, min(len(broken), MOST_CARDS))))
    unknown_slos = [slo for slo in verdict.get("slos", []) if slo["verdict"] == "unknown"]
    return {
        "v": verdict,
        "run": material.run,
        "gate": material.gate,
        "since": list(since.lines(material.since)),
        "headline": _headline(verdict),
        "why": words.why(verdict),
        "target": target_name(verdict),
        "tiles": _tiles(verdict.get("counts", {})),
        "cards": [card(material, c, p, number, rows) for number, (c, p) in enumerate(broken[:MOST_CARDS], 1)],
        "more_cards": max(0, len(broken) - MOST_CARDS),
        "unknowns": _unknowns(cells),
        "unknown_slos": unknown_slos,
        "matrix": _matrix(cells, broken),
        "slos": [{**slo, "line": words.slo_line(slo), "plot": _slo_plot(slo)} for slo in verdict.get("slos", [])],
        "load": _load(material),
        "facts": _facts(cells),
        "coverage": _coverage(verdict.get("coverage", [])),
        "matrices": matrices.shown(verdict.get("matrices") or {}),
        "sweep": sweep.shown(verdict.get("sweep") or []),
        "keys": verdict.get("keys") or [],
        "mischief": material.mischief.most_common(MOST_ITEMS),
        "proofs": _proofs(material),
        "secrets": verdict.get("secrets"),
        "not_covered": verdict.get("not_covered", []),
        "unowned": verdict.get("unowned", [])[:MOST_ITEMS],
        "unowned_count": verdict.get("unowned_count", len(verdict.get("unowned", []))),
        "routes": verdict.get("unknown_routes", [])[:MOST_ITEMS],
        "hosts": [{"line": words.of_host(one), **one} for one in (verdict.get("hosts") or [])[:MOST_ITEMS]],
        "unsettled": verdict.get("unsettled", [])[:MOST_ITEMS],
    }


def _headline(verdict: Data) -> str:
    return _capital(str(verdict.get("headline") or words.BADGE[verdict["verdict"]]))


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def card(material: Material, cell: Data, promise: Data, number: int, most_rows: int) -> Data:
    """One broken promise, ready to be shown."""
    findings: list[Data] = promise.get("findings", [])
    persons = list(dict.fromkeys(str(one["person"]) for one in findings if one.get("person")))
    persons = persons or material.persons_of(cell)[:1]
    told = {
        person: build(material, person, _records_of(findings, person), most_rows // min(MOST_PEOPLE, len(persons)))
        for person in persons[:MOST_PEOPLE]
    }
    return {
        "id": f"broken-{number}",
        "cell": cell,
        "promise": promise["promise"],
        "meaning": words.PROMISES.get(promise["promise"], ""),
        "reason": promise.get("reason", ""),
        "title": _capital(words.clause(findings[0]["message"] if findings else promise.get("reason") or "broken")),
        "kinds": list(Counter(one["kind"] for one in findings).items()),
        "findings": [_finding(material, one, told) for one in findings[:MOST_FINDINGS]],
        "more_findings": max(0, len(findings) - MOST_FINDINGS),
        "stories": [_story(timeline) for timeline in told.values()],
        "pages": pictures.of_people(material, persons[:MOST_PEOPLE]),
        "more_people": max(0, len(persons) - MOST_PEOPLE),
        "replay": cell.get("replay"),
    }


def _records_of(findings: list[Data], person: str) -> list[Data]:
    return [record for one in findings if one.get("person") in (person, None) for record in one.get("records", [])]


def _finding(material: Material, finding: Data, told: dict[str, Timeline]) -> Data:
    person = finding.get("person")
    timeline = told.get(str(person)) or build(material, str(person), (), 1)
    return {
        "kind": finding["kind"],
        "kind_words": words.spaced(finding["kind"]),
        "meaning": words.KINDS.get(finding["kind"], ""),
        "message": finding["message"],
        "long": words.clause(finding["message"]) != finding["message"],
        "who": material.name(person) if person else "",
        "sink": finding.get("sink") or "",
        "expected": finding.get("expected"),
        "found": finding.get("found"),
        "columns": columns(material, finding, timeline.began or _first(finding)),
        "more_records": max(0, len(finding.get("records", [])) - 4),
    }


def _first(finding: Data) -> int:
    """When a finding of nobody begins: with the first of its own records."""
    return min((record["at"] for record in finding.get("records", []) if "at" in record), default=0)


def _story(timeline: Timeline) -> Data:
    rows = [
        {
            "moment": words.after(timeline.ms(entry)),
            "way": f"{entry.lane} → {entry.to}" if entry.to else entry.lane,
            "text": entry.text + (f" × {entry.times}" if entry.times > 1 else ""),
            "detail": entry.detail,
            "guilty": entry.guilty,
        }
        for entry in timeline.entries
    ]
    return {"name": timeline.name, "svg": swimlane.draw(timeline), "rows": rows, "dropped": timeline.dropped}


def _tiles(counts: Data) -> list[Data]:
    said = (
        ("passed", "cells passed", "pass"), ("failed", "cells failed", "fail"), ("unknown", "not decided", "unknown"),
        ("people", "people", ""), ("intents", "intents", ""), ("effects", "effects", ""),
        ("deliveries", "deliveries", ""), ("faults", "faults", ""),
    )  # fmt: skip
    return [
        {"n": counts[name], "text": text, "tone": tone if counts[name] else ""}
        for name, text, tone in said
        if counts.get(name) is not None
    ]


def _unknowns(cells: list[Data]) -> list[Data]:
    """Undecided cells, those with the same reason together."""
    groups: dict[str, list[Data]] = {}
    for cell in cells:
        if cell["verdict"] == "unknown":
            groups.setdefault(words.undecided(cell)[0], []).append(cell)
    return [
        {"reason": reason, "cells": mine[:MOST_ITEMS], "count": len(mine), "error": mine[0].get("error") or "",
         "others": words.undecided(mine[0])[1:4], "replay": mine[0].get("replay")}
        for reason, mine in sorted(groups.items(), key=lambda pair: -len(pair[1]))
    ]  # fmt: skip


def _matrix(cells: list[Data], broken: list[tuple[Data, Data]]) -> Data:
    scenarios, flows, grid = tally(cells)
    links = {
        cell["cell"]: f"#broken-{number}" for number, (cell, _) in reversed(list(enumerate(broken[:MOST_CARDS], 1)))
    }
    titles = {cell["scenario"]: cell.get("title", "") for cell in cells}
    rows = []
    for name in scenarios:
        boxes: list[Data | None] = []
        for flow in flows:
            mine = grid.get((name, flow))
            boxes.append(_box(mine, links) if mine else None)
        rows.append({"name": name, "title": titles[name], "boxes": boxes})
    return {"flows": flows, "rows": rows}


def _box(cells: list[Data], links: dict[str, str]) -> Data:
    worst, count = worst_of(cells)
    hit = next((links[c["cell"]] for c in cells if c["verdict"] == "fail" and c["cell"] in links), None)
    several = ", ".join(f"{c.get('variant') or c['flow']}: {words.SAID[c['verdict']]}" for c in cells[:12])
    return {
        "ruling": worst,
        "symbol": words.SYMBOLS[worst],
        "text": str(len(cells)) if worst == "pass" else f"{count}/{len(cells)}",
        "title": several + (f" and {len(cells) - 12} more" if len(cells) > 12 else ""),
        "said": words.SAID[worst],
        "link": hit or ("#unknown" if worst == "unknown" else None),
    }


def _slo_plot(slo: Data) -> Markup:
    samples = slo.get("samples_s") or []
    if samples:
        number = slo.get("n") or len(samples)
        reach = (number - (slo.get("never") or 0)) / number
        return plots.ecdf(samples, slo.get("limit_s"), slo.get("quantile"), reach)
    marks = [(name, slo.get(f"{name}_s")) for name in MOMENTS]
    return plots.strip([(name, float(value)) for name, value in marks if value is not None], slo.get("limit_s"))


def _load(material: Material) -> Data | None:
    load: Data | None = material.verdict.get("load")
    if not load or not load.get("people"):
        return None
    achieved, intended = float(load.get("achieved_rps") or 0), float(load.get("intended_rps") or 0)
    waits = [
        record["ms"] / 1000
        for marker, one in material.people.items()
        if one.get("origin") == "load"
        for record in material.by_person.get(marker, [])
        if record["k"] == "outcome" and record.get("ms") is not None
    ]
    top = max(achieved, intended, 0.001)
    return {
        **load, "line": words.load_line(load), "share": achieved / intended if intended else None,
        "achieved_width": f"{100 * achieved / top:.1f}", "intended_width": f"{100 * intended / top:.1f}",
        "achieved": f"{achieved:.1f}", "intended": f"{intended:.1f}", "plot": plots.ecdf(waits), "samples": len(waits),
    }  # fmt: skip


def _facts(cells: list[Data]) -> list[Data]:
    """Each fact of each scenario: how often it had to occur, how often it did, and where it did not."""
    found: dict[tuple[str, str], Data] = {}
    for cell in cells:
        for fact in cell.get("facts", []):
            key = (cell["scenario"], str(fact["fact"]))
            row = found.setdefault(key, {"scenario": key[0], "fact": key[1], "hit": 0, "of": 0, "missed": []})
            row["of"] += 1
            row["hit"] += bool(fact.get("occurred"))
            if not fact.get("occurred"):
                row["missed"].append(cell["cell"])
    return sorted(found.values(), key=lambda row: (row["hit"] == row["of"], row["scenario"]))


def _coverage(coverage: list[Data]) -> Data:
    flows = list(dict.fromkeys(one["flow"] for one in coverage))
    rows: dict[tuple[str, str], dict[str, bool]] = {}
    for one in coverage:
        rows.setdefault((one["scenario"], one.get("variant") or ""), {})[one["flow"]] = bool(one.get("facts_ok"))
    earned = sum(bool(one.get("facts_ok")) for one in coverage)
    return {"flows": flows, "rows": list(rows.items()), "earned": earned, "of": len(coverage)}


def _example(material: Material, cells: list[Data]) -> Data | None:
    """Of the cells that passed, the one whose first person's story holds most."""
    good = [cell for cell in cells if cell["verdict"] == "pass" and material.persons_of(cell)]
    return max(good, key=lambda cell: len(material.by_person.get(material.persons_of(cell)[0], [])), default=None)


def _proofs(material: Material) -> list[Data]:
    """For each scenario what was proved, in numbers, and the story of one person for whom it held."""
    groups: dict[str, list[Data]] = {}
    for cell in material.cells:
        groups.setdefault(cell["scenario"], []).append(cell)
    proofs = []
    for index, (name, cells) in enumerate(groups.items()):
        good = _example(material, cells)
        person = material.persons_of(good)[0] if good else ""
        example = build(material, person, (), EXAMPLE_ROWS) if good and index < MOST_EXAMPLES else None
        proofs.append(
            {
                "name": name, "title": cells[0].get("title") or words.spaced(name),
                "text": material.texts.get(name, ""),
                "passed": sum(c["verdict"] == "pass" for c in cells), "of": len(cells), "worst": worst_of(cells)[0],
                "promises": _kept(cells), "example": _story(example) if example else None,
                "cell": good["cell"] if good else "", "replay": good.get("replay") if good else "",
            }
        )  # fmt: skip
    return proofs


def _kept(cells: list[Data]) -> list[Data]:
    """For each promise of a scenario: in how many cells it was kept, and the sum of what was counted there."""
    found: dict[str, Data] = {}
    for promise in (promise for cell in cells for promise in cell.get("promises", [])):
        row = found.setdefault(promise["promise"], {"kept": 0, "of": 0, "counts": Counter()})
        row["of"] += 1
        if promise["ruling"] == "pass":
            row["kept"] += 1
            row["counts"].update(_whole_numbers(promise.get("counts") or {}))
    return [
        {"name": name, "meaning": words.PROMISES.get(name, words.spaced(name)), "kept": row["kept"], "of": row["of"],
         "numbers": ", ".join(f"{count:,} {words.spaced(what)}" for what, count in row["counts"].most_common(4))}
        for name, row in found.items()
    ]  # fmt: skip


def _whole_numbers(counts: dict[str, Any]) -> dict[str, int]:
    return {name: n for name, n in counts.items() if isinstance(n, int) and not isinstance(n, bool) and n}
