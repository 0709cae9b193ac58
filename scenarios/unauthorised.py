"""Unauthorised requests: no token, a wrong one, or somebody else's things."""

from harness.cell import Cell
from harness.needs import Need, minted_tokens, operators
from harness.phone.exchange import About
from harness.promises import exactly_once, fact, isolated, refused
from harness.protected import UNAUTHORISED
from harness.scenario import scenario

NOT_YOURS = (401, 403, 404)
SPOILED = ("no_token", "empty", "garbage", "altered", "unsigned", "other_key", "expired")

NEEDS: dict[str, tuple[Need, ...]] = {"expired": (minted_tokens(),), "not_an_operator": (operators(),)}


@scenario(
    flows=("read_state",),
    variants=(*SPOILED, "other_person", "not_an_operator"),
    promises=[refused(), exactly_once(), isolated()],
    facts=lambda case: [fact("probed", min=1 if case.variant == "other_person" else 2), fact("read_final")],
    needs=lambda case: NEEDS.get(case.variant, ()),
)
async def unauthorised(cell: Cell) -> None:
    """Unauthorised requests.

    Every route that needs a token, by the target file or by the pipeline's own document, is asked without one, with an
    empty one, with garbage, with one that was altered, that claims to need no signature, that somebody else signed,
    that has expired; with another person's token for this person's order and ticket; and the operators' routes with a
    customer's token. All are refused in the same way, without details, and leave nothing behind.
    """
    phone = await cell.customer()
    if cell.variant == "other_person":
        for flow in ("buy", "help_text"):
            if flow in cell.target.flows:
                await cell.calmly(phone, flow)
        other = await cell.customer()
        for route in cell.target.routes_of_things():
            await other.probe_operation(
                route, things=phone.things, token=other.token, expect=NOT_YOURS, how=cell.variant
            )
    elif cell.variant == "not_an_operator":
        for one in cell.operators_routes():
            about = About("access", one.name, cell.variant, cell.variant)
            headers = {"Authorization": f"Bearer {phone.token}"}
            await phone.probe(one.name, one.method, one.path, headers, one.body, NOT_YOURS, about)
    else:
        token = cell.spoiled_token(phone, cell.variant)
        for route in cell.target.protected_routes():
            await phone.probe_operation(
                route, things=phone.things, token=token, expect=UNAUTHORISED, how=cell.variant, reason=cell.variant
            )
        for one in (*cell.operators_routes(), *await cell.documented_routes()):
            reason = cell.variant if one.expect == UNAUTHORISED else None
            about = About("access", one.name, cell.variant, reason)
            headers = {} if token is None else {"Authorization": f"Bearer {token}".strip()}
            await phone.probe(one.name, one.method, one.path, headers, one.body, one.expect, about)
    await cell.settle_all()
