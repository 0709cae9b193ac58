"""A scan in words: coloured text on a terminal, and one page that needs nothing else.

Shows the data of `scan.json` and judges nothing; says what may be claimed and what may not. Called by `harness scan`.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.text import Text

from harness.errors import MachineError
from reports.material import Data
from reports.redact import clean_text

TEMPLATES = Path(__file__).parent / "templates"
STYLES = {"clean": "bold green", "leak": "bold red", "cannot": "bold red", "too little": "bold yellow"}
MOST_FILES, MOST_LINES = 12, 20


def say(text: str) -> None:
    """A line for whoever waits, beside the result."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, style="dim", markup=False)


def print_scan(result: Data, out: Path | None = None) -> None:
    """Print what a scan came to, and where it was written."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(compose(result))
    if out:
        console.print(f"written: {out / 'scan.html'}", markup=False)


def write(result: Data, out: Path) -> None:
    """Write `scan.json` and `scan.html` into this folder; raises `MachineError` when that cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "scan.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
        (out / "scan.html").write_text(page(result))
    except OSError as problem:
        raise MachineError(f"cannot write into {out}: {problem.strerror}; choose another --out DIR") from None


def page(result: Data) -> str:
    """The page as text."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    tone = {"clean": "pass", "too little": "unknown"}.get(result["verdict"], "fail")
    text = environment.get_template("scan.html.j2").render(
        s=result, tone=tone, groups=grouped(result["findings"]), size=size(result["looked_at"]["bytes"]),
        seconds=f"{result['ms'] / 1000:.1f} s",
    )  # fmt: skip
    return clean_text(text)


def grouped(findings: Iterable[Data]) -> list[Data]:
    """One entry for each secret or key, with the files it is in and the places in each."""
    groups: dict[tuple[str, str], Data] = {}
    for one in findings:
        group = groups.setdefault(
            (one["name"], one["shown"]),
            {"name": one["name"], "shown": one["shown"], "text": one["text"], "kind": one["kind"], "files": {}},
        )
        group["files"].setdefault(one["file"], []).append(one)
    return list(groups.values())


def compose(result: Data) -> Text:
    """The whole text, with styles."""
    verdict = result["verdict"]
    lines = [Text.assemble((verdict.upper(), STYLES[verdict]), "  ", (result["headline"], "bold"))]
    groups = grouped(result["findings"])
    for group in groups[:MOST_LINES]:
        lines += [Text(""), *_group(group)]
    if len(groups) > MOST_LINES:
        lines.append(Text(f"\n  … and {len(groups) - MOST_LINES} more; --json has them all"))
    lines += _section("Could not be looked into", result["unreadable"])
    lines += _section("Second opinion", list(_opinion(result["opinion"])))
    return Text("\n").join([*lines, Text(""), *_looked(result)])


def _group(group: Data) -> Iterator[Text]:
    what = f"  {group['text']}" if group["text"] else ""
    yield Text.assemble("  ", (group["name"], "bold red"), f"  {group['shown']}{what}")
    files = list(group["files"].items())
    for file, found in files[:MOST_FILES]:
        yield Text(f"    {file}")
        for one in found:
            times = f" (× {one['count']})" if one["count"] > 1 else ""
            yield Text.assemble(f"      {one['form']}: ", (one["place"], "cyan"), times)
    if len(files) > MOST_FILES:
        yield Text(f"    … and {len(files) - MOST_FILES} more files; --json has them all")


def _section(title: str, lines: list[str]) -> list[Text]:
    if not lines:
        return []
    more = [Text(f"  … and {len(lines) - MOST_LINES} more")] if len(lines) > MOST_LINES else []
    return [Text(""), Text(title, "bold"), *(Text(f"  {line}") for line in lines[:MOST_LINES]), *more]


def _opinion(opinion: Data | None) -> Iterator[str]:
    if not opinion:
        return
    if opinion["why"]:
        yield f"{opinion['by'] or 'not asked'}: {opinion['why']}"
        return
    if not opinion["findings"]:
        yield f"{opinion['by']}: nothing found in the same unpacked text"
    for one in opinion["findings"]:
        yield f"{opinion['by']}: {one['rule']}, {one['shown']}: {one['file']}, {one['place']}"


def _looked(result: Data) -> Iterator[Text]:
    looked_for, looked_at = result["looked_for"], result["looked_at"]
    names = ", ".join(one["name"] for one in looked_for["secrets"])
    forms, shapes = len(looked_for["forms"]), len(looked_for["shapes"])
    secrets = f"{looked_for['known']} secrets{f' ({names})' if names else ''} in {forms} forms"
    yield Text(f"looked for  {secrets if looked_for['known'] else 'no known secret'}; {shapes} shapes of keys")
    yield Text(f"looked at   {looked_at['files']} files, {size(looked_at['bytes'])}, in {result['ms'] / 1000:.1f} s")
    if looked_for["left_out"]:
        yield Text(f"left out    {', '.join(looked_for['left_out'])}: too short, too plain, or public by name")
    if result["allowed"]:
        seen = ", ".join(f"{name} × {count}" for name, count in sorted(result["allowed"].items()))
        yield Text(f"allowed     {seen}")
    for note in result["notes"]:
        yield Text(f"note        {note}")
    if result["claim"]:
        yield Text(f"claims      {result['claim']}")
    for one in result["not_claimed"]:
        yield Text(f"not         {one}")
    yield Text(f"exit code {result['exit_code']}")


def size(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"
