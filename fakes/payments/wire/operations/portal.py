"""How customers and their devices come in: the portal, ephemeral keys, customer sessions: the operations of the API."""

from fakes.payments.state import device_keys, portal
from fakes.payments.wire.operations.operation import Operation, same

PORTAL: dict[str, Operation] = {
    "POST /v1/billing_portal/configurations": Operation("billing_portal.configuration", portal.configure),
    "GET /v1/billing_portal/configurations": Operation(
        "billing_portal.configuration", keep=same("active", "is_default")
    ),
    "GET /v1/billing_portal/configurations/{id}": Operation("billing_portal.configuration"),
    "POST /v1/billing_portal/configurations/{id}": Operation("billing_portal.configuration", portal.update),
    "POST /v1/billing_portal/sessions": Operation("billing_portal.session", portal.create),
    "POST /v1/ephemeral_keys": Operation("ephemeral_key", device_keys.create, pinned=True),
    "DELETE /v1/ephemeral_keys/{id}": Operation("ephemeral_key", device_keys.delete),
    "POST /v1/customer_sessions": Operation("customer_session", device_keys.create_session),
}
