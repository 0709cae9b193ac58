"""Events, and where they are told: the operations of the API."""

from fakes.payments.state import endpoints
from fakes.payments.wire import told
from fakes.payments.wire.operations.operation import Operation

NOTICES: dict[str, Operation] = {
    "GET /v1/events": Operation("event", look=told.look),
    "GET /v1/events/{id}": Operation("event", look=told.look),
    "POST /v1/webhook_endpoints": Operation("webhook_endpoint", endpoints.create),
    "GET /v1/webhook_endpoints": Operation("webhook_endpoint"),
    "GET /v1/webhook_endpoints/{id}": Operation("webhook_endpoint"),
    "POST /v1/webhook_endpoints/{id}": Operation("webhook_endpoint", endpoints.update),
    "DELETE /v1/webhook_endpoints/{id}": Operation("webhook_endpoint", endpoints.delete),
}
