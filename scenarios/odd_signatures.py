"""Odd signatures: genuine events in unusual bytes and headers, which every receiver must take."""

from harness.cell import Cell
from harness.faults import Mishap
from harness.needs import news
from harness.promises import converges, exactly_once, fact, taken
from harness.scenario import Case, scenario
from scenarios.invalid_signatures import fake_of

DRESSES = ("charset", "shouted_type", "header_case", "chunked", "odd_bytes")
OWN = ("second_v1", "unknown_scheme", "old_event")
"""What the payment provider's own signature and retries may look like besides."""


def _promises(case: Case) -> list[dict[str, object]]:
    return [taken(), exactly_once(), converges()]


@scenario(
    cases=(
        *(("buy", dress) for dress in (*DRESSES, *OWN)),
        ("subscribe", "odd_bytes"),
        *(("sign_up", f"crm:{dress}") for dress in DRESSES),
        *(("help_text", f"helpdesk:{dress}") for dress in DRESSES),
    ),
    promises=_promises,
    facts=lambda case: [fact("dressed", dress=fake_of(case)[1]), fact("read_final")],
    needs=lambda case: [news(fake_of(case)[0])],
)
async def odd_signatures(cell: Cell) -> None:
    """Odd but genuine events.

    Each event of the flow is rightly signed, and unusual: with a charset in its content type, odd header case, in
    chunks, in bytes that do not survive being read and written again, with a second signature while a secret is
    rolled, beside a signature of an unknown scheme, or about something that happened days ago. It is taken, and what
    it tells of is there once.
    """
    fake, dress = fake_of(cell.case)
    phone = await cell.ready_for(cell.flow)
    await cell.mishap(phone, Mishap.DRESS, fake=fake, forgery=dress)
    await phone.play(cell.flow)
    if fake == "helpdesk":
        # Not every pipeline wants to hear that there is a ticket; that one was solved is what they wait for.
        await cell.quiet(phone)
        await cell.provider(phone, "solve_ticket", fake=fake)
    await cell.settle_all()
