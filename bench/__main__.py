"""`python -m bench` (`make bench`): measure the parts, print one table, keep the figures in `bench/results`.

Loopback only; bounded in count and time. Asserts nothing: what is fast enough is for the reader to say.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import fakes, judging, scanning
from harness.clock import SYSTEM
from harness.errors import HarnessError
from harness.folder import commit, versions

RESULTS = Path(__file__).parent / "results"
WIDTH = 110
PARTS = ("fakes", "judging", "scanning")


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench", description="How fast the parts are.")
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    parser.add_argument("--stored", type=int, default=20_000, metavar="N", help="objects in the full fakes; 0: none")
    parser.add_argument("--fill-seconds", type=float, default=12.0, metavar="S", help="time to store them, per kind")
    parser.add_argument("--kind", default="", metavar="TEXT", help="of the fakes' kinds only those that begin so: crm")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds the medians are over")
    parser.add_argument("--number", type=int, default=2_000, metavar="N", help="creates per round, at most")
    parser.add_argument("--seconds", type=float, default=1.0, metavar="S", help="time per round and place, at most")
    parser.add_argument(
        "--records", type=int, default=5_000, metavar="N", help="of the small run; the large: ten times"
    )
    return parser.parse_args(arguments)


def fakes_table(rows: Sequence[dict[str, Any]]) -> Table:
    """The figures of the fakes as they are printed."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("create", "where"):
        table.add_column(name, no_wrap=True)
    for name in ("creates/s", "p50 ms", "p99 ms", "ratio", "CPU µs", "times"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        stored = row["where"] + (f", {row['stored']:,} stored" if row["stored"] else "")
        figures = (
            f"{row['per_s']:,.0f}",
            f"{row['p50_ms']:.2f}",
            f"{row['p99_ms']:.2f}",
            f"{row['ratio_to_nothing']:.2f}",
            "" if row["server_cpu_us"] is None else f"{row['server_cpu_us']:,}",
            "" if row["cpu_times_nothing"] is None else f"{row['cpu_times_nothing']:.1f}",
        )
        table.add_row(row["create"], stored, *figures)
    return table


def searched(one: dict[str, Any]) -> str:
    """The figures of the search for secrets as they are printed."""
    return (
        f"Searching journals for {one['patterns']:,} patterns: {one['journal_mb_per_s']:,} MB/s, ten times as much in "
        f"{one['times_seconds']:.1f} times the time. A script with all its readings: "
        f"{one['bundle_mb_per_s']:.1f} MB/s. An answer: {one['answer_us']:,} µs"
    )


def keep(result: dict[str, Any]) -> Path:
    """Write the figures to a file of their own."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{SYSTEM.wall():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 with one line on stderr when that is impossible."""
    wanted = options(arguments)
    console, aside = Console(), Console(stderr=True, soft_wrap=True)
    console.width = max(console.width, WIDTH)

    def say(what: str) -> None:
        aside.print(what, style="dim", highlight=False)

    result: dict[str, Any] = {
        "at": SYSTEM.wall().isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "versions": versions(),
        "options": vars(wanted),
    }
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            if wanted.only in (None, "scanning"):
                result["scanning"] = scanning.measure(wanted.rounds, say)
            if wanted.only in (None, "judging"):
                result["judging"] = judging.measure(
                    Path(name) / "runs", records=wanted.records, rounds=wanted.rounds, say=say
                )
            if wanted.only in (None, "fakes"):
                result["fakes"] = fakes.measure(
                    Path(name), stored=wanted.stored, rounds=wanted.rounds, number=wanted.number,
                    seconds=wanted.seconds, fill_s=wanted.fill_seconds, only=wanted.kind, say=say,
                )  # fmt: skip
    except HarnessError as problem:
        aside.print(f"bench: {problem}", style="red", markup=False, highlight=False)
        return 2
    if "fakes" in result:
        said = f"{fakes.CONNECTIONS} connections, journal on, medians of {wanted.rounds} rounds taken in turns"
        console.print(f"Creates; {said}", highlight=False)
        console.print(fakes_table(result["fakes"]))
        console.print(
            "ratio: of creates/s to those of an app that does nothing. CPU µs: what the server computes for each, "
            "and how many times what that app does; this holds on a busy machine too.",
            highlight=False,
        )
    if "judging" in result:
        one = result["judging"]
        (few, many), (short, long) = one["records"], one["seconds"]
        console.print(
            f"Judging {few:,} records: {short:.2f} s of a core, {many:,}: {long:.2f} s; "
            f"{one['times_records']:.1f} times the records in {one['times_seconds']:.1f} times the time "
            f"({one['records_per_s']:,} records/s); "
            f"memory at most {one['peak_mb'][0]:,} MB and {one['peak_mb'][1]:,} MB",
            highlight=False,
        )
    if "scanning" in result:
        console.print(searched(result["scanning"]), highlight=False)
    console.print(f"kept in {keep(result)}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
