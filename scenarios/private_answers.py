"""Private answers: what is told to one person is for nobody else to keep or to read."""

from harness.cell import Cell
from harness.promises import discreet, fact
from harness.scenario import scenario

ELSEWHERE = {"Origin": "https://elsewhere.example.com"}
ANY = tuple(range(200, 500))


@scenario(
    flows=("read_state",),
    promises=[discreet()],
    facts=[fact("probed", min=2), fact("read_final")],
)
async def private_answers(cell: Cell) -> None:
    """Private answers.

    A page of somebody else's asks in the name of a customer who looks at it, at every route that needs a token. No
    answer invites it to read along, and none may be kept on its way.
    """
    phone = await cell.customer()
    for route in cell.target.protected_routes():
        if cell.target.operation(route).method == "GET":
            await phone.probe_operation(route, things=phone.things, token=phone.token, expect=ANY, headers=ELSEWHERE)
    await cell.settle_all()
