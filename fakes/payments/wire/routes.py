"""The table of operations as routes of the server."""

from fakes.calls import Route
from fakes.payments.wire.desk import Desk
from fakes.payments.wire.operations import OPERATIONS


def routes(desk: Desk) -> list[Route]:
    """One route for each operation."""
    made = []
    for operation, line in OPERATIONS.items():
        method, template = operation.split(" ", 1)
        made.append(
            Route(
                method=method,
                template=template,
                operation=operation,
                handler=desk.handle,
                writes=method != "GET",
                sink=line.sink,
            )
        )
    return made
