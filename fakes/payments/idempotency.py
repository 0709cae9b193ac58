"""Idempotency keys as the provider documents them: for each account of its own, pruned by the account's clock.

An answer is kept once the endpoint had begun to act, whatever it said (402 and 500 included); refusals for a parameter,
a credential, a conflict or the rate are not. v1 keeps keys for 24 hours and v2 for 30 days. Knows no routes;
`wire.desk` asks.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from fakes.payments.state.problem import Problem, invalid

DAY_S = 24 * 3600
KEPT_S = {"v1": DAY_S, "v2": 30 * DAY_S}
KEY_MAX = 255
PRUNED_AT_ONCE = 4
"""How many old keys a request may sweep away: more than it brings, and no more than it would notice."""


@dataclass(slots=True)
class Kept:
    """What a key stands for: the request, and its answer once there is one."""

    path: str
    fingerprint: bytes
    since: int
    request: str
    status: int | None = None
    body: bytes = b""


@dataclass(slots=True)
class Keys:
    """The keys of one account, each with the time of its first use, oldest first."""

    # Not plain dictionaries: those get slow at their beginning when much was taken from there.
    _kept: dict[str, OrderedDict[str, Kept]] = field(
        default_factory=lambda: {version: OrderedDict() for version in KEPT_S}
    )

    def begin(self, key: str, path: str, parameters: list[tuple[str, str]], request: str, now: int) -> Kept | None:
        """The answer to give again; or None, and the key is taken until `finish` or `forget`."""
        if not key or len(key) > KEY_MAX:
            raise invalid(f"Idempotency keys must be between 1 and {KEY_MAX} characters long.")
        version = _version(path)
        table = self._kept[version]
        for old in list(_old(table, now - KEPT_S[version])):
            del table[old]
        kept = table.get(key)
        fingerprint = _digest(parameters)
        if kept is None or (kept.status is not None and kept.since <= now - KEPT_S[version]):
            # Taken out first, so that the table stays in the order of time.
            table.pop(key, None)
            table[key] = Kept(path, fingerprint, now, request)
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

    def finish(self, key: str, path: str, status: int, body: bytes) -> None:
        """Keep the answer."""
        kept = self._kept[_version(path)].get(key)
        if kept is not None:
            kept.status, kept.body = status, body

    def forget(self, key: str, path: str) -> None:
        """Let go of a key whose request never began to act."""
        self._kept[_version(path)].pop(key, None)

    def __len__(self) -> int:
        """How many keys are kept."""
        return sum(map(len, self._kept.values()))


class DeviceKeys(Keys):
    """The keys that people's devices use with the publishable key: never confused with the server's."""

    __slots__ = ()


def _version(path: str) -> str:
    return "v2" if path.startswith("/v2/") else "v1"


def _digest(parameters: list[tuple[str, str]]) -> bytes:
    """Equal for equal parameters in any order, and short however long they are."""
    text = "\x1e".join(f"{name}\x1f{value}" for name, value in sorted(parameters))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _old(table: OrderedDict[str, Kept], until: int) -> Iterator[str]:
    """The oldest keys whose time is over; those in use stay."""
    for place, (key, kept) in enumerate(table.items()):
        if place == PRUNED_AT_ONCE or kept.since > until:
            return
        if kept.status is not None:
            yield key


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
