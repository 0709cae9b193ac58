"""Idempotency keys as the provider documents them: per account and key, only for POST, kept for 24 hours.

An answer is kept once the endpoint had begun to act, whatever it said (402 included); refusals for a parameter, a
credential, a conflict or the rate are not. Knows no routes; `wire.desk` asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fakes.payments.state.problem import Problem, invalid

KEPT_S = 24 * 3600
KEY_MAX = 255
SWEEP_EVERY = 1000


@dataclass(slots=True)
class Kept:
    """What a key stands for: the request, and its answer once there is one."""

    path: str
    fingerprint: Any
    since: int
    request: str
    status: int | None = None
    body: bytes = b""


class Keys:
    """All keys of all accounts."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._kept: dict[tuple[str, str], Kept] = {}
        self._begun = 0

    def begin(self, account: str, key: str, path: str, fingerprint: Any, request: str) -> Kept | None:
        """The answer to give again; or None, and the key is taken until `finish` or `forget`."""
        if not key or len(key) > KEY_MAX:
            raise invalid(f"Idempotency keys must be between 1 and {KEY_MAX} characters long.")
        self._sweep()
        kept = self._kept.get((account, key))
        if kept is not None and kept.status is not None and self._now() - kept.since >= KEPT_S:
            kept = None
        if kept is None:
            self._kept[(account, key)] = Kept(path, fingerprint, self._now(), request)
            return None
        if kept.path != path or kept.fingerprint != fingerprint:
            raise _other_request(kept, key, path)
        if kept.status is None:
            raise Problem(
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                "submitted twice, and the other request is still going through): "
                f"{key}. Please try again later.",
                kind="idempotency_error",
                status=409,
                code="idempotency_key_in_use",
                executed=False,
            )
        return kept

    def finish(self, account: str, key: str, status: int, body: bytes) -> None:
        """Keep the answer."""
        kept = self._kept[(account, key)]
        kept.status, kept.body = status, body

    def forget(self, account: str, key: str) -> None:
        """Let go of a key whose request never began to act."""
        self._kept.pop((account, key), None)

    def clear(self) -> None:
        """Forget every key."""
        self._kept.clear()

    def _sweep(self) -> None:
        self._begun += 1
        if self._begun % SWEEP_EVERY == 0:
            now = self._now()
            self._kept = {
                name: kept for name, kept in self._kept.items() if kept.status is None or now - kept.since < KEPT_S
            }


def _other_request(kept: Kept, key: str, path: str) -> Problem:
    if kept.path != path:
        message = (
            "Keys for idempotent requests can only be used for the same endpoint they were first used for "
            f"('{path}' vs '{kept.path}'). Try using a key other than '{key}' if you meant to execute a different "
            "request."
        )
    else:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
            f"using a key other than '{key}' if you meant to execute a different request."
        )
    return Problem(message, kind="idempotency_error", executed=False)
