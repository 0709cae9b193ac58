"""The merchant's own money and connected accounts: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import accounts, payouts, persons, topups, transfers
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params, Under, same


def _capabilities(moment: Moment, _params: Params, at: Mapping[str, str]) -> Params:
    return _short(accounts.capabilities(moment, at["id"]), {}, f"/v1/accounts/{at['id']}/capabilities")


def _externals(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    found = accounts.get(moment, at["id"])["external_accounts"]["data"]
    wanted = [one for one in found if params.get("object") in (None, one["object"])]
    return _short(wanted[::-1], params, f"/v1/accounts/{at['id']}/external_accounts")


def _short(found: list[Thing], params: Params, url: str) -> Params:
    return pages.page(found, params, url, "external_account")


CONNECT: dict[str, Operation] = {
    "POST /v1/payouts": Operation("payout", payouts.create),
    "GET /v1/payouts": Operation("payout", keep=payouts.wanted),
    "GET /v1/payouts/{id}": Operation("payout"),
    "POST /v1/payouts/{id}": Operation("payout", payouts.update),
    "POST /v1/payouts/{id}/cancel": Operation("payout", payouts.cancel),
    "POST /v1/payouts/{id}/reverse": Operation("payout", payouts.reverse),
    "POST /v1/topups": Operation("topup", topups.create),
    "GET /v1/topups": Operation("topup", keep=same("status")),
    "GET /v1/topups/{id}": Operation("topup"),
    "POST /v1/topups/{id}": Operation("topup", topups.update),
    "POST /v1/topups/{id}/cancel": Operation("topup", topups.cancel),
    "POST /v1/transfers": Operation("transfer", transfers.create),
    "GET /v1/transfers": Operation("transfer", keep=transfers.wanted, by=("destination", "transfer_group")),
    "GET /v1/transfers/{id}": Operation("transfer"),
    "POST /v1/transfers/{id}": Operation("transfer", transfers.update),
    "POST /v1/transfers/{id}/reversals": Operation("transfer_reversal", transfers.reverse),
    "GET /v1/transfers/{id}/reversals": Operation("transfer_reversal", keep=Under("transfer")),
    "GET /v1/transfers/{id}/reversals/{inner}": Operation("transfer_reversal"),
    "POST /v1/transfers/{id}/reversals/{inner}": Operation("transfer_reversal", transfers.update_reversal),
    "GET /v1/application_fees": Operation("application_fee", keep=same("charge")),
    "GET /v1/application_fees/{id}": Operation("application_fee"),
    "POST /v1/application_fees/{id}/refunds": Operation("fee_refund", transfers.refund_fee),
    "GET /v1/application_fees/{id}/refunds": Operation("fee_refund", keep=Under("fee")),
    "GET /v1/application_fees/{id}/refunds/{inner}": Operation("fee_refund"),
    "POST /v1/application_fees/{id}/refunds/{inner}": Operation("fee_refund", transfers.update_fee_refund),
    "GET /v1/account": Operation("account", look=lambda moment, _params, _at: accounts.own(moment)),
    "POST /v1/accounts": Operation("account", accounts.create),
    "GET /v1/accounts": Operation("account"),
    "GET /v1/accounts/{id}": Operation("account", look=lambda moment, _params, at: accounts.look(moment, at["id"])),
    "POST /v1/accounts/{id}": Operation("account", accounts.update),
    "DELETE /v1/accounts/{id}": Operation("account", accounts.delete),
    "POST /v1/accounts/{id}/reject": Operation("account", accounts.reject),
    "POST /v1/account_links": Operation("account_link", accounts.link),
    "POST /v1/accounts/{id}/login_links": Operation("login_link", accounts.login),
    "GET /v1/accounts/{id}/capabilities": Operation("capability", look=_capabilities),
    "GET /v1/accounts/{id}/capabilities/{inner}": Operation(
        "capability", look=lambda moment, _params, at: accounts.capability(moment, at["id"], at["inner"])
    ),
    "POST /v1/accounts/{id}/capabilities/{inner}": Operation("capability", accounts.request),
    "POST /v1/accounts/{id}/persons": Operation("person", persons.create),
    "GET /v1/accounts/{id}/persons": Operation("person", keep=Under("account")),
    "GET /v1/accounts/{id}/persons/{inner}": Operation("person"),
    "POST /v1/accounts/{id}/persons/{inner}": Operation("person", persons.update),
    "DELETE /v1/accounts/{id}/persons/{inner}": Operation("person", persons.delete),
    "POST /v1/accounts/{id}/external_accounts": Operation("bank_account", accounts.add_external),
    "GET /v1/accounts/{id}/external_accounts": Operation("bank_account", look=_externals),
    "GET /v1/accounts/{id}/external_accounts/{inner}": Operation(
        "bank_account", look=lambda moment, _params, at: accounts.external(moment, at["id"], at["inner"])
    ),
    "POST /v1/accounts/{id}/external_accounts/{inner}": Operation("bank_account", accounts.update_external),
    "DELETE /v1/accounts/{id}/external_accounts/{inner}": Operation("bank_account", accounts.remove_external),
}
