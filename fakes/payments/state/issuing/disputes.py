"""Disputes of issued cards' transactions: written, submitted; nobody decides them."""

from fakes.payments.state.given import merge_metadata, rewrite, unset
from fakes.payments.state.issuing import transactions
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing

KIND = "issuing.dispute"
FIELDS: dict[str, tuple[str, ...]] = {
    "canceled": ("canceled_at", "cancellation_policy_provided", "cancellation_reason", "expected_at",
                 "product_description", "product_type", "return_status", "returned_at"),
    "duplicate": ("card_statement", "cash_receipt", "check_image", "original_transaction"),
    "fraudulent": (),
    "merchandise_not_as_described": ("received_at", "return_description", "return_status", "returned_at"),
    "no_valid_authorization": (),
    "not_received": ("expected_at", "product_description", "product_type"),
    "other": ("product_description", "product_type"),
    "service_not_as_described": ("canceled_at", "cancellation_reason", "received_at"),
}  # fmt: skip
"""Reason -> what its evidence consists of, beside an explanation and documents."""


def create(moment: Moment, params: Thing) -> Thing:
    """A dispute of what a card was charged, not submitted yet."""
    if not params.get("transaction"):
        raise invalid("Missing required param: transaction.", "transaction", "parameter_missing")
    disputed = moment.account.get(transactions.KIND, params["transaction"], "transaction")
    if disputed["dispute"]:
        raise unexpected("This transaction is already disputed.", "issuing_transaction_already_disputed")
    amount = params.get("amount", -disputed["amount"])
    if not 0 < amount <= -disputed["amount"]:
        raise invalid("You can dispute no more than was captured.", "amount")
    dispute: Thing = {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "amount": amount,
        "balance_transactions": [],
        "created": moment.now,
        "currency": disputed["currency"],
        "evidence": _evidence(params.get("evidence") or {}, None),
        "livemode": False,
        "metadata": {},
        "status": "unsubmitted",
        "transaction": disputed["id"],
    }
    merge_metadata(dispute, params.get("metadata", {}))
    moment.account.put(dispute)
    disputed["dispute"] = dispute["id"]
    moment.tell("issuing_dispute.created", dispute)
    return dispute


def _evidence(given: Thing, before: Thing | None) -> Thing:
    reason = given.get("reason") or (before or {}).get("reason", "other")
    told = {**((before or {}).get(reason) or {}), **(given.get(reason) or {})}
    names = ("additional_documentation", "explanation", *FIELDS[reason])
    return {"reason": reason, reason: {name: unset(told.get(name)) for name in names}}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change the evidence while it is not submitted."""
    dispute = moment.account.get(KIND, name)
    if dispute["status"] != "unsubmitted" and set(params) - {"metadata"}:
        raise unexpected("A dispute that was submitted cannot be changed.", "issuing_dispute_already_submitted")
    with moment.changing(dispute, "issuing_dispute.updated"):
        if params.get("evidence"):
            dispute["evidence"] = _evidence(params["evidence"], dispute["evidence"])
        rewrite(dispute, params, "amount")
    return dispute


def submit(moment: Moment, params: Thing, name: str) -> Thing:
    """Hand the dispute in; it needs an explanation."""
    dispute = moment.account.get(KIND, name)
    if dispute["status"] != "unsubmitted":
        raise unexpected("This dispute was submitted already.", "issuing_dispute_already_submitted")
    reason = dispute["evidence"]["reason"]
    if not dispute["evidence"][reason]["explanation"]:
        at = f"evidence[{reason}][explanation]"
        raise invalid(f"Missing required evidence: {at}.", at, "parameter_missing")
    rewrite(dispute, params)
    dispute["status"] = "submitted"
    moment.tell("issuing_dispute.submitted", dispute)
    return dispute
