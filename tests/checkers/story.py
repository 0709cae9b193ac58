"""A pen for micro-histories: every method adds one record at the next moment and returns what later ones refer to.

Not a fixture with a life of its own: a test reads as the story of what happened. `judged` is the checker's answer.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers import decide
from harness.checkers.cells import CellView
from harness.checkers.facts import FACTS
from harness.checkers.history import History, Record, build
from harness.model import Verdict

ANN, BEN = "hxaaaaaaaaaaaa", "hxbbbbbbbbbbbb"
SECOND = 1_000_000_000
CELL = "story[buy]"
CHARGE = {"sink": "payments.charge", "match": {}, "values": {"amount": 900, "currency": "usd"}, "per": "intent"}
CONTACT = {"sink": "crm.contact", "match": {}, "values": {}, "per": "person"}
TICKET = {"sink": "helpdesk.ticket", "match": {}, "values": {}, "per": "intent"}
RECEIPT = {"sink": "alerts.mail", "match": {"subject": {"contains": "Receipt"}}, "values": {}, "per": "intent"}


class Story:
    """Records in the making; a second passes with each."""

    def __init__(self, *people: str, flow: str = "buy", origin: str = "scenario") -> None:
        self.records: list[Record] = []
        self.flow = flow
        self.now = 0
        for person in people:
            self.person(person, origin=origin)

    def add(self, kind: str, /, **fields: Any) -> Record:
        """One record, a second after the last."""
        self.now += SECOND
        record = {"k": kind, "n": len(self.records) + 1, "at": self.now, "w": "story", **fields}
        self.records.append(record)
        return record

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * SECOND)

    # -- the phone's side -----------------------------------------------------------------------------------------

    def person(self, person: str, origin: str = "scenario", cell: str | None = CELL) -> None:
        """Somebody takes part."""
        email = f"{person}@people.example.com"
        self.add("person", person=person, origin=origin, cell=cell if origin == "scenario" else None, email=email)

    def intent(self, person: str, *expects: Mapping[str, Any], flow: str | None = None, **values: Any) -> str:
        """Somebody wants something."""
        name = f"i{len(self.records)}"
        self.add("intent", intent=name, person=person, cell=CELL, flow=flow or self.flow, key=name,
                 expects=list(expects), values=values)  # fmt: skip
        return name

    def attempt(
        self, person: str, intent: str | None, outcome: str | None = "ok", *, ms: float = 100.0,
        status: int | None = 202, weather: str | None = None, state: str | None = None, key: str = "key",
        main: bool = True, operation: str = "buy", scheduled: int | None = None,
    ) -> Record:  # fmt: skip
        """One request and, unless `outcome` is None, what was learned of it."""
        name = f"a{len(self.records)}"
        record = self.add("attempt", attempt=name, intent=intent, person=person, operation=operation, key=key,
                          main=main, scheduled=scheduled)  # fmt: skip
        if weather:
            self.add("weather", attempt=name, person=person, kind=weather)
        if outcome:
            self.now = int(record["at"]) + int(ms * 1e6) - SECOND
            self.add("outcome", attempt=name, intent=intent, person=person, outcome=outcome, status=status, ms=ms,
                     state=state)  # fmt: skip
        return record

    def wish(self, person: str, outcome: str, *expects: Mapping[str, Any], flow: str | None = None, **more: Any) -> str:
        """An intent with one attempt that came to `outcome`."""
        intent = self.intent(person, *expects, flow=flow)
        self.attempt(person, intent, outcome, status={"ok": 202, "failed": 409}.get(outcome), **more)
        return intent

    def ok(self, person: str, *expects: Mapping[str, Any], flow: str | None = None, **more: Any) -> str:
        """An intent that was accepted."""
        return self.wish(person, "ok", *expects, flow=flow, **more)

    def unknown(self, person: str, *expects: Mapping[str, Any]) -> str:
        """An intent of which nobody knows what became."""
        return self.wish(person, "unknown", *expects)

    def failed(self, person: str, *expects: Mapping[str, Any]) -> str:
        """An intent that was certainly refused."""
        return self.wish(person, "failed", *expects)

    def read(self, person: str, phase: str = "final", status: int = 200, **values: Any) -> Record:
        """The app's state is read."""
        return self.add("read", person=person, cell=CELL, phase=phase, status=status, values=values)

    def probe(self, person: str, status: int | None, *expected: int, name: str = "no token", body: str = "") -> Record:
        """Something is tried that must be refused."""
        return self.add("probe", cell=CELL, person=person, name=name, method="GET", path="/v1/me", status=status,
                        body=body, expect={"statuses": list(expected)})  # fmt: skip

    # -- the vendors' side ----------------------------------------------------------------------------------------

    def effect(
        self, person: str | None, sink: str, name: str, op: str = "create", *, call: str | None = "call",
        markers: tuple[str, ...] | None = None, ids: tuple[str, ...] = (), **values: Any,
    ) -> Record:  # fmt: skip
        """A vendor commits a change."""
        named = markers if markers is not None else (person,) if person else ()
        return self.add("effect", call=call, fake=sink.partition(".")[0], sink=sink, op=op, object=name, person=None,
                        markers=list(named), ids=list(ids), values=values)  # fmt: skip

    def charge(self, person: str, name: str = "ch_1", amount: int = 900, currency: str = "usd", **more: Any) -> Record:
        """Money is taken."""
        return self.effect(person, "payments.charge", name, amount=amount, currency=currency, **more)

    def call(
        self, person: str, fake: str = "payments", *, status: int | None = 200, ms: float = 10.0,
        lost: str | None = None, sink: str | None = None, operation: str = "POST /things",
        wait: str | None = None,
    ) -> str:  # fmt: skip
        """The pipeline calls a vendor, which may ask it to `wait` so many seconds."""
        name = f"c{len(self.records)}"
        self.add(
            "received", call=name, fake=fake, operation=operation, writes=True, sink=sink, markers=[person], ids=[]
        )
        if status is not None:
            self.add("answered", call=name, status=status, ms=ms, lost=lost, **({"wait": wait} if wait else {}))
        return name

    def fault(self, person: str, kind: str, fake: str = "payments", *, committed: bool = True) -> None:
        """A planned fault fires."""
        self.add("fault", call="c", person=person, fake=fake, kind=kind, committed=committed)

    def news(self, person: str, event: str) -> str:
        """Something happened that a vendor will tell."""
        self.add("news", event=event, fake="payments", type="x", topic="x", object=f"o-{event}", person=person, ids=[])
        return event

    def send(self, person: str, event: str, **more: Any) -> str:
        """A delivery sets out."""
        name = f"d{len(self.records)}"
        self.add("delivery", delivery=name, event=event, person=person, **more)
        return name

    def arrive(self, delivery: str, status: int | None = 200) -> None:
        """A delivery is answered."""
        self.add("delivered", delivery=delivery, event="e", status=status, ms=1.0)

    def deliver(self, person: str, event: str, status: int | None = 200, **more: Any) -> None:
        """A delivery sets out and is answered."""
        self.arrive(self.send(person, event, **more), status)

    def act(self, person: str, act: str, on: str) -> None:
        """The vendor's own side does something."""
        self.add("act", act=act, person=person, object=on)

    # -- the judge's side -----------------------------------------------------------------------------------------

    def history(self, **target: Any) -> History:
        """Everything until now, indexed."""
        return build([*self.records, {"k": "journal", "n": 0, "at": self.now + SECOND}], target)

    def cell(self, *promises: Mapping[str, Any], facts: tuple[Mapping[str, Any], ...] = ()) -> Record:
        """The cell's own record, as the run writes it; its end besides."""
        begun = self.add("cell", cell=CELL, scenario="story", title="A story", flow=self.flow, variant="",
                         origin="scenario", promises=list(promises), facts=list(facts), persons=[])  # fmt: skip
        self.add("cell_end", cell=CELL, error=None)
        return begun

    def judged(self, promise: str, *, on: Mapping[str, Any] | None = None, **args: Any) -> Verdict:
        """What the checker of this promise says; `on` is the target as data."""
        cell = self._view(promises=({"promise": promise, **args},))
        return decide(self.history(**(on or {})), cell).verdicts[0]

    def occurred(self, fact: str, **args: Any) -> tuple[bool, str]:
        """What the fact's function says."""
        return FACTS[fact](self.history(), self._view(), args)

    def _view(self, promises: tuple[Mapping[str, Any], ...] = ()) -> CellView:
        people = [record["person"] for record in self.records if record["k"] == "person"]
        calm = {
            record["person"] for record in self.records if record["k"] == "person" and record["origin"] == "control"
        }
        mine = [person for person in people if person not in calm]
        return CellView(id=CELL, persons=mine, promises=promises, flow=self.flow, ended=True)


def kinds(verdict: Verdict) -> list[str]:
    """The classes of its findings."""
    return [finding.kind for finding in verdict.findings]


def said(verdict: Verdict) -> tuple[str, list[str]]:
    """Its ruling and the classes of its findings."""
    return str(verdict.ruling), kinds(verdict)
