"""The one check of ours inside Schemathesis: a refused request leaves no effect at any vendor.

Loaded by Schemathesis itself (`SCHEMATHESIS_HOOKS`), in its own process. Every generated body gets a marker of its own
in the texts that survive into records, so that an effect can be told from its neighbours'; what was refused and what
was accepted is kept in sets, because Schemathesis calls again while it shrinks. Judged once at the end, from the fakes'
journal, when that has stopped growing. Requests without a text to mark are counted and not judged.
"""

import os
import re
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis

from harness.clock import SYSTEM, block
from harness.journal import read
from harness.rng import MARKER_PATTERN, Rng

FAKES_JOURNAL = "HARNESS_FAKES_JOURNAL"
SEED = "HARNESS_FUZZ_SEED"
QUIET_S = 2.0
PATIENCE_S = 30.0
CONFLICT = 409
MARKER = re.compile(MARKER_PATTERN)
TEXTS = ("subject", "message", "name", "title", "description", "text")

_markers = count()


def stamped(body: Any, marker: str) -> Any:
    """The same body with the marker in its e-mail and free texts; other values and other shapes stay as they are.

    What was wrong with a text stays wrong: the marker is added, nothing is replaced.
    """
    if not isinstance(body, dict):
        return body
    marked = dict(body)
    for key, value in body.items():
        if not isinstance(value, str) or not value:
            continue
        if "email" in str(key).lower() and "@" in value:
            marked[key] = f"{marker}.{value}"
        elif str(key).lower() in TEXTS:
            marked[key] = f"{value} {marker}"
    return marked


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Give every generated body its own marker."""
    marker = Rng(int(os.environ.get(SEED, "0"))).marker(f"fuzz/{next(_markers)}")
    return stamped(body, marker)


@schemathesis.check
class RefusedLeavesNoEffect:
    """A request that was refused left nothing at any vendor."""

    def __init__(self) -> None:
        self.accepted: set[str] = set()
        self.refused: dict[str, str] = {}
        self.unmarked: set[str] = set()

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        """Remember what became of each marker."""
        markers = set(MARKER.findall(str(case.body).lower()))
        if not markers:
            self.unmarked.add(str(case.id))
        elif 200 <= response.status_code < 300 or response.status_code == CONFLICT or response.status_code >= 500:
            # A conflict says that it is there already, a server error that nobody knows: neither is a refusal.
            self.accepted |= markers
        elif 400 <= response.status_code < 500:
            for marker in markers:
                self.refused[marker] = f"{case.method} {case.formatted_path} answered {response.status_code}"

    def after_run(self, ctx: Any) -> None:
        """Wait until the vendors are quiet, then look for effects of what was refused."""
        journal = Path(os.environ[FAKES_JOURNAL])
        wait_until_still(journal)
        leaked = leaks(journal, self.refused, self.accepted)
        if leaked:
            shown = "\n".join(leaked[:10])
            raise AssertionError(f"{len(leaked)} effect(s) of refused requests:\n{shown}")


def leaks(journal: Path, refused: dict[str, str], accepted: set[str]) -> list[str]:
    """A sentence for each effect whose marker was only ever refused."""
    return [
        f"{refused[marker]}, but {record['sink']} {record['object']} was {record['op']}d"
        for record in read(journal)
        if record["k"] == "effect"
        for marker in record.get("markers") or ()
        if marker in refused and marker not in accepted
    ]


def wait_until_still(journal: Path) -> None:
    """Return when the journal has not grown for a while, or when patience ends."""
    deadline = SYSTEM.at_ns() + int(PATIENCE_S * 1e9)
    size, since = -1, SYSTEM.at_ns()
    while SYSTEM.at_ns() < deadline:
        now = journal.stat().st_size
        if now != size:
            size, since = now, SYSTEM.at_ns()
        elif SYSTEM.at_ns() - since > QUIET_S * 1e9:
            return
        block(0.1)
