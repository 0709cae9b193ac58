"""Policies: what correct products do differently, judged only where the target file decides."""

from harness.cell import Cell
from harness.needs import news, policy
from harness.promises import access, fact, isolated, never
from harness.scenario import scenario

WORDS = ("kept", "ended")


@scenario(
    flows=("subscribe",),
    variants=[f"past_due_{word}" for word in WORDS],
    promises=lambda case: [
        access(case.variant.rpartition("_")[2]), isolated(), never("payments.refund"),
    ],
    facts=[fact("provider_acted", act="fail_renewal"), fact("read_final")],
    needs=lambda case: [news(), policy("past_due_access", case.variant.rpartition("_")[2])],
)  # fmt: skip
async def policies(cell: Cell) -> None:
    """Policies.

    The bank declines the renewal of a running subscription. Some products leave the customer what they had until the
    last try has failed, others take it away at once: the target file says which, and the app must show that.
    """
    phone = await cell.subscriber()
    await phone.read("during")
    await cell.provider(phone, "fail_renewal")
    await cell.settle_all()
