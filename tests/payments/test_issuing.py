"""Issued cards: who holds them, what they may be used for, what becomes of it."""

from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare
from tests.payments.judging import faults
from tests.payments.making_issuing import card, holder, paid

HELPERS = "test_helpers/issuing"


def test_a_card_is_secret(bare: Bare) -> None:
    """Number and code are shown only when asked for; no two cards have the same number."""
    first, second = card(bare), card(bare)
    assert "number" not in first
    shown = [bare.get(f"issuing/cards/{one['id']}", **{"expand[]": ["number", "cvc"]}) for one in (first, second)]
    assert len({one["number"] for one in shown}) == 2
    assert all(one["number"].endswith(one["last4"]) and len(one["cvc"]) == 3 for one in shown)
    assert [text for one in shown for text in faults("issuing.card", one)] == []


def test_a_holder_without_a_name_has_no_active_card(bare: Bare) -> None:
    """Requirements that are past due keep cards inactive, until they are met."""
    nobody = holder(bare, **{"individual[first_name]": "", "individual[last_name]": "Roth"})
    assert nobody["requirements"]["past_due"] == ["individual.first_name"]
    wanted = {"cardholder": nobody["id"], "currency": "eur", "type": "virtual"}
    assert bare.post("issuing/cards", **wanted, status="active")["error"]["param"] == "status"
    waiting = bare.post("issuing/cards", **wanted)
    bare.post(f"issuing/cardholders/{nobody['id']}", **{"individual[first_name]": "Zoë"})
    assert bare.post(f"issuing/cards/{waiting['id']}", status="active")["status"] == "active"


def test_the_merchant_decides(bare: Bare) -> None:
    """The request is told first; what the merchant says is kept, and cannot be said twice."""
    one = card(bare)["id"]
    asked = bare.post(f"{HELPERS}/authorizations", card=one, amount=1000)
    assert (asked["approved"], asked["pending_request"]["amount"], asked["amount"]) == (False, 1000, 0)
    refused = bare.post(f"issuing/authorizations/{asked['id']}/decline")
    assert (refused["status"], refused["request_history"][0]["reason"]) == ("closed", "webhook_declined")
    again = bare.post(f"issuing/authorizations/{asked['id']}/approve")
    assert again["error"]["code"] == "issuing_authorization_already_decided"
    other = bare.post(f"{HELPERS}/authorizations", card=one, amount=1000)
    assert bare.post(f"issuing/authorizations/{other['id']}/approve", amount=5)["error"]["param"] == "amount"
    assert bare.post(f"issuing/authorizations/{other['id']}/approve")["approved"] is True
    kinds = [kind for kind in bare.types if kind.startswith("issuing_authorization")]
    assert kinds == ["issuing_authorization.request", "issuing_authorization.created"] * 2


def test_who_says_nothing_approves(bare: Bare) -> None:
    """After two seconds the account's default decides."""
    asked = bare.post(f"{HELPERS}/authorizations", card=card(bare)["id"], amount=1000)
    bare.clock.advance(2)
    now = bare.get(f"issuing/authorizations/{asked['id']}")
    assert (now["approved"], now["amount"], now["request_history"][0]["reason"]) == (True, 1000, "webhook_timeout")


@pytest.mark.parametrize(
    ("controls", "payment", "reason"),
    [
        ({"status": "inactive"}, {}, "card_inactive"),
        ({"blocked_categories": "bakeries"}, {"merchant_data[category]": "bakeries"}, "spending_controls"),
        ({"allowed_categories": "bakeries"}, {"merchant_data[category]": "book_stores"}, "spending_controls"),
        ({"blocked_merchant_countries": "US"}, {"merchant_data[country]": "US"}, "spending_controls"),
        ({"limit": "500"}, {"amount": 501}, "spending_controls"),
        ({"limit": "500"}, {"amount": 500}, None),
        ({"blocked_card_presences": "present"}, {"authorization_method": "chip"}, "spending_controls"),
    ],
)
def test_controls(bare: Bare, controls: dict[str, str], payment: dict[str, Any], reason: str | None) -> None:
    """The provider refuses by itself, without asking the merchant."""
    limit = "spending_controls[spending_limits][0]"
    form: dict[str, Any] = {}
    for name, value in controls.items():
        if name == "limit":
            form |= {f"{limit}[amount]": value, f"{limit}[interval]": "per_authorization"}
        else:
            form |= {name: value} if name == "status" else {f"spending_controls[{name}][0]": value}
    made = bare.post(f"{HELPERS}/authorizations", **{"card": card(bare, **form)["id"], "amount": 100, **payment})
    if reason is None:
        assert made["pending_request"] is not None
        return
    assert (made["approved"], made["status"], made["request_history"][0]["reason"]) == (False, "closed", reason)
    assert "issuing_authorization.request" not in bare.types


