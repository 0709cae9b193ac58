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
    """What is done inside leaves no trace if it is refused; a decline keeps what was done, as at the provider.

    Every object that was made is gone, and the one that the call is about, if there is one, is what it was. What the
    call changed in others is the behaviour's own business.
    """

    __slots__ = ("_account", "_before", "_thing")

    def __init__(self, moment: Moment, thing: Thing | None) -> None:
        self._account, self._thing = moment.account, thing
        self._before = None if thing is None else Before(thing)

    def __enter__(self) -> None:
        """Begin."""
        self._account.made = []

    def __exit__(self, _: object, problem: BaseException | None, __: object) -> None:
        made, self._account.made = self._account.made, None
        if not isinstance(problem, Problem) or problem.kind == "card_error":
            return
        for kind, name in reversed(made or ()):
            if name in self._account.tables[kind]:
                del self._account.tables[kind][name]
        if self._thing is not None and self._before is not None:
            self._before.put_back()
            self._account.noted(self._thing)
