"""The end of a run as Markdown, for a job's summary: verdict, what broke and how to play it again, what is known.

At most `BYTES_MAX`, however large the run: CI systems refuse more than a mebibyte. Called by `reports.write`.
"""

from collections.abc import Iterator

from reports import since, words
from reports.material import Data, Material
from reports.redact import clean_text

BYTES_MAX = 900_000
MOST_FINDINGS = 3
MARK = {"pass": "✅", "fail": "❌", "unknown": "❔"}


def text_of(material: Material) -> str:
    """The whole document; what has no room is counted and said to be in junit.xml."""
    parts = [*_head(material), *_gate(material.gate)]
    broken = [(c, p) for c in material.cells for p in c.get("promises", []) if p["ruling"] == "fail"]
    tail = [
        *_undecided(material.cells),
        *_since(material.since),
        *_limits(material.verdict),
        *_lacking(material.verdict),
        *_foot(material),
    ]
    room = BYTES_MAX - sum(len(part.encode()) + 1 for part in (*parts, *tail)) - 500
    if broken:
        parts += ["## Broken promises", ""]
    for shown, (cell, promise) in enumerate(broken):
        text = "\n".join(_promise(material, cell, promise))
        if len(text.encode()) > room:
            parts += [f"… and {len(broken) - shown} more broken promises, all in `junit.xml`.", ""]
            break
        room -= len(text.encode()) + 1
        parts.append(text)
    return clean_text("\n".join([*parts, *tail]).rstrip() + "\n")


def _head(material: Material) -> Iterator[str]:
    verdict = material.verdict
    says = material.gate.get("says")
    mark = "🟡" if says in ("known", "let through") else MARK[verdict["verdict"]]
    yield f"# {mark} {says or verdict['verdict']}: {_line(verdict.get('headline'))}"
    yield ""
    counts: Data = verdict.get("counts", {})
    names = [name for name in ("cells", "passed", "failed", "unknown", "people", "effects") if name in counts]
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    yield f"| {' | '.join(f'{counts[name]:,}' for name in names)} |"
    yield ""


def _gate(gate: Data) -> Iterator[str]:
    if gate.get("let_through"):
        yield f"Let through, because `--fail-on {','.join(gate['fail_on'])}`: {', '.join(gate['let_through'])}."
        yield ""
    if gate.get("entries"):
        yield f"## Known failures (`{gate['baseline']}`)"
        yield ""
        yield "| stands | what | why | owner | until |"
        yield "|---|---|---|---|---|"
        for one in gate["entries"]:
            cells = (f"**{one['stands']}**", one["about"], one["reason"], one["owner"], one["expires"])
            yield f"| {' | '.join(_line(cell) for cell in cells)} |"
        yield ""
    if gate.get("again"):
        yield "Played again, because it was not decided: " + ", ".join(
            f"`{one['cell']}` ({one['verdict']})" for one in gate["again"]
        )
        yield ""


def _since(found: Data) -> Iterator[str]:
    if found:
        yield "## Since the last green run"
        yield ""
        yield from (f"- {_line(one)}" for one in since.lines(found))
        yield ""


def _promise(material: Material, cell: Data, promise: Data) -> Iterator[str]:
    known = material.known(cell, promise)
    yield f"### {'🟡 known: ' if known else '❌ '}`{cell['cell']}` {promise['promise']}"
    if known:
        yield f"{_line(known['reason'])} ({known['owner']}, until {known['expires']})"
    yield ""
    findings = promise.get("findings", [])
    for one in findings[:MOST_FINDINGS]:
        yield f"- **{one['kind']}**: {_line(words.clause(one['message']))}"
    if not findings:
        yield f"- {_line(promise.get('reason'))}"
    if len(findings) > MOST_FINDINGS:
        yield f"- … and {len(findings) - MOST_FINDINGS} more"
    yield ""
    yield f"```console\n$ {_line(cell.get('replay') or 'harness run')}\n```"
    yield ""


def _undecided(cells: list[Data]) -> Iterator[str]:
    found = [cell for cell in cells if cell["verdict"] == "unknown"]
    if found:
        yield "## Not decided"
        yield ""
        yield from (f"- `{cell['cell']}`: {_line(words.undecided(cell)[0])}" for cell in found[:50])
        if len(found) > 50:
            yield f"- … and {len(found) - 50} more"
        yield ""


def _limits(verdict: Data) -> Iterator[str]:
    slos = verdict.get("slos", [])
    if slos:
        yield "## Time limits"
        yield ""
        yield from (f"- {MARK[slo['verdict']]} {_line(slo['name'])}: {_line(words.slo_line(slo))}" for slo in slos)
        yield ""


def _lacking(verdict: Data) -> Iterator[str]:
    routes = verdict.get("unknown_routes", [])
    if routes:
        yield "## Your pipeline called what the fakes lack"
        yield ""
        yield from (
            f"- {one['fake']}: `{one['method']} {_line(one['path'])}` (× {one['count']})" for one in routes[:20]
        )
        yield ""


def _foot(material: Material) -> Iterator[str]:
    verdict = material.verdict
    code = material.gate.get("exit_code", verdict.get("exit_code"))
    yield f"seed {verdict.get('seed')} · commit {verdict.get('commit') or 'unknown'} · exit code {code}"


def _line(text: object) -> str:
    """One line that cannot break a table or open a tag."""
    return " ".join(str(text or "").split()).replace("|", "\\|").replace("<", "&lt;")[:600]
