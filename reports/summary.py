"""The end of a run in words: a coloured text on a terminal, and the same text, plain and stable, as `summary.txt`.

One verdict and why; what broke, first; what could not be decided; the matrix; times, load and what was not looked at.
Built once as rich text, so that terminal and file can never differ. Called by the run, the command line and pytest.
"""

from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from reports import matrices, since, story, sweep, timeline, words
from reports.material import Data, Material, load
from reports.redact import clean, clean_text

STYLES = {"pass": "bold green", "fail": "bold red", "unknown": "bold yellow"}
PLAIN_MARKS = {"pass": "ok", "fail": "FAIL", "unknown": "?"}
MOST_CELLS, MOST_FINDINGS, MOST_LINES = 25, 3, 12


def print_summary(folder: Path, console: Console | None = None) -> None:
    """Print the end of this run; raises `HarnessError` when the folder cannot be read."""
    console = console or Console(soft_wrap=True, highlight=False)
    console.print(compose(load(folder)))


def text_of(material: Material) -> str:
    """The plain text of `summary.txt`: no colours, no time of its own, the same for the same run."""
    return clean_text("\n".join(line.rstrip() for line in compose(material).plain.splitlines()) + "\n")


def text_of_cell(cell: Data) -> str:
    """One cell that did not pass, in plain words: for pytest and for anybody who asks about one."""
    cell = clean(cell)
    lines = [f"{cell['cell']}: {words.SAID[cell['verdict']]}"]
    if cell.get("title"):
        lines.append(f"  {cell['title']}")
    for promise in cell.get("promises", []):
        if promise["ruling"] == "fail":
            lines += [text.plain for text in _promise(cell, promise, "  ")]
    if cell["verdict"] == "unknown":
        lines += [f"  not decided: {reason}" for reason in words.undecided(cell)]
    lines.append(f"  replay    {cell.get('replay') or 'not recorded'}")
    return "\n".join(lines)


def compose(material: Material) -> Text:
    """The whole text, with styles."""
    verdict = material.verdict
    lines: list[Text] = [*_head(material)]
    lines += _section("The shortest story that shows it", list(_story(material)))
    lines += _section("Broken promises", list(_broken(material.cells)))
    lines += _section("Known failures, and what fails this gate", list(_gate(material.gate)))
    lines += _section("Not decided", list(_unknown(material.cells)))
    lines += _section("Since the last green run", [Text(f"  {one}") for one in since.lines(material.since)])
    lines += _section("Scenario by flow", list(_matrix(material.cells)))
    swept = verdict.get("sweep") or []
    lines += _section("Sweep: calls and events by ways to disturb them", [_pair(*one) for one in sweep.by_flow(swept)])
    lines += _section("Matrices", [_pair(*one) for one in matrices.in_short(verdict.get("matrices") or {})])
    lines += _section("Time limits", [_slo(slo) for slo in verdict.get("slos", [])])
    lines += _section("Load", [Text(f"  {words.load_line(verdict.get('load'))}")])
    secrets = words.secrets_line(verdict.get("secrets"))
    lines += _section("Secrets", [Text(f"  {secrets}")] if secrets else [])
    lines += _section("Not covered", [_pair(one.get("what"), one.get("why")) for one in verdict.get("not_covered", [])])
    unowned = [Text(f"  {words.of_nobody(one)}") for one in verdict.get("unowned", [])[:MOST_LINES]]
    more = verdict.get("unowned_count", 0) - len(unowned)
    unowned += [Text(f"  … and {more} more")] if unowned and more > 0 else []
    lines += _section("Effects that belong to nobody", unowned)
    routes = [
        Text(f"  {one['fake']}: {one['method']} {one['path']} (× {one['count']})")
        for one in verdict.get("unknown_routes", [])[:MOST_LINES]
    ]
    lines += _section("Your pipeline called what the fakes lack", routes)
    hosts = verdict.get("hosts") or []
    here = [Text(f"  {words.of_host(one)}") for one in hosts if one["fake"]]
    lines += _section("Calls to the vendors' own hosts", here[:MOST_LINES])
    away = [Text(f"  {words.of_host(one)}") for one in hosts if not one["fake"]]
    lines += _section("Your pipeline called the real internet: blocked", away[:MOST_LINES])
    lines += _section("Never settled", [_plain(one) for one in verdict.get("unsettled", [])[:MOST_LINES]])
    lines += [Text(""), *_foot(material)]
    return Text("\n").join(lines)


