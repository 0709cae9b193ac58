"""Creates per second at each fake, empty and full, beside an app that does nothing: same client, bodies, connections.

What is compared is measured in turns within one run, so that a slow moment of the machine meets all alike; the figures
are medians over the rounds. Every server is one process of its own. Called by `bench.__main__`.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.asks import CREATES, Create, Numbers, credentials
from bench.wire import Connection, Timed, request, timed
from harness.errors import MachineError

CONNECTIONS = 4
WARM_UP = 100
UNLIMITED = ("--set", "crm.search_per_s=0")
"""Limits that are on unless they are switched off."""
STOP_S = 5.0


@dataclass(slots=True)
class Row:
    """The figures of one kind of object in one place; the median of each over the rounds."""

    create: str
    where: str
    stored: int | None
    rounds: list[Timed] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    """What the server computed in each round; empty where that cannot be told."""

    @property
    def per_s(self) -> float:
        """Creates per second."""
        return statistics.median(one.per_s for one in self.rounds)

    @property
    def cpu_us(self) -> float | None:
        """Microseconds of computing by the server for one create: steadier than time on a busy machine."""
        number = sum(one.number for one in self.rounds)
        return sum(self.cpu_s) * 1e6 / number if self.cpu_s else None

    def as_data(self, nothing: "Row") -> dict[str, Any]:
        """The row as data; `nothing` is the yardstick's."""
        return {
            "create": self.create,
            "where": self.where,
            "stored": self.stored,
            "per_s": round(self.per_s, 1),
            "per_s_rounds": [round(one.per_s, 1) for one in self.rounds],
            "p50_ms": round(statistics.median(one.quantile_ms(0.5) for one in self.rounds), 3),
            "p99_ms": round(statistics.median(one.quantile_ms(0.99) for one in self.rounds), 3),
            "server_cpu_us": round(self.cpu_us) if self.cpu_us is not None else None,
            "cpu_times_nothing": round(self.cpu_us / nothing.cpu_us, 1) if self.cpu_us and nothing.cpu_us else None,
            "requests": sum(one.number for one in self.rounds),
            "ratio_to_nothing": round(statistics.median(_ratios(self, nothing)), 3),
        }


def cpu_s(pid: int) -> float | None:
    """What a process has computed so far; None where the system does not tell it this way."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ratios(row: Row, nothing: Row) -> list[float]:
    """Of each round by itself: what slowed one round slowed both."""
    return [one.per_s / other.per_s for one, other in zip(row.rounds, nothing.rounds, strict=True)]


@contextmanager
def child(*words: str) -> Iterator[dict[str, Any]]:
    """A server of ours in a process of its own; gives the JSON line that it prints, with its `pid`."""
    process = subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise MachineError(f"{words[0]} ended before it served")
        yield {**json.loads(line), "pid": process.pid}
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _maker(public: dict[str, Any], create: Create, numbers: Numbers) -> Callable[[], bytes]:
    url, authorization = public[create.fake]["url"], credentials(public, create.fake)
    path = create.where(public)

    def make() -> bytes:
        body, headers = create.form(*numbers.next())
        return request(url, path, body, {"authorization": authorization, **headers})

    return make


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Connection]:
    connection = await Connection.open(url)
    try:
        yield connection
    finally:
        connection.close()


@dataclass(slots=True)
class Bench:
    """How much is asked, of one kind of object."""

    create: Create
    number: int
    seconds: float
    numbers: Numbers = field(default_factory=Numbers)

    async def fill(self, full: dict[str, Any], stored: int, fill_s: float) -> int:
        """Store so many objects; answers how many fitted into the time for it."""
        make, url = _maker(full, self.create, self.numbers), full[self.create.fake]["url"]
        return (await timed(url, make, number=stored, seconds=fill_s, connections=CONNECTIONS)).number

    async def measure(self, nothing: dict[str, Any], servers: Sequence[dict[str, Any]], rows: Sequence[Row]) -> None:
        """One round: nothing, then each server, in this order; the app that does nothing answers as much as they."""
        make, fake = _maker(servers[0], self.create, self.numbers), self.create.fake
        async with _connected(servers[0][fake]["url"]) as connection:
            size = len((await connection.ask(make())).body)

        def idle() -> bytes:
            body, headers = self.create.form(*self.numbers.next())
            return request(
                nothing["url"], f"/{size}", body, {"authorization": credentials(servers[0], fake), **headers}
            )

        places = [(nothing, nothing["url"], idle)]
        places += [(one, one[fake]["url"], _maker(one, self.create, self.numbers)) for one in servers]
        for row, (server, where, each) in zip(rows, places, strict=True):
            await timed(where, each, number=WARM_UP, seconds=self.seconds, connections=CONNECTIONS)
            before = cpu_s(server["pid"])
            took = await timed(where, each, number=self.number, seconds=self.seconds, connections=CONNECTIONS)
            after = cpu_s(server["pid"])
            row.rounds.append(took)
            if before is not None and after is not None:
                row.cpu_s.append(after - before)


def measure(
    folder: Path,
    *,
    stored: int,
    rounds: int,
    number: int,
    seconds: float,
    fill_s: float,
    only: str,
    say: Callable[[str], None],
) -> list[dict[str, Any]]:
    """The rows of the table, three for each kind of object (two when nothing is to be stored).

    An empty fake is one that has just been started: one that has forgotten what it held would use that memory again,
    and so answer faster than any that has to grow.
    """
    creates = [one for one in CREATES if one.name.startswith(only)]
    if not creates:
        raise MachineError(f"nothing is called {only!r}; there are {', '.join(one.name for one in CREATES)}")
    told: list[dict[str, Any]] = []
    with child("bench.nothing") as nothing:
        for create in creates:
            say(f"{create.name}: {rounds} rounds" + (f", {stored:,} stored before" if stored else ""))
            bench = Bench(create, number, seconds)
            table = [Row(create.name, "no-op app", None), Row(create.name, "empty", 0)]
            with ExitStack() as stack:
                full = [stack.enter_context(_fakes(folder / f"full-{len(told)}.jsonl"))] if stored else []
                held = [asyncio.run(bench.fill(one, stored, fill_s)) for one in full]
                table += [Row(create.name, "full", each) for each in held]
                for turn in range(rounds):
                    with _fakes(folder / f"empty-{len(told)}-{turn}.jsonl") as empty:
                        asyncio.run(bench.measure(nothing, [empty, *full], table))
            told += [row.as_data(table[0]) for row in table]
    return told


def _fakes(journal: Path) -> AbstractContextManager[dict[str, Any]]:
    return child("fakes", "--json", *UNLIMITED, "--journal", str(journal))
