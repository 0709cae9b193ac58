"""Reading a visit: the provider's events against what the backend did with them. Pure; called by `examine`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from harness.doctor.findings import Finding, Level
from harness.doctor.settings import names_for
from harness.doctor.visit import Visit

SLOW_MS = 5000.0


def webhooks(seen: Visit) -> Iterator[Finding]:
    """For each vendor that told something: whether anybody was to hear it, how it was answered, how fast."""
    told = Counter(one["fake"] for one in seen.of("news"))
    ends = {one["delivery"]: one for one in seen.of("delivered")}
    for fake in sorted({*told, *seen.target.webhooks} - {"push"}):
        tries = seen.of("delivery", fake=fake)
        if fake not in seen.target.webhooks and not tries:
            if fake == "payments":
                yield _nobody(fake, told[fake])
        elif not told[fake]:
            yield Finding(
                kind="no_events", level=Level.NOTE, about=f"webhooks.{fake}",
                seen="nothing happened there that would be told, so it is not known whether the route works",
            )  # fmt: skip
        else:
            yield _answered(seen, fake, tries, ends)


def _nobody(fake: str, count: int) -> Finding:
    return Finding(
        kind="webhook_not_registered",
        level=Level.WRONG,
        about=f"webhooks.{fake}",
        seen=f"{count} events happened and nobody was to hear them: no endpoint is registered",
        remedy=f'add [webhooks.{fake}] with path = "/your/webhook/route" to the target file, or let the '
        "pipeline register one through the vendor's API when it starts",
    )


def _answered(seen: Visit, fake: str, tries: list[Any], ends: Mapping[str, Any]) -> Finding:
    statuses = Counter(
        str(_end(one, ends).get("status") or _end(one, ends).get("error") or "no answer") for one in tries
    )
    good = sum(count for status, count in statuses.items() if status.startswith("2"))
    times = [_end(one, ends).get("ms") or 0.0 for one in tries]
    said = ", ".join(f"{status}: {count}" for status, count in statuses.most_common())
    again = sum(one["attempt"] > 1 for one in tries)
    events = len({one["event"] for one in tries})
    url = seen.webhooks.get(fake, "")
    what = (
        f"{events} events in {len(tries)} tries ({said}), {again} of them again; the slowest took {max(times):.0f} ms"
    )
    if good == len(tries) and max(times) < SLOW_MS:
        return Finding(kind="webhooks", about=f"webhooks.{fake}", seen=what)
    worst = next((status for status, _ in statuses.most_common() if not status.startswith("2")), "2xx")
    kind, remedy = _why(seen, fake, worst, all_bad=not good)
    level = Level.NOTE if good and worst != "2xx" and good > len(tries) / 2 else Level.WRONG
    return Finding(kind=kind, level=level, about=f"webhooks.{fake}", seen=what, where=f"POST {url}", remedy=remedy)


def _end(one: Any, ends: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = ends.get(one["delivery"]) or {}
    return found


def _why(seen: Visit, fake: str, worst: str, *, all_bad: bool) -> tuple[str, str]:
    if worst in ("400", "401", "403") and all_bad:
        names = names_for(seen.target, fake).get("webhook_secret", [])
        held = ", ".join(names) or "no environment name"
        return (
            "webhook_refused",
            f"every event is refused, as with a wrong signing secret: {held} holds this run's "
            f"({{fakes.{fake}.webhook_secret}}). "
            "Does the code read that name, and does it check the raw bytes of the body?",
        )
    if worst in ("404", "405"):
        return "webhook_no_route", f"there is no such route for POST: look at webhooks.{fake}.path"
    if worst in ("301", "302", "307", "308"):
        return "webhook_redirected", "it is redirected, and providers follow no redirects: write the last address"
    if worst.startswith("5"):
        return "webhook_breaks", "the pipeline broke on it: see `logs`"
    if worst == "2xx":
        return "webhook_slow", "acknowledge at once and work afterwards: providers wait a few seconds only"
    return "webhook_not_delivered", f"no whole answer ({worst}): does the pipeline listen there, and answer in time?"
