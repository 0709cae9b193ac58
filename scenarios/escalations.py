"""Escalations: what a person in the team must hear of at once."""

from harness.cell import Cell
from harness.needs import category, means, vendor
from harness.promises import alerted, exactly_once, fact
from harness.scenario import Case, scenario


def _promises(case: Case) -> list[dict[str, object]]:
    return [exactly_once(), alerted(["alerts.chat"], times=1, within_s=60.0)]


def _facts(case: Case) -> list[dict[str, object]]:
    return [fact("declined", min=2)] if case.flow == "buy" else [fact("attempts", min=1)]


@scenario(
    cases=(("help_text", "account_access"), ("buy", "fails_twice")),
    promises=_promises,
    facts=_facts,
    needs=lambda case: [vendor("alerts"), means("declined_card") if case.flow == "buy" else category(case.variant)],
)
async def escalations(cell: Cell) -> None:
    """Escalations.

    A ticket about access to the account, or a payment that failed twice: the team's chat is told once, naming whom it
    is about.
    """
    phone = await cell.customer()
    if cell.flow == "buy":
        await phone.play("buy", method="declined_card", tries=2)
    else:
        await phone.play("help_text", category="account_access")
    await cell.settle_all()
