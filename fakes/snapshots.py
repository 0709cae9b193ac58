"""The wishes about whole states: take a snapshot of an account, put it back, or put it into another account as a fork.

A snapshot lives as long as the process. What was told or delivered is not taken back: events that are on their way
arrive, and the journal keeps everything.
"""

from typing_extensions import TypedDict

from fakes.asking import Ask, Empty, House, Problem, Wish
from fakes.core import Snapshot
from fakes.powers import Copyable
from harness.errors import UsageError

MOST = 100
"""How many are kept; the oldest goes first."""


class SnapshotAsk(Ask):
    """A fake, and one of its accounts by its key; without one, the main account."""

    fake: str
    account: str | None = None


class RestoreAsk(Ask):
    """A snapshot, and the account that becomes so: without one, that from which it was taken."""

    name: str
    account: str | None = None


class DropAsk(Ask):
    """A snapshot that nobody needs any more."""

    name: str


class Taken(TypedDict):
    """A snapshot: its name, whose it is and how large."""

    name: str
    fake: str
    account: str | None
    bytes: int


class Listed(TypedDict):
    """All snapshots, oldest first."""

    snapshots: list[Taken]


class Restored(TypedDict):
    """The fake and the account that became as they were."""

    fake: str
    account: str | None


class Dropped(TypedDict):
    """Whether there was one to drop."""

    dropped: bool


def _copyable(house: House, fake: str) -> Copyable:
    slice_ = house.slice(fake)
    if not isinstance(slice_, Copyable):
        raise Problem(422, f"the fake {fake!r} has no snapshots")
    return slice_


def take(house: House, ask: SnapshotAsk) -> Taken:
    """Copy an account as it is now."""
    try:
        kept = _copyable(house, ask.fake).snapshot(ask.account)
    except UsageError as problem:
        raise Problem(422, str(problem)) from problem
    return _told(house.core.snapshots.keep(Snapshot(ask.fake, ask.account, kept), MOST), house)


def _told(name: str, house: House) -> Taken:
    one = house.core.snapshots.get(name)
    assert one is not None
    return {"name": name, "fake": one.fake, "account": one.account, "bytes": len(one.kept)}


def listed(house: House, ask: Empty) -> Listed:
    """All snapshots."""
    return {"snapshots": [_told(name, house) for name in house.core.snapshots.names()]}


def restore(house: House, ask: RestoreAsk) -> Restored:
    """Make an account as it was, or another one the same (a fork)."""
    one = house.core.snapshots.get(ask.name)
    if one is None:
        raise Problem(404, f"there is no snapshot {ask.name!r}")
    account = one.account if ask.account is None else ask.account
    try:
        _copyable(house, one.fake).restore(one.kept, account)
    except UsageError as problem:
        raise Problem(422, str(problem)) from problem
    return {"fake": one.fake, "account": account}


def drop(house: House, ask: DropAsk) -> Dropped:
    """Forget a snapshot."""
    return {"dropped": house.core.snapshots.drop(ask.name)}


WISHES = (
    Wish("POST", "/snapshots", take),
    Wish("GET", "/snapshots", listed),
    Wish("POST", "/snapshots/{name}/restore", restore),
    Wish("DELETE", "/snapshots/{name}", drop),
)
