"""The sweep's cells: made of what was seen, one for each pair that makes sense; a crash that happens once for all."""

import asyncio

from harness.clock import pause
from harness.observed import Notice, Outward, Seen
from scenarios.sweep import (
    FAILURES,
    LOSSES,
    ORDERS_AT_MOST,
    TRAVELS,
    Parking,
    call_trouble,
    crash,
    crash_points,
    left_out,
    notice_orders,
    notice_trouble,
)

READ = Outward(fake="crm", operation="GET /contacts", nth=1, writes=False, commits=False)
WRITE = Outward(fake="crm", operation="POST /contacts", nth=2, writes=True, commits=True)
SEEN = [Seen("buy", [READ, WRITE], [Notice(fake="payments", type="paid")])]


def test_a_write_is_tried_in_every_way_and_a_read_in_those_that_make_sense() -> None:
    """What is not tried of a read is listed with its reason."""
    cells = [case.id for case in call_trouble(SEEN).cells()]
    assert len(cells) == len(FAILURES) + len(FAILURES) + len(LOSSES)
    assert "call_trouble[buy-crm: POST /contacts #2: loses_reply]" in cells
    assert [(one.what, one.how) for one in left_out(SEEN)] == [("crm: GET /contacts", how) for how in LOSSES]


def test_every_cell_must_see_its_own_fault() -> None:
    """Of its vendor and its kind; else it would pass on no evidence."""
    for case in (*call_trouble(SEEN).cells(), *notice_trouble(SEEN).cells()):
        assert case.facts[0]["fact"] == "fault_fired"
        assert case.facts[0]["fake"] == case.variant.partition(":")[0]


def test_an_event_is_tried_in_every_way() -> None:
    """One cell for each."""
    assert [case.variant for case in notice_trouble(SEEN).cells()] == [f"payments: paid: {how}" for how in TRAVELS]


def test_few_events_are_told_in_every_order_and_many_in_a_drawn_sample() -> None:
    """The natural order is left to the calm look; another seed draws another sample."""
    three, ten = Seen("buy", events={"payments": 3}), Seen("subscribe", events={"payments": 10})
    assert len(notice_orders([three], seed=1).cells()) == 5
    assert len(notice_orders([ten], seed=1).cells()) == ORDERS_AT_MOST - 1
    assert notice_orders([Seen("cancel", events={"payments": 1})], seed=1).cells() == []


async def test_the_crash_happens_once_when_everybody_has_come() -> None:
    """Nobody goes on before it is over, nor after one that failed is anybody left waiting."""
    log: list[str] = []

    async def strike() -> None:
        log.append("crash")
        if len(log) > 4:
            raise ValueError("it would not start again")

    async def park(parking: Parking, name: str) -> None:
        await parking.everybody()
        await parking.struck()
        log.append(name)

    together = Parking(3, strike)
    await asyncio.gather(*(park(together, name) for name in "abc"))
    assert (log[0], sorted(log[1:])) == ("crash", ["a", "b", "c"])
    failing = Parking(2, strike)
    ended = await asyncio.gather(*(park(failing, name) for name in "de"), return_exceptions=True)
    assert [type(one) for one in ended if one] == [ValueError]


async def test_who_is_not_there_yet_holds_the_crash_back() -> None:
    """The others wait."""
    log: list[str] = []

    async def strike() -> None:
        log.append("crash")

    parking = Parking(2, strike)
    first = asyncio.ensure_future(parking.struck())
    await pause(0)
    assert log == []
    await parking.struck()
    await first
    assert log == ["crash"]


def test_a_crash_has_a_cell_for_each_write() -> None:
    """The points where a vendor may know more than the pipeline."""

    async def strike() -> None:
        raise AssertionError("nobody is parked")

    assert [case.id for case in crash(crash_points(SEEN), "worker", strike).cells()] == [
        "crash[buy-crm: POST /contacts #2: worker killed]"
    ]
