"""`python -m bench.rivals`: creating customers at the payment fake beside two others and a Starlette app of no use.

The others (localstripe from pip, stripe-stateful-mock from npm) are installed into a temporary folder, and are never
kept. Same client, bodies and connections, one process each, in turns within one run: empty first, then with as many
objects as fit into the time to store them. Our journal is on. Writes `bench/results/rivals-*.json`, asserts nothing.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.asks import Numbers, customer
from bench.fakes import CONNECTIONS, STOP_S, WARM_UP, child, cpu_s
from bench.wire import Timed, request, timed
from harness.clock import SYSTEM, block
from harness.errors import HarnessError, MachineError

RESULTS = Path(__file__).parent / "results"
PATH = "/v1/customers"
START_S = 20.0
PLAIN, OURS = "plain Starlette app", "this project"


@dataclass(slots=True)
class Server:
    """One of those that are compared, and what was measured of it."""

    name: str
    url: str
    pid: int
    key: str
    empty: list[Timed] = field(default_factory=list)
    full: list[Timed] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    stored: int = 0
    megabytes: tuple[float, float] = (0.0, 0.0)

    def maker(self, numbers: Numbers) -> Callable[[], bytes]:
        """What makes the next request."""

        def make() -> bytes:
            body, headers = customer(*numbers.next())
            return request(self.url, PATH, body, {"authorization": f"Bearer {self.key}", **headers})

        return make

    def as_data(self, plain: "Server") -> dict[str, Any]:
        """The figures; the ratio is of each round to that of the plain app beside it."""
        ratios = [one.per_s / other.per_s for one, other in zip(self.empty, plain.empty, strict=True)]
        return {
            "name": self.name,
            "empty_per_s": round(_per_s(self.empty), 1),
            "p50_ms": round(statistics.median(one.quantile_ms(0.5) for one in self.empty), 3),
            "p99_ms": round(statistics.median(one.quantile_ms(0.99) for one in self.empty), 3),
            "ratio_to_plain": round(statistics.median(ratios), 3),
            "stored": self.stored,
            "full_per_s": round(_per_s(self.full), 1),
            "full_p99_ms": round(statistics.median(one.quantile_ms(0.99) for one in self.full), 3),
            "full_to_empty": round(_per_s(self.full) / _per_s(self.empty), 3),
            "server_cpu_us": round(statistics.median(self.cpu_us)) if self.cpu_us else None,
            "megabytes": [round(one, 1) for one in self.megabytes],
        }


def _per_s(rounds: Sequence[Timed]) -> float:
    return statistics.median(one.per_s for one in rounds)


def installed(folder: Path) -> None:
    """The others, from their registries; `MachineError` when pip or npm cannot."""
    python, node = folder / "py", folder / "js"
    commands = []
    if not python.exists():
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--target"]
        commands.append([*pip, str(python), "localstripe"])
    if not node.exists():
        npm = ["npm", "install", "--prefix", str(node), "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        commands.append([*npm, "stripe-stateful-mock"])
    for command in commands:
        try:
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError) as problem:
            raise MachineError(f"{command[0]} could not install {command[-1]}: {problem}") from problem


@contextmanager
def rival(name: str, command: Sequence[str], settings: Mapping[str, str], port: int) -> Iterator[Server]:
    """Another's server in a process of its own."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=quiet, stderr=quiet)
    try:
        _await(port, name)
        yield Server(name, f"http://127.0.0.1:{port}", process.pid, "sk_test_12345678901234567890")
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def _await(port: int, name: str) -> None:
    for _ in range(int(START_S / 0.1)):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            block(0.1)
        else:
            return
    raise MachineError(f"{name} did not listen within {START_S:g} s")


