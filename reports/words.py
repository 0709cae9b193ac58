"""The words of a report: how kinds, promises, times and amounts are said to somebody who was not there.

Pure text, no layout. Everything in `reports` speaks through this module, so that terminal, page and JUnit say the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

Data = dict[str, Any]

SYMBOLS = {"pass": "✓", "fail": "✕", "unknown": "?"}
SAID = {"pass": "kept", "fail": "broken", "unknown": "not decided"}
BADGE = {"pass": "Pass", "fail": "Fail", "unknown": "Unknown"}

PROMISES = {
    "exactly_once": "Every business event leaves exactly one record",
    "converges": "App, payment provider and CRM end up saying the same",
    "fresh": "Newer state is never overwritten by older news",
    "isolated": "Nobody's data is found in anybody else's records",
    "acknowledged": "The app is answered in time, whatever the vendors do",
    "synced": "Records arrive downstream in time",
    "shown": "The app can tell its user what is going on",
    "shown_in_time": "The page says what is going on within seconds of a tap",
    "screen_true": "Once all is quiet, the page says nothing that the server contradicts",
    "told_first": "The page claims nothing before the server said it",
    "one_wish": "The app makes one wish of one wish, however often it is tapped or tried again",
    "kept": "A wish survives the end of the app",
    "never": "What must not happen does not happen",
    "refused": "What must be refused is refused, and leaves nothing behind",
    "alerted": "Somebody is told, once, and in time",
    "attachment_intact": "An attachment arrives byte for byte",
    "discreet": "Nobody on the way may keep, and no stranger's page may read, what is meant for one person",
    "no_secrets": "No secret of the server can be seen from outside",
    "guarded": "The pipeline notices by itself when too much goes wrong, and tells the team",
    "polite": "A vendor in trouble is tried again patiently",
    "no_herd": "After an outage the calls that have waited come spread over time",
    "access": "What was paid for is there, or gone, as the target's policy says",
    "unmoved": "Nothing comes of events that are not true",
    "taken": "Every genuine event is acknowledged",
    "gives_up": "What a vendor will never accept is given up after a few attempts",
}
KINDS = {
    "exposed": "a secret of the server stands where others can read it",
    "duplicated": "one business event left more than one record",
    "lost": "a business event left no record",
    "leaked": "a refused request left a record all the same",
    "phantom": "a record that nobody asked for",
    "wrong_value": "the record holds the wrong value",
    "stale_overwrite": "newer state was overwritten by older news",
    "disagree": "two systems tell different stories",
    "late": "it came too late",
    "refused": "it was not refused as it must be",
    "not_shown": "the app had nothing fitting to show",
    "forbidden": "what must never happen happened",
    "not_confirmed": "the app was answered with a failure",
    "inner_details": "a refusal told inner details",
    "inconsistent": "the same reason was refused in different ways",
    "secret_told": "a secret was told in a message",
    "too_many_attempts": "a hopeless call was tried again and again",
    "hammered": "a vendor in trouble was tried again far too often",
    "no_backoff": "a vendor in trouble was tried again without a growing pause",
    "impatient": "a vendor was tried again before the time it had asked for",
    "herd": "all that had waited for a vendor came back at one moment",
    "wrong_access": "the app gives access where the policy ends it, or the other way round",
    "moved": "something came of an event that was not true",
    "too_slow": "a genuine event was not answered in time",
    "may_be_kept": "an answer for one person may be kept by others on its way",
    "strangers_may_read": "an answer for one person may be read by a stranger's page",
    "turned_away": "a genuine event was never acknowledged",
    "contradicts": "the page says what the server contradicts",
    "claimed": "the page claimed what no answer had said",
    "several_keys": "one wish left the app as several",
    "shown_twice": "the app lists one wish several times",
    "forgotten": "the app forgot a wish",
    "mixed_up": "a record holds two people's data",
}
WORST = ("duplicated", "leaked", "lost", "phantom", "stale_overwrite", "wrong_value", "refused")
"""Classes of findings, the worst for people first."""
GLOSSARY = (
    ("Pipeline", "The backend under test, seen only from outside: what goes in, and what comes out at the vendors."),
    ("Target", "The file that says how to reach a pipeline, what it promises, and what is its own business."),
    ("Fake", "A stand-in server for a vendor, faithful enough for that vendor's own client library."),
    ("Person", "A made-up customer with a unique marker (hx…) in all they send, so that every record can be traced."),
    ("Intent", "What a person wants, once: to buy this, to ask that."),
    ("Attempt", "One request the phone sends for an intent. A bad network means several attempts for one intent."),
    ("Outcome", "What the phone learned: ok, failed (certainly not done), or unknown (no answer, or a broken one)."),
    ("Effect", "A change that a vendor committed: a charge, a contact, a ticket, a message."),
    ("Delivery", "One try of a vendor to bring a webhook to the pipeline. Vendors repeat, delay and reorder them."),
    ("Fault", "What was done on purpose to an attempt, a call or a delivery: an answer lost, a copy made, a delay."),
    ("Scenario", "A story: certain flows under certain faults, and the promises that must still hold."),
    ("Cell", "One scenario played over one flow in one variant. The unit of everything in this report."),
    ("Promise", "A statement that must hold, about effects, order, access or time."),
    ("Fact", "Something that must really have happened for a cell to count. If it did not, the cell is unknown."),
    ("Verdict", "Pass, fail or unknown. Without evidence it is unknown, never pass."),
    ("Late rate, upper bound", "With 95% confidence fewer records than this are late; few samples, high bound."),
    ("Seed", "The number from which all chance of a run follows. The same seed plays the same faults."),
)  # fmt: skip


def clause(message: str) -> str:
    """The first clause of a message, in one line, for where its whole length would hide the rest."""
    return brief(message.partition("; ")[0], 200)


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 charge`, `2 charges`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def spaced(name: str) -> str:
    """A name of code as words."""
    return name.replace("_", " ")


def seconds(value: float | int | None) -> str:
    """A duration as a person says it, with two or three digits that mean something."""
    if value is None:
        return "–"
    if value < 0.0995:
        return f"{value * 1000:.0f} ms"
    if value < 9.95:
        return f"{value:.2f} s" if value < 0.995 else f"{value:.1f} s"
    if value < 120:
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def after(ms: float) -> str:
    """A moment, in milliseconds since the first record of its story."""
    return f"{ms:+,.0f} ms" if abs(ms) >= 0.5 else "0 ms"


def moment(iso: object) -> str:
    """A time of day as a person reads it; the text itself if it is none."""
    try:
        when = datetime.fromisoformat(str(iso))
    except ValueError:
        return str(iso or "unknown")
    return f"{when:%Y-%m-%d %H:%M}" + (" UTC" if when.tzinfo and not when.utcoffset() else f"{when:%z}")


def of_nobody(effect: Data) -> str:
    """An effect without an owner in one line: where, what, and what it holds."""
    if "sink" not in effect:
        return brief(effect, 300)
    return brief(f"{effect['sink']} {effect.get('object', '')}: {brief(effect.get('values') or {}, 200)}", 300)


def percent(fraction: float | None) -> str:
    """A share with one decimal where it matters."""
    if fraction is None:
        return "–"
    return f"{fraction * 100:.0f}%" if fraction >= 0.0995 else f"{fraction * 100:.1f}%"


def brief(value: Any, limit: int = 160) -> str:
    """Any plain value in one line, cut at `limit` characters."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping) and set(value) == {"contains"}:
        text = f"…{value['contains']}…"
    elif isinstance(value, Mapping) and set(value) == {"one_of"}:
        text = "one of " + listing(brief(one, limit) for one in value["one_of"])
    elif isinstance(value, Mapping):
        text = ", ".join(f"{name}={brief(held, limit)}" for name, held in value.items() if held not in (None, {}))
    elif isinstance(value, list | tuple):
        text = "; ".join(brief(one, limit) for one in value) or "nothing"
    else:
        text = str(value)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def why(verdict: Data) -> str:
    """The second sentence of a report: the classes found and how often, or what was proved."""
    cells: list[Data] = verdict.get("cells", [])
    promises = [promise for cell in cells for promise in cell.get("promises", [])]
    if verdict.get("verdict") == "fail":
        found = [(cell, finding) for cell in cells for finding in _findings(cell)]
        kinds = Counter(finding["kind"] for _, finding in found)
        told = str(verdict.get("headline", ""))
        said = [f"{count} × {spaced(kind)}" for kind, count in kinds.most_common(4) if kind not in told]
        late = [slo["name"] for slo in verdict.get("slos", []) if slo["verdict"] == "fail"]
        said += [f"{plural(len(late), 'time limit')} missed ({listing(late, 3)})"] if late else []
        # The class that most hurts people is told as the example, wherever it stands in the list.
        found.sort(key=lambda pair: WORST.index(pair[1]["kind"]) if pair[1]["kind"] in WORST else len(WORST))
        example = [f"For example, {found[0][0]['cell']}: {clause(found[0][1]['message'])}."] if found else []
        return " ".join([*example, *([f"Also {listing(said)}."] if said else [])])
    if verdict.get("verdict") == "unknown":
        reasons = Counter(reason for cell in cells if cell["verdict"] == "unknown" for reason in undecided(cell)[:1])
        reasons.update(slo_line(slo) for slo in verdict.get("slos", []) if slo["verdict"] == "unknown")
        said = [f"{reason} (× {count})" if count > 1 else reason for reason, count in reasons.most_common(3)]
        return "; ".join(said) + "." if said else ""
    counts: Data = verdict.get("counts", {})
    kept = sum(promise["ruling"] == "pass" for promise in promises)
    return (
        f"{plural(kept, 'promise')} kept in {plural(len(cells), 'cell')}: {plural(counts.get('intents', 0), 'intent')} "
        f"left {plural(counts.get('effects', 0), 'effect')} through {plural(counts.get('faults', 0), 'fault')} "
        f"and {plural(counts.get('deliveries', 0), 'delivery', 'deliveries')}."
    )


