"""Money that goes back: refunds that take their time or fail, disputes won and lost, and the merchant's balance."""

from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare

PERSON = "hxaaaaaaaaaaaa"
WEEK = 7 * 86400


def _paid(bare: Bare, method: str = "pm_card_visa", amount: int = 2000, **form: Any) -> dict[str, Any]:
    """A payment that was made."""
    form = {"amount": amount, "currency": "usd", "payment_method": method, "confirm": "true", **form}
    return bare.post("payment_intents", **form)


def _refund(bare: Bare, intent: dict[str, Any], **form: Any) -> dict[str, Any]:
    answer = bare.post("refunds", payment_intent=intent["id"], **form)
    return answer.get("error", answer)  # type: ignore[no-any-return]


def test_several_refunds(client: stripe.StripeClient) -> None:
    """In parts, until nothing is left; more than that is refused, each time for its own reason."""
    intent = client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )
    first = client.v1.refunds.create({"payment_intent": intent.id, "amount": 1500, "reason": "requested_by_customer"})
    assert (first.status, first.reason) == ("succeeded", "requested_by_customer")
    with pytest.raises(stripe.InvalidRequestError, match=r"\$5.01.*greater than unrefunded.*\$5.00"):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 501})
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert raised.value.code == "charge_already_refunded"
    charge = client.v1.charges.retrieve(str(intent.latest_charge), {"expand": ["refunds"]})
    assert (charge.refunded, charge.amount_refunded) == (True, 2000)
    assert charge.refunds is not None
    assert [one.amount for one in charge.refunds.data] == [500, 1500]
    with pytest.raises(stripe.InvalidRequestError, match="requires_action"):
        client.v1.refunds.cancel(first.id)


def test_a_refund_that_is_late(bare: Bare) -> None:
    """Pending at first; a moment later it has succeeded, and that is told."""
    refund = _refund(bare, _paid(bare, "pm_card_pendingRefund"))
    assert (refund["status"], refund["pending_reason"]) == ("pending", "processing")
    told = len(bare.types)
    bare.clock.advance(2)
    assert bare.get(f"refunds/{refund['id']}")["status"] == "succeeded"
    assert bare.types[told:] == ["charge.refund.updated", "refund.updated"]


def test_a_refund_that_fails(bare: Bare) -> None:
    """Succeeded at first; then the money is the merchant's again, and can be refunded once more."""
    intent = _paid(bare, "pm_card_refundFail")
    refund = _refund(bare, intent, amount=700)
    assert refund["status"] == "succeeded"
    bare.clock.advance(2)
    now = bare.get(f"refunds/{refund['id']}")
    assert (now["status"], now["failure_reason"]) == ("failed", "expired_or_canceled_card")
    entry = bare.get(f"balance_transactions/{now['failure_balance_transaction']}")
    assert (entry["amount"], entry["type"]) == (700, "refund_failure")
    charge = bare.get(f"charges/{intent['latest_charge']}")
    assert (charge["amount_refunded"], charge["refunded"]) == (0, False)
    assert bare.types[-4:] == ["charge.updated", "charge.refund.updated", "refund.updated", "refund.failed"]
    assert [one["op"] for one in bare.sinks("payments.refund")] == ["create", "delete"]


@pytest.mark.parametrize(
    ("path", "status"), [("refunds/{}/cancel", "canceled"), ("test_helpers/refunds/{}/expire", "failed")]
)
def test_a_refund_that_waits_for_its_customer(bare: Bare, path: str, status: str) -> None:
    """A voucher's customer must say where the money shall go; until then it can be canceled, or expires."""
    form = {"payment_method_types[]": "oxxo", "payment_method_data[type]": "oxxo", "confirm": "true"}
    form |= {"payment_method_data[billing_details][email]": "succeed_immediately@example.com"}
    intent = bare.post("payment_intents", amount=2000, currency="mxn", **form)
    bare.clock.advance(2)
    refund = _refund(bare, intent)
    assert refund["status"] == "requires_action"
    assert refund["next_action"]["display_details"]["email_sent"]["email_sent_to"].endswith("@example.com")
    assert bare.post(path.format(refund["id"]))["status"] == status
    assert bare.get(f"charges/{refund['charge']}")["refunded"] is False
    assert bare.post(path.format(refund["id"]))["error"]["code"] == "refund_unexpected_state"


