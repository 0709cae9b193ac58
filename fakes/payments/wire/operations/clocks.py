"""Test clocks: the operations of the API."""

from fakes.payments.state import clocks
from fakes.payments.state.due import CLOCK
from fakes.payments.wire.operations.operation import Operation

CLOCKS: dict[str, Operation] = {
    "POST /v1/test_helpers/test_clocks": Operation(CLOCK, clocks.create),
    "GET /v1/test_helpers/test_clocks": Operation(CLOCK),
    "GET /v1/test_helpers/test_clocks/{id}": Operation(CLOCK),
    "POST /v1/test_helpers/test_clocks/{id}/advance": Operation(CLOCK, clocks.advance),
    "DELETE /v1/test_helpers/test_clocks/{id}": Operation(CLOCK, clocks.delete),
}
