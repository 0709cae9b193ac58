"""Work that the provider does by itself when its time has come, by its name; each area registers its own here.

`plan` puts it on the agenda of the clock that an object belongs to: a test clock's, or the account's own.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Account, Thing
from fakes.virtual import Agenda

Work = Callable[[Moment, str], None]
WORK: dict[str, Work] = {}
CLOCK = "test_helpers.test_clock"


def work(kind: str) -> Callable[[Work], Work]:
    """Register what is to be done under this name: (moment, id of the object)."""

    def keep(do: Work) -> Work:
        WORK[kind] = do
        return do

    return keep


def clock_of(account: Account, thing: Thing | None) -> Thing | None:
    """The test clock of an object: its own, its customer's, or that of what it is part of or takes back."""
    if thing is None or not account.tables[CLOCK]:
        return None
    if thing["object"] == CLOCK:
        return thing
    name = thing.get("test_clock")
    for kind in ("customer", "subscription", "invoice"):
        if name is None:
            name = (account.find(kind, thing.get(kind)) or {}).get("test_clock")
    if name is None:
        return clock_of(account, account.find("charge", thing.get("charge")))
    return account.find(CLOCK, name)


def held(account: Account, thing: Thing) -> AbstractContextManager[None]:
    """While inside, it is as late as the test clock of this object says, if it has one."""
    clock = clock_of(account, thing)
    return account.time.held(None if clock is None else clock["frozen_time"])


def named(account: Account, names: Thing) -> Thing | None:
    """The test clock that a request is about, by the objects it names: kind -> id."""
    if not account.tables[CLOCK]:
        return None
    for kind, name in names.items():
        clock = clock_of(account, account.find(kind, name))
        if clock is not None:
            return clock
    return None


def agenda(account: Account, clock: Thing | None) -> Agenda:
    """The agenda of a test clock, or the account's own."""
    return account.agenda if clock is None else account.agendas.setdefault(clock["id"], Agenda())


def plan(moment: Moment, at_s: int, kind: str, thing: Thing) -> None:
    """Do `kind` to this object then, as its clock has it."""
    account = moment.account
    agenda(account, clock_of(account, thing)).plan(at_s, kind, thing["id"])


def drop(moment: Moment, kind: str, thing: Thing) -> None:
    """Do not do `kind` to this object after all."""
    account = moment.account
    agenda(account, clock_of(account, thing)).drop(kind, thing["id"])
