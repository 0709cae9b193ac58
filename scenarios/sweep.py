"""The sweep: every call and every event of every flow, disturbed in turn. Made from what calm people were seen to do.

Not a list of cases: `harness explore` plays `calm_look` first, reads what each flow did to the outside, and turns each
call and each notice into one cell for every way in which it can go wrong. What is left out is listed with the reason.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.cell import Cell
from harness.faults import AMONG_MAX, ANSWERED, PHASE_OF, Blow, Kind, Mishap, orders
from harness.observed import Notice, Outward, Seen
from harness.promises import acknowledged, converges, exactly_once, fact, fresh, polite
from harness.scenario import Scenario, scenario

How = dict[str, Any]
FAILURES: dict[str, How] = {
    "fails": {"kind": Kind.SERVER_ERROR, "status": 500},
    "limits": {"kind": Kind.RATE_LIMITED, "retry_after_s": 1.0},
    "hangs": {"kind": Kind.HANG, "seconds": 8.0},
    "refuses": {"kind": Kind.REFUSE},
    "html": {"kind": Kind.HTML},
}
LOSSES: dict[str, How] = {
    "loses_reply": {"kind": Kind.LOST_REPLY},
    "cuts_reply": {"kind": Kind.CUT_REPLY},
    "hangs_after": {"kind": Kind.HANG_AFTER, "seconds": 8.0},
    "held": {"kind": Kind.BARRIER, "seconds": 2.0},
}
TRAVELS: dict[str, How] = {
    "twice": {"kind": Mishap.REPEAT, "copies": 1, "resign": True},
    "at_once": {"kind": Mishap.REPEAT, "copies": 3, "overlap": True},
    "late": {"kind": Mishap.DELAY, "seconds": 3.0},
    "early": {"kind": Mishap.EARLY},
}
SLOW = ("hangs", "hangs_after", "held")
STRUCK = {Blow.KILL: "killed", Blow.RESTART: "restarted", Blow.PAUSE: "paused", Blow.CUT: "cut off", Blow.SLOW: "slow"}
PARKED_S = 45.0
PARKED_WITHIN_S = 4.0
"""How long after everybody set out the crash waits for them: shorter than a pipeline waits for a vendor's answer."""
ORDERS_AT_MOST = 7
COLLECTED_S = 2.5
"""How long events are collected, if not all of them come."""
UNSWEPT = frozenset({"sign_in", "read_state", "open_notice"})
"""Flows that do nothing to the outside."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A pair that is not tried, and why."""

    scenario: str
    flow: str
    what: str
    how: str
    why: str


def calm_look(flows: Sequence[str]) -> Scenario:
    """The calm people whose calls are learnt, one for each of these flows."""

    @scenario(
        flows=[flow for flow in flows if flow not in UNSWEPT], promises=[exactly_once()], facts=[fact("attempts")]
    )
    async def calm_look(cell: Cell) -> None:
        """A calm look.

        Somebody takes each flow while nothing goes wrong, so that it is known what the flow does to the outside.
        """
        phone = await cell.ready_for(cell.flow)
        await phone.play(cell.flow)
        await cell.settle_all()

    return calm_look


def call_trouble(everything: Sequence[Seen]) -> Scenario:
    """One cell for each call of each flow and each way in which that call can go wrong."""
    tried = {
        (seen.flow, f"{call.label}: {name}"): (call, name, how)
        for seen in everything
        for call in seen.calls
        for name, how in (FAILURES | LOSSES if call.writes else FAILURES).items()
    }

    @scenario(
        cases=tried,
        promises=lambda case: _promises(*tried[case.flow, case.variant]),
        facts=lambda case: _facts(*tried[case.flow, case.variant]),
        strains={variant: call.fake for (_, variant), (call, name, _) in tried.items() if name in SLOW},
        generated=True,
    )
    async def call_trouble(cell: Cell) -> None:
        """Each call in trouble.

        One call of the flow to one vendor goes wrong once, in one way; if it is held, the person taps again meanwhile.
        The app has its answer in time all the same, and in the end every record is there once.
        """
        call, name, how = tried[cell.flow, cell.variant]
        phone = await cell.ready_for(cell.flow)
        await cell.fault(phone, call.fake, operation=call.operation, calls="all", skip=call.nth - 1, **how)
        if name == "held":
            await phone.double_tap(cell.flow, gap_ms=400)
        else:
            await phone.play(cell.flow)
        await cell.settle_all()

    return call_trouble


def _promises(_call: Outward, _name: str, how: How) -> list[dict[str, Any]]:
    promises = [exactly_once(), converges(), acknowledged(2.0)]
    return promises if how["kind"] in ANSWERED else [*promises, polite()]


def _facts(call: Outward | Notice, _name: str, how: How) -> list[dict[str, Any]]:
    fired = fact("fault_fired", fake=call.fake, kind=str(how["kind"]), min=1)
    met = [fired, fact("tapped_while_held")] if how["kind"] is Kind.BARRIER else [fired]
    return [*met, fact("read_final")]


