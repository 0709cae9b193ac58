"""What took part in a run, each put together from its records: attempts, intents, objects, calls, deliveries.

Plain data with what follows from it at once; whose each is and where it is found is `history`'s to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from harness.model import Outcome

Record = Mapping[str, Any]


class Wait(NamedTuple):
    """How long a calm person waited for an answer, and when."""

    begin: int
    end: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Whole:
    """What the history of one share must know of the whole run."""

    people: frozenset[str]
    began: int
    ended: int
    waits: Sequence[Wait] = ()
    """Those of the calm control people, who are all in one share."""


@dataclass(slots=True)
class Attempt:
    """One request of a phone, what its network did to it and what came back."""

    record: Record
    outcome: Record | None = None
    weather: list[Record] = field(default_factory=list)

    @property
    def at(self) -> int:
        """When it was begun, or was meant to be (the open model of load)."""
        scheduled = self.record.get("scheduled")
        return int(scheduled) if scheduled else int(self.record["at"])

    @property
    def main(self) -> bool:
        """Whether it carries the intent (a poll does not)."""
        return bool(self.record.get("main"))

    @property
    def learned(self) -> Outcome:
        """What the phone learned of it; without an outcome nobody knows."""
        return Outcome(self.outcome["outcome"]) if self.outcome else Outcome.UNKNOWN

    @property
    def ms(self) -> float | None:
        """How long the answer took; None when there was none."""
        if self.outcome is None or self.outcome.get("status") is None:
            return None
        return float(self.outcome["ms"])


@dataclass(slots=True)
class Intent:
    """What a person wanted, once, and what it came to."""

    record: Record
    attempts: list[Attempt] = field(default_factory=list)
    concluded: Record | None = None
    shown: list[Record] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its name in the journals."""
        return str(self.record["intent"])

    @property
    def flow(self) -> str:
        """Which flow it took."""
        return str(self.record.get("flow") or "")

    @property
    def expects(self) -> Sequence[Mapping[str, Any]]:
        """The effects it should leave."""
        return self.record.get("expects") or ()

    @property
    def mains(self) -> list[Attempt]:
        """The attempts that carry it."""
        return [attempt for attempt in self.attempts if attempt.main]

    @property
    def at(self) -> int:
        """When it was first sent (or meant to be); when it was written down, if never."""
        return min((attempt.at for attempt in self.mains), default=int(self.record["at"]))

    @property
    def outcome(self) -> Outcome:
        """As concluded by the phone, else ok if any main attempt was, else unknown if any was, else failed."""
        if self.concluded is not None:
            return Outcome(self.concluded["outcome"])
        learned = [attempt.learned for attempt in self.mains]
        if Outcome.OK in learned:
            return Outcome.OK
        return Outcome.UNKNOWN if Outcome.UNKNOWN in learned else Outcome.FAILED


@dataclass(slots=True)
class Thing:
    """An object at a vendor: its creation and every later version, in order."""

    sink: str
    id: str
    versions: list[Record] = field(default_factory=list)

    @property
    def at(self) -> int:
        """When it came to be, as far as the journals tell."""
        return int(self.versions[0]["at"])

    @property
    def values(self) -> Mapping[str, Any]:
        """What it holds in the end."""
        return self.versions[-1].get("values") or {}

    @property
    def deleted(self) -> bool:
        """Whether it is gone in the end."""
        return self.versions[-1].get("op") == "delete"


@dataclass(slots=True)
class Call:
    """One request to a fake, from its first byte to its answer."""

    received: Record
    effects: list[Record] = field(default_factory=list)
    answered: Record | None = None


@dataclass(slots=True)
class Delivery:
    """One try of a fake to bring an event to the pipeline."""

    record: Record
    delivered: Record | None = None

    @property
    def answered(self) -> bool:
        """Whether the pipeline gave it a status, whichever."""
        return self.delivered is not None and self.delivered.get("status") is not None
