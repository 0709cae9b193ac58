"""Event destinations and thin events: the operations of the second API."""

from fakes.payments.state import destinations
from fakes.payments.wire import thin_events
from fakes.payments.wire.operations.operation import Operation

KIND, EVENT = "v2.core.event_destination", "v2.core.event"
THIN: dict[str, Operation] = {
    "POST /v2/core/event_destinations": Operation(KIND, destinations.create),
    "GET /v2/core/event_destinations": Operation(KIND, look=thin_events.destination),
    "GET /v2/core/event_destinations/{id}": Operation(KIND, look=thin_events.destination),
    "POST /v2/core/event_destinations/{id}": Operation(KIND, destinations.update),
    "DELETE /v2/core/event_destinations/{id}": Operation(KIND, destinations.delete),
    "POST /v2/core/event_destinations/{id}/disable": Operation(KIND, destinations.disable),
    "POST /v2/core/event_destinations/{id}/enable": Operation(KIND, destinations.enable),
    "POST /v2/core/event_destinations/{id}/ping": Operation(EVENT, destinations.pinged),
    "GET /v2/core/events": Operation(EVENT, look=thin_events.event),
    "GET /v2/core/events/{id}": Operation(EVENT, look=thin_events.event),
}
