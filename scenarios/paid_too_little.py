"""Paid too little: the provider tells of a payment, and it is not what was asked."""

from harness.cell import Cell
from harness.needs import means, news
from harness.promises import exactly_once, fact, never
from harness.scenario import scenario


@scenario(
    flows=("buy",),
    promises=[exactly_once(), never("crm.deal"), never("crm.contact", lifecyclestage="customer")],
    facts=[fact("forged", forgery="valid"), fact("read_final")],
    needs=lambda case: [news("payments"), means("walk_away")],
)
async def paid_too_little(cell: Cell) -> None:
    """Paid too little.

    A rightly signed event says that an order was paid, with one unit of the smallest coin. That is not what it costs:
    nothing is granted and nothing is booked.
    """
    phone = await cell.customer()
    await phone.play("buy", method="walk_away")
    await cell.forge(phone, "paid_too_little", "valid")
    await cell.settle_all()
