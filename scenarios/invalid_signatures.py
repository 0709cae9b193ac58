"""Invalid signatures: events that a vendor never signed, or not for this pipeline."""

from harness.cell import Cell
from harness.needs import Need, forgery, means, news, policy
from harness.promises import exactly_once, fact, unmoved
from harness.scenario import Case, scenario

LIES = {
    "buy": "payment_succeeded",
    "subscribe": "subscription_active",
    "sign_up": "contact_deleted",
    "help_text": "ticket_solved",
}
OF_DECLARED = "deleted"
"""What a vendor that the target file declares tells in their place."""
COMMON = (
    "missing", "empty", "garbage", "wrong_secret", "altered_byte", "truncated", "reserialised", "no_time",
    "time_not_a_number", "other_time", "truncated_digest", "longer_digest",
)  # fmt: skip
OWN = {
    "payments": ("other_endpoint_secret", "only_v0", "two_headers", "two_times", "time_zero"),
    "crm": ("expired", "other_address"),
    "helpdesk": ("expired", "without_time"),
}
"""What only this vendor's signatures can be spoiled with; that `expired` ones of payments are refused is told apart."""
POLICIES = {"other_account": "other_account_events", "other_mode": "other_mode_events"}
FEW = ("missing", "garbage", "wrong_secret", "altered_byte", "other_endpoint_secret", "only_v0")


def fake_of(case: Case) -> tuple[str, str]:
    """The vendor that seems to tell it, and how it is signed."""
    fake, _, way = case.variant.partition(":")
    return (fake, way) if way else ("payments", case.variant)


def _needs(case: Case) -> list[Need]:
    fake, way = fake_of(case)
    needs = [news(fake), forgery(fake, way), *([means("walk_away")] if fake == "payments" else [])]
    return [*needs, policy(POLICIES[way], "ignored")] if way in POLICIES else needs


@scenario(
    cases=(
        *(("buy", way) for way in (*COMMON, *OWN["payments"], *POLICIES)),
        *(("subscribe", way) for way in FEW),
        *(("sign_up", f"crm:{way}") for way in (*COMMON, *OWN["crm"])),
        *(("help_text", f"helpdesk:{way}") for way in (*COMMON, *OWN["helpdesk"])),
    ),
    promises=[exactly_once(), unmoved()],
    facts=lambda case: [fact("forged", forgery=fake_of(case)[1]), fact("read_final")],
    needs=_needs,
)
async def invalid_signatures(cell: Cell) -> None:
    """Invalid signatures.

    Somebody starts to pay and walks away. Then an event says that they paid, but its signature is missing, cut,
    made with a wrong secret or another endpoint's, made for other bytes or another time, or of a scheme that must be
    ignored; or it is about somebody else's account. The same for the CRM and the helpdesk, where they tell the
    pipeline anything. What counts is not the status that comes back: nothing may come of it, anywhere.
    """
    fake, way = fake_of(cell.case)
    phone = await cell.customer()
    if fake == "payments":
        await phone.play(cell.flow, method="walk_away")
    elif cell.flow != "sign_up":
        await phone.play(cell.flow)
    await cell.quiet(phone)
    await phone.read("during")
    lie = OF_DECLARED if fake in cell.target.fake else LIES[cell.flow]
    await cell.forge(phone, lie, way, fake=fake)
    await cell.settle_all()
