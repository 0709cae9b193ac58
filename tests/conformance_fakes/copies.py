"""The checks of the suite about accounts as a whole: put back, forked, kept for a later process; and bad copies.

Each takes a stand and raises `AssertionError`; none knows a vendor. What of an account is copied beside its objects
(limits, lags, mailboxes) is tested with each fake.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fakes.keeping import packed
from fakes.powers import Copyable, Lasting
from harness.errors import ControlError
from tests.conformance_fakes.cases import ALERTS, PUSH
from tests.conformance_fakes.conftest import standing
from tests.conformance_fakes.stand import Stand


def powers(stand: Stand) -> None:
    """A fake has snapshots and can outlive its process."""
    assert isinstance(stand.slice, Copyable), "it has no snapshots"
    assert isinstance(stand.slice, Lasting), "it has no state"


def put_back(stand: Stand) -> None:
    """After a restore what is newer is gone and what is older is there; new ids are such as nobody had."""
    ada = stand.somebody()
    older = stand.created(ada)
    snapshot, newer = stand.take(), stand.created(ada)
    assert stand.sees(newer)
    for _ in range(2):
        stand.restore(snapshot)
        assert stand.sees(older), "what is older is gone"
        assert not stand.sees(newer), "what is newer is still there"
        again = stand.created(ada)
        assert again not in (older, newer), "an id was given twice"
        assert stand.sees(again)
        newer = again
    assert len(stand.effects(ada)) == 4, "the journal forgot something"


def _key(headers: Mapping[str, str]) -> str:
    """The key that these headers show."""
    (shown,) = headers.values()
    return shown.removeprefix("Bearer ")


def forked(stand: Stand) -> None:
    """Another account becomes the same, under keys of its own; then each goes its own way."""
    if stand.case.accounts is None:
        return
    ada = stand.somebody()
    one, other = stand.case.accounts
    older = stand.created(ada, one)
    snapshot = stand.take(_key(one))
    gone = stand.created(ada, other)
    stand.restore(snapshot, _key(other))
    assert stand.sees(older, other), "the fork does not see it"
    assert not stand.sees(gone, other), "the fork has what it had before"
    assert not stand.sees(older), "the main account sees it"
    mine, its = stand.created(ada, one), stand.created(ada, other)
    assert len({older, gone, mine, its}) == 4, "an id was given twice"
    assert stand.sees(mine, one)
    assert stand.sees(its, other)
    assert not stand.sees(its, one), "what happens in the fork is seen where it came from"
    assert not stand.sees(mine, other), "what happens where it came from is seen in the fork"


@cache
def _foreign(module: str) -> bytes:
    """A copy of an account of a fake that is not this one."""
    case = ALERTS if module == PUSH.module else PUSH
    with TemporaryDirectory() as folder, standing(case, Path(folder)) as stand:
        return stand.copy(stand.take())


def refused(stand: Stand) -> None:
    """A copy that is broken, or of another fake, is refused with 422 and changes nothing."""
    ada = stand.somebody()
    made, before = stand.created(ada), stand.copy(stand.take())
    newer = stand.created(ada)
    foreign = _foreign(stand.case.module)
    accounts = [None, *(_key(one) for one in stand.case.accounts or ())]
    for copy in (b"", b"nonsense", before[:-1], before[1:], packed({"a": 1}), packed(None), foreign):
        name = stand.kept(copy)
        for account in accounts:
            assert "422" in _said(stand, name, account), f"{copy[:40]!r} is not refused as it should be"
    assert stand.sees(made)
    assert stand.sees(newer)
    assert stand.sees(stand.created(ada))


def _said(stand: Stand, snapshot: str, account: str | None) -> str:
    """What the control channel says to a restore; nothing when it does it."""
    try:
        stand.restore(snapshot, account)
    except ControlError as problem:
        return str(problem)
    return ""


def kept(stand: Stand) -> None:
    """A later process goes on with the objects of every account, under the same keys, and with ids that nobody had."""
    places = [{}, *(stand.case.accounts or ())]
    made: dict[str, int] = {}
    keys: list[Any] = []
    with TemporaryDirectory() as folder:
        for _ in range(3):
            # The same settings and seed each time: what went on by itself would not be noticed otherwise.
            with standing(stand.case, Path(folder), Path(folder) / "kept.state") as one:
                keys.append(_secrets(one))
                for name, place in made.items():
                    assert one.sees(name, places[place]), "it is gone"
                for place, headers in enumerate(places):
                    name = one.created(stand.somebody(), headers)
                    assert name not in made, "an id was given twice"
                    made[name] = place
                one.fakes.settle()
    assert keys[0] == keys[1] == keys[2], "a key is another one"


def _secrets(stand: Stand) -> dict[str, Any]:
    told = stand.fakes.public[stand.case.name]
    return {name: told[name] for name in told if any(word in name for word in ("secret", "token", "password", "key"))}


CHECKS = (powers, put_back, forked, refused, kept)
