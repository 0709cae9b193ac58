"""How each kind of journal record is told: where it stands, which way it points, in which tone, in which words.

One method for each kind of record; kinds without one are not part of anybody's story. Called by `reports.timeline`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.journal import Record
from reports import words
from reports.redact import clean

Data = dict[str, Any]


PAGE_EVENTS = {
    "opened": "the app is opened",
    "killed": "the app is killed",
    "reloaded": "the page is loaded again",
    "offline": "airplane mode on",
    "online": "airplane mode off",
    "network": "the network changes",
    "screen": "every screen is looked at",
    "problem": "the page complains",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the story; an arrow when `to` is another lane."""

    at: int
    kind: str
    lane: str
    text: str
    to: str | None = None
    detail: str = ""
    tone: str = "plain"
    """plain, good, warn (a fault did it), bad, quiet."""
    ref: str | None = None
    """The call, delivery or attempt it belongs to."""
    lost: bool = False
    """Sent, but never seen by the other side."""
    guilty: bool = False
    """Part of a finding's evidence."""
    times: int = 1


class Teller:
    """Turns records into entries; remembers calls, deliveries and attempts to say where an answer goes."""

    def __init__(self) -> None:
        self._calls: dict[str, Record] = {}
        self._attempts: dict[str, Record] = {}
        self._deliveries: dict[str, Record] = {}
        self._weather: set[str] = set()
        self._tries: dict[str, int] = {}
        self._held: dict[str, Data] = {}
        self._tellers: dict[str, Callable[[Record], Entry | None]] = {
            name.removeprefix("_on_"): getattr(self, name) for name in dir(self) if name.startswith("_on_")
        }

    def tell(self, record: Record) -> Iterator[Entry]:
        """The entry of a record, if it has one."""
        teller = self._tellers.get(record["k"])
        entry = teller(clean(record)) if teller else None
        if entry:
            yield entry

    # -- the phone ----------------------------------------------------------------------------------------------

    def _on_intent(self, r: Record) -> Entry:
        return Entry(
            at=r["at"],
            kind="intent",
            lane="phone",
            text=f"wants: {words.spaced(r.get('flow', '?'))}",
            detail=words.brief({"intent": r.get("intent"), "key": r.get("key")}),
        )

    def _on_attempt(self, r: Record) -> Entry:
        self._attempts[r["attempt"]] = r
        intent, main = r.get("intent"), r.get("main", True)
        nth = ""
        if main and intent:
            self._tries[intent] = self._tries.get(intent, 0) + 1
            nth = f" (try {self._tries[intent]})" if self._tries[intent] > 1 else ""
        return Entry(
            at=r["at"],
            kind="attempt" if main else "poll",
            lane="phone",
            to="pipeline",
            ref=r["attempt"],
            text=f"{r.get('method', '')} {r.get('path', r.get('operation', ''))}{nth}",
            tone="plain" if main else "quiet",
            detail=words.brief({"operation": r.get("operation"), "key": r.get("key")}),
        )

    def _on_weather(self, r: Record) -> Entry:
        self._weather.add(r.get("attempt") or "")
        return Entry(
            at=r["at"],
            kind="weather",
            lane="phone",
            text=f"network: {words.spaced(r.get('kind', '?'))}",
            detail=words.brief(r.get("detail")),
            tone="warn",
            ref=r.get("attempt"),
        )

    def _on_outcome(self, r: Record) -> Entry:
        outcome, status = r.get("outcome", "unknown"), r.get("status")
        asked = self._attempts.get(r.get("attempt") or "", {})
        what = str(status) if status else str(r.get("error") or "no answer")
        state = f" · {r['state']}" if r.get("state") else ""
        return Entry(
            at=r["at"],
            kind="outcome" if asked.get("main", True) else "polled",
            lane="pipeline",
            to="phone",
            text=f"{what}{state}" if outcome == "ok" else f"{what} → {outcome}{state}",
            ref=r.get("attempt"),
            lost=not status,
            tone={"ok": "good", "failed": "bad"}.get(outcome, "warn"),
            detail=f"{outcome} after {r.get('ms') or 0:,.0f} ms" + (f", {r['error']}" if r.get("error") else ""),
        )

    def _on_tap(self, r: Record) -> Entry:
        swallowed = "" if r.get("sent", True) else " (the app swallowed it)"
        gap = f"{r.get('gap_ms') or 0} ms after the one before"
        return Entry(at=r["at"], kind="tap", lane="phone", text=f"tap {r.get('number')}{swallowed}", detail=gap)

    def _on_pay(self, r: Record) -> Entry:
        how, result = words.spaced(str(r.get("method") or "card")), r.get("result") or r.get("outcome")
        return Entry(
            at=r["at"],
            kind="pay",
            lane="phone",
            to="payments",
            detail=words.brief(r.get("outcome")),
            text=f"pays ({how}) → {result}",
            tone="good" if r.get("result") == "paid" else "warn",
        )

    def _on_concluded(self, r: Record) -> Entry | None:
        outcome = r.get("outcome")
        tone = "bad" if outcome == "failed" else "warn"
        return (
            None
            if outcome == "ok"
            else Entry(at=r["at"], kind="concluded", lane="phone", tone=tone, text=f"all in all: {outcome}")
        )

    def _on_read(self, r: Record) -> Entry:
        values = r.get("values") or {}
        said = ", ".join(str(values[name]) for name in ("state", "plan") if values.get(name))
        phase = r.get("phase", "during")
        return Entry(
            at=r["at"],
            kind=f"read_{phase}",
            lane="phone",
            tone="quiet" if phase == "during" else "plain",
            text=f"{'looks' if phase == 'during' else phase + ' look'}: {said or r.get('status')}",
            detail=words.brief(values, 600),
        )

    def _on_shown(self, r: Record) -> Entry:
        place = str(r.get("place") or "")
        where = "" if place in ("", "state") else f" at {place}"
        return Entry(at=r["at"], kind="shown", lane="phone", text=f"shows “{r.get('state')}”{where}")

    def _on_page(self, r: Record) -> Entry | None:
        text = PAGE_EVENTS.get(str(r.get("event")))
        if text is None:
            return None
        tone = "bad" if r["event"] in ("killed", "reloaded", "offline", "network", "problem") else "quiet"
        detail = str(r.get("mode") or r.get("text") or r.get("how") or "")
        return Entry(at=r["at"], kind="page", lane="phone", tone=tone, text=text, detail=detail)

    def _on_probe(self, r: Record) -> Entry:
        expected = (r.get("expect") or {}).get("statuses") or []
        fine = not expected or r.get("status") in expected
        return Entry(
            at=r["at"],
            kind="probe",
            lane="phone",
            to="pipeline",
            tone="good" if fine else "bad",
            text=f"{r.get('method', '')} {r.get('path', '')} → {r.get('status')}",
            detail=f"{r.get('name')}: must be one of {words.brief(expected)}",
        )

    # -- calls to vendors ---------------------------------------------------------------------------------------

    def _on_received(self, r: Record) -> Entry:
        self._calls[r["call"]] = r
        name = r.get("operation") or f"{r.get('method', '')} {r.get('path', '')}"
        return Entry(
            at=r["at"],
            kind="call",
            lane="pipeline",
            to=r["fake"],
            text=name,
            ref=r["call"],
            tone="plain" if r.get("writes", True) else "quiet",
            detail=words.brief({name: r.get(name) for name in ("path", "key", "params")}, 400),
        )

    def _on_effect(self, r: Record) -> Entry:
        noun = r["sink"].rpartition(".")[2]
        held, values = self._held.get(str(r.get("object")), {}), r.get("values") or {}
        self._held[str(r.get("object"))] = values
        changed = {name: new for name, new in values.items() if held and held.get(name) != new}
        said = words.brief(changed, 34) if changed else essence(r)
        op = {"create": "+", "update": "~", "delete": "−"}.get(r.get("op", ""), "")
        return Entry(
            at=r["at"],
            kind="effect",
            lane=r["fake"],
            text=f"{op} {noun} {said}",
            tone="effect",
            ref=r.get("call"),
            detail=words.brief({"object": r.get("object"), **(r.get("values") or {})}, 400),
        )

    def _on_answered(self, r: Record) -> Entry | None:
        call = self._calls.get(r["call"])
        if call is None:
            return None
        status, lost = r.get("status"), r.get("lost")
        how = {"before": "reset before a byte", "mid": "cut in the middle", "hang": "never sent", "reset": "reset"}
        text = f"{status or 'answer'} lost: {how.get(str(lost), lost)}" if lost else str(status)
        tone = "warn" if lost or not status or status >= 400 else "good"
        return Entry(
            at=r["at"],
            kind="answer",
            lane=call["fake"],
            to="pipeline",
            ref=r["call"],
            text=text,
            tone=tone,
            lost=bool(lost),
            detail=f"answered after {r.get('ms') or 0:,.0f} ms",
        )

    def _on_fault(self, r: Record) -> Entry:
        committed = {True: "committed", False: "nothing committed"}.get(r.get("committed"), "")  # type: ignore[arg-type]
        return Entry(
            at=r["at"],
            kind="fault",
            lane=r["fake"],
            text=f"fault: {words.spaced(r.get('kind', '?'))}",
            detail=", ".join(filter(None, [committed, words.brief({"rule": r.get("rule")})])),
            tone="warn",
            ref=r.get("call") or r.get("delivery"),
        )

    def _on_barrier(self, r: Record) -> Entry:
        call = self._calls.get(r.get("call") or "", {})
        return Entry(
            at=r["at"],
            kind="barrier",
            lane=call.get("fake", "payments"),
            ref=r.get("call"),
            tone="warn",
            text=f"barrier {words.spaced(r.get('event', ''))}",
            detail=str(r.get("name") or ""),
        )

    def _on_unknown_route(self, r: Record) -> Entry:
        return Entry(
            at=r["at"],
            kind="unknown_route",
            lane="pipeline",
            to=r["fake"],
            tone="bad",
            text=f"not known here: {r.get('method')} {r.get('path')}",
            ref=r.get("call"),
        )

    # -- news of vendors ----------------------------------------------------------------------------------------

    def _on_news(self, r: Record) -> Entry | None:
        if not r.get("lie"):
            return None
        return Entry(
            at=r["at"],
            kind="news",
            lane=r["fake"],
            text=f"a lie: {r.get('topic') or r.get('type')}",
            tone="warn",
            detail=words.brief({"type": r.get("type"), "object": r.get("object")}),
        )

    def _on_delivery(self, r: Record) -> Entry:
        self._deliveries[r["delivery"]] = r
        nth = [f"try {r['attempt']}"] if (r.get("attempt") or 1) > 1 else []
        nth += [f"copy {r['copy']}"] if r.get("copy") else []
        nth += ["signed anew"] if r.get("copy") and r.get("resigned") else []
        nth += [f"forged: {words.spaced(r['forgery'])}"] if r.get("forgery") else []
        nth += ["untrue"] if r.get("lie") else []
        return Entry(
            at=r["at"],
            kind="delivery",
            lane=r["fake"],
            to="pipeline",
            ref=r["delivery"],
            text=f"⚑ {_topic(r)}" + (f" ({', '.join(nth)})" if nth else ""),
            tone="warn" if nth else "plain",
            detail=words.brief({"type": r.get("type"), "event": r.get("event"), "object": r.get("object")}),
        )

    def _on_delivered(self, r: Record) -> Entry:
        sent, status = self._deliveries.get(r["delivery"], {}), r.get("status")
        fine = (status is not None and status < 300) or (sent.get("forgery") and status and 400 <= status < 500)
        return Entry(
            at=r["at"],
            kind="delivered",
            lane="pipeline",
            to=sent.get("fake", "payments"),
            ref=r["delivery"],
            text=str(status or r.get("error") or "no answer"),
            tone="good" if fine else "warn",
            lost=status is None,
            detail=f"after {r.get('ms') or 0:,.0f} ms",
        )

    def _on_act(self, r: Record) -> Entry:
        return Entry(
            at=r["at"],
            kind="act",
            lane=r.get("fake") or "payments",
            tone="warn",
            text=f"vendor’s side: {words.spaced(r.get('act', ''))}",
            detail=words.brief(r.get("object")),
        )

    def _on_process(self, r: Record) -> Entry | None:
        if r.get("event") not in ("killed", "exited", "ready"):
            return None
        return Entry(
            at=r["at"],
            kind="process",
            lane="pipeline",
            text=f"{r.get('name')}: {r['event']}",
            tone="plain" if r["event"] == "ready" else "warn",
        )


def _topic(record: Record) -> str:
    topic = record.get("topic")
    return str(record.get("type") if topic in (None, "", "other") else topic)


def essence(effect: Mapping[str, object]) -> str:
    """The few words by which a person tells one effect from another."""
    values = effect.get("values")
    values = values if isinstance(values, Mapping) else {}
    money = [str(values[name]) for name in ("amount", "currency") if values.get(name) is not None]
    named = [str(values[n]) for n in ("plan", "status", "lifecyclestage", "priority", "subject") if values.get(n)]
    return words.brief(" ".join([*money, *named[:2]]) or values.get("text") or effect.get("object"), 44)
