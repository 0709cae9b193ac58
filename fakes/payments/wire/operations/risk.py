"""What is done against fraud: reviews, and lists of values: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import reviews
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import radar
from fakes.payments.wire.operations.operation import Operation, Params
from fakes.payments.wire.operations.plain import lines, listing

_ITEMS = "/v1/radar/value_list_items"
_page = listing(radar.ITEMS, _ITEMS)


def _items(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of what is on a list, which is named by its id or alias."""
    found = radar.named(moment.account, params["value_list"])
    return _page(moment, {**params, "value_list": found["id"]}, at)


RISK: dict[str, Operation] = {
    "GET /v1/reviews": Operation(reviews.KIND),
    "GET /v1/reviews/{id}": Operation(reviews.KIND),
    "POST /v1/reviews/{id}/approve": Operation(reviews.KIND, reviews.approve),
    **lines(*radar.KINDS),
    "GET /v1/radar/value_lists": Operation(radar.LIST, keep=radar.wanted),
    "DELETE /v1/radar/value_lists/{id}": Operation(radar.LIST, radar.remove_list),
    f"GET {_ITEMS}": Operation(radar.ITEM, look=_items),
    f"DELETE {_ITEMS}/{{id}}": Operation(radar.ITEM, radar.remove),
}
