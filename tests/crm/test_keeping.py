"""Nothing that a portal remembers is forgotten when it is copied: each attribute is kept, or left out with a reason."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from fakes.crm import keeping
from fakes.crm.account import Account
from fakes.crm.state.access import Access
from tests.crm.bare import Bare
from tests.crm.busy import Busy

VALUES = (str, bytes, int, float, bool, type(None), date, datetime, Decimal)


@pytest.fixture(scope="module")
def busy() -> Busy:
    """A portal in which a bit of everything happened; nothing here changes it."""
    return Busy()


def attributes(one: Any) -> set[str]:
    """The names of all attributes that an object has of its own."""
    slots = {name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())}
    return {name for name in slots | set(getattr(one, "__dict__", ())) if hasattr(one, name)} - {"__dict__"}


def ours(one: Any) -> bool:
    """Whether an object is of a class of this fake."""
    return type(one).__module__.startswith("fakes.crm.")


def behind(handler: Any) -> Iterator[Any]:
    """The objects that a route's handler works with: whose methods it calls, however wrapped."""
    if isinstance(handler, partial):
        yield from behind(handler.func)
    if ours(getattr(handler, "__self__", None)):
        yield handler.__self__
    for cell in getattr(handler, "__closure__", None) or ():
        if ours(cell.cell_contents):
            yield cell.cell_contents
        elif callable(cell.cell_contents):
            yield from behind(cell.cell_contents)


def met(account: Account) -> list[Any]:
    """The objects of a portal that remain: from its routes and its own attributes to whatever is not kept whole."""
    known = {id(part): set(part.contents()) for part in keeping.parts(account).values()}
    waiting: list[Any] = [account, *(each for route in account.routes for each in behind(route.handler))]
    found: dict[int, Any] = {}
    while waiting:
        one = waiting.pop()
        if id(one) not in found:
            found[id(one)] = one
            left = known.get(id(one), set()) | set(keeping.LEFT.get(type(one), ()))
            waiting += [value for name in attributes(one) - left if ours(value := getattr(one, name))]
    return list(found.values())


def strays(account: Account) -> list[str]:
    """What is neither kept nor left out: attributes that hold something else than another object of the portal."""
    known = {id(part): set(part.contents()) for part in keeping.parts(account).values()}
    return sorted(
        f"{type(one).__name__}.{name}"
        for one in met(account)
        for name in attributes(one) - known.get(id(one), set()) - set(keeping.LEFT.get(type(one), ()))
        if not ours(getattr(one, name))
    )


def test_every_attribute_is_kept_or_left_out(busy: Busy) -> None:
    """Of every part and every handler of a portal; and no reason is given for what there is not."""
    account = busy.slice.accounts.main
    assert strays(account) == []
    for name, part in keeping.parts(account).items():
        assert set(part.contents()) <= attributes(part), name
    there = {type(one): attributes(one) for one in met(account)}
    gone = [f"{kind.__name__}.{name}" for kind, of in keeping.LEFT.items() for name in set(of) - there.get(kind, set())]
    assert gone == []


def test_a_new_field_turns_it_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: in a part of the state, in a handler, in a part with slots, and a part that is not in the list."""
    account = Busy().slice.accounts.main
    account.portal.notes = {}  # type: ignore[attr-defined]
    handler = next(one for one in met(account) if type(one).__name__ == "Labels")
    handler.seen = 0
    assert strays(account) == ["Labels.seen", "Portal.notes"]
    del account.portal.notes, handler.seen  # type: ignore[attr-defined]
    assert strays(account) == []
    whole = Access.contents
    with monkeypatch.context() as planted:
        planted.setattr(Access, "contents", lambda one: {k: v for k, v in whole(one).items() if k != "_codes"})
        assert strays(account) == ["Access._codes"]
    parts = keeping.parts
    monkeypatch.setattr(keeping, "parts", lambda one: {k: v for k, v in parts(one).items() if k != "types"})
    assert strays(account) == ["Types._by_pair", "Types._default", "Types._numbered"]


def plain(value: Any) -> Any:
    """A value as lists and texts, so that two of them can be compared whatever they are made of."""
    if isinstance(value, VALUES):
        return value
    if isinstance(value, Mapping):
        return [(plain(name), plain(each)) for name, each in value.items()]
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value), key=str)
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    assert ours(value), f"{type(value)} is kept, and this test cannot compare it"
    return [type(value).__name__, *((name, plain(getattr(value, name))) for name in sorted(attributes(value)))]


def held(account: Account) -> dict[str, Any]:
    """All that a portal remembers, by part and attribute."""
    return {
        f"{name}.{attribute}": plain(value)
        for name, part in keeping.parts(account).items()
        for attribute, value in part.contents().items()
    }


def forgotten(busy: Busy) -> list[str]:
    """What a later process does not have of a portal."""
    before = held(busy.slice.accounts.main)
    fresh = held(Bare(6).slice.accounts.main)
    assert [name for name, value in before.items() if value == fresh[name]] == [], "not busy enough"
    busy.later(6)
    after = held(busy.slice.accounts.main)
    # Ids may as well go on from where the later process would have begun, if that is further.
    numbers = [dict(each.pop("portal._next")) for each in (before, after)]
    assert all(numbers[1][name] >= last for name, last in numbers[0].items())
    return [name for name, value in before.items() if value != after[name]]


def test_all_that_is_kept_comes_back() -> None:
    """Each part of a busy portal differs from a new one's, and is what it was after it was put back."""
    assert forgotten(Busy()) == []


def test_a_part_that_forgets_turns_it_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: tokens to refresh by are kept, and not put back."""
    busy, become = Busy(), Access.become
    monkeypatch.setattr(Access, "become", lambda one, contents: become(one, {**contents, "_refresh": {}}))
    assert forgotten(busy) == ["access._refresh"]


def test_what_several_parts_share_is_shared_again() -> None:
    """The search finds the very records that are read, and a label's change is seen from both ends."""
    again = Busy()
    again.later(6)
    portal = again.slice.accounts.main.portal
    known = portal.index.of("contacts").found
    assert known
    assert all(record is portal.records["contacts"][name] for name, (record, _) in known.items())
    assert portal.index.of("deals").schema is portal.schemas["deals"]
    access = again.slice.access
    again.exchanged(grant_type="refresh_token", refresh_token=again.refresh)
    access.revoke(again.refresh)
    assert again.call("GET", "/crm/v3/objects/contacts", token=again.access).status == 401
