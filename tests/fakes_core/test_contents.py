"""What is copied of an account made of parts: nothing is forgotten, nothing shared, and what is no copy is refused."""

from collections.abc import Iterator, Mapping
from inspect import isfunction, ismethod
from types import SimpleNamespace
from typing import Any

import pytest

from fakes.calls import Route
from fakes.contents import Holder, Part, copied, put_back, resume_all, state_of
from fakes.limits import Window, Windows
from fakes.plugin import running
from fakes.serve import Options
from fakes.virtual import NS, Shifted
from fakes.world import World
from harness.clock import ManualClock
from harness.errors import UsageError
from harness.rng import Rng
from tests.conformance_fakes.cases import ALERTS, GENERIC, PUSH
from tests.conformance_fakes.stand import Case, Stand

SURROUNDINGS: Mapping[str, str] = {
    "isolated.Accounts": "main_name main _make _isolated",
    "alerts.AlertsSlice": "_world _keys settings _places accounts mailbox routes",
    "alerts.Account": "hook door routes handlers",
    "alerts.Workspace": "settings _clock _rng",
    # A mail that is under way goes on its way.
    "alerts.Mails": "_clock _spool _spooled",
    "alerts.ApiRoutes": "_workspace _token _methods",
    "alerts.Methods": "_workspace _url",
    "alerts.HookRoutes": "_hook _address",
    "alerts.Hook": "settings _workspace _channel",
    "alerts.DoorRoutes": "_secret _mails _ident",
    "alerts.Mailbox": "settings _door _mails_of _opened _sock _wanted _server _client _folder _transports tls ca_file",
    "push.PushSlice": "_world _access_token settings accounts _wire routes",
    "push.Account": "_world name outside",
    "push.Devices": "_clock _rng",
    "push.Service": "settings _clock _devices _ident",
    "push.Routes": "_accounts _settings _access_token",
    "generic.TellingSlice": "name hosts secrets settings token routes manifest _hooks _declared _world _books _gate",
    "generic.Gate": "_declared _token",
    "generic.Clerk": "_declared _kind _settings _collection _book_of _tell _sink",
    "generic.Book": "_settings",
    # What is unique follows from the records.
    "generic.Shelf": "kind collection _world _held",
}
"""What the objects of a fake work with, and no copy holds; everything else must be named by `KEPT` or `LASTS`."""
LEAVES = ("Settings", "Keys")
"""Settings are shared by all accounts and belong to no copy."""


def _name(one: Any) -> str:
    return f"{type(one).__module__.split('.')[1]}.{type(one).__name__}"


def _inner(one: Any) -> Iterator[tuple[str, Any]]:
    """What an object leads to, by the name of the attribute; without a name what is only passed through."""
    if isinstance(one, Mapping):
        yield from (("", value) for value in one.values())
    elif isinstance(one, list | tuple):
        yield from (("", value) for value in one)
    elif isinstance(one, Route):
        yield "", one.handler
    elif ismethod(one):
        yield "", one.__self__
    elif isfunction(one):
        yield from (("", cell.cell_contents) for cell in one.__closure__ or ())
    elif type(one).__name__ not in LEAVES:
        yield from vars(one).items() if hasattr(one, "__dict__") else ()


def reached(slice_: Any) -> list[Any]:
    """The objects of a fake's own classes that lead to what it holds, but not what it holds."""
    ours = (f"{type(slice_).__module__.rpartition('.')[0]}.", "fakes.isolated")
    found: list[Any] = []
    seen: set[int] = set()
    ahead: list[Any] = [slice_]
    while ahead:
        one = ahead.pop()
        passed = isinstance(one, Mapping | list | tuple | Route) or ismethod(one) or isfunction(one)
        if id(one) in seen or not (passed or type(one).__module__.startswith(ours)):
            continue
        seen.add(id(one))
        if not passed and type(one).__name__ not in LEAVES:
            found.append(one)
        kept = one.KEPT + one.LASTS if isinstance(one, Part) else ()
        ahead += [value for name, value in _inner(one) if name not in kept or isinstance(value, Holder)]
    return found


def unsaid(slice_: Any) -> list[str]:
    """Attributes of which nobody says whether they are kept, and those that are said twice or are not there."""
    wrong = []
    for one in reached(slice_):
        kept = one.KEPT + one.LASTS if isinstance(one, Part) else ()
        said = [*kept, *SURROUNDINGS.get(_name(one), "").split()]
        wrong += [f"{_name(one)}.{name}" for name in vars(one) if said.count(name) != 1]
        wrong += [f"{_name(one)}.{name} is not there" for name in said if name not in vars(one)]
    return wrong


