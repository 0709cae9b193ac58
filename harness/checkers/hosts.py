"""Which names on the internet a run's calls were meant for: who stood for them, and what was blocked.

Only for a run in a network of its own (`vendor_hosts`), where every name leads to the fakes. Told, never judged: a
blocked call is no broken promise, but nobody knows what the pipeline would have done with its answer. Called by
`harness.judge`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

MOST_SHOWN = 5


def hosts_of(told: Iterable[Mapping[str, Any]], calls_to: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Each host with its fake or none, how many calls it got, and how far those went that were none; by name."""
    calls: Counter[str] = Counter()
    fakes: dict[str, str | None] = {}
    events: dict[str, set[str]] = {}
    blocked: dict[str, Counter[str]] = {}
    for record in told:
        host = record["host"]
        fakes[host] = record["fake"]
        events.setdefault(host, set()).add(record["event"])
        if record["event"] == "blocked":
            blocked.setdefault(host, Counter())[f"{record['method']} {record['path']}"] += 1
    for (host, fake), number in calls_to.items():
        calls[host] += number
        fakes.setdefault(host, fake)
    return [
        {
            "host": host,
            "fake": fakes[host],
            "calls": calls[host],
            "blocked": sum(blocked.get(host, Counter()).values()),
            "asked": [f"{what} (× {count})" for what, count in blocked.get(host, Counter()).most_common(MOST_SHOWN)],
            "reached": "greeted" if "greeted" in events.get(host, ()) else "looked_up",
        }
        for host in sorted(fakes, key=lambda host: (fakes[host] is None, host))
    ]