def notice_trouble(everything: Sequence[Seen]) -> Scenario:
    """One cell for each event that a flow causes and each way in which that event can travel badly."""
    tried = {
        (seen.flow, f"{notice.label}: {name}"): (notice, name, how)
        for seen in everything
        for notice in seen.notices
        for name, how in TRAVELS.items()
    }

    @scenario(
        cases=tried,
        promises=[exactly_once(), converges(), fresh()],
        facts=lambda case: _facts(*tried[case.flow, case.variant]),
        generated=True,
    )
    async def notice_trouble(cell: Cell) -> None:
        """Each event in trouble.

        One event of the flow is told twice, four times at once, late, or before the vendor's own answer. What it tells
        of is there once, and nothing newer is overwritten.
        """
        notice, _, how = tried[cell.flow, cell.variant]
        phone = await cell.ready_for(cell.flow)
        await cell.mishap(phone, fake=notice.fake, type=notice.type, **how)
        await phone.play(cell.flow)
        await cell.settle_all()

    return notice_trouble


def notice_orders(everything: Sequence[Seen], seed: int) -> Scenario:
    """One cell for each order in which the events of a flow can be told: every order of few, a drawn sample of many."""
    tried = {
        (seen.flow, f"{fake}: {count} events: order {number}"): (fake, order)
        for seen in everything
        for fake, count in seen.events.items()
        if 1 < count <= AMONG_MAX
        for number, order in enumerate(orders(count, at_most=ORDERS_AT_MOST, seed=seed))
        if number > 0
    }

    @scenario(
        cases=tried,
        promises=[exactly_once(), converges(), fresh()],
        facts=lambda case: [
            fact("fault_fired", fake=tried[case.flow, case.variant][0], kind="permute", min=1),
            fact("out_of_order"),
            fact("read_final"),
        ],
        generated=True,
    )
    async def notice_orders(cell: Cell) -> None:
        """The events in every order.

        What the vendor tells of a flow arrives in another order than it happened, each event after the other's answer.
        In the end app, payments and CRM say what the newest of them says.
        """
        fake, order = tried[cell.flow, cell.variant]
        phone = await cell.ready_for(cell.flow)
        await cell.mishap(phone, Mishap.PERMUTE, fake=fake, among=len(order), order=order, seconds=COLLECTED_S)
        await phone.play(cell.flow)
        await cell.settle_all()

    return notice_orders


class Parking:
    """Where people wait for one another: to set out together, and until the crash that happens once for all is over."""

    def __init__(self, places: int, strike: Callable[[], Awaitable[None]]) -> None:
        self._together = asyncio.Barrier(places)
        self._strike = strike

    async def everybody(self) -> None:
        """Return when everybody has come; who cannot take part must come all the same."""
        await self._together.wait()

    async def struck(self) -> None:
        """Return when everybody has come and the crash is over."""
        first = await self._together.wait() == 0
        try:
            if first:
                await self._strike()
        finally:
            await self._together.wait()


def crash_points(everything: Sequence[Seen]) -> list[tuple[str, Outward]]:
    """Every point where a vendor has done something that the pipeline does not know yet."""
    return [(seen.flow, call) for seen in everything for call in seen.calls if call.writes]


def crash(
    points: Sequence[tuple[str, Outward]], what: str, strike: Callable[[], Awaitable[None]], blow: Blow = Blow.KILL
) -> Scenario:
    """One cell for each point: everybody is parked there, then `strike` hits `what`, once for all."""
    tried = {(flow, f"{call.label}: {what} {STRUCK[blow]}"): call for flow, call in points}
    parking = Parking(len(tried), strike)

    @scenario(
        cases=tried,
        promises=[exactly_once(), converges()],
        facts=[
            fact("fault_fired", kind=str(Kind.HANG_AFTER), min=1),
            fact("crashed_while_parked", phase=PHASE_OF[blow]),
            fact("read_final"),
        ],
        generated=True,
    )
    async def crash(cell: Cell) -> None:
        """Hit between the vendor's commit and its own.

        The vendor has done what it was asked, and its answer is still under way when the pipeline is killed (kill -9)
        or restarted, or stands still for longer than it waits for a vendor. In the end every record is there once.
        """
        call = tried[cell.flow, cell.variant]
        try:
            phone = await cell.ready_for(cell.flow)
            await cell.fault(
                phone, call.fake, Kind.HANG_AFTER, operation=call.operation, calls="all", skip=call.nth - 1,
                seconds=PARKED_S,
            )  # fmt: skip
        except BaseException:
            await parking.everybody()
            await parking.struck()
            raise
        await parking.everybody()
        playing = asyncio.ensure_future(phone.play(cell.flow))
        await cell.until_fault_fires(phone, within_s=PARKED_WITHIN_S)
        await parking.struck()
        await cell.mend(phone)
        await playing
        await cell.settle_all()

    return crash


def left_out(everything: Sequence[Seen]) -> Iterator[LeftOut]:
    """The pairs that are not tried, with the reason for each."""
    for seen in everything:
        for call in seen.calls:
            if not call.writes:
                for name in LOSSES:
                    yield LeftOut(
                        "call_trouble", seen.flow, call.label, name, "a read leaves nothing that its reply could lose"
                    )
