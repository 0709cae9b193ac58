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


class Unchanged:
    """Puts an object back as it was if what is done inside is refused; a decline changes it, as at the provider.

    Only this object: what was made besides is the behaviour's own business. Without an object it does nothing.
    """

    __slots__ = ("_before", "_moment", "_thing")

    def __init__(self, moment: Moment, thing: Thing | None) -> None:
        self._moment, self._thing = moment, thing
        self._before = None if thing is None else Before(thing)

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, problem: BaseException | None, __: object) -> None:
        if self._before is not None and isinstance(problem, Problem) and problem.kind != "card_error":
            assert self._thing is not None
            self._before.put_back()
            self._moment.account.noted(self._thing)
