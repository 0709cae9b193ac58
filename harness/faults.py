"""What may be done to a person's calls and deliveries, as plain data.

A fault belongs to one person, never to the world, so that many cells run at once in one stack. This module only says
what is planned; `fakes.misbehaving` and `fakes.carrying` do it and journal each time that it really happened. A plan
is a function of the seed and of the cell: `Rng.stream` decides, never the time of arrival.
"""

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import permutations
from typing import Any, ClassVar, Literal

from harness.rng import Rng

CLOSED = {"extra": "forbid", "use_attribute_docstrings": True}
"""A plan that comes from outside may hold no field that nobody reads; its document says what each is for."""
SECONDS_MAX = 86_400.0


def _bounded(plan: Any, **least: float) -> None:
    """`ValueError` unless these fields hold finite numbers that are not smaller, and not longer than a day."""
    for name, bound in least.items():
        value = getattr(plan, name)
        if value is not None and not (math.isfinite(value) and bound <= value <= SECONDS_MAX):
            raise ValueError(f"{name}: {value!r} is not between {bound:g} and {SECONDS_MAX:g}")


class Kind(StrEnum):
    """How a vendor misbehaves towards one call."""

    LOST_REPLY = "lost_reply"
    """Committed, then the connection is reset before a byte of the answer."""
    CUT_REPLY = "cut_reply"
    """Committed, then the connection is reset in the middle of the answer."""
    HANG = "hang"
    """Nothing committed, no answer for `seconds`."""
    HANG_AFTER = "hang_after"
    """Committed, no answer for `seconds`."""
    DELAY = "delay"
    """Committed and answered only after `seconds`."""
    SLOW_REPLY = "slow_reply"
    """Committed at once, answered after `seconds`."""
    REFUSE = "refuse"
    """The connection is reset before anything was read into effect."""
    SERVER_ERROR = "server_error"
    """The vendor's own 5xx, nothing committed."""
    RATE_LIMITED = "rate_limited"
    """The vendor's own 429, with `retry_after_s` where that vendor sends it."""
    HTML = "html"
    """200 with an HTML page, as a proxy in trouble would send it; nothing committed."""
    INVALID = "invalid"
    """The vendor's own 4xx for a bad payload: for ever, unless `times` says less."""
    BARRIER = "barrier"
    """Committed; the answer is held until a rival call arrives or `seconds` have passed."""
    GATHER = "gather"
    """Held before anything is committed until `rivals` more calls are held too or `seconds` are over; then all go."""
    UNENDED_REPLY = "unended_reply"
    """Committed; the whole answer is sent but for its end, which does not come for `seconds`."""
    TRICKLE = "trickle"
    """Committed; the answer comes in small pieces that take `seconds` in all."""
    LOCKED = "locked"
    """The vendor's own refusal because somebody else holds the object; nothing committed."""


COMMITTING = frozenset(
    {
        Kind.LOST_REPLY, Kind.CUT_REPLY, Kind.HANG_AFTER, Kind.SLOW_REPLY, Kind.BARRIER, Kind.DELAY, Kind.GATHER,
        Kind.UNENDED_REPLY, Kind.TRICKLE,
    }
)  # fmt: skip
"""After these the vendor holds the effect, whatever the pipeline was told."""

ANSWERED = frozenset({Kind.SLOW_REPLY, Kind.DELAY, Kind.HTML, Kind.BARRIER, Kind.GATHER, Kind.TRICKLE})
"""After these the vendor has answered well as far as it knows: there is no retry that could be too hasty."""

ALWAYS = -1
EVERYBODY = "*"
"""Instead of a person: every call meets it. Only for a phase in which everybody may be disturbed."""
COPIES_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One planned misbehaviour of `fake` towards the calls of `person` that match; the first `times` after `skip`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED

    person: str
    fake: str
    kind: Kind
    calls: Literal["writes", "reads", "all"] = "writes"
    sink: str | None = None
    operation: str | None = None
    """Only calls of this operation, as the journal names it: `POST /v1/customers`."""
    key: str | None = None
    """Only calls with this idempotency key."""
    skip: int = 0
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    retry_after_s: float | None = None
    name: str | None = None
    rivals: int = 1

    def __post_init__(self) -> None:
        _bounded(self, skip=0, seconds=0, retry_after_s=0, rivals=1, times=ALWAYS)
        if not 400 <= self.status <= 599:
            raise ValueError(f"status: {self.status} is no error")

    @property
    def limit(self) -> int:
        """How many calls it meets at most; `ALWAYS` for any number. Who gathers needs all whom it waits for."""
        return max(self.times, self.rivals + 1) if self.kind is Kind.GATHER and self.times != ALWAYS else self.times

    def as_data(self) -> dict[str, Any]:
        """The fault as the control channel takes it."""
        return asdict(self)


