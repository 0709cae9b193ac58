"""How the time of judging grows: `harness.judge` on a made-up run of some records and on one of ten times as many.

The people are calm and the verdict is a pass, which is the common case; people, cells and load grow alike. What memory
it takes is asked of a process that does nothing else. Called by `bench.__main__`.
"""

import gc
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import judge
from harness.clock import ManualClock
from harness.errors import MachineError
from harness.folder import RunFolder
from harness.journal import Journal
from harness.promises import exactly_once, fact, isolated, shown, synced
from harness.rng import Rng

TIMES = 10
IN_A_CELL = 4
"""One person of so many is in a cell of their own; the others are load."""
CHARGE = {"amount": 900, "currency": "usd"}
SLOS = {"acknowledgement": 2.0, "sync": 30.0}
TARGET = {
    "name": "made up",
    "slo": [{"name": name, "measure": name, "limit_s": limit, "quantile": 0.9} for name, limit in SLOS.items()],
}


class Writer:
    """A run folder being written, on a clock that moves only when told."""

    def __init__(self, folder: Path) -> None:
        self._clock = ManualClock(at_ns=5_000_000_000_000)
        names = ("phone", "fakes", "cells")
        self._books = {name: Journal(folder / f"{name}.jsonl", name, self._clock) for name in names}
        self._rng = Rng(11)
        self.count = 0

    def write(self, book: str, kind: str, /, **fields: Any) -> None:
        """One record, one millisecond after the last."""
        self._clock.advance(0.001)
        self._books[book].write(kind, **fields)
        self.count += 1

    def close(self) -> None:
        """Close the journals."""
        for book in self._books.values():
            book.close()

    def live(self, number: int) -> None:
        """A person's whole story: signs up, buys, is told of the payment, looks."""
        marker = self._rng.marker(str(number))
        email = f"{marker}@customers.example.com"
        cell = f"plain_success[buy-{number}]" if number % IN_A_CELL == 0 else None
        if cell:
            promises = [exactly_once(), isolated(), synced(), shown("Up to date", "Paid")]
            self.write(
                "cells", "cell", cell=cell, scenario="plain_success", title="All is well", flow="buy",
                variant=str(number), origin="scenario", promises=promises, facts=[fact("attempts", min=1)],
                persons=[marker], replay=f"harness run '{cell}'",
            )  # fmt: skip
        self.write(
            "phone", "person", person=marker, cell=cell, origin="scenario" if cell else "load", email=email,
            first_name="Ann", last_name="Example", phone="+15555550100", company="Example Ltd", lead={}, device="x",
        )  # fmt: skip
        contact = {"sink": "crm.contact", "match": {"email": email}, "values": {"firstname": "Ann"}, "per": "person"}
        self._want(marker, cell, number, "sign_up", [contact])
        self._call(marker, number, "crm", "crm.contact", f"ct{number}", {"email": email, "firstname": "Ann"})
        self._want(marker, cell, number, "buy", [{"sink": "payments.charge", "match": CHARGE, "values": CHARGE}])
        self._call(marker, number, "payments", "payments.charge", f"ch{number}", {**CHARGE, "captured": True})
        self._tell(marker, number)
        self.write(
            "phone", "read", person=marker, cell=cell, what="state", phase="final", status=200, values={"plan": "free"}
        )
        if cell:
            self.write("cells", "cell_end", cell=cell, error=None)

    def _want(self, marker: str, cell: str | None, number: int, flow: str, expects: list[dict[str, Any]]) -> None:
        intent, attempt = f"in-{flow}-{number}", f"at-{flow}-{number}"
        self.write(
            "phone", "intent", intent=intent, person=marker, cell=cell, flow=flow, key=intent, expects=expects,
            values={},
        )  # fmt: skip
        self.write(
            "phone", "attempt", attempt=attempt, intent=intent, person=marker, operation=flow, method="POST",
            path=f"/v1/{flow}", key=intent, scheduled=None, main=True,
        )  # fmt: skip
        self.write(
            "phone", "outcome", attempt=attempt, intent=intent, person=marker, outcome="ok", status=202, error=None,
            ms=21.0, state="Account syncing",
        )  # fmt: skip
        self.write("phone", "shown", person=marker, intent=intent, state="Up to date")
        self.write("phone", "concluded", intent=intent, person=marker, outcome="ok")

    def _call(self, marker: str, number: int, fake: str, sink: str, thing: str, values: dict[str, Any]) -> None:
        call = f"c-{fake}-{number}"
        self.write(
            "fakes", "received", call=call, fake=fake, method="POST", path="/v1/things", operation="POST /v1/things",
            writes=True, sink=sink, key=call, person=marker, markers=[marker], ids=[], params={"for": marker},
        )  # fmt: skip
        self.write(
            "fakes", "effect", call=call, fake=fake, sink=sink, op="create", object=thing, person=marker,
            markers=[marker], ids=[thing], values=values,
        )  # fmt: skip
        self.write("fakes", "answered", call=call, status=200, ms=1.2, lost=None)

    def _tell(self, marker: str, number: int) -> None:
        about = {
            "event": f"evt{number}", "fake": "payments", "type": "payment_intent.succeeded",
            "topic": "payment_succeeded", "object": f"ch{number}", "person": marker,
        }  # fmt: skip
        self.write("fakes", "news", ids=[f"ch{number}"], created=1_790_000_000, lie=False, **about)
        self.write(
            "fakes", "delivery", delivery=f"dl{number}", attempt=1, copy=0, resigned=False, forgery=None, lie=False,
            **about,
        )  # fmt: skip
        self.write("fakes", "delivered", delivery=f"dl{number}", event=f"evt{number}", status=200, error=None, ms=4.0)


def make(folder: Path, records: int) -> int:
    """A run folder of at least so many records; answers how many."""
    folder.mkdir(parents=True)
    run = RunFolder(folder)
    run.save("run.json", {"seed": 11, "started": None, "judge_slos": True})
    run.save("target.json", TARGET)
    writer = Writer(folder)
    people = 0
    while writer.count < records:
        writer.live(people)
        people += 1
    writer.close()
    return writer.count


def _seconds(folder: Path) -> float:
    gc.collect()
    began = time.process_time()
    verdict = judge.judge(folder)
    seconds = time.process_time() - began
    if verdict["verdict"] != "pass":
        raise MachineError(f"the made-up run should pass, but: {verdict['headline']}")
    return seconds


def _peak_mb(folder: Path) -> float:
    """The most memory that judging takes, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_judge_alone, (folder,))


def _judge_alone(folder: Path) -> float:
    judge.judge(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(folder: Path, *, records: int, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Seconds of one core for both runs, medians of rounds that take turns, and their ratio; 10 would be linear."""
    say(f"writing runs of {records:,} and {records * TIMES:,} records")
    small, large = make(folder / "small", records), make(folder / "large", records * TIMES)
    took: list[tuple[float, float]] = []
    for turn in range(rounds):
        say(f"judging, round {turn + 1} of {rounds}")
        took.append((_seconds(folder / "small"), _seconds(folder / "large")))
    say("judging, for the memory it takes")
    peaks = [_peak_mb(folder / name) for name in ("small", "large")]
    few, many = (statistics.median(column) for column in zip(*took, strict=True))
    return {
        "records": [small, large],
        "seconds": [round(few, 3), round(many, 3)],
        "seconds_rounds": [[round(one, 3) for one in pair] for pair in took],
        "peak_mb": [round(peak) for peak in peaks],
        "times_records": round(large / small, 2),
        "times_seconds": round(many / few, 2),
        "records_per_s": round(large / many),
    }
