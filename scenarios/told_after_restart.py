"""Told after a restart: what was done is remembered by more than the process that did it."""

from harness.cell import Cell
from harness.clock import pause
from harness.faults import Blow
from harness.needs import crashable, news
from harness.promises import converges, exactly_once, fact, fresh
from harness.scenario import scenario

CALM_S = 3.0
"""So long that nobody can say that the kill met anything under way."""


@scenario(
    flows=("buy",),
    promises=[exactly_once(), converges(), fresh()],
    facts=[fact("crashed"), fact("delivered_again", min=2), fact("read_final")],
    needs=[news("payments"), crashable()],
    phase="alone",
)
async def told_after_restart(cell: Cell) -> None:
    """Told after a restart.

    Somebody pays, all is quiet, and the pipeline is killed (kill -9) and started again. Then the provider tells every
    event once more. Nothing is done a second time.
    """
    phone = await cell.customer()
    await cell.calmly(phone, cell.flow)
    await pause(CALM_S)
    await cell.strike(Blow.KILL)
    await cell.resend(phone, which="all", copies=2, resign=True)
    await cell.settle_all()
