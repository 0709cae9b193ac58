"""Replayed signatures: rightly signed, but long ago."""

from harness.cell import Cell
from harness.needs import means, news
from harness.promises import exactly_once, fact, unmoved
from harness.scenario import scenario

LIES = {"buy": "payment_succeeded", "subscribe": "subscription_active"}


@scenario(
    flows=LIES,
    promises=[exactly_once(), unmoved()],
    facts=[fact("forged", forgery="expired"), fact("read_final")],
    needs=[news(), means("walk_away")],
)
async def replayed_signatures(cell: Cell) -> None:
    """Replayed signatures.

    Somebody starts to pay and walks away. Then an event arrives that says they paid: its signature is right, but an
    hour old, as if it had been captured and sent again. It must change nothing.
    """
    phone = await cell.customer()
    await phone.play(cell.flow, method="walk_away")
    await cell.quiet(phone)
    await phone.read("during")
    await cell.forge(phone, LIES[cell.flow], "expired")
    await cell.settle_all()
