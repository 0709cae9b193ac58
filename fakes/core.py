"""What all slices of one process share: the journal, the owners, the faults, the deliveries and the counters.

`Core.desk(fake)` is the ledger that a slice writes to. Nothing here knows a vendor or HTTP; `fakes.server` brings the
calls, `fakes.control` the wishes of the harness.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakes.attribution import Owners
from fakes.calls import Call, News
from fakes.deliveries import Deliveries
from fakes.injection import Injection
from fakes.lacking import Lacking
from fakes.redaction import without_secrets
from fakes.virtual import Shifted
from harness.clock import SYSTEM, Clock
from harness.journal import Journal


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of an account of a fake."""

    fake: str
    account: str | None
    kept: bytes


class Snapshots:
    """The copies of a process, by name."""

    def __init__(self) -> None:
        self._kept: dict[str, Snapshot] = {}
        self._numbered = 0

    def keep(self, snapshot: Snapshot, most: int) -> str:
        """Keep one and name it; beyond `most` the oldest goes."""
        self._numbered += 1
        name = f"snapshot{self._numbered}"
        self._kept[name] = snapshot
        while len(self._kept) > most:
            del self._kept[next(iter(self._kept))]
        return name

    def get(self, name: str) -> Snapshot | None:
        """The one of this name."""
        return self._kept.get(name)

    def names(self) -> list[str]:
        """All names, oldest first."""
        return list(self._kept)

    def drop(self, name: str) -> bool:
        """Forget one; whether there was one."""
        return self._kept.pop(name, None) is not None


class Core:
    """The shared heart of a process of fakes; used from one event loop."""

    def __init__(self, journal: Journal, clock: Clock = SYSTEM) -> None:
        self.journal = journal
        self.clock = clock
        self.clocks: dict[str, Shifted] = {}
        """Each fake's own clock, which the control channel may move on."""
        self.owners = Owners()
        self.injection = Injection(journal)
        self.deliveries = Deliveries(journal, self.owners, clock)
        self.lacking = Lacking()
        self.snapshots = Snapshots()
        self.calls: dict[str, Call] = {}
        """Calls in flight."""
        self._numbered = 0
        self._effects: dict[str | None, dict[str, int]] = {}

    def next_call(self) -> str:
        """The id of the next call."""
        self._numbered += 1
        return f"c{self._numbered}"

    def desk(self, fake: str) -> "Desk":
        """The ledger of one slice."""
        return Desk(self, fake)

    def counted(self, person: str | None, sink: str, op: str) -> None:
        """Count an effect that created something."""
        if op == "create":
            sinks = self._effects.setdefault(person, {})
            sinks[sink] = sinks.get(sink, 0) + 1

    def counts(self, person: str) -> dict[str, Any]:
        """How often each fault of a person fired and what was created for them; steers, never judges."""
        return {"faults": self.injection.counts(person), "effects": dict(self._effects.get(person, {}))}

    def pending(self) -> dict[str, Any]:
        """What is still to be done, and for whom."""
        by_person: dict[str, list[str]] = {}
        for call in list(self.calls.values()):
            text = f"{call.fake}: {call.method} {call.path} in flight"
            for person in call.owners:
                by_person.setdefault(person, []).append(text)
        deliveries = self.deliveries.pending()
        for pending_person, reason in deliveries:
            if pending_person is not None:
                by_person.setdefault(pending_person, []).append(reason)
        return {
            "calls": len(self.calls),
            "deliveries": len(deliveries),
            "by_person": by_person,
            "untold": self.deliveries.untold(),
        }

    def calm(self) -> None:
        """End every fault and rule, release every hold."""
        self.injection.calm()
        self.deliveries.calm()

    async def reset(self) -> None:
        """Forget faults, rules, events, owners and counters; the journal stays."""
        self.injection.clear()
        await self.deliveries.clear()
        self.owners.clear()
        self.lacking.clear()
        self._effects.clear()

    async def close(self) -> None:
        """End what is under way; the journal stays open."""
        self.calm()
        await asyncio.shield(self.deliveries.close())


class Desk:
    """Where one slice writes what it did."""

    __slots__ = ("_core", "_fake", "_owners", "_write")

    def __init__(self, core: Core, fake: str) -> None:
        self._core = core
        self._fake = fake
        self._owners = core.owners
        self._write = core.journal.write

    def effect(
        self, call: Call | None, sink: str, op: str, object_id: str, values: Mapping[str, Any], ids: Sequence[str]
    ) -> None:
        """Journal a committed change."""
        ids = tuple(ids)
        markers, person = self._owners.of_effect(self._fake, call, object_id, values, ids)
        self._write(
            "effect", call=None if call is None else call.id, fake=self._fake, sink=sink, op=op, object=object_id,
            person=person, markers=markers, ids=ids, values=without_secrets(values),
        )  # fmt: skip
        if call is not None:
            call.effects += 1
        self._owners.learn(self._fake, (object_id, *ids), person)
        self._core.counted(person, sink, op)

    def news(self, call: Call | None, news: News) -> None:
        """Hand an event to the delivery engine."""
        self._core.deliveries.tell(self._fake, call, news)

    def owns(self, call: Call | None, ids: Sequence[str], like: Sequence[str] = ()) -> None:
        """Make `ids` known as objects of the call's person (or of the owner of `like`), without an effect."""
        person = self._owners.first_owner(self._fake, like)
        if person is None and call is not None:
            person = call.person
        self._owners.learn(self._fake, ids, person)
