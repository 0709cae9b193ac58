"""Issued cards: the operations of the API."""

from fakes.payments.state.issuing import authorizations, cardholders, cards, disputes, transactions
from fakes.payments.wire.operations.operation import Operation, same

HELPERS = "/v1/test_helpers/issuing"
ISSUING: dict[str, Operation] = {
    "POST /v1/issuing/cardholders": Operation("issuing.cardholder", cardholders.create),
    "GET /v1/issuing/cardholders": Operation(
        "issuing.cardholder", keep=same("email", "phone_number", "status", "type")
    ),
    "GET /v1/issuing/cardholders/{id}": Operation("issuing.cardholder"),
    "POST /v1/issuing/cardholders/{id}": Operation("issuing.cardholder", cardholders.update),
    "POST /v1/issuing/cards": Operation("issuing.card", cards.create),
    "GET /v1/issuing/cards": Operation("issuing.card", keep=cards.wanted, by=("cardholder",)),
    "GET /v1/issuing/cards/{id}": Operation("issuing.card"),
    "POST /v1/issuing/cards/{id}": Operation("issuing.card", cards.update),
    "GET /v1/issuing/authorizations": Operation(
        "issuing.authorization", keep=authorizations.wanted, by=("card", "cardholder")
    ),
    "GET /v1/issuing/authorizations/{id}": Operation("issuing.authorization"),
    "POST /v1/issuing/authorizations/{id}": Operation("issuing.authorization", authorizations.update),
    "POST /v1/issuing/authorizations/{id}/approve": Operation("issuing.authorization", authorizations.approve),
    "POST /v1/issuing/authorizations/{id}/decline": Operation("issuing.authorization", authorizations.decline),
    "GET /v1/issuing/transactions": Operation("issuing.transaction", keep=same("card", "cardholder", "type")),
    "GET /v1/issuing/transactions/{id}": Operation("issuing.transaction"),
    "POST /v1/issuing/transactions/{id}": Operation("issuing.transaction", transactions.update),
    "POST /v1/issuing/disputes": Operation("issuing.dispute", disputes.create),
    "GET /v1/issuing/disputes": Operation("issuing.dispute", keep=same("status", "transaction")),
    "GET /v1/issuing/disputes/{id}": Operation("issuing.dispute"),
    "POST /v1/issuing/disputes/{id}": Operation("issuing.dispute", disputes.update),
    "POST /v1/issuing/disputes/{id}/submit": Operation("issuing.dispute", disputes.submit),
    f"POST {HELPERS}/authorizations": Operation("issuing.authorization", authorizations.create),
    f"POST {HELPERS}/authorizations/{{id}}/capture": Operation("issuing.authorization", authorizations.capture),
    f"POST {HELPERS}/authorizations/{{id}}/increment": Operation("issuing.authorization", authorizations.increment),
    f"POST {HELPERS}/authorizations/{{id}}/reverse": Operation("issuing.authorization", authorizations.reverse),
    f"POST {HELPERS}/authorizations/{{id}}/expire": Operation("issuing.authorization", authorizations.expire),
    f"POST {HELPERS}/transactions/create_force_capture": Operation("issuing.transaction", transactions.force),
    f"POST {HELPERS}/transactions/create_unlinked_refund": Operation("issuing.transaction", transactions.give_back),
    f"POST {HELPERS}/transactions/{{id}}/refund": Operation("issuing.transaction", transactions.refund),
}
