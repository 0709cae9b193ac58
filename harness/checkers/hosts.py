"""Which names on the internet a run's calls were meant for: who stood for them, and what was blocked.

Only for a run in a network of its own (`vendor_hosts`), where every name leads to the fakes. Told, never judged: a
blocked call is no broken promise, but nobody knows what the pipeline would have done with its answer. Called by
`harness.judge`.
"""

from collections import Counter
from typing import Any

from harness.checkers.history import History

MOST_SHOWN = 5


def hosts_of(history: History) -> list[dict[str, Any]]:
    """Each host with its fake or none, how many calls it got, and how far those went that were none; by name."""
    calls = Counter(call.received["host"] for call in history.calls.values() if call.received.get("host"))
    fakes: dict[str, str | None] = {}
    events: dict[str, set[str]] = {}
    blocked: dict[str, Counter[str]] = {}
    for record in history.hosts:
        host = record["host"]
        fakes[host] = record["fake"]
        events.setdefault(host, set()).add(record["event"])
        if record["event"] == "blocked":
            blocked.setdefault(host, Counter())[f"{record['method']} {record['path']}"] += 1
    for call in history.calls.values():
        if call.received.get("host"):
            fakes.setdefault(call.received["host"], call.received["fake"])
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
