"""Readers in shops: the operations of the API."""

from fakes.payments.state.plain import terminal
from fakes.payments.wire.operations.operation import Operation
from fakes.payments.wire.operations.plain import lines

TERMINAL: dict[str, Operation] = {
    **lines(*terminal.KINDS),
    "POST /v1/terminal/connection_tokens": Operation("terminal.connection_token", terminal.token),
}