def test_a_refund_is_changed(bare: Bare) -> None:
    """Both of its events are told, with what was before."""
    refund = _refund(bare, _paid(bare))
    told = len(bare.types)
    bare.post(f"refunds/{refund['id']}", **{"metadata[order]": "7"})
    assert bare.types[told:] == ["charge.refund.updated", "refund.updated"]


@pytest.mark.parametrize(
    ("method", "reason", "status", "refundable"),
    [
        ("pm_card_createDispute", "fraudulent", "needs_response", False),
        ("pm_card_createDisputeProductNotReceived", "product_not_received", "needs_response", False),
        ("pm_card_createDisputeInquiry", "fraudulent", "warning_needs_response", True),
    ],
)
def test_cards_that_open_disputes(bare: Bare, method: str, reason: str, status: str, refundable: bool) -> None:
    """A dispute takes the money and a fee at once and forbids refunds; an inquiry does neither."""
    intent = _paid(bare, method)
    [dispute] = bare.get("disputes", payment_intent=intent["id"])["data"]
    assert (dispute["reason"], dispute["status"]) == (reason, status)
    assert (dispute["is_charge_refundable"], len(dispute["balance_transactions"])) == (refundable, not refundable)
    assert bare.get(f"charges/{intent['latest_charge']}")["disputed"] is True
    assert [one["net"] for one in dispute["balance_transactions"]] == [-3500] * (not refundable)
    ends = ["charge.dispute.created"] if refundable else ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert bare.types[-len(ends) :] == ends
    refund = _refund(bare, intent)
    assert refund.get("code") == (None if refundable else "charge_disputed")


@pytest.mark.parametrize(
    ("evidence", "status", "back"), [("winning_evidence", "won", True), ("losing_evidence", "lost", False)]
)
def test_evidence_decides(bare: Bare, evidence: str, status: str, back: bool) -> None:
    """The documented words win or lose a dispute, once; what is won comes back with its fee."""
    intent = _paid(bare, "pm_card_createDispute")
    [dispute] = bare.get("disputes", charge=intent["latest_charge"])["data"]
    path = f"disputes/{dispute['id']}"
    staged = bare.post(path, **{"evidence[customer_name]": "Ada", "submit": "false"})
    assert (staged["status"], staged["evidence_details"]["has_evidence"]) == ("needs_response", True)
    sent = bare.post(path, **{"evidence[uncategorized_text]": evidence})
    assert (sent["status"], sent["evidence_details"]["submission_count"]) == ("under_review", 1)
    assert bare.post(path, **{"evidence[customer_name]": "Eve"})["error"]["code"] == "dispute_evidence_submitted"
    bare.clock.advance(2)
    now = bare.get(path)
    assert (now["status"], [one["net"] for one in now["balance_transactions"]]) == (status, [-3500, 3500][: 1 + back])
    assert bare.types[-1] == "charge.dispute.closed"
    assert ("charge.dispute.funds_reinstated" in bare.types) is back
    assert bare.post(path, **{"evidence[customer_name]": "Eve"})["error"]["code"] == "dispute_closed"


