"""A contact is gone: somebody in sales archived it, and the customer is still there."""

from harness.cell import Cell
from harness.needs import vendor
from harness.promises import converges, exactly_once, fact
from harness.scenario import scenario


@scenario(
    flows=("buy", "subscribe"),
    promises=[exactly_once(), converges()],
    facts=[fact("provider_acted", act="archive_contact"), fact("read_final")],
    needs=lambda case: [vendor("crm")],
)
async def contact_gone(cell: Cell) -> None:
    """A contact is gone.

    Between signing up and paying somebody in sales archives the customer's contact by mistake. What was paid is in the
    CRM all the same, with a contact.
    """
    phone = await cell.customer()
    await cell.provider(phone, "archive_contact", fake="crm")
    await phone.play(cell.flow)
    await cell.settle_all()
