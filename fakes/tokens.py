"""Fault tokens: a fault asked for in the data of a call itself, for those who cannot reach the control channel.

`fault.lost_reply` anywhere in a write (a metadata value, the local part of an e-mail address) disturbs that call.
Further words say more: `fault.hang.3s`, `fault.server_error.503.x2`, `fault.refuse.always`. Only while switched on; a
word that names no fault is only a word.
"""

import hashlib
import re
from collections import OrderedDict

from fakes.calls import Call
from harness.faults import ALWAYS, Fault, Kind

KNOWN_MAX = 10_000
ALONE = [kind for kind in Kind if kind not in (Kind.BARRIER, Kind.GATHER)]
"""What can be done to one call without another."""
_KINDS = "|".join(sorted(map(str, ALONE), key=len, reverse=True))
_TOKEN = re.compile(
    rf"(?<![a-z0-9])fault\.({_KINDS})((?:\.(?:x[1-9]\d?|always|\d{{1,3}}s|[45]\d\d))*)(?![a-z0-9_])".encode()
)


class Tokens:
    """Which calls ask for a fault, and how often they had it."""

    def __init__(self) -> None:
        self.on = False
        self._met: OrderedDict[tuple[str, str, bytes], int] = OrderedDict()

    def met(self, call: Call) -> Fault | None:
        """The fault that a write asks for, unless that very request had it often enough."""
        if call.route is None or not call.route.writes:
            return None
        found = _TOKEN.search(call.body) or _TOKEN.search(call.query.encode("utf-8", "surrogateescape"))
        if found is None:
            return None
        fault = _fault(call, found[1].decode(), found[2].decode().split(".")[1:])
        # A repeat has the same bytes, whatever its idempotency key.
        who = (call.fake, call.route.operation, hashlib.sha256(call.body + call.query.encode()).digest())
        had = self._met.pop(who, 0)
        if len(self._met) >= KNOWN_MAX:
            self._met.popitem(last=False)
        self._met[who] = had + 1
        return fault if fault.times == ALWAYS or had < fault.times else None

    def clear(self) -> None:
        """Forget who had what."""
        self._met.clear()


def _fault(call: Call, kind: str, words: list[str]) -> Fault:
    times, seconds, status = 1, 0.0, 500
    for word in words:
        if word == "always":
            times = ALWAYS
        elif word.startswith("x"):
            times = int(word[1:])
        elif word.endswith("s"):
            seconds = float(word[:-1])
        else:
            status = int(word)
    return Fault(
        person=call.person or "*", fake=call.fake, kind=Kind(kind), times=times, seconds=seconds, status=status
    )