def test_inquiries(bare: Bare) -> None:
    """Closed without a loss, or escalated to a dispute that takes the money, and is lost if nobody answers."""
    first, second = (_paid(bare, "pm_card_createDisputeInquiry") for _ in range(2))
    [dispute] = bare.get("disputes", payment_intent=first["id"])["data"]
    assert bare.post(f"disputes/{dispute['id']}/close")["status"] == "warning_closed"
    [other] = bare.get("disputes", payment_intent=second["id"])["data"]
    bare.post(f"disputes/{other['id']}", **{"evidence[uncategorized_text]": "escalate_inquiry_evidence"})
    bare.clock.advance(2)
    now = bare.get(f"disputes/{other['id']}")
    assert (now["status"], now["payment_method_details"]["card"]["case_type"]) == ("needs_response", "chargeback")
    assert bare.types[-2:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
    bare.clock.advance(2 * WEEK)
    assert bare.get(f"disputes/{other['id']}")["status"] == "lost"


def test_nobody_answers(bare: Bare) -> None:
    """When the time is over, a dispute is lost."""
    intent = _paid(bare, "pm_card_createDispute")
    bare.clock.advance(2 * WEEK)
    [dispute] = bare.get("disputes", payment_intent=intent["id"])["data"]
    assert (dispute["status"], dispute["evidence_details"]["past_due"]) == ("lost", True)


def test_the_test_says_who_wins(bare: Bare) -> None:
    """The control channel opens disputes, and decides them."""
    _paid(bare)
    opened = bare.slice.act(PERSON, "dispute", {"reason": "duplicate"})
    assert bare.get(f"disputes/{opened}")["reason"] == "duplicate"
    bare.slice.act(PERSON, "win_dispute", {})
    assert bare.get(f"disputes/{opened}")["status"] == "won"


def test_warnings_and_bank_disputes(bare: Bare) -> None:
    """An early fraud warning takes nothing; a disputed debit is lost at once."""
    warned = _paid(bare, "pm_card_createIssuerFraudRecord")
    [warning] = bare.get("radar/early_fraud_warnings", payment_intent=warned["id"])["data"]
    assert warning["charge"] == warned["latest_charge"]
    agreed: dict[str, Any] = {
        "mandate_data[customer_acceptance][type]": "offline",
        "payment_method_types[]": "us_bank_account",
    }
    debit = _paid(bare, "pm_usBankAccount_dispute", **agreed)
    bare.clock.advance(2)
    [dispute] = bare.get("disputes", payment_intent=debit["id"])["data"]
    assert (dispute["status"], dispute["reason"]) == ("lost", "debit_not_authorized")


def _balance(bare: Bare) -> tuple[int, int]:
    """What is available, and what is pending."""
    told = bare.get("balance")
    return told["available"][0]["amount"], told["pending"][0]["amount"]


def test_the_balance_adds_up(bare: Bare) -> None:
    """Payments are pending for two days, less their fees; refunds follow them; then it is available, and told once."""
    assert _balance(bare) == (0, 0)
    first, second = _paid(bare), _paid(bare)
    assert _balance(bare) == (0, 2 * (2000 - 88))
    _refund(bare, first)
    assert _balance(bare) == (0, 2000 - 2 * 88)
    bare.clock.advance(2 * 86400)
    assert _balance(bare) == (2000 - 2 * 88, 0)
    assert bare.types.count("balance.available") == 1
    _refund(bare, second, amount=500)
    assert _balance(bare) == (1500 - 2 * 88, 0)
    entries = bare.get("balance_transactions")["data"]
    assert sum(one["net"] for one in entries) == 1500 - 2 * 88
    assert {one["status"] for one in entries} == {"available"}
    assert [one["type"] for one in bare.get("balance_transactions", type="refund")["data"]] == ["refund", "refund"]


def test_money_that_is_there_at_once(bare: Bare) -> None:
    """One test card bypasses the wait."""
    _paid(bare, "pm_card_bypassPending")
    assert _balance(bare) == (2000, 0)
    assert bare.types[-1] == "balance.available"


def test_what_was_not_taken_is_not_given_back(bare: Bare) -> None:
    """An authorisation is let go of in full, and moves no money; that of an intent is canceled with the intent."""
    held = _paid(bare, capture_method="manual")
    assert _refund(bare, held)["code"] == "payment_intent_unexpected_state"
    assert bare.post("refunds", charge=held["latest_charge"])["error"]["code"] == "charge_not_refundable"
    charge = bare.post("charges", amount=900, currency="usd", source="tok_visa", capture="false")["id"]
    assert bare.post("refunds", charge=charge, amount=400)["error"]["param"] == "amount"
    refund = bare.post("refunds", charge=charge)
    assert (refund["status"], refund["balance_transaction"]) == ("succeeded", None)
    assert bare.get(f"charges/{charge}")["refunded"] is True
    assert bare.post(f"charges/{charge}/capture")["error"]["code"] == "charge_expired_for_capture"
    assert (_balance(bare), bare.sinks("payments.refund")) == ((0, 0), [])


def test_a_dispute_is_about_what_is_left(bare: Bare) -> None:
    """What was refunded before cannot be taken back again."""
    _refund(bare, _paid(bare), amount=700)
    dispute = bare.get(f"disputes/{bare.slice.act(PERSON, 'dispute', {})}")
    assert dispute["amount"] == 1300
