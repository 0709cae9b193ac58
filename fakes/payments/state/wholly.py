"""A call that is refused as such leaves an object as it was, and none behind that was made by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.store import Thing


@contextmanager
def whole(moment: Moment, thing: Thing) -> Iterator[None]:
    """Forget the new object if what is done inside is refused; a decline keeps it, as the provider does."""
    try:
        yield
    except Problem as problem:
        if problem.kind != "card_error":
            del moment.account.tables[thing["object"]][thing["id"]]
        raise


class Before:
    """An object as it was, down to the very dictionaries and lists in it, which others may hold too."""

    __slots__ = ("_content", "_held")

    def __init__(self, held: Any) -> None:
        self._held = held
        pairs = held.items() if isinstance(held, dict) else enumerate(held)
        self._content = [(key, Before(one) if isinstance(one, dict | list) else one) for key, one in pairs]

    def put_back(self) -> Any:
        """Make it what it was."""
        content = [(key, one.put_back() if isinstance(one, Before) else one) for key, one in self._content]
        if isinstance(self._held, dict):
            self._held.clear()
            self._held.update(content)
        else:
            self._held[:] = [one for _, one in content]
        return self._held


@contextmanager
def unchanged(moment: Moment, thing: Thing | None) -> Iterator[None]:
    """Put an object back as it was if what is done inside is refused; a decline changes it, as at the provider.

    Only this object: what was made besides is the behaviour's own business.
    """
    if thing is None:
        yield
        return
    before = Before(thing)
    try:
        yield
    except Problem as problem:
        if problem.kind != "card_error":
            before.put_back()
            moment.account.noted(thing)
        raise
