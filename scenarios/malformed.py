"""Malformed requests: what no app of ours would send."""

from typing import Any

from harness.cell import Cell
from harness.promises import exactly_once, fact, refused
from harness.scenario import scenario

REFUSED = (400, 404, 409, 411, 413, 415, 422)
HUGE = "x" * 12_000_000

BAD_FIELDS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "sign_up": (
        ("an empty e-mail", {"email": ""}),
        ("no e-mail at all", {"email": None}),
        ("an e-mail without an @", {"email": "nobody.example.com"}),
        ("a field that gives a plan away", {"plan": "pro"}),
        ("a field that gives credits away", {"credits": 100000}),
        ("an e-mail with a NUL", {"email": "no\u0000body@people.example.com"}),
    ),
    "buy": (
        ("an unknown product", {"product_id": "../../etc/passwd"}),
        ("a product that is a number", {"product_id": 7}),
        ("a price of one's own", {"amount": 1}),
        ("another currency", {"currency": "idr"}),
        ("minus one", {"quantity": -1}),
        ("none", {"quantity": 0}),
        ("one and a half", {"quantity": 1.5}),
        ("far too many", {"quantity": 2**53}),
    ),
    "subscribe": (
        ("an unknown plan", {"plan_id": "gold' OR 1=1"}),
        ("no plan", {"plan_id": ""}),
        ("a trial of one's own", {"trial_days": 9999}),
    ),
    "help_text": (
        ("no subject", {"subject": ""}),
        ("an unknown category", {"category": "urgent!!"}),
        ("a priority of one's own", {"priority": "urgent"}),
    ),
}


@scenario(
    flows=BAD_FIELDS,
    variants=("fields", "bodies"),
    promises=[refused(), exactly_once()],
    facts=[fact("probed", min=3)],
)
async def malformed(cell: Cell) -> None:
    """Malformed requests.

    Empty e-mails, plans and products that do not exist, prices, quantities and privileges of one's own, fields nobody
    asked for; and bodies that are no JSON, not an object, or far too large. All are refused and leave nothing behind.
    """
    phone = await cell.ready_for(cell.flow)
    if cell.variant == "fields":
        for name, fields in BAD_FIELDS[cell.flow]:
            await phone.probe_flow(cell.flow, name, fields=fields, expect=REFUSED)
    else:
        await phone.probe_flow(cell.flow, "no JSON", content=b'{"email": ', expect=REFUSED)
        await phone.probe_flow(cell.flow, "a list", content=b"[]", expect=REFUSED)
        await phone.probe_flow(cell.flow, "far too large", content=f'{{"x": "{HUGE}"}}'.encode(), expect=REFUSED)
    await cell.settle_all()
