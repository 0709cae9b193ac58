"""API versions: which are one, which shapes are served, and a word to whoever pins another.

Answers have the shapes of `API_VERSION`, but for the few places that versions before 2025-03-31 have elsewhere
(`wire.expand`). Versions newer than that are taken to be one, so that a newer client works.
"""

import sys
from collections.abc import Callable
from datetime import date

from fakes.payments.state.problem import Problem
from fakes.payments.state.store import API_VERSION

NAMES = ("acacia", "basil", "clover", "dahlia", "endive")
"""The names of major versions since 2024-09-30, in order."""
FIRST, FIRST_NAMED = date(2011, 1, 1), date(2024, 9, 30)
SERVED = date.fromisoformat(API_VERSION[:10])


def told(line: str) -> None:
    """Say something to whoever started the fakes."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


class Versions:
    """Knows which versions it has spoken of."""

    def __init__(self, tell: Callable[[str], None] = told) -> None:
        self._tell = tell
        self._seen = {API_VERSION}

    def checked(self, text: str | None, *, needed: bool = False) -> str:
        """The version of a call; `Problem` when it is none. Whoever pins another than is served is told once."""
        if needed and not text:
            raise Problem("This request must say its API version, in the header `Stripe-Version`.", executed=False)
        version = text or API_VERSION
        if version not in self._seen:
            _check(version)
            self._seen.add(version)
            self._tell(
                f"payments: a client pins API version {version}; answers have the shapes of {API_VERSION}, "
                "see fakes/payments/fidelity/manners.md"
            )
        return version


def _check(version: str) -> None:
    day, dot, name = version.partition(".")
    try:
        released = date.fromisoformat(day)
    except ValueError:
        released = date.min
    named = released >= FIRST_NAMED
    known = released >= FIRST and len(day) == 10 and bool(dot) is named
    if known and named and released <= SERVED:
        known = name.partition(";")[0] in (*NAMES, "preview", "dashboard")
    if not known:
        raise Problem(f"Invalid Stripe API version: {version[:40]}", executed=False)