def megabytes(pid: int) -> float:
    """What a process holds in memory; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def servers(stack: ExitStack, folder: Path) -> list[Server]:
    """All of them, running until the stack is left."""
    plain = stack.enter_context(child("bench.plain"))
    journal = str(folder / "rivals.jsonl")
    ours = stack.enter_context(child("fakes", "--json", "--only", "payments", "--journal", journal))
    python, node = _free_port(), _free_port()
    one = rival(
        "localstripe", [sys.executable, "-m", "localstripe", "--port", str(python), "--from-scratch"],
        {"PYTHONPATH": str(folder / "py")}, python,
    )  # fmt: skip
    script = str(folder / "js" / "node_modules" / "stripe-stateful-mock" / "dist" / "cli.js")
    other = rival("stripe-stateful-mock", ["node", script], {"PORT": str(node), "LOG_LEVEL": "silent"}, node)
    return [
        Server(PLAIN, plain["url"], plain["pid"], "sk_test_x"),
        Server(OURS, ours["payments"]["url"], ours["pid"], ours["payments"]["secret_key"]),
        stack.enter_context(one),
        stack.enter_context(other),
    ]


async def _rounds(found: Sequence[Server], wanted: argparse.Namespace, numbers: Numbers, where: str) -> None:
    for server in found:
        await timed(server.url, server.maker(numbers), number=WARM_UP, seconds=5, connections=CONNECTIONS)
    for _ in range(wanted.rounds):
        for server in found:
            before = cpu_s(server.pid)
            took = await timed(
                server.url, server.maker(numbers), number=wanted.number, seconds=wanted.seconds, connections=CONNECTIONS
            )
            after = cpu_s(server.pid)
            getattr(server, where).append(took)
            if where == "empty" and before is not None and after is not None:
                server.cpu_us.append((after - before) * 1e6 / took.number)


async def _measured(found: Sequence[Server], wanted: argparse.Namespace) -> list[dict[str, Any]]:
    numbers = Numbers()
    await _rounds(found, wanted, numbers, "empty")
    for server in found:
        before = megabytes(server.pid)
        took = await timed(
            server.url, server.maker(numbers), number=wanted.stored, seconds=wanted.fill_seconds,
            connections=CONNECTIONS,
        )  # fmt: skip
        server.stored, server.megabytes = took.number, (before, megabytes(server.pid))
    await _rounds(found, wanted, numbers, "full")
    return [server.as_data(found[0]) for server in found]


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.rivals", description="The payment fake beside others.")
    parser.add_argument("--stored", type=int, default=100_000, metavar="N", help="objects to store, at most")
    parser.add_argument("--fill-seconds", type=float, default=60.0, metavar="S", help="time to store them, each")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds the medians are over")
    parser.add_argument("--number", type=int, default=4_000, metavar="N", help="creates per round, at most")
    parser.add_argument("--seconds", type=float, default=2.0, metavar="S", help="time per round, at most")
    parser.add_argument("--folder", type=Path, help="keep what was installed here (default: a temporary folder)")
    return parser.parse_args(arguments)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The figures as they are printed."""
    head = ("", "creates/s", "p50 ms", "p99 ms", "of plain", "stored", "creates/s then", "of empty", "p99 then", "MB")
    lines = [head]
    for row in rows:
        few, many = row["megabytes"]
        lines.append((
            row["name"], f"{row['empty_per_s']:,.0f}", f"{row['p50_ms']:.2f}", f"{row['p99_ms']:.2f}",
            f"{row['ratio_to_plain']:.2f}", f"{row['stored']:,}", f"{row['full_per_s']:,.0f}",
            f"{row['full_to_empty']:.2f}", f"{row['full_p99_ms']:.2f}", f"{few:.0f} -> {many:.0f}",
        ))  # fmt: skip
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join("  ".join(f"{cell:>{width}}" for cell, width in zip(line, widths, strict=True)) for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Install, measure, print; 2 with one line on stderr when that is impossible."""
    wanted = options(arguments)
    with tempfile.TemporaryDirectory(prefix="rivals-") as name, ExitStack() as stack:
        folder = wanted.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            installed(folder)
            rows = asyncio.run(_measured(servers(stack, folder), wanted))
        except HarnessError as problem:
            sys.stderr.write(f"bench.rivals: {problem}\n")
            return 2
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"rivals-{SYSTEM.wall():%Y%m%d-%H%M%S}.json"
    kept.write_text(json.dumps({"at": SYSTEM.wall().isoformat(timespec="seconds"), "rows": rows}, indent=2) + "\n")
    sys.stdout.write(f"{table(rows)}\nkept in {kept}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
