"""Reading a visit: clocks, logs, what a browser would be told, and the routes for operators. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from harness.doctor.findings import Finding, Level
from harness.doctor.visit import ORIGIN, Heard, Visit
from harness.target.words import dig
from reports.redact import clean_text

APART_S = 5.0
COMPLAINT = re.compile(r"\b(?:ERROR|CRITICAL|FATAL|Traceback|panic:|Unhandled|level=error)\b|\"level\": ?\"error\"")
SHOWN, LINE_MAX = 4, 220


def clocks(seen: Visit) -> Iterator[Finding]:
    """How far the pipeline's clock is from the providers': signatures and expiries depend on it."""
    known = sorted((one.apart_s for one in seen.answers if one.apart_s is not None), key=abs)
    if not known:
        yield Finding(kind="clock", level=Level.NOTE, about="clock", seen="its answers carry no date")
        return
    apart = known[len(known) // 2]
    if abs(apart) <= APART_S:
        yield Finding(kind="clock", about="clock", seen=f"within {max(1.0, abs(apart)):.0f} s of this machine's")
        return
    yield Finding(
        kind="clocks_apart",
        level=Level.WRONG,
        about="clock",
        seen=f"its answers are dated {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} this machine's clock",
        remedy="set both by NTP: signed events look too old and are refused, tokens expire early",
    )


def by_status(seen: Visit) -> Iterator[Finding]:
    """The pipeline's answers by status."""
    # A preflight is no page's request here: whoever knows no OPTIONS may say so with a 501.
    counts = Counter(one.status for one in seen.answers if one.method != "OPTIONS")
    said = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items())) or "none"
    broken = sum(count for status, count in counts.items() if status >= 500)
    yield Finding(
        kind="answers_by_status",
        level=Level.WRONG if broken or not counts else Level.OK,
        about="answers",
        seen=said,
        remedy="the pipeline broke: see `logs`" if broken else "" if counts else "nobody answered: see above",
    )


def logs(seen: Visit) -> Iterator[Finding]:
    """What each process complained of."""
    if seen.target.reached and not seen.logs():
        yield Finding(
            kind="log_elsewhere",
            level=Level.NOTE,
            about="logs",
            seen="the pipeline was up before this walk: its logs are with whoever started it",
        )
    for name, lines in seen.logs().items():
        bad = [line for line in lines if COMPLAINT.search(line)]
        where = str(seen.folder / "logs" / f"{name}.log")
        if not bad:
            yield Finding(kind="log", about=f"log {name}", seen=f"{len(lines)} lines, no complaint", where=where)
            continue
        shown = [clean_text(line.strip())[:LINE_MAX] for line in dict.fromkeys(bad)]
        more = [f"... and {len(bad) - SHOWN} more"] if len(shown) > SHOWN else []
        yield Finding(
            kind="log_complains",
            level=Level.NOTE,
            about=f"log {name}",
            seen="\n".join([f"{len(bad)} of {len(lines)} lines complain:", *shown[:SHOWN], *more]),
            where=where,
        )


def cors(seen: Visit) -> Iterator[Finding]:
    """What a page of somebody else's would be allowed."""
    for one in seen.preflights:
        allowed = one.headers.get("access-control-allow-origin", "")
        credentials = one.headers.get("access-control-allow-credentials", "").lower() == "true"
        if allowed in ("*", ORIGIN) and credentials:
            yield Finding(
                kind="cors_open",
                level=Level.WRONG,
                about="CORS",
                seen=f"a page at {ORIGIN}, which nobody knows, may act with the visitor's cookies "
                f"(allow-origin: {allowed}, allow-credentials: true)",
                where=f"OPTIONS {one.path}",
                remedy="list the origins of your own pages; a mobile app needs no CORS at all",
            )
            return
    told = {one.headers.get("access-control-allow-origin", "") for one in seen.preflights} - {""}
    said = f"other pages are allowed without cookies: {', '.join(sorted(told))}" if told else "no other page is allowed"
    level = Level.NOTE if ORIGIN in told else Level.OK
    yield Finding(kind="cors", level=level, about="CORS", seen=said)


def operators(seen: Visit) -> Iterator[Finding]:
    """Whether health, metrics, dead letters and pending answer."""
    for name, answer in seen.ops.items():
        where = "pending" if name == "pending" else f"ops.{name}"
        if not isinstance(answer, Heard):
            yield Finding(kind="ops_silent", level=Level.WRONG, about=where, seen=answer, remedy="look at its path")
        elif answer.status >= 300:
            yield Finding(
                kind="ops_refused",
                level=Level.WRONG,
                about=where,
                seen=f"GET {answer.path} {answer.status}",
                remedy="look at its path, and at `token`: the name of a {secret:NAME} that the pipeline got",
            )
        elif name == "pending" and seen.target.pending and not _number(answer, seen.target.pending.total):
            yield Finding(
                kind="pending_unread",
                level=Level.WRONG,
                about=where,
                seen=f"its answer has no number at {seen.target.pending.total!r}: {answer.body[:LINE_MAX]}",
                remedy="pending.total says where it is",
            )
        else:
            yield Finding(kind="ops", about=where, seen=f"GET {answer.path} {answer.status}")


def _number(answer: Heard, place: str) -> bool:
    try:
        return isinstance(dig(json.loads(answer.body), place), int | float)
    except ValueError:
        return False
