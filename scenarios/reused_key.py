"""A reused key: the same idempotency key with another wish."""

from harness.cell import Cell
from harness.needs import products
from harness.promises import exactly_once, fact, refused
from harness.scenario import scenario

REFUSED = (400, 409, 422)


@scenario(
    flows=("buy", "help_text"),
    promises=[refused(), exactly_once()],
    facts=[fact("probed", min=1), fact("read_final")],
    needs=lambda case: [products(2)] if case.flow == "buy" else [],
)
async def reused_key(cell: Cell) -> None:
    """A reused key.

    An app that is broken sends another wish with the key of an earlier one. Whatever it is told, it may not be told
    that the second wish was granted: the answer to the first would be a lie.
    """
    phone = await cell.customer()
    played = await phone.play(cell.flow)
    fields = {
        "buy": {"product.id": cell.target.products[-1].id},
        "help_text": {"ticket.message": "Something else altogether"},
    }
    await phone.probe_flow(cell.flow, "another wish", fields=fields[cell.flow], expect=REFUSED, key=played.key)
    await cell.settle_all()
