"""Which ticket an `Idempotency-Key` has already made.

For two hours of the account's clock the same key answers the first answer again, and with other parameters it is
refused. Only answers that made something are kept. Called by the route that creates tickets.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from fakes.encoding import trimmed
from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.part import Part

KEY_MAX = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """The first answer under a key."""

    fingerprint: bytes
    answer: bytes
    expires_ns: int


class Keys(Part):
    """The keys of one account."""

    KEPT = ("_kept",)

    def __init__(self, account: Account) -> None:
        self._account = account
        self._kept: dict[str, Kept] = {}

    def clear(self) -> None:
        """Forget all keys."""
        self._kept.clear()

    def replay(self, key: str, params: Mapping[str, Any]) -> bytes | None:
        """The first answer, if this key has made something; refused if it was something else."""
        if len(key) > KEY_MAX:
            raise Problem("IdempotentRequestError", f"Idempotency key must not be longer than {KEY_MAX} characters")
        known = self._kept.get(key)
        if known is None or known.expires_ns <= self._account.clock.at_ns():
            return None
        if known.fingerprint != _fingerprint(params):
            raise Problem("IdempotentRequestError", "Request parameters don't match the given idempotency key")
        return known.answer

    def keep(self, key: str, params: Mapping[str, Any], answer: bytes) -> None:
        """Remember the answer of a call that made something."""
        now = self._account.clock.at_ns()
        while self._kept and (oldest := next(iter(self._kept.items())))[1].expires_ns <= now:
            del self._kept[oldest[0]]
        expires = self._account.clock.at_ns() + int(self._account.settings.idempotency_s * 1e9)
        self._kept.pop(key, None)
        self._kept[key] = Kept(_fingerprint(params), trimmed(answer), expires)


def _fingerprint(params: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(orjson.dumps(params, option=orjson.OPT_SORT_KEYS)).digest()