class Blow(StrEnum):
    """What happens to a process or container of the pipeline, which everybody shares; afterwards it goes on."""

    KILL = "kill"
    """Ended at once (kill -9), then started again."""
    RESTART = "restart"
    """Asked to end (SIGTERM), and ended when its time is over; then started again."""
    PAUSE = "pause"
    """Stopped where it is for some seconds, and none the wiser but for the clock."""
    CUT = "cut"
    """Containers only: without a network for some seconds."""
    SLOW = "slow"
    """Containers only: with a fraction of a processor for some seconds."""


PHASE_OF = {Blow.KILL: "crash", Blow.RESTART: "restart", Blow.PAUSE: "pause", Blow.CUT: "cut", Blow.SLOW: "slow"}
"""What the journal calls the time of a blow."""
CONTAINERS_ONLY = frozenset({Blow.CUT, Blow.SLOW})


class Mishap(StrEnum):
    """How the news of a vendor may travel."""

    REPEAT = "repeat"
    """`copies` more of each event, `overlap`ping or one after the other, `resign`ed or byte-identical."""
    DELAY = "delay"
    DROP = "drop"
    HOLD = "hold"
    """Kept back until released."""
    NEWEST_FIRST = "newest_first"
    """What happens within `seconds` of the first event is told newest first."""
    EARLY = "early"
    """Told before the vendor has answered the call that caused it."""
    PERMUTE = "permute"
    """`among` events are collected, `seconds` long at most, and told in `order`, each after the other's answer."""
    FORGE = "forge"
    """Before each event comes a copy of it, `copies` times, signed wrongly in the way that `forgery` names."""
    DRESS = "dress"
    """Each event is signed or sent in the unusual, right way that `forgery` names; its retries too."""


FORGING = frozenset({Mishap.FORGE, Mishap.DRESS})
ORDERING = frozenset({Mishap.PERMUTE})
AMONG_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRule:
    """How the events of `fake` about `person` (of one `topic`, of one `type`, or all) travel from now on.

    The first `skip` of them are spared, the next `times` are met.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = CLOSED

    person: str
    fake: str
    kind: Mishap
    topic: str | None = None
    type: str | None = None
    """The vendor's word for the event, as the journal has it."""
    endpoint: str | None = None
    """Only on its way to the endpoint of this name."""
    skip: int = 0
    times: int = ALWAYS
    copies: int = 1
    gap_s: float = 0.0
    overlap: bool = False
    resign: bool = False
    seconds: float = 0.0
    among: int = 2
    order: tuple[int, ...] | None = None
    """Places from 0; the event at the first place is told first. None: an order that `seed` decides."""
    seed: int = 0
    forgery: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        _bounded(self, copies=1, gap_s=0, seconds=0, skip=0, times=ALWAYS, among=2)
        if self.copies > COPIES_MAX:
            raise ValueError(f"copies: {self.copies} is more than {COPIES_MAX}")
        if (self.forgery is not None) != (self.kind in FORGING):
            raise ValueError(f"forgery: {' and '.join(sorted(FORGING))} need one, other kinds take none")
        if self.order is not None and self.kind not in ORDERING:
            raise ValueError(f"order: only {', '.join(ORDERING)} takes one")
        if self.among > AMONG_MAX or (self.order is not None and sorted(self.order) != list(range(self.among))):
            raise ValueError(f"order: must hold each place from 0 to `among` - 1 once, `among` at most {AMONG_MAX}")

    def as_data(self) -> dict[str, Any]:
        """The rule as the control channel takes it."""
        return asdict(self)


def orders(count: int, *, at_most: int = 24, seed: int = 0) -> list[tuple[int, ...]]:
    """Every order of so many events when there are few, the natural one first; else as many drawn ones, none twice."""
    natural = tuple(range(count))
    if math.factorial(count) <= at_most:
        return list(permutations(natural))
    found = {natural: None}
    stream = Rng(seed).stream(f"orders/{count}")
    while len(found) < at_most:
        found[tuple(stream.sample(natural, count))] = None
    return list(found)
