"""Money that moves: intents, charges, refunds: the operations of the API."""

from fakes.payments.state import cash, charges, disputes, funds, intents, legacy, microdeposits, refunds
from fakes.payments.wire.operations.operation import Operation, Under, same

MONEY: dict[str, Operation] = {
    "POST /v1/payment_intents": Operation("payment_intent", intents.create, "payments.charge"),
    "GET /v1/payment_intents": Operation("payment_intent", keep=same("customer")),
    "GET /v1/payment_intents/{id}": Operation("payment_intent"),
    "POST /v1/payment_intents/{id}": Operation("payment_intent", intents.update, "payments.charge"),
    "POST /v1/payment_intents/{id}/confirm": Operation("payment_intent", intents.confirm, "payments.charge"),
    "POST /v1/payment_intents/{id}/cancel": Operation("payment_intent", intents.cancel, "payments.charge"),
    "POST /v1/payment_intents/{id}/capture": Operation("payment_intent", intents.capture, "payments.charge"),
    "POST /v1/payment_intents/{id}/increment_authorization": Operation(
        "payment_intent", intents.increment, "payments.charge"
    ),
    "POST /v1/payment_intents/{id}/verify_microdeposits": Operation(
        "payment_intent", microdeposits.verify, "payments.charge"
    ),
    "POST /v1/payment_intents/{id}/apply_customer_balance": Operation("payment_intent", cash.apply, "payments.charge"),
    "POST /v1/charges": Operation("charge", legacy.create, "payments.charge"),
    "POST /v1/charges/{id}/capture": Operation("charge", legacy.capture, "payments.charge"),
    "GET /v1/charges": Operation("charge", keep=same("customer", "payment_intent", "transfer_group")),
    "GET /v1/charges/{id}": Operation("charge"),
    "POST /v1/charges/{id}": Operation("charge", charges.update),
    "POST /v1/refunds": Operation("refund", refunds.create, "payments.refund"),
    "GET /v1/refunds": Operation("refund", keep=same("charge", "payment_intent")),
    "GET /v1/refunds/{id}": Operation("refund"),
    "POST /v1/refunds/{id}": Operation("refund", refunds.update),
    "POST /v1/refunds/{id}/cancel": Operation("refund", refunds.cancel, "payments.refund"),
    "POST /v1/test_helpers/refunds/{id}/expire": Operation("refund", refunds.expire, "payments.refund"),
    "GET /v1/charges/{id}/refunds": Operation("refund", keep=Under("charge")),
    "GET /v1/charges/{id}/refunds/{inner}": Operation("refund"),
    "GET /v1/disputes": Operation("dispute", keep=same("charge", "payment_intent")),
    "GET /v1/disputes/{id}": Operation("dispute"),
    "POST /v1/disputes/{id}": Operation("dispute", disputes.update),
    "POST /v1/disputes/{id}/close": Operation("dispute", disputes.close),
    "GET /v1/radar/early_fraud_warnings": Operation("radar.early_fraud_warning", keep=same("charge", "payment_intent")),
    "GET /v1/radar/early_fraud_warnings/{id}": Operation("radar.early_fraud_warning"),
    "GET /v1/balance": Operation("balance", look=lambda moment, _params, _at: funds.balance(moment.account)),
    "GET /v1/balance_transactions": Operation("balance_transaction", keep=funds.wanted, by=("source",)),
    "GET /v1/balance_transactions/{id}": Operation("balance_transaction"),
}
