"""An account of the payment provider copied whole: objects, events, keys, what is due, and what the API does not show.

Ids go on from where they are: what is made after a restore has ids that nobody had. A fork has no webhook endpoints.
"""

from dataclasses import dataclass
from typing import Any

from fakes.keeping import packed, unpacked
from fakes.payments.noticing import Noticing
from fakes.payments.state.endpoints import Hidden
from fakes.payments.state.store import Account
from harness.errors import UsageError

ENDPOINT = "webhook_endpoint"


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
    account.chance.setstate(put_back(account, copy, noticing).chance)


def put_back(account: Account, copy: bytes, noticing: Noticing) -> Kept:
    """Make an account what the copy says, and its endpoints what the delivery engine knows."""
    state = unpacked(copy)
    if not isinstance(state, Kept):
        raise UsageError("this is no account of the payment provider")
    before = list(account.tables[ENDPOINT])
    account.become(state.contents)
    account.time.ahead_s = state.ahead_s
    endpoints, hidden = account.tables[ENDPOINT], account.side(Hidden)
    if state.name != account.name:
        for name in list(endpoints):
            del endpoints[name]
        hidden.secrets.clear()
    for name in before:
        if name not in endpoints:
            noticing.written(f"DELETE /v1/{ENDPOINT}s", account, {"id": name, "deleted": True})
    for name, endpoint in endpoints.items():
        secret = {"secret": hidden.secrets[name]} if name in hidden.secrets else {}
        noticing.written(f"POST /v1/{ENDPOINT}s", account, endpoint | secret)
    return state
