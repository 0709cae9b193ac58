"""Bank accounts that customers let the merchant look into: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import connections
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params
from fakes.payments.wire.operations.plain import lines

_PATH = "/v1/financial_connections/accounts"


def _owners(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of the owners of an account."""
    found = connections.owners(moment.account, at["id"], params["ownership"])
    return pages.page(found, params, f"{_PATH}/{at['id']}/owners", "financial_connections.account_owner")


LINKED: dict[str, Operation] = {
    **lines(*connections.KINDS),
    f"GET {_PATH}": Operation(connections.NAME, keep=connections.wanted),
    f"GET {_PATH}/{{id}}/owners": Operation("financial_connections.account_owner", look=_owners),
}
