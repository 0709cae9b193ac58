"""Unauthorised requests: no token, a wrong one, or somebody else's things."""

from harness.cell import Cell
from harness.promises import exactly_once, fact, isolated, refused
from harness.scenario import scenario

UNAUTHORISED = (401, 403)
NOT_YOURS = (401, 403, 404)


@scenario(
    flows=("read_state",),
    variants=("no_token", "garbage", "altered", "unsigned", "other_person"),
    promises=[refused(), exactly_once(), isolated()],
    facts=[fact("probed", min=2), fact("read_final")],
)
async def unauthorised(cell: Cell) -> None:
    """Unauthorised requests.

    Every route that needs a token is asked without one, with garbage, with one that was altered, with one that claims
    to need no signature, and with another person's token for this person's order and ticket. All are refused in the
    same way, without details, and leave nothing behind.
    """
    phone = await cell.customer()
    if cell.variant == "other_person":
        await cell.calmly(phone, "buy")
        await cell.calmly(phone, "help_text")
        other = await cell.customer()
        for route in cell.target.routes_of_things():
            await other.probe_operation(route, things=phone.things, token=other.token, expect=NOT_YOURS)
    else:
        token = phone.spoiled_token(cell.variant)
        for route in cell.target.protected_routes():
            await phone.probe_operation(route, things=phone.things, token=token, expect=UNAUTHORISED)
    await cell.settle_all()
