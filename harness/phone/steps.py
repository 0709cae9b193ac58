"""The words of flows: what a person's app does next, and what it hears of it. No I/O.

A flow is a generator: it yields steps and is sent what came of each. Whoever drives it (asyncio phone, load) decides
how a request travels; a flow decides only what is asked, and what the whole came to.
"""

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.model import Expectation, Outcome, Person
from harness.target import Target
from harness.target.words import dig


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Declare an intent, before anything is sent for it."""

    flow: str
    expects: tuple[Expectation, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """What was chosen, in words for reports; no secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send one operation; a `main` one carries the intent, has its key and is tried until its outcome is known."""

    operation: str
    scope: Mapping[str, Any]
    main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Ask one operation again and again until its answer pleases, at most `within_s`."""

    operation: str
    scope: Mapping[str, Any]
    until: Callable[["Answer"], bool]
    every_s: float = 0.4
    within_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Let the wallet pay what this handle stands for."""

    handle: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the phone heard in the end: of all attempts of a `Send`, or of the last look of a `Poll`."""

    outcome: Outcome
    status: int | None = None
    body: Any = None
    state: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it was accepted."""
        return self.outcome is Outcome.OK

    def at(self, path: str | None) -> Any:
        """The value at this path of the answer."""
        return dig(self.body, path) if path else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What the wallet said: `paid`, `declined`, `requires_action`, `refused`, or nothing that can be known."""

    outcome: Outcome
    result: str | None = None


Step = Begin | Send | Poll | Pay
Flow = Generator[Step, Any, Outcome]


@dataclass(slots=True, kw_only=True)
class Context:
    """What a flow knows when it begins."""

    target: Target
    person: Person
    things: dict[str, Any]
    """What the app remembers: ids from answers, the plan it believes in."""
    choices: Mapping[str, Any]
    chance: random.Random
    number: int = 1
    """How often this person has begun a flow, this one included."""

    def scope(self, **more: Any) -> dict[str, Any]:
        """What placeholders stand for: the person, the things, and what this flow adds."""
        plan = self.things.get("plan") or self.target.free_plan
        return {**self.things, "person": traits_of(self.person), "account": {"plan": plan}, **more}


FlowMaker = Callable[[Context], Flow]


def traits_of(person: Person) -> dict[str, Any]:
    """A person as placeholders see them; `given` and `family` are their name as one that was typed into one field."""
    name = f"{person.first_name} {person.last_name}".strip()
    given, _, family = name.partition(" ")
    return {
        "marker": person.marker,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "name": name,
        "given": given,
        "family": family,
        "source": person.lead.get("utm_source") or person.lead.get("referral") or "",
        "email": person.email,
        "email_lower": person.email.lower(),
        "password": person.password,
        "phone": person.phone,
        "company": person.company,
        "lead": dict(person.lead),
        "device": person.device,
    }
