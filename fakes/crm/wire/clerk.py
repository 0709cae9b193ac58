"""Who writes down what was committed: effects for the journal, and news for those who subscribed to it.

Every handler that changes a record or an association tells it here, before its answer leaves.
"""

from collections.abc import Callable, Iterable, Sequence

from fakes.calls import Call, Ledger
from fakes.crm.state.associations import Change
from fakes.crm.state.record import Record, Written

Heard = Callable[[Call | None, Written], None]
Linked = Callable[[Call | None, Sequence[Change]], None]


class Clerk:
    """The clerk of one portal."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.written: list[Heard] = []
        self.linked: list[Linked] = []
        self.joined: list[Heard] = []
        self.forgotten: list[Heard] = []

    def wrote(self, call: Call | None, done: Written, ids: Iterable[str] = ()) -> None:
        """A record was written, if anything about it changed."""
        if done.op is None:
            return
        record = done.record
        values = {**record.values, **dict.fromkeys(done.cleared, "")}
        self._ledger.effect(call, record.kind.sink, done.op, record.id, values, (*done.ids, *ids))
        for heard in self.written:
            heard(call, done)

    def merged(self, call: Call | None, done: Sequence[Written]) -> None:
        """Records became one: an update of the merged one, an end of the others."""
        for each in done:
            record = each.record
            self._ledger.effect(call, record.kind.sink, each.op or "update", record.id, record.values, each.ids)
        for heard in self.joined:
            heard(call, done[0])

    def erased(self, call: Call | None, done: Written) -> None:
        """A contact was deleted for good."""
        self._ledger.effect(call, done.record.kind.sink, "delete", done.record.id, done.record.values, ())
        for heard in self.forgotten:
            heard(call, done)

    def bound(self, call: Call | None, changes: Sequence[Change]) -> None:
        """Associations changed: an update of the record that each of them mainly tells about."""
        told: dict[tuple[str, str], tuple[Record, Record]] = {}
        for each in changes:
            main, side = each.record, each.other
            if side.kind.name == "deals" != main.kind.name:
                main, side = side, main
            told[main.id, side.id] = (main, side)
        for main, side in told.values():
            self._ledger.effect(call, main.kind.sink, "update", main.id, dict(main.values), (side.id,))
        self.told(call, changes)

    def told(self, call: Call | None, changes: Sequence[Change]) -> None:
        """Associations changed, as part of an effect that was already written down."""
        for heard in self.linked:
            heard(call, changes)
