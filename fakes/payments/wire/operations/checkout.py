"""Hosted pages: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import checkout, shipping
from fakes.payments.state.checkout import links
from fakes.payments.state.moment import Moment
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Look, Operation, Params, same


def _line_items(kind: str, url: str) -> Look:
    """Pages of what a session or a link sells."""

    def look(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
        items = checkout.line_items(moment.account, moment.account.get(kind, at["id"]))
        return pages.page(items, params, f"{url}/{at['id']}/line_items", "item")

    return look


FILTERS = ("customer", "payment_intent", "payment_link", "subscription")
CHECKOUT: dict[str, Operation] = {
    "POST /v1/checkout/sessions": Operation("checkout.session", checkout.create),
    "GET /v1/checkout/sessions": Operation("checkout.session", keep=checkout.wanted, by=FILTERS),
    "GET /v1/checkout/sessions/{id}": Operation("checkout.session"),
    "POST /v1/checkout/sessions/{id}": Operation("checkout.session", checkout.update),
    "GET /v1/checkout/sessions/{id}/line_items": Operation(
        "item", look=_line_items("checkout.session", "/v1/checkout/sessions")
    ),
    "POST /v1/checkout/sessions/{id}/expire": Operation("checkout.session", checkout.expire),
    "POST /v1/payment_links": Operation("payment_link", links.create),
    "GET /v1/payment_links": Operation("payment_link", keep=same("active")),
    "GET /v1/payment_links/{id}": Operation("payment_link"),
    "POST /v1/payment_links/{id}": Operation("payment_link", links.update),
    "GET /v1/payment_links/{id}/line_items": Operation("item", look=_line_items("payment_link", "/v1/payment_links")),
    "POST /v1/shipping_rates": Operation("shipping_rate", shipping.create),
    "GET /v1/shipping_rates": Operation("shipping_rate", keep=shipping.wanted),
    "GET /v1/shipping_rates/{id}": Operation("shipping_rate"),
    "POST /v1/shipping_rates/{id}": Operation("shipping_rate", shipping.update),
}
