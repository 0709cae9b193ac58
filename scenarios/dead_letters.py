"""Dead letters: what cannot be delivered is given up, visibly, once."""

from harness.cell import Cell
from harness.faults import ALWAYS, Kind
from harness.needs import vendor
from harness.promises import acknowledged, alerted, fact, isolated
from harness.scenario import Case, scenario

PASSWORD = "Kiwi-canary-4711"
CARD = "4000 0566 5566 5556"
"""A number that is no card's: those of a payment provider's test cards have this form."""
AIMS = {"sign_up": "crm", "help_text": "helpdesk"}


def _facts(case: Case) -> list[dict[str, object]]:
    return [fact("fault_fired", fake=AIMS[case.flow], kind=str(Kind.INVALID), min=1)]


def _promises(case: Case) -> list[dict[str, object]]:
    typed = [PASSWORD] if case.flow == "sign_up" else [CARD]
    return [
        alerted(["alerts.chat", "alerts.mail"], contains=["dead letter"], times=1, within_s=60.0, secrets=typed),
        acknowledged(2.0),
        {"promise": "gives_up", "fake": AIMS[case.flow], "attempts": 3},
        isolated(),
    ]


@scenario(flows=AIMS, promises=_promises, facts=_facts, needs=lambda case: [vendor(AIMS[case.flow]), vendor("alerts")])
async def dead_letters(cell: Cell) -> None:
    """A dead letter and its alert.

    The CRM, or the helpdesk, finds this person's payload invalid and always will. The pipeline stops after three
    attempts and says so once in the team's chat and once by e-mail, well within fifteen minutes. Nobody else waits. A
    password, or the number of a card that somebody wrote to the team, is in none of these messages.
    """
    phone = cell.newcomer(password=PASSWORD) if cell.flow == "sign_up" else await cell.customer()
    await cell.fault(phone, AIMS[cell.flow], Kind.INVALID, times=ALWAYS)
    choices = {"message": f"My card {CARD} was charged."} if cell.flow == "help_text" else {}
    await phone.play(cell.flow, **choices)
    await cell.settle_all()
