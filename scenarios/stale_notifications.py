"""Stale notifications: old news that arrives after the new."""

from harness.cell import Cell
from harness.faults import Mishap
from harness.needs import flow, news
from harness.promises import converges, exactly_once, fact, fresh
from harness.scenario import Case, scenario


def _facts(case: Case) -> list[dict[str, object]]:
    facts = {
        "late_event": [fact("late")],
        "newest_first": [fact("out_of_order")],
        "old_push": [fact("provider_acted", act="end_subscription"), fact("notice_opened")],
    }
    return [*facts[case.variant], fact("read_final")]


@scenario(
    cases=(
        ("change_plan", "late_event"),
        ("cancel", "late_event"),
        ("buy", "newest_first"),
        ("subscribe", "newest_first"),
        ("change_plan", "newest_first"),
        ("subscribe", "old_push"),
    ),
    promises=[exactly_once(), converges(), fresh()],
    facts=_facts,
    needs=lambda case: [flow("open_notice", "subscribe")] if case.variant == "old_push" else [news()],
)
async def stale_notifications(cell: Cell) -> None:
    """Stale notifications.

    An event that got lost arrives for the first time after a newer one; or the events of one flow arrive newest first;
    or somebody opens an old push ("your plan is active") after the subscription has ended. What is newer at the
    provider stays in force, in the app and in the CRM.
    """
    phone = await cell.ready_for(cell.flow)
    if cell.variant == "late_event":
        await cell.mishap(phone, Mishap.DROP, topic="subscription_changed")
        await phone.play(cell.flow)
        await cell.quiet(phone)
        await cell.mend(phone)
        await cell.provider(phone, "end_subscription")
        await cell.quiet(phone)
        await cell.resend(phone, topic="subscription_changed", which="last")
    elif cell.variant == "newest_first":
        await cell.mishap(phone, Mishap.NEWEST_FIRST, seconds=1.5)
        await phone.play(cell.flow)
        if cell.flow == "change_plan":
            await phone.play("cancel")
    else:
        await cell.calmly(phone, "subscribe")
        await cell.provider(phone, "end_subscription")
        await cell.quiet(phone)
        await phone.play("open_notice", kind="subscription", state="active")
    await cell.settle_all()