def _head(material: Material) -> Iterator[Text]:
    verdict = material.verdict
    ruling = material.gate.get("says", verdict["verdict"])
    if ruling not in STYLES:
        ruling = ruling if ruling in ("known", "let through") else verdict["verdict"]
    style = STYLES.get(ruling, "bold yellow")
    yield Text.assemble((ruling.upper(), style), "  ", (str(verdict.get("headline", "")), "bold"))
    reason = words.why(verdict)
    if reason:
        yield Text(f"{' ' * len(ruling)}  {reason}")
    counts: Data = verdict.get("counts", {})
    names = ("cells", "passed", "failed", "unknown", "people", "intents", "effects", "deliveries", "faults")
    yield Text("")
    yield Text("  " + " · ".join(f"{counts[name]:,} {name}" for name in names if counts.get(name) is not None), "dim")


def _gate(gate: Data) -> Iterator[Text]:
    for one in gate.get("entries", []):
        style = "yellow" if one["stands"].startswith("known") else "bold red" if one["stands"] == "expired" else "dim"
        who = f"{one['owner']}, until {one['expires']}"
        yield Text.assemble("  ", (f"{one['stands']}", style), f"  {one['about']}: {one['reason']} ({who})")
    for one in gate.get("again", []):
        yield Text(f"  played again, because it was not decided: {one['cell']} is {one['verdict']} in {one['run']}")
    if gate.get("let_through"):
        yield Text(f"  let through: {', '.join(gate['let_through'])} (--fail-on {','.join(gate['fail_on'])})")


def _section(title: str, lines: list[Text]) -> list[Text]:
    if not lines:
        return []
    return [Text(""), Text(title, "bold"), *lines]


def _story(material: Material) -> Iterator[Text]:
    told = story.shortest(material)
    if told is None:
        return
    said = f"{told.finding['kind']}  {words.clause(told.finding['message'])}"
    yield Text.assemble("  ", (told.cell["cell"], "bold"), f"  {said}")
    for line in timeline.as_text(told.lines).splitlines():
        yield Text(f"  {line}", "red" if line.startswith(timeline.GUILTY) else "")
    yield Text.assemble("  replay    ", (str(told.cell.get("replay") or "not recorded"), "cyan"))


def _broken(cells: list[Data]) -> Iterator[Text]:
    broken = [(c, p) for c in cells for p in c.get("promises", []) if p["ruling"] == "fail"]
    for number, (cell, promise) in enumerate(broken[:MOST_CELLS], 1):
        yield Text.assemble(f"  {number}. ", (cell["cell"], "bold"), f"  {cell.get('title', '')}")
        yield from _promise(cell, promise, "     ")
        yield Text.assemble("     replay    ", (str(cell.get("replay") or "not recorded"), "cyan"))
    if len(broken) > MOST_CELLS:
        yield Text(f"  … and {len(broken) - MOST_CELLS} more broken promises, all in junit.xml")


def _promise(cell: Data, promise: Data, indent: str) -> Iterator[Text]:
    findings = promise.get("findings", [])
    meaning = words.PROMISES.get(promise["promise"], "")
    yield Text.assemble(indent, (promise["promise"], "red"), f"  {meaning}" if meaning else "")
    if not findings:
        yield Text(f"{indent}  {promise.get('reason', '')}")
    for finding in findings[:MOST_FINDINGS]:
        yield Text.assemble(indent, (finding["kind"], "bold red"), f"  {words.clause(finding['message'])}")
        if finding.get("expected") is not None:
            yield Text(f"{indent}expected  {words.brief(finding['expected'])}")
        if finding.get("found") is not None or finding["kind"] == "lost":
            yield Text(f"{indent}found     {words.brief(finding.get('found') or 'nothing')}")
        who = [finding.get("person"), finding.get("sink")]
        if any(who):
            yield Text(f"{indent}person    {finding.get('person') or 'nobody'} · {finding.get('sink') or 'no sink'}")
    if len(findings) > MOST_FINDINGS:
        yield Text(f"{indent}… and {len(findings) - MOST_FINDINGS} more findings")


