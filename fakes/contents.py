"""What of an account is copied and kept, as its parts say themselves; a copy as bytes, and accounts that become so.

A part names its state; what it works with (clocks, settings, chance) it does not name, and keeps when it becomes
something else. What the bytes may hold is for `fakes.keeping` to say. Called by slices whose accounts are parts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from fakes.keeping import packed, unpacked
from fakes.world import World
from harness.errors import UsageError

NOTHING: Mapping[str, Any] = {}


@runtime_checkable
class Holder(Protocol):
    """Holds something, and can hold something else."""

    def contents(self) -> Any:
        """What it holds, as plain values and the fakes' own classes; may share them, so pack it at once."""
        ...

    def become(self, contents: Any) -> None:
        """Hold this instead."""
        ...


class Part:
    """A part of an account whose state has names; a kept attribute that is a holder says itself what of it is kept."""

    KEPT: ClassVar[tuple[str, ...]] = ()
    """What belongs to a copy, in the order in which it is put back."""
    LASTS: ClassVar[tuple[str, ...]] = ()
    """What only a later process takes over: a restored account goes on counting, and a fork has ids of its own."""

    def contents(self) -> dict[str, Any]:
        """What belongs to a copy; may share it, so pack it at once."""
        own = {name: getattr(self, name) for name in self.KEPT}
        return {name: value.contents() if isinstance(value, Holder) else value for name, value in own.items()}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold what a copy says, which fits."""
        for name in self.KEPT:
            own = getattr(self, name)
            if isinstance(own, Holder):
                own.become(contents[name])
            else:
                setattr(self, name, contents[name])

    def lasting(self) -> dict[str, Any]:
        """What a later process takes over besides."""
        inner = {name: part.lasting() for name, part in self._parts().items()}
        return {name: getattr(self, name) for name in self.LASTS} | inner

    def take_over(self, lasting: Mapping[str, Any]) -> None:
        """Take it over."""
        for name in self.LASTS:
            setattr(self, name, lasting[name])
        for name, part in self._parts().items():
            part.take_over(lasting[name])

    def fits(self, contents: Any, lasting: Any = NOTHING) -> bool:
        """Whether they name what this part holds, no more and no less, and of the same kinds; not what lies deeper."""
        parts = self._parts()
        return (
            isinstance(contents, Mapping)
            and isinstance(lasting, Mapping)
            and contents.keys() == set(self.KEPT)
            and lasting.keys() == {*self.LASTS, *parts}
            and all(self._alike(name, contents[name]) for name in self.KEPT)
            and all(part.fits(contents[name], lasting[name]) for name, part in parts.items())
        )

    def _alike(self, name: str, value: Any) -> bool:
        own = getattr(self, name)
        return isinstance(own, Holder) or type(value) is type(own)

    def _parts(self) -> "dict[str, Part]":
        return {name: part for name in self.KEPT if isinstance(part := getattr(self, name), Part)}


@dataclass(frozen=True, slots=True)
class Kept:
    """An account of a fake, copied whole."""

    fake: str
    contents: dict[str, Any]
    lasting: dict[str, Any]


def copied(fake: str, account: Part) -> bytes:
    """A copy of an account, which shares nothing with it."""
    return packed(Kept(fake, account.contents(), account.lasting()))


def put_back(fake: str, account: Part, copy: bytes) -> Kept:
    """Make an account what the copy says; `UsageError`, and nothing changed, for what is no copy of this fake's."""
    kept = unpacked(copy)
    if not isinstance(kept, Kept) or kept.fake != fake or not account.fits(kept.contents, kept.lasting):
        raise UsageError(f"this is no copy of an account of the fake {fake!r}")
    account.become(kept.contents)
    return kept


def state_of(fake: str, accounts: Mapping[str, Part], world: World) -> dict[str, Any]:
    """Every account by its name, and how many ids were given out."""
    return {"accounts": {name: copied(fake, one) for name, one in accounts.items()}, "counts": world.counted()}


def resume_all(fake: str, state: Mapping[str, Any], named: Callable[[str], Part], world: World) -> None:
    """Go on with every account of an earlier process, and with ids that it did not give out."""
    accounts, counts = state.get("accounts"), state.get("counts")
    if not isinstance(accounts, dict) or not isinstance(counts, dict):
        raise UsageError(f"the kept state of the fake {fake!r} is not of this release")
    for name, copy in accounts.items():
        account = named(name)
        account.take_over(put_back(fake, account, copy).lasting)
    world.count_on(counts)
