"""An account of the payment provider copied whole: objects, events, keys, what is due, and what the API does not show.

Ids go on from where they are: what is made after a restore has ids that nobody had. A fork has no webhook
endpoints and no event destinations.
"""

from dataclasses import dataclass
from typing import Any

from fakes.keeping import packed, unpacked
from fakes.payments.noticing import Noticing
from fakes.payments.state import destinations, endpoints
from fakes.payments.state.provider import HEARING
from fakes.payments.state.store import Account
from harness.errors import UsageError


@dataclass(frozen=True, slots=True)
class Kept:
    """What makes an account what it is."""

    name: str
    ahead_s: int
    chance: Any
    """Where the account's chance stands, so that a later process repeats no id."""
    contents: dict[str, Any]


def kept(account: Account) -> bytes:
    """A copy of an account."""
    return packed(Kept(account.name, account.time.ahead_s, account.chance.getstate(), account.contents()))


def resume(account: Account, copy: bytes, noticing: Noticing) -> None:
    """Go on in an account exactly where an earlier process ended."""
    account.draw_on(put_back(account, copy, noticing).chance)


def put_back(account: Account, copy: bytes, noticing: Noticing) -> Kept:
    """Make an account what the copy says, and its endpoints what the delivery engine knows."""
    state = unpacked(copy)
    if not isinstance(state, Kept):
        raise UsageError("this is no account of the payment provider")
    before = noticing.names(account)
    account.become(state.contents)
    account.time.ahead_s = state.ahead_s
    if state.name != account.name:
        for kind in HEARING:
            for name in list(account.tables[kind]):
                del account.tables[kind][name]
        account.side(endpoints.Hidden).clear()
        account.side(destinations.Hidden).clear()
    noticing.anew(account, before)
    return state
