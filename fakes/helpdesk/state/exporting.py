"""Pages of what changed since a moment, by time or by cursor, with the delay that exports have.

By time, a page ends with a whole second, and the next one begins with that second again: its last records come twice. A
cursor shows each change once. Called by the routes for incremental exports.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.shelf import Recency
from fakes.helpdesk.state.ticket import Audit

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Export:
    """One page: ids in the order of their change, and where the next page begins."""

    ids: list[int]
    second: int
    number: int
    ended: bool


class Exporting:
    """The exports of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def _until(self) -> int:
        return self._account.second() - int(self._account.settings.export_delay_s)

    def check_start(self, second: int) -> None:
        """Refuse a start that is too recent."""
        if second > self._until():
            delay = f"{self._account.settings.export_delay_s:g} seconds"
            raise Problem("StartTimeTooRecent", f"Too recent start_time. Use a start_time older than {delay}")

    def by_time(self, changed: Recency, second: int, size: int = PAGE) -> Export:
        """The changes from a second on."""
        return _whole_seconds(changed.since(second, 0, self._until()), second, size)

    def by_cursor(self, changed: Recency, second: int, number: int, size: int = PAGE) -> Export:
        """The changes after a cursor."""
        found: list[int] = []
        at = (second, number)
        for each in changed.since(second, number, self._until()):
            if len(found) == size:
                return Export(found, *at, ended=False)
            found.append(each[2])
            at = (each[0], each[1])
        return Export(found, *at, ended=True)

    def events(self, audits: Sequence[int], at: Callable[[int], Audit], second: int, size: int = PAGE) -> Export:
        """The ids of the audits from a second on; they are kept in the order of their making."""
        until = self._until()
        first = bisect_left(audits, second, key=lambda each: at(each).second)

        def later() -> Iterator[tuple[int, int, int]]:
            for place in range(first, len(audits)):
                audit = at(audits[place])
                if audit.second > until:
                    return
                yield audit.second, place, audit.id

        return _whole_seconds(later(), second, size)


def _whole_seconds(changes: Iterable[tuple[int, int, int]], second: int, size: int) -> Export:
    found: list[int] = []
    last = second
    for each in changes:
        if len(found) >= size and each[0] != last:
            return Export(found, last, 0, ended=False)
        found.append(each[2])
        last = each[0]
    return Export(found, last, 0, ended=True)
