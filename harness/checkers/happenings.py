"""Questions about a cell's people that several facts ask: whose records, which deliveries, in which order.

Counts what happened; decides nothing.
"""

from collections import defaultdict

from harness.checkers.cells import CellView
from harness.checkers.history import Delivery, History, Intent, Record


def of_people(history: History, cell: CellView, kind: str) -> list[Record]:
    """The records of a kind about anybody of the cell."""
    return [record for person in cell.persons for record in history.of(kind, person)]


def own_intents(history: History, cell: CellView) -> list[Intent]:
    """The intents of the cell's own flow; all of them, when none bears its name."""
    everything = [intent for person in cell.persons for intent in history.intents_of.get(person, ())]
    return [intent for intent in everything if intent.flow == cell.flow] or everything


def deliveries(history: History, cell: CellView) -> list[Delivery]:
    """Every delivery about anybody of the cell."""
    return [delivery for person in cell.persons for delivery in history.deliveries_of.get(person, ())]


def true_ones(history: History, cell: CellView) -> dict[str, list[Delivery]]:
    """The deliveries of each event that was true and rightly signed, and that were answered."""
    by_event: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries(history, cell):
        if delivery.answered and not delivery.record.get("lie") and not delivery.record.get("forgery"):
            by_event[str(delivery.record.get("event"))].append(delivery)
    return by_event


def times_told_again(history: History, cell: CellView, resigned: bool | None) -> int:
    """How often the event that was told most was told after its first time; only so signed, if said."""
    return max(
        (
            sum(resigned is None or bool(one.record.get("resigned")) is resigned for one in told[1:])
            for told in true_ones(history, cell).values()
        ),
        default=0,
    )


def most_at_once(history: History, cell: CellView) -> int:
    """How many deliveries of one event were under way at one moment, at most."""
    most = 0
    for told in true_ones(history, cell).values():
        moments: list[tuple[int, int]] = []
        for one in told:
            assert one.delivered is not None
            moments += [(int(one.record["at"]), 1), (int(one.delivered["at"]), -1)]
        under_way = 0
        for _, change in sorted(moments):  # An end sorts before a beginning at the same moment: no overlap.
            under_way += change
            most = max(most, under_way)
    return most


def pairs_out_of_order(history: History, cell: CellView, *, answered_before: bool) -> int:
    """How many events were first told after a newer one of the same person was (or was even answered)."""
    number = 0
    for person in cell.persons:
        mine = CellView(id=cell.id, persons=[person])
        told = []
        for event, them in true_ones(history, mine).items():
            if news := history.news.get(event):
                first = them[0]
                assert first.delivered is not None
                done = int(first.delivered["at"] if answered_before else first.record["at"])
                told.append((int(news["at"]), int(first.record["at"]), done))
        told.sort(reverse=True)
        # From the newest event to the oldest: was any newer one told (or answered) before this one was?
        earliest: int | None = None
        for _, begun, done in told:
            if earliest is not None and earliest < begun:
                number += 1
            earliest = done if earliest is None else min(earliest, done)
    return number


def was_overtaken(history: History, cell: CellView) -> int:
    """How many deliveries began between a call that caused their event and that call's answer."""
    number = 0
    for person in cell.persons:
        open_calls = [
            (int(call.received["at"]), int(call.answered["at"]) if call.answered else history.ended)
            for call in history.calls_of.get(person, ())
            if call.received.get("writes")
        ]
        for delivery in history.deliveries_of.get(person, ()):
            news = history.news.get(str(delivery.record.get("event")))
            if news is None or delivery.record.get("lie"):
                continue
            told, happened = int(delivery.record["at"]), int(news["at"])
            number += any(begun <= happened and told < answered for begun, answered in open_calls)
    return number