def _findings(cell: Data) -> list[Data]:
    return [one for promise in cell.get("promises", []) if promise["ruling"] == "fail" for one in promise["findings"]]


def undecided(cell: Data) -> list[str]:
    """Why a cell is unknown, the most telling reason first; never empty."""
    reasons = [cell["error"].strip().splitlines()[-1]] if cell.get("error") else []
    reasons += [
        f"it never happened that: {spaced(fact['fact'])}" + (f" ({fact['detail']})" if fact.get("detail") else "")
        for fact in cell.get("facts", [])
        if not fact.get("occurred")
    ]
    reasons += [p["reason"] for p in cell.get("promises", []) if p["ruling"] == "unknown" and p.get("reason")]
    return list(dict.fromkeys(reasons)) or ["no reason was given"]


def secrets_line(section: Data | None) -> str:
    """What a run's search for its own secrets came to, in one sentence; empty for a run that did not search."""
    if not section:
        return ""
    megabytes = sum(one["bytes"] for one in section["files"]) / 1e6
    where = f"{section['answers']:,} answers and {megabytes:,.1f} MB of logs and journals"
    known, seen = len(section["looked_for"]), section["leaks"]
    what = f"{plural(known, 'secret')} of the pipeline and {section['shapes']} shapes of keys"
    said = "none was seen" if not seen else f"{plural(seen, 'find')}, see `no_secrets`"
    lacking = "" if known else "; no secret of the pipeline is known to the harness"
    return f"{what} were looked for in {where}: {said}{lacking}"


