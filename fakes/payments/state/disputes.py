"""Disputes: a customer's bank takes a payment back, or asks about it first; the merchant answers, and wins or loses.

Test cards open them. `uncategorized_text` decides: `winning_evidence`, `losing_evidence`, or for an inquiry
`escalate_inquiry_evidence`; other evidence stays under review until a test says how it ends.
"""

from fakes.payments.state import dispute_shapes, due, funds
from fakes.payments.state.banks import SOON_S
from fakes.payments.state.given import rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import unexpected
from fakes.payments.state.store import Thing

FEE = 1500
"""What a dispute costs, won or lost; in the smallest unit of whatever currency."""
OPEN = ("needs_response", "warning_needs_response", "under_review", "warning_under_review")
_DECIDES = {"winning_evidence": True, "losing_evidence": False}


def begin(moment: Moment, charge: Thing, reason: str, *, inquiry: bool = False) -> Thing:
    """A bank disputes a charge; all but an inquiry takes the money at once."""
    dispute = moment.account.put(dispute_shapes.fresh(moment, charge, reason, inquiry=inquiry))
    charge["disputed"] = True
    if not inquiry:
        _withdraw(moment, dispute)
    moment.tell("charge.dispute.created", dispute)
    if not inquiry:
        moment.tell("charge.dispute.funds_withdrawn", dispute)
    due.plan(moment, dispute["evidence_details"]["due_by"], "end_dispute", dispute)
    return dispute


def _withdraw(moment: Moment, dispute: Thing) -> None:
    text = f"Chargeback withdrawal for {dispute['charge']}"
    entry = funds.enter(
        moment,
        dispute,
        "adjustment",
        -dispute["amount"],
        fee=FEE,
        fee_text="Dispute fee",
        category="dispute",
        text=text,
    )
    dispute["balance_transactions"].append(entry)
    dispute["is_charge_refundable"] = False


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Add evidence, and send it to the bank unless `submit` is false."""
    dispute = moment.account.get("dispute", name)
    if params.get("evidence") and dispute["status"] not in OPEN:
        raise unexpected(f"This dispute is already closed: it has a status of {dispute['status']}.", "dispute_closed")
    if params.get("evidence") and not dispute["status"].endswith("needs_response"):
        raise unexpected("Evidence for this dispute has already been submitted.", "dispute_evidence_submitted")
    with moment.changing(dispute, "charge.dispute.updated"):
        rewrite(dispute, params)
        for part, value in (params.get("evidence") or {}).items():
            dispute["evidence"][part] = unset(value)
            dispute["evidence_details"]["has_evidence"] = True
        if dispute["evidence_details"]["has_evidence"] and params.get("submit", "evidence" in params):
            _submit(moment, dispute)
    return dispute


def _submit(moment: Moment, dispute: Thing) -> None:
    dispute["evidence_details"]["submission_count"] += 1
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_under_review" if inquiry else "under_review"
    due.drop(moment, "end_dispute", dispute)
    text = dispute["evidence"]["uncategorized_text"]
    if text in _DECIDES or (inquiry and text == "escalate_inquiry_evidence"):
        due.plan(moment, moment.now + SOON_S, "decide_dispute", dispute)


@due.work("decide_dispute")
def decide_by_evidence(moment: Moment, name: str) -> None:
    """The bank has read the evidence of a test."""
    dispute = moment.account.get("dispute", name)
    if dispute["status"] not in OPEN:
        return
    text = dispute["evidence"]["uncategorized_text"]
    if text == "escalate_inquiry_evidence":
        escalate(moment, dispute)
    else:
        decide(moment, dispute, won=_DECIDES[text])


@due.work("end_dispute")
def end(moment: Moment, name: str) -> None:
    """Nobody answered in time: a dispute is lost, an inquiry is closed."""
    dispute = moment.account.get("dispute", name)
    if dispute["status"] in OPEN:
        dispute["evidence_details"]["past_due"] = True
        decide(moment, dispute, won=False)


def escalate(moment: Moment, dispute: Thing) -> None:
    """An inquiry becomes a dispute, which takes the money."""
    with moment.changing(dispute, "charge.dispute.updated"):
        _withdraw(moment, dispute)
        dispute["status"] = "needs_response"
        shown = dispute.get("payment_method_details")
        if shown is not None:
            dispute["payment_method_details"] = {**shown, "card": {**shown["card"], "case_type": "chargeback"}}
    moment.tell("charge.dispute.funds_withdrawn", dispute)
    due.plan(moment, dispute["evidence_details"]["due_by"], "end_dispute", dispute)


def decide(moment: Moment, dispute: Thing, *, won: bool) -> Thing:
    """The bank decides; what is won comes back, the fee too. An inquiry is closed either way."""
    inquiry = dispute["status"].startswith("warning_")
    due.drop(moment, "end_dispute", dispute)
    if won and not inquiry:
        text = f"Chargeback reversal for {dispute['charge']}"
        entry = funds.enter(
            moment,
            dispute,
            "adjustment",
            dispute["amount"],
            fee=-FEE,
            fee_text="Dispute fee refund",
            category="dispute_reversal",
            text=text,
        )
        dispute["balance_transactions"].append(entry)
    dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    if won and not inquiry:
        moment.tell("charge.dispute.funds_reinstated", dispute)
    moment.tell("charge.dispute.closed", dispute)
    return dispute


def close(moment: Moment, _params: Thing, name: str) -> Thing:
    """The merchant gives in: a dispute is lost, for good."""
    dispute = moment.account.get("dispute", name)
    if dispute["status"] not in OPEN:
        raise unexpected(f"This dispute is already closed: it has a status of {dispute['status']}.", "dispute_closed")
    return decide(moment, dispute, won=False)