def test_from_authorization_to_dispute(bare: Bare) -> None:
    """Incremented, partly reversed, captured with a receipt, disputed; amounts are negative when money left."""
    held = paid(bare)["id"]
    bare.post(f"{HELPERS}/authorizations/{held}/increment", increment_amount=500)
    bare.post(f"{HELPERS}/authorizations/{held}/reverse", reverse_amount=300)
    receipt = {"purchase_details[receipt][0][quantity]": "2", "purchase_details[receipt][0][unit_cost]": "600"}
    done = bare.post(f"{HELPERS}/authorizations/{held}/capture", **receipt)
    taken = done["transactions"][0]
    assert (done["status"], taken["amount"], taken["type"]) == ("closed", -1200, "capture")
    assert taken["purchase_details"]["receipt"][0]["total"] == 1200
    assert "issuing_transaction.purchase_details_receipt_updated" in bare.types
    assert bare.post(f"{HELPERS}/authorizations/{held}/capture")["error"]["code"].endswith("unexpected_state")
    dispute = bare.post("issuing/disputes", transaction=taken["id"])
    assert bare.post(f"issuing/disputes/{dispute['id']}/submit")["error"]["param"] == "evidence[other][explanation]"
    bare.post(f"issuing/disputes/{dispute['id']}", **{"evidence[other][explanation]": "Never came"})
    assert bare.post(f"issuing/disputes/{dispute['id']}/submit")["status"] == "submitted"
    assert bare.get(f"issuing/transactions/{taken['id']}")["dispute"] == dispute["id"]
    back = bare.post(f"{HELPERS}/transactions/{taken['id']}/refund")
    assert (back["amount"], back["type"]) == (1200, "refund")


def test_reversed_and_expired(bare: Bare) -> None:
    """What is given up whole, and what nobody took."""
    first, second = paid(bare)["id"], paid(bare)["id"]
    assert bare.post(f"{HELPERS}/authorizations/{first}/reverse")["status"] == "reversed"
    assert bare.post(f"{HELPERS}/authorizations/{second}/expire")["status"] == "expired"


def test_lists(bare: Bare) -> None:
    """By card and by holder, also where the object shows them whole."""
    one, other = paid(bare), paid(bare)
    found = bare.get("issuing/authorizations", card=one["card"]["id"])["data"]
    assert [each["id"] for each in found] == [one["id"]]
    cards = bare.get("issuing/cards", cardholder=other["cardholder"])["data"]
    assert [each["id"] for each in cards] == [other["card"]["id"]]


def test_the_official_client(client: stripe.StripeClient) -> None:
    """A card is issued, used by force, and what was taken is found."""
    address: Any = {"line1": "1 Main St", "city": "Berlin", "postal_code": "10115", "country": "DE"}
    person = client.v1.issuing.cardholders.create({"name": "Roth", "type": "company", "billing": {"address": address}})
    made = client.v1.issuing.cards.create({"cardholder": person.id, "currency": "eur", "type": "virtual"})
    helper = client.v1.test_helpers.issuing.transactions
    taken = helper.create_force_capture({"card": made.id, "amount": 100, "currency": "eur"})
    assert [one.id for one in client.v1.issuing.transactions.list({"card": made.id}).data] == [taken.id]
    assert taken.amount == -100
