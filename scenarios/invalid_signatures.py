"""Invalid signatures: events that the provider never signed."""

from harness.cell import Cell
from harness.needs import means, news
from harness.promises import converges, exactly_once, fact, never
from harness.scenario import Case, scenario

LIES = {"buy": "payment_succeeded", "subscribe": "subscription_active"}
FORGERIES = ("missing", "garbage", "wrong_secret", "altered_byte", "other_endpoint_secret", "only_v0")


def _facts(case: Case) -> list[dict[str, object]]:
    return [fact("forged", forgery=case.variant), fact("read_final")]


@scenario(
    flows=LIES,
    variants=FORGERIES,
    promises=[exactly_once(), never("payments.charge"), never("crm.deal"), converges()],
    facts=_facts,
    needs=[news(), means("walk_away")],
)
async def invalid_signatures(cell: Cell) -> None:
    """Invalid signatures.

    Somebody starts to pay and walks away. Then an event says that they paid, but its signature is missing, garbage,
    made with a wrong secret or another endpoint's, made for other bytes, or of a scheme that must be ignored. What
    counts is not the status that comes back: nothing may come of it, anywhere.
    """
    phone = await cell.customer()
    await phone.play(cell.flow, method="walk_away")
    await cell.forge(phone, LIES[cell.flow], cell.variant)
    await cell.settle_all()
