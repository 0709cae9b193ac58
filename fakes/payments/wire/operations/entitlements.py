"""What customers may use: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import entitlements
from fakes.payments.state.moment import Moment
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params
from fakes.payments.wire.operations.plain import lines

FEATURE, ATTACHED, ENTITLEMENT = entitlements.FEATURE, entitlements.ATTACHED, entitlements.ENTITLEMENT


def _attached(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of the features of a product."""
    moment.account.get("product", at["id"])
    found = entitlements.attached(moment.account, at["id"])
    return pages.page(found, params, f"/v1/products/{at['id']}/features", ATTACHED)


def _active(moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    """A page of what a customer may use."""
    moment.account.get("customer", params["customer"], "customer")
    found = entitlements.active(moment.account, params["customer"])
    return pages.page(found, params, "/v1/entitlements/active_entitlements", ENTITLEMENT)


ENTITLEMENTS: dict[str, Operation] = {
    **lines(entitlements.FEATURES),
    "GET /v1/entitlements/features": Operation(FEATURE, keep=entitlements.wanted, by=("lookup_key",)),
    "GET /v1/entitlements/active_entitlements": Operation(ENTITLEMENT, look=_active),
    "GET /v1/entitlements/active_entitlements/{id}": Operation(ENTITLEMENT),
    "POST /v1/products/{id}/features": Operation(ATTACHED, entitlements.attach),
    "GET /v1/products/{id}/features": Operation(ATTACHED, look=_attached),
    "GET /v1/products/{id}/features/{inner}": Operation(
        ATTACHED, look=lambda moment, _params, at: entitlements.of_product(moment.account, at["id"], at["inner"])
    ),
    "DELETE /v1/products/{id}/features/{inner}": Operation(ATTACHED, entitlements.detach),
}
