"""A portal copied whole: of which parts it consists, what of them is kept, and what is not, with the reason.

Ids go on from where they are: what is made after a restore has an id that nobody had. A fork (a copy put into another
portal) keeps its own number and keys; it has no OAuth tokens, no subscriptions and no address for webhooks. Called by
`slice`; knows no HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakes.contents import Holder
from fakes.crm.account import Account
from fakes.crm.acting import Acting
from fakes.crm.state.access import Access
from fakes.crm.state.index import Index
from fakes.crm.state.quota import Day, Quota
from fakes.crm.state.records import Portal
from fakes.crm.state.search import Search
from fakes.crm.state.telling import Telling
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.gate import Gate
from fakes.crm.wire.webhooks import Herald, Subscriptions
from fakes.keeping import packed, unpacked
from harness.errors import UsageError


def parts(account: Account) -> dict[str, Holder]:
    """All that a portal consists of, by name."""
    return {
        "portal": account.portal,
        "kinds": account.portal.kinds,
        "index": account.portal.index,
        "custom": account.custom,
        "links": account.links,
        "types": account.links.types,
        "search": account.search,
        "quota": account.quota,
        "day": account.quota.day,
        "access": account.access,
        "telling": account.telling,
        "herald": account.herald,
        "subscriptions": account.subscriptions,
    }


_WORLD = "of this process"
_KEYS = "the portal's own, in a fork too"
_GIVEN = "settings, which `tune` changes for all portals"
LEFT: Mapping[type, Mapping[str, str]] = {
    Account: {
        "name": _KEYS, "keys": _KEYS, "clock": "its time stands in `Kept`", "routes": _WORLD,
        "handlers": _WORLD,
    },
    Portal: {
        "settings": _GIVEN, "clock": _WORLD, "_rng": "no id comes again whatever it gives",
        "_chance": "no id comes again whatever it gives", "number": "stands in `Kept`", "gone": _WORLD,
        "records": "the tables of `shelves`, by another name",
    },
    Index: {"_clock": _WORLD, "_lag_s": _GIVEN, "owner_of": _WORLD},
    Quota: {"_settings": _GIVEN},
    Day: {"_clock": _WORLD},
    Access: {
        "clock": _WORLD, "portal": "stands in `Kept`", "private_token": _KEYS, "developer_key": _KEYS, "app": _KEYS,
        "settings": _GIVEN, "suffix": _KEYS,
    },
    Search: {"_belongs": _WORLD},
    Telling: {"app": "follows from the portal's number"},
    Herald: {
        "_ledger": _WORLD, "_owner_of": _WORLD, "_account": _KEYS, "_webhooks": _WORLD,
        "_waiting": "empty between two calls",
    },
    Subscriptions: {"_account": _KEYS, "_endpoint": _KEYS, "_secrets": _KEYS, "_webhooks": _WORLD},
    Clerk: {"_ledger": _WORLD, "written": _WORLD, "linked": _WORLD, "joined": _WORLD, "forgotten": _WORLD},
    Acting: {"_world": _WORLD},
    Gate: {"_name": _KEYS, "_scopes": "follows from the routes alone", "_after": _WORLD},
}  # fmt: skip
"""What of a portal is not kept, and why. What is neither here nor in a part's contents is a mistake."""
OWN = ("access", "telling", "subscriptions")
"""The parts of which a fork gets nothing: they hang on keys and numbers that are not its own."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What makes a portal what it is."""

    name: str
    number: int
    time: dict[str, int]
    contents: dict[str, dict[str, Any]]


def kept(account: Account) -> bytes:
    """A copy of a portal."""
    contents = {name: part.contents() for name, part in parts(account).items()}
    return packed(Kept(account.name, account.portal.number, account.clock.contents(), contents))


def resume(account: Account, copy: bytes) -> None:
    """Go on in a portal where an earlier process ended, with the number that it had there."""
    account.be(put_back(account, copy).number)


def put_back(account: Account, copy: bytes) -> Kept:
    """Make a portal what the copy says; `UsageError`, and nothing changed, for what is no copy of a portal."""
    state = unpacked(copy)
    if not isinstance(state, Kept):
        raise UsageError("this is no portal of the CRM")
    wanted = parts(account)
    if _shape(state.contents) != _shape({name: part.contents() for name, part in wanted.items()}):
        raise UsageError("this is no portal of this release's CRM")
    # First the time, because some parts keep how long ago or how far ahead a thing was.
    account.clock.become(state.time)
    if state.name != account.name:
        _fork(account, state.contents)
    else:
        for name, part in wanted.items():
            part.become(state.contents[name])
    return state


def _fork(account: Account, contents: Mapping[str, dict[str, Any]]) -> None:
    """Become a copy of another portal."""
    for name in OWN:
        getattr(account, name).clear()
    contents = {**contents, "portal": account.portal.apart(contents["portal"])}
    for name, part in parts(account).items():
        if name not in OWN:
            part.become(contents[name])


def _shape(contents: Any) -> dict[str, frozenset[str]] | None:
    """Of which parts contents consist, and what of each of them is there; None for what are no contents."""
    if not isinstance(contents, dict) or not all(isinstance(each, dict) for each in contents.values()):
        return None
    return {name: frozenset(each) for name, each in contents.items()}