def slo_line(slo: Data) -> str:
    """An SLO in one line: `p95 = 1.2 s, 0 late of 320, upper bound 0.9% (limit 30 s)`."""
    said = []
    quantile = slo.get("quantile")
    if quantile:
        shown = f"{quantile * 100:g}"
        value = slo.get(f"p{shown}_s")
        said.append(f"p{shown} = {seconds(value)}" if value is not None else f"p{shown} unknown")
    never = f" ({slo['never']:,} never came)" if slo.get("never") else ""
    said.append(f"{slo.get('late', 0):,} late{never} of {slo.get('n', 0):,}")
    if slo.get("late_upper_bound") is not None:
        said.append(f"upper bound {percent(slo['late_upper_bound'])}")
    limit = f" (limit {seconds(slo['limit_s'])})" if slo.get("limit_s") is not None else ""
    left = slo.get("left_out")
    out = f", {len(left) if isinstance(left, list) else left} left out" if left else ""
    return ", ".join(said) + out + limit


def load_line(load: Data | None) -> str:
    """The load in one line; says so when there was none."""
    if not load or not load.get("people"):
        return "no load was made in this run"
    return (
        f"{plural(load['people'], 'person', 'people')}, {plural(load.get('intents', 0), 'intent')} "
        f"({load.get('ok', 0):,} ok, {load.get('failed', 0):,} failed, {load.get('unknown', 0):,} unknown), "
        f"{load.get('achieved_rps') or 0:.1f} of {load.get('intended_rps') or 0:.1f} people per second"
    )


def listing(names: Iterable[str], most: int = 6) -> str:
    """Names in a line, with how many more there are."""
    every = list(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def of_host(one: Data) -> str:
    """One name on the internet and where its calls went, in one line."""
    if one["calls"]:
        return f"{one['host']} → {one['fake']} (× {one['calls']:,})"
    if one["blocked"]:
        return f"{one['host']}: {', '.join(one['asked'])}"
    if one["reached"] == "greeted":
        return f"{one['host']}: TLS was begun and given up; that client does not trust the run's own authority"
    return f"{one['host']}: looked up, and no call came on ports 80 and 443"
