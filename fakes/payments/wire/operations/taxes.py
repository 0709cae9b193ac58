"""Taxes: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import tables
from fakes.payments.state.tax import calculations, places, transactions
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Look, Operation, Params
from fakes.payments.wire.operations.plain import lines

CALCULATION, TRANSACTION = calculations.CALCULATION.name, transactions.TRANSACTION.name


def _lines(kind: str, path: str) -> Look:
    """A page of the lines of one of these."""

    def look(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
        found = calculations.lines_of(moment.account, moment.account.get(kind, at["id"]))
        return pages.page(found, params, f"/v1/tax/{path}/{at['id']}/line_items", f"{kind}_line_item")

    return look


def _codes(_moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    return pages.page(tables.tax_codes(), params, "/v1/tax_codes", "tax_code")


TAXES: dict[str, Operation] = {
    **lines(places.REGISTRATION, calculations.CALCULATION, transactions.TRANSACTION),
    "POST /v1/tax/calculations": Operation(CALCULATION, calculations.create),
    "GET /v1/tax/calculations/{id}/line_items": Operation(
        calculations.LINE.name, look=_lines(CALCULATION, "calculations")
    ),
    "GET /v1/tax/registrations": Operation(places.KIND, keep=places.wanted),
    "GET /v1/tax/registrations/{id}": Operation(places.KIND),
    "GET /v1/tax/settings": Operation(
        "tax.settings", look=lambda moment, _params, _at: places.settings(moment.account)
    ),
    "POST /v1/tax/settings": Operation("tax.settings", places.change),
    "POST /v1/tax/transactions/create_from_calculation": Operation(TRANSACTION, transactions.create),
    "POST /v1/tax/transactions/create_reversal": Operation(TRANSACTION, transactions.reverse),
    "GET /v1/tax/transactions/{id}/line_items": Operation(
        transactions.LINE.name, look=_lines(TRANSACTION, "transactions")
    ),
    "GET /v1/tax_codes": Operation("tax_code", look=_codes),
    "GET /v1/tax_codes/{id}": Operation("tax_code", look=lambda _moment, _params, at: tables.tax_code(at["id"])),
}
