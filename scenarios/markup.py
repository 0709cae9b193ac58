"""Markup: what a customer writes stays text, wherever it is shown."""

from harness.cell import Cell
from harness.needs import category, vendor
from harness.promises import exactly_once, fact, never
from harness.scenario import scenario

LOUD = "<!channel> <https://evil.example.com|your invoice> <script>alert(1)</script>"
ACTIVE = ("<!channel>", "<https://evil.example.com|", "<script>")
URGENT = "account_access"


@scenario(
    flows=("help_text",),
    promises=[exactly_once(), *(never("alerts.chat", text={"contains": part}) for part in ACTIVE)],
    facts=[fact("attempts", min=1)],
    needs=lambda case: [vendor("alerts"), category(URGENT)],
)
async def markup(cell: Cell) -> None:
    """Markup.

    A question that wakes the team has a subject full of things that a chat or a browser would act on. The ticket holds
    it as it was written; nothing of it is active where the team reads it.
    """
    phone = await cell.customer()
    await phone.play("help_text", category=URGENT, subject=f"{LOUD} {phone.person.marker}")
    await cell.settle_all()
