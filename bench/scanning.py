"""How fast secrets are searched for: journals of two sizes, a made-up bundle with every reading, one answer at a time.

Measures processor time, so that a busy machine does not count. Called by `bench.__main__`.
"""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from harness.rng import Rng, fresh_token
from harness.scan.engine import Scanner
from harness.scan.needles import Secret
from harness.scan.shapes import Shapes, shipped

SECRETS = 8
LINES = 20_000
TIMES = 10
ANSWERS = 2_000


def measure(rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Megabytes a second over journals, the same with ten times as much, over a bundle; microseconds for an answer."""
    secrets = [Secret(f"SECRET_{number}", fresh_token("key_"), random=True) for number in range(SECRETS)]
    scanner = Scanner(secrets, Shapes(shipped()))
    rng = Rng(7)
    few = b"".join(_record(rng, number) for number in range(LINES))
    many, bundle, answer = few * TIMES, _bundle(rng), _record(rng, 1)
    say(f"searching {(len(few) + len(many)) / 1e6:.0f} MB of journals, {len(bundle) / 1e6:.1f} MB of script")

    def seconds(name: str, data: bytes, deep: bool, times: int = 1) -> float:
        taken = []
        for _ in range(rounds):
            began = time.process_time()
            for _ in range(times):
                scanner.scan_bytes(name, data, deep=deep)
            taken.append(time.process_time() - began)
        return statistics.median(taken)

    short, long = seconds("a.jsonl", few, False), seconds("a.jsonl", many, False)
    return {
        "patterns": len(scanner.searcher.needles),
        "journal_mb": [round(len(data) / 1e6, 1) for data in (few, many)],
        "journal_s": [round(one, 3) for one in (short, long)],
        "journal_mb_per_s": round(len(many) / 1e6 / long),
        "times_seconds": round(long / short, 1),
        "bundle_mb_per_s": round(len(bundle) / 1e6 / seconds("a.js", bundle, True), 1),
        "answer_us": round(seconds("body.json", answer, False, ANSWERS) / ANSWERS * 1e6),
    }


def _record(rng: Rng, number: int) -> bytes:
    marker = rng.marker(str(number))
    values = {"email": f"{marker}@people.example.com", "amount": 900, "text": f"Thank you, {marker}. " * 4}
    return (
        json.dumps({"k": "effect", "n": number, "sink": "crm.contact", "person": marker, "values": values}).encode()
        + b"\n"
    )


def _bundle(rng: Rng) -> bytes:
    """Something like a minified script: short names, many literals, some escapes, few spaces."""
    names = [rng.marker(f"name {number}") for number in range(400)]
    line = "".join(
        f'__d(function(g,r){{var {name}=r("{name[2:]}"),t=["{name}","a","b\\u00e9"].map(e=>e+"{name[4:]}")}},{number});'
        for number, name in enumerate(names)
    )
    return (line * 40).encode()
