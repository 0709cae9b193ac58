"""What customers keep: cards kept the old way, tokens, sources, balances, tax ids: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import cash, confirmation, domains, funding, saved, sources, tax_ids, tokens
from fakes.payments.state.moment import Moment
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params, Under


def _kept(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    found = saved.of_customer(moment, at["id"], params.get("object"))
    return pages.page(found, params, f"/v1/customers/{at['id']}/sources", "source")


def _movements(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """What a source has received: nobody sends it anything here."""
    moment.account.get("source", at["id"])
    return pages.page([], params, f"/v1/sources/{at['id']}/source_transactions", "source_transaction")


PURSE: dict[str, Operation] = {
    "POST /v1/tokens": Operation("token", tokens.create),
    "GET /v1/tokens/{id}": Operation("token"),
    "POST /v1/test_helpers/confirmation_tokens": Operation("confirmation_token", confirmation.create),
    "GET /v1/confirmation_tokens/{id}": Operation("confirmation_token"),
    "POST /v1/payment_method_domains": Operation("payment_method_domain", domains.create),
    "GET /v1/payment_method_domains": Operation("payment_method_domain", keep=domains.wanted, by=("domain_name",)),
    "GET /v1/payment_method_domains/{id}": Operation("payment_method_domain"),
    "POST /v1/payment_method_domains/{id}": Operation("payment_method_domain", domains.update),
    "POST /v1/payment_method_domains/{id}/validate": Operation("payment_method_domain", domains.validate),
    "POST /v1/sources": Operation("source", sources.create),
    "GET /v1/sources/{id}": Operation("source"),
    "POST /v1/sources/{id}": Operation("source", sources.update),
    "GET /v1/sources/{id}/source_transactions": Operation("source_transaction", look=_movements),
    "POST /v1/customers/{id}/funding_instructions": Operation("funding_instructions", funding.create),
    "POST /v1/customers/{id}/sources": Operation("card", saved.add),
    "GET /v1/customers/{id}/sources": Operation("card", look=_kept),
    "GET /v1/customers/{id}/sources/{inner}": Operation(
        "card", look=lambda moment, _params, at: saved.get(moment, at["inner"], at["id"])
    ),
    "POST /v1/customers/{id}/sources/{inner}": Operation("card", saved.update),
    "DELETE /v1/customers/{id}/sources/{inner}": Operation("card", saved.remove),
    "POST /v1/customers/{id}/sources/{inner}/verify": Operation("bank_account", saved.verify),
    "GET /v1/customers/{id}/cash_balance": Operation(
        "cash_balance", look=lambda moment, _params, at: cash.balance(moment, at["id"])
    ),
    "POST /v1/customers/{id}/cash_balance": Operation("cash_balance", cash.settle_how),
    "GET /v1/customers/{id}/cash_balance_transactions": Operation(
        "customer_cash_balance_transaction", keep=Under("customer")
    ),
    "GET /v1/customers/{id}/cash_balance_transactions/{inner}": Operation("customer_cash_balance_transaction"),
    "POST /v1/test_helpers/customers/{id}/fund_cash_balance": Operation(
        "customer_cash_balance_transaction", cash.fund, "payments.charge"
    ),
    "POST /v1/customers/{id}/tax_ids": Operation("tax_id", tax_ids.for_customer),
    "GET /v1/customers/{id}/tax_ids": Operation("tax_id", keep=tax_ids.wanted, by=("customer=id",)),
    "GET /v1/customers/{id}/tax_ids/{inner}": Operation("tax_id"),
    "DELETE /v1/customers/{id}/tax_ids/{inner}": Operation("tax_id", tax_ids.delete_of_customer),
    "POST /v1/tax_ids": Operation("tax_id", tax_ids.create),
    "GET /v1/tax_ids": Operation("tax_id", keep=tax_ids.wanted),
    "GET /v1/tax_ids/{id}": Operation("tax_id"),
    "DELETE /v1/tax_ids/{id}": Operation("tax_id", tax_ids.delete),
}
