"""An old push is opened in the app, and claims what is true no longer."""

from typing import Any

from harness.cell import Cell
from harness.promises import converges, exactly_once, fact, fresh, screen_true, told_first
from harness.scenario import Case, scenario
from scenarios.on_a_page import PAGES, WHY_NOT, device, on_devices


def _facts(case: Case) -> list[dict[str, Any]]:
    happened = fact("declined") if case.flow == "buy" else fact("provider_acted", act="end_subscription")
    return [happened, fact("notice_opened"), fact("read_final")]


@scenario(
    flows=("buy", "subscribe"),
    variants=on_devices(""),
    promises=[exactly_once(), converges(), fresh(), screen_true(), told_first()],
    facts=_facts,
    hands=PAGES,
    why_not=WHY_NOT,
)
async def page_stale_push(cell: Cell) -> None:
    """An old push on a page.

    Somebody's card was declined, or their subscription has ended. Then they open a push from before, which claims that
    the order is paid, or the subscription active. The app asks the server, and shows what is true.
    """
    phone = await cell.customer(device=device(cell.variant))
    if cell.flow == "buy":
        await phone.play("buy", method="declined_card")
        await cell.quiet(phone)
        await phone.play("open_notice", kind="order", id=phone.things.get("order_id"), state="Paid")
    else:
        await cell.calmly(phone, "subscribe")
        await cell.provider(phone, "end_subscription")
        await cell.quiet(phone)
        await phone.play("open_notice", kind="subscription", state="active")
    await cell.settle_all()
