"""Isolated accounts of one fake: the key with a dot and a name at its end opens the account of that name.

The key alone opens the main account. An account is made when it is first used. What an account holds is the slice's
business; here is only which one a call is about. Called by slices.
"""

import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from fakes.calls import Call
from harness.errors import UsageError
from harness.rng import Rng

NAME = re.compile(r"[a-z0-9-]{1,40}")
Account = TypeVar("Account")


def named_by(shown: str, key: str) -> str | None:
    """The name at the end of what a client shows, if the rest of it is the key; None for everything else."""
    start, dot, name = shown.rpartition(".")
    right = bool(dot) and hmac.compare_digest(start.encode(), key.encode())
    return name if right and NAME.fullmatch(name) else None


def chance_of(rng: Rng, what: str, name: str) -> Rng:
    """Where the ids of an isolated account come from: the same for the same seed and name, and nobody else's."""
    return Rng(rng.stream(f"{what}/{name}").getrandbits(62))


class Accounts(Generic[Account]):
    """The main account and the isolated ones of a fake."""

    def __init__(self, main_name: str, main: Account, make: Callable[[str], Account]) -> None:
        self.main_name, self.main = main_name, main
        self._make = make
        self._isolated: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        yield self.main
        yield from self._isolated.values()

    def named(self, name: str | None) -> Account:
        """The account of this name, the main one without, made if there is none; `ValueError` for what is no name."""
        found = self.known(name)
        if found is None:
            assert name is not None
            found = self._isolated[name] = self._make(name)
        return found

    def known(self, name: str | None) -> Account | None:
        """The same, but None where nobody has used it yet: looking makes nothing."""
        if name is None or name == self.main_name:
            return self.main
        if not NAME.fullmatch(name):
            raise ValueError(f"account: {name!r} is no isolated account: 1 to 40 of a-z, 0-9 and -")
        return self._isolated.get(name)

    def all(self) -> dict[str, Account]:
        """Every account by its name, the main one first."""
        return {self.main_name: self.main, **self._isolated}

    def called(self, what: str | None, keys: Sequence[str]) -> Account:
        """The account of this name, or that one of these keys opens; the main one without; `UsageError` for neither."""
        for key in keys if what is not None else ():
            name = self.opened(what or "", key)
            if name is not None:
                return self.named(name)
        try:
            return self.named(what)
        except ValueError:
            raise UsageError("account: neither a key, nor a name of 1 to 40 of a-z, 0-9 and -") from None

    def of(self, call: Call) -> Account:
        """The account of a call that was read."""
        return self._isolated.get(call.account, self.main)

    def opened(self, shown: str, key: str) -> str | None:
        """The name of the account that a key opens, which is there from then on; None when it opens none."""
        if hmac.compare_digest(shown.encode(), key.encode()):
            return self.main_name
        name = named_by(shown, key)
        if name is None or name == self.main_name:
            return None
        self.named(name)
        return name