def _unknown(cells: list[Data]) -> Iterator[Text]:
    undecided = [cell for cell in cells if cell["verdict"] == "unknown"]
    for cell in undecided[:MOST_CELLS]:
        yield Text.assemble("  ", (cell["cell"], "bold"), f"  {words.undecided(cell)[0]}")
    if len(undecided) > MOST_CELLS:
        yield Text(f"  … and {len(undecided) - MOST_CELLS} more undecided cells")


def tally(cells: list[Data]) -> tuple[list[str], list[str], dict[tuple[str, str], list[Data]]]:
    """The matrix as data: scenarios, flows, and the cells of each pair; in the judge's order."""
    scenarios = list(dict.fromkeys(cell["scenario"] for cell in cells))
    flows = list(dict.fromkeys(cell["flow"] for cell in cells))
    grid: dict[tuple[str, str], list[Data]] = {}
    for cell in cells:
        grid.setdefault((cell["scenario"], cell["flow"]), []).append(cell)
    return scenarios, flows, grid


def worst_of(cells: list[Data]) -> tuple[str, int]:
    """The worst verdict among cells, and how many have it."""
    verdicts = [cell["verdict"] for cell in cells]
    worst = next(ruling for ruling in ("fail", "unknown", "pass") if ruling in verdicts)
    return worst, verdicts.count(worst)


def _matrix(cells: list[Data]) -> Iterator[Text]:
    scenarios, flows, grid = tally(cells)
    if not scenarios:
        return
    first = max(map(cell_len, scenarios)) + 2
    wide = [max(cell_len(flow), 10) + 2 for flow in flows]
    heads = "".join(f"{flow or 'any flow':<{room}}" for flow, room in zip(flows, wide, strict=True))
    yield Text(f"  {' ' * first}{heads.rstrip()}", "dim")
    for name in scenarios:
        line = Text(f"  {name:<{first}}")
        for flow, room in zip(flows, wide, strict=True):
            mine = grid.get((name, flow))
            if not mine:
                line.append(f"{'·':<{room}}", "dim")
                continue
            worst, count = worst_of(mine)
            many = str(len(mine)) if worst == "pass" else f"{count}/{len(mine)}"
            line.append(f"{f'{PLAIN_MARKS[worst]} {many}':<{room}}", STYLES[worst])
        line.rstrip()
        yield line


def _slo(slo: Data) -> Text:
    mark = PLAIN_MARKS[slo["verdict"]]
    return Text.assemble("  ", (f"{mark:<4}", STYLES[slo["verdict"]]), f" {slo['name']}: {words.slo_line(slo)}")


def _pair(what: object, why: object) -> Text:
    return Text(f"  {what}: {why}" if why else f"  {what}")


def _plain(one: object) -> Text:
    return Text(f"  {words.brief(one)}")


def _foot(material: Material) -> Iterator[Text]:
    verdict = material.verdict
    said = [
        f"seed {verdict.get('seed')}",
        f"target {target_name(verdict)}",
        f"commit {verdict.get('commit') or 'unknown'}",
        f"took {words.seconds(verdict.get('duration_s'))}",
        f"exit code {material.gate.get('exit_code', verdict.get('exit_code'))}",
    ]
    yield Text(" · ".join(said))
    yield Text(f"run folder {material.folder}")
    yield Text(f"report     {material.folder / 'report.html'}")


def target_name(verdict: Data) -> str:
    """The target's name, whether the verdict holds the name or more."""
    target = verdict.get("target")
    return str(target.get("name", "unnamed")) if isinstance(target, dict) else str(target or "unnamed")
