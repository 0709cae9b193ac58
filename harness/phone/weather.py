"""The weather above one phone: which moments of airplane mode its next main attempts meet.

A plan, drawn from the seed; what a moment does to the bytes is in `moments`. Four kinds:

    offline        no signal before sending: the request waits in the phone and goes out on reconnect
    request_lost   headers and half of the body leave, then the connection is reset
    reply_lost     the whole request arrives and is answered; the answer's first byte is seen, the rest is not
    flap           several of these in a row
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from harness.errors import UsageError

KINDS = ("offline", "request_lost", "reply_lost", "flap")
LOSSES = ("request_lost", "reply_lost")
OFFLINE_S = (0.3, 0.8)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that the weather does."""

    kind: str
    """What is journaled: the kind of weather this moment belongs to."""
    does: str
    """`offline`, `request_lost` or `reply_lost`."""
    seconds: float = 0.0


class Weather:
    """Moments in order; each main attempt takes the ones that are before it."""

    def __init__(self, moments: tuple[Moment, ...]) -> None:
        self.moments = moments
        self._left: Iterator[Moment] = iter(moments)

    @classmethod
    def of(cls, kind: str, chance: random.Random) -> "Weather":
        """The weather of this kind; raises `UsageError` for another word."""
        if kind not in KINDS:
            raise UsageError(f"no weather is called {kind!r}; there are {', '.join(KINDS)}")
        if kind != "flap":
            return cls((_moment(kind, kind, chance),))
        does = [*LOSSES, chance.choice(LOSSES)]
        chance.shuffle(does)
        does.insert(chance.randrange(3), "offline")
        return cls(tuple(_moment("flap", one, chance) for one in does))

    def before_next(self) -> list[Moment]:
        """The moments that the next attempt meets: any number of waits, then at most one loss."""
        met: list[Moment] = []
        for moment in self._left:
            met.append(moment)
            if moment.does in LOSSES:
                break
        return met


CLEAR = Weather(())


def _moment(kind: str, does: str, chance: random.Random) -> Moment:
    return Moment(kind, does, round(chance.uniform(*OFFLINE_S), 3) if does == "offline" else 0.0)
