"""People and money through the vendor's own Node client, unmodified: the server's side and the phone's."""

import requests

from fakes.plugin import Fakes
from tests.payments.test_node_client import said

BACK = "https://shop.example/back"


def test_a_card_is_set_up_and_charged_while_its_owner_is_away(shop: Fakes) -> None:
    """Customer, setup intent, off-session payment; a decline is the client's own card error with the intent."""
    pay = {"amount": 1200, "currency": "usd", "customer": "$0.id", "off_session": True, "confirm": True}
    customer, setup, paid, declined, kept = said(
        shop,
        ["customers.create", {"email": "ada@example.com"}],
        ["setupIntents.create", {"customer": "$0.id", "payment_method": "pm_card_visa", "confirm": True}],
        ["paymentIntents.create", {**pay, "payment_method": "$1.payment_method"}],
        ["paymentIntents.create", {**pay, "payment_method": "pm_card_chargeDeclinedInsufficientFunds"}],
        ["paymentMethods.list", {"customer": "$0.id"}],
    )
    assert (setup["status"], paid["status"], paid["customer"]) == ("succeeded", "succeeded", customer["id"])
    assert (declined["error"], declined["decline"], declined["status"]) == (
        "StripeCardError",
        "insufficient_funds",
        402,
    )
    assert declined["intent"].startswith("pi_")
    assert [one["id"] for one in kept["data"]] == [setup["payment_method"]]


def test_the_phone_confirms_and_the_customer_answers_their_bank(shop: Fakes) -> None:
    """The server makes the intent, the phone confirms it, the bank asks on its page, the server sees it paid."""
    [intent] = said(shop, ["paymentIntents.create", {"amount": 900, "currency": "usd"}])
    secret = {"client_secret": intent["client_secret"]}
    confirm = {**secret, "payment_method": "$0.id", "return_url": BACK}
    card = {"number": "4000002760003184", "exp_month": 1, "exp_year": 2040, "cvc": "123"}
    method, asked, seen, refused = said(
        shop,
        ["paymentMethods.create", {"type": "card", "card": card}],
        ["paymentIntents.confirm", intent["id"], confirm],
        ["paymentIntents.retrieve", intent["id"], secret],
        ["refunds.create", {"payment_intent": intent["id"]}],
        key="publishable_key",
    )
    assert (asked["status"], seen["payment_method"]) == ("requires_action", method["id"])
    assert refused["status"] == 403
    page = asked["next_action"]["use_stripe_sdk"]["stripe_js"]
    assert requests.post(page, {"answer": "yes"}, timeout=5, allow_redirects=False).headers["location"].startswith(BACK)
    [paid] = said(shop, ["paymentIntents.retrieve", intent["id"]])
    assert paid["status"] == "succeeded"


def test_money_goes_back(shop: Fakes) -> None:
    """Captured in part, refunded in part, too much is refused; a dispute is answered; what is left is paid out."""
    card = {"currency": "usd", "confirm": True}
    held, taken, refund, too_much, disputed, disputes, answered, _, payout = said(
        shop,
        [
            "paymentIntents.create",
            {**card, "amount": 2000, "payment_method": "pm_card_visa", "capture_method": "manual"},
        ],
        ["paymentIntents.capture", "$0.id", {"amount_to_capture": 1500}],
        ["refunds.create", {"payment_intent": "$0.id", "amount": 600}],
        ["refunds.create", {"payment_intent": "$0.id", "amount": 901}],
        ["paymentIntents.create", {**card, "amount": 2000, "payment_method": "pm_card_createDispute"}],
        ["disputes.list", {"payment_intent": "$4.id"}],
        ["disputes.update", "$5.data.0.id", {"evidence": {"uncategorized_text": "winning_evidence"}}],
        ["paymentIntents.create", {**card, "amount": 90_000, "payment_method": "pm_card_bypassPending"}],
        ["payouts.create", {"amount": 5000, "currency": "usd"}],
    )
    assert (held["status"], taken["amount_received"]) == ("requires_capture", 1500)
    assert (refund["status"], refund["amount"], too_much["status"]) == ("succeeded", 600, 400)
    assert (disputed["status"], len(disputes["data"]), answered["status"]) == ("succeeded", 1, "under_review")
    assert payout["status"] == "pending"


def test_a_bank_account_and_a_connected_account(shop: Fakes) -> None:
    """A debit is processing with its mandate; a transfer to a connected account is taken back."""
    agreed = {"customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "test"}}}
    debit = {"amount": 900, "currency": "usd", "confirm": True, "mandate_data": agreed}
    processing, _, account, moved, back, now = said(
        shop,
        [
            "paymentIntents.create",
            {**debit, "payment_method": "pm_usBankAccount_success", "payment_method_types": ["us_bank_account"]},
        ],
        [
            "paymentIntents.create",
            {"amount": 90_000, "currency": "usd", "confirm": True, "payment_method": "pm_card_bypassPending"},
        ],
        ["accounts.create", {"type": "express"}],
        ["transfers.create", {"amount": 1000, "currency": "usd", "destination": "$2.id"}],
        ["transfers.createReversal", "$3.id", {"amount": 400}],
        ["transfers.retrieve", "$3.id"],
    )
    assert processing["status"] == "processing"
    assert (moved["destination"], back["amount"], now["amount_reversed"]) == (account["id"], 400, 400)
