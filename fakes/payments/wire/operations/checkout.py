"""Hosted pages: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import checkout, shipping
from fakes.payments.state.moment import Moment
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params


def _line_items(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of what a session sells."""
    session = moment.account.get("checkout.session", at["id"])
    items = checkout.line_items(moment.account, session)
    return pages.page(items, params, f"/v1/checkout/sessions/{at['id']}/line_items", "item", lambda _one: True)


CHECKOUT: dict[str, Operation] = {
    "POST /v1/checkout/sessions": Operation("checkout.session", checkout.create),
    "GET /v1/checkout/sessions": Operation("checkout.session", keep=checkout.wanted),
    "GET /v1/checkout/sessions/{id}": Operation("checkout.session"),
    "POST /v1/checkout/sessions/{id}": Operation("checkout.session", checkout.update),
    "GET /v1/checkout/sessions/{id}/line_items": Operation("item", look=_line_items),
    "POST /v1/checkout/sessions/{id}/expire": Operation("checkout.session", checkout.expire),
    "POST /v1/shipping_rates": Operation("shipping_rate", shipping.create),
    "GET /v1/shipping_rates": Operation("shipping_rate", keep=shipping.wanted),
    "GET /v1/shipping_rates/{id}": Operation("shipping_rate"),
    "POST /v1/shipping_rates/{id}": Operation("shipping_rate", shipping.update),
}