@pytest.fixture(scope="module", params=[ALERTS, PUSH, GENERIC], ids=lambda case: case.name)
def used(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """A fake with something in its main account and in an isolated one."""
    case: Case = request.param
    options = Options(
        only=[] if case.declared else [case.module], declared={case.name: case.declared} if case.declared else {},
        seed=3, settings={case.name: case.settings},
    )  # fmt: skip
    with running(options) as fakes:
        stand = Stand(case, fakes, fakes.slice(case.name))
        for headers in ({}, *(case.accounts or ())):
            stand.created(stand.somebody(), headers)
        fakes.settle()
        yield stand


def test_nothing_is_forgotten(used: Stand) -> None:
    """Each attribute of each object of a fake is kept in copies, taken over by a later process, or no state."""
    assert unsaid(used.slice) == []
    looked = {_name(one) for one in reached(used.slice)}
    assert looked >= {name for name in SURROUNDINGS if name.startswith(used.case.module)}, "the list names too much"


def test_what_is_forgotten_is_found(used: Stand) -> None:
    """A new attribute, wherever it is put, turns the rule red until somebody says what of it is kept."""
    everything = reached(used.slice)
    assert len(everything) > 3
    assert any(isinstance(one, Part) for one in everything)
    for one in everything:
        one._forgotten = {}
        try:
            assert unsaid(used.slice) == [f"{_name(one)}._forgotten"]
        finally:
            del one._forgotten


class Box(Part):
    """A part with a window and a clock in it."""

    KEPT = ("clock", "inner", "of", "windows")
    LASTS = ("numbered",)

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.windows = Shifted(clock), Windows(clock, 10.0)
        self.inner = Lid()
        self.of: dict[str, list[int]] = {}
        self.numbered = 0


class Lid(Part):
    """A part of a part."""

    KEPT, LASTS = ("open",), ("opened",)

    def __init__(self) -> None:
        self.open, self.opened = False, 0


def filled(clock: ManualClock) -> Box:
    """One with something in each place."""
    box = Box(clock)
    box.clock.advance(60)
    box.inner.open, box.inner.opened = True, 3
    box.of["a"], box.numbered = [1], 7
    box.windows["a"].count(2)
    return box


def test_a_copy_shares_nothing() -> None:
    """What is put back twice is twice there, apart from what it was copied from; counters are not put back."""
    clock = ManualClock()
    box = filled(clock)
    copy = copied("tiny", box)
    box.of["a"].append(2)
    one, other = Box(clock), Box(clock)
    for each in (one, other):
        put_back("tiny", each, copy)
        assert (each.of, each.inner.open, each.clock.at_ns()) == ({"a": [1]}, True, 60 * NS)
        assert (each.numbered, each.inner.opened, each.windows["a"].used()) == (0, 0, 1)
    one.of["a"].append(3)
    one.windows["a"].count(2)
    one.clock.advance(1)
    assert (other.of, other.windows["a"].used(), other.clock.at_ns()) == ({"a": [1]}, 1, 60 * NS)


def test_a_later_process_goes_on() -> None:
    """It takes over the counters too, of parts within parts and of the world."""
    clock = ManualClock()
    world, later = (World(fake="tiny", rng=Rng(1), ledger=SimpleNamespace()) for _ in range(2))
    given = {world.ident("th"), world.ident("th")}
    box = Box(clock)
    resume_all("tiny", state_of("tiny", {"main": filled(clock)}, world), {"main": box}.__getitem__, later)
    assert (box.numbered, box.inner.opened, box.of) == (7, 3, {"a": [1]})
    assert later.ident("th") not in given


@pytest.mark.parametrize("state", [{}, {"accounts": {}}, {"books": {}}, {"accounts": [], "counts": {}}])
def test_a_state_of_another_release(state: dict[str, Any]) -> None:
    """It is refused with a sentence."""
    world = World(fake="tiny", rng=Rng(1), ledger=SimpleNamespace())
    with pytest.raises(UsageError, match="not of this release"):
        resume_all("tiny", state, lambda name: Lid(), world)


def test_each_broken_byte_is_noticed() -> None:
    """Whatever byte is another one, and wherever a copy ends too early, it is refused and nothing changed."""
    clock = ManualClock()
    copy, box = copied("tiny", filled(clock)), Box(clock)
    broken = [copy[:at] + bytes([copy[at] ^ 1]) + copy[at + 1 :] for at in range(len(copy))]
    for bad in (*broken, *(copy[:at] for at in range(len(copy)))):
        with pytest.raises(UsageError):
            put_back("tiny", box, bad)
    assert (box.of, box.inner.open, box.clock.at_ns()) == ({}, False, 0)


def test_what_is_another_shape_is_refused() -> None:
    """Copies of another fake, of other parts, or of a release in which they had other names."""
    clock = ManualClock()
    box = Box(clock)
    odd = filled(clock)
    odd.inner = Box(clock)  # type: ignore[assignment]
    for bad in (copied("other", filled(clock)), copied("tiny", Lid()), copied("tiny", odd)):
        with pytest.raises(UsageError, match="no copy of an account of the fake 'tiny'"):
            put_back("tiny", box, bad)
    for text in ("copy", None, {"a": 1}):
        with pytest.raises(UsageError, match="no kept state"):
            put_back("tiny", box, text)  # type: ignore[arg-type]


def test_a_window_is_as_full_as_it_was() -> None:
    """Calls count for as long as they would have, on another clock too; who holds a window goes on with it."""
    clock, later = ManualClock(), ManualClock(at_ns=10**15)
    windows = Windows(clock, 10.0)
    windows["a"].count(2)
    clock.advance(4)
    windows["a"].count(2)
    windows["empty"].wait_s(1)
    kept = windows.contents()
    assert kept == {"a": [4 * NS, 0]}
    other = Windows(later, 10.0)
    held, gone = other["a"], other["b"]
    gone.count(1)
    other.become(kept)
    assert (held.used(), gone.used(), round(held.wait_s(2), 6)) == (2, 0, 6.0)
    later.advance(6)
    assert (held.used(), held.wait_s(2)) == (1, 0.0)
    clock.advance(20)
    assert windows.contents() == {}


def test_a_window_alone() -> None:
    """One that belongs to no name is kept in the same way."""
    clock = ManualClock()
    one, other = Window(clock, 1.0), Window(clock, 1.0)
    one.count(1, 3)
    other.become(one.contents())
    assert other.used() == 3
