"""Spelled otherwise: the same address in other letters is the same person, another address is not."""

from harness.cell import Cell
from harness.needs import Need, flow, policy
from harness.promises import converges, exactly_once, fact, isolated, refused
from harness.scenario import Case, scenario

ONE_ACCOUNT = (200, 201, 202, 400, 409, 422)
KNOWN = (200, 201, 202)
SIGNS_IN = "sign_in"


def _needs(case: Case) -> list[Need]:
    return [flow(SIGNS_IN)] if case.variant == "capitals" else [policy("plus_addresses", "apart")]


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), isolated()]
    return [*promises, refused()] if case.variant == "capitals" else [*promises, converges()]


def _facts(case: Case) -> list[dict[str, object]]:
    return [fact("read_final"), fact("probed", min=2) if case.variant == "capitals" else fact("attempts", min=2)]


@scenario(flows=("sign_up",), variants=("capitals", "plus"), promises=_promises, facts=_facts, needs=_needs)
async def spelled_otherwise(cell: Cell) -> None:
    """Spelled otherwise.

    Somebody who has signed up comes back, and their keyboard writes the address in capitals: they can sign in, and no
    second account comes of it. Two members of a family have one mailbox and an address each, told apart by what stands
    behind a plus: they are two people, and each record has the address that its person gave.
    """
    if cell.variant == "capitals":
        phone = await cell.customer()
        loud = {"person.email": phone.person.email.upper()}
        await phone.probe_flow(SIGNS_IN, "in capitals", fields=loud, expect=KNOWN)
        await phone.probe_flow("sign_up", "in capitals", fields=loud, expect=ONE_ACCOUNT)
    else:
        for _ in range(2):
            await cell.newcomer(email="family+{marker}@people.example.com").play("sign_up")
    await cell.settle_all()
