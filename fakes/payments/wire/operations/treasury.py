"""Money in accounts at the vendor: the operations of the API."""

from functools import partial

from fakes.payments.state.treasury import accounts, ledger, received, transfers
from fakes.payments.wire.operations.operation import Operation
from fakes.payments.wire.operations.plain import lines

FEATURES = "treasury.financial_account_features"
TREASURY: dict[str, Operation] = {
    **lines(accounts.KIND, *transfers.KINDS, *received.KINDS, ledger.TRANSACTION, ledger.ENTRY),
    "GET /v1/treasury/financial_accounts/{id}/features": Operation(
        FEATURES, look=lambda moment, _params, at: accounts.features(moment, at["id"])
    ),
    "POST /v1/treasury/financial_accounts/{id}/features": Operation(FEATURES, accounts.switch),
    **{
        f"POST /v1/test_helpers/{kind.path}/{{id}}": Operation(kind.name, partial(transfers.track, kind))
        for kind in (transfers.TRANSFER, transfers.PAYMENT)
    },
}
