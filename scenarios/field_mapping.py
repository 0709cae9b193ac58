"""Field mapping: every field in its place, and nothing good overwritten with blanks."""

from harness.cell import Cell
from harness.needs import vendor
from harness.promises import converges, exactly_once, fact, isolated, never
from harness.scenario import Case, scenario

NAMES = {
    "accents": {"first_name": "Zoë", "last_name": "Łukaszewicz-Ñandú"},
    "right_to_left": {"first_name": "נועה", "last_name": "ישראלי"},
    "apostrophe": {"first_name": "Siobhán", "last_name": "O’Brien <b>"},
}


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), converges(), isolated()]
    if case.variant == "typed_by_sales":
        promises += [never("crm.contact", company=""), never("crm.contact", phone="")]
    return promises


def _facts(case: Case) -> list[dict[str, object]]:
    if case.variant == "typed_by_sales":
        return [fact("provider_acted", act="edit_contact"), fact("read_final")]
    return [fact("read_final")]


@scenario(
    cases=(*(("sign_up", name) for name in NAMES), ("buy", "typed_by_sales"), ("subscribe", "typed_by_sales")),
    promises=_promises,
    facts=_facts,
    needs=[vendor("crm")],
)
async def field_mapping(cell: Cell) -> None:
    """Field mapping and blanks.

    Names with accents, in other scripts and with odd characters arrive as they were typed. Somebody without a phone
    number and a company has both filled in by sales; later syncs leave them alone.
    """
    if cell.variant in NAMES:
        phone = cell.newcomer(**NAMES[cell.variant])
        await phone.play("sign_up")
    else:
        phone = await cell.customer(phone="", company="")
        await cell.provider(
            phone, "edit_contact", fake="crm", properties={"company": "Typed by sales", "phone": "+44 20 7946 0000"}
        )
        await phone.play(cell.flow)
    await cell.settle_all()
