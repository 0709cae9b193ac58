"""Issued cards: the operations of the API."""

from collections.abc import Mapping
from functools import partial

from fakes.payments.state.issuing import authorizations, cardholders, cards, disputes, transactions
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import plastic, tables
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params, same
from fakes.payments.wire.operations.plain import lines

HELPERS = "/v1/test_helpers/issuing"
BUNDLE = "issuing.physical_bundle"


def _bundles(_moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    """A page of the cards of plastic that can be ordered."""
    names = ("status", "type")
    found = [one for one in tables.bundles() if all(params.get(name, one[name]) == one[name] for name in names)]
    return pages.page(found, params, "/v1/issuing/physical_bundles", BUNDLE)


ISSUING: dict[str, Operation] = {
    **lines(plastic.DESIGN),
    "GET /v1/issuing/physical_bundles": Operation(BUNDLE, look=_bundles),
    "GET /v1/issuing/physical_bundles/{id}": Operation(
        BUNDLE, look=lambda _moment, _params, at: tables.bundle(at["id"])
    ),
    **{
        f"POST {HELPERS}/cards/{{id}}/shipping/{verb}": Operation("issuing.card", partial(plastic.travel, verb))
        for verb in plastic.TRAVEL
    },
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
