"""Payment intents beyond the plain payment: authorisations, banks that ask, banks that answer later, vouchers."""

from typing import Any

import pytest
import requests
import stripe

from fakes.payments.state.banks import LATE_S, WAYS
from fakes.payments.state.card_table import CARDS
from fakes.plugin import Fakes
from tests.payments.conftest import Bare, connected
from tests.payments.judging import faults

PERSON = "hxaaaaaaaaaaaa"
AGREED = {"mandate_data[customer_acceptance][type]": "offline"}
RETURN = {"return_url": "https://shop.example/back"}


def _pay(bare: Bare, method: str, **form: Any) -> dict[str, Any]:
    """An intent confirmed with a method, or the error."""
    form = {"amount": 2000, "currency": "usd", "payment_method": method, "confirm": "true", **form}
    answer = bare.post("payment_intents", **form)
    return answer.get("error", answer)  # type: ignore[no-any-return]


def _debit(
    bare: Bare, method: str, kind: str = "us_bank_account", currency: str = "usd", **form: Any
) -> dict[str, Any]:
    return _pay(bare, method, currency=currency, **{"payment_method_types[]": kind}, **AGREED, **form)


def _status(bare: Bare, intent: dict[str, Any]) -> str:
    return str(bare.get(f"payment_intents/{intent['id']}")["status"])


DECLINES = {
    "pm_card_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": ("card_declined", "lost_card"),
    "pm_card_chargeDeclinedStolenCard": ("card_declined", "stolen_card"),
    "pm_card_chargeDeclinedVelocityLimitExceeded": ("card_declined", "card_velocity_exceeded"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", None),
    "pm_card_chargeDeclinedIncorrectCvc": ("incorrect_cvc", None),
    "pm_card_chargeDeclinedProcessingError": ("processing_error", None),
    "pm_card_radarBlock": ("card_declined", "fraudulent"),
}


@pytest.mark.parametrize("method", sorted(DECLINES))
def test_declines_by_code(bare: Bare, method: str) -> None:
    """Each declining card says its own code, in the error, the intent and the charge; no money is taken."""
    refused = _pay(bare, method)
    assert (refused["code"], refused.get("decline_code")) == DECLINES[method]
    intent = bare.get(f"payment_intents/{refused['payment_intent']['id']}")
    assert (intent["status"], intent["last_payment_error"]["code"]) == ("requires_payment_method", refused["code"])
    charge = bare.get(f"charges/{refused['charge']}")
    assert (charge["status"], charge["failure_code"]) == ("failed", refused["code"])
    assert (charge["outcome"]["type"] == "blocked") == (method == "pm_card_radarBlock")
    assert bare.sinks("payments.charge") == []


def test_every_card_has_a_right_number() -> None:
    """The table holds no number that the fake itself would call mistyped, and finds each card by it."""
    bare = Bare()
    for name, card in CARDS.items():
        form: dict[str, Any] = {"card[number]": card.number, "card[exp_month]": 1, "card[exp_year]": 2040}
        method = bare.post("payment_methods", type="card", **form)
        assert method["card"]["last4"] == card.last4, name


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("number", "4242424242424241", "incorrect_number"),
        ("number", "4111111111111111", "card_declined"),
        ("exp_month", 13, "invalid_expiry_month"),
        ("exp_year", 2020, "invalid_expiry_year"),
        ("cvc", "12", "invalid_cvc"),
    ],
)
def test_mistyped_cards(bare: Bare, field: str, value: Any, code: str) -> None:
    """A wrong number, month, year or code is a card error about that field; a real card is refused."""
    form = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2040, field: value}
    reply = bare.post("payment_methods", type="card", **{f"card[{name}]": given for name, given in form.items()})
    assert (reply["error"]["type"], reply["error"]["code"]) == ("card_error", code)
    assert reply["error"]["param"] == f"card[{field}]"


def test_a_part_is_captured(client: stripe.StripeClient, person: stripe.Customer) -> None:
    """Authorised, made larger, captured in part; the rest is let go."""
    intent = client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "customer": person.id,
            "payment_method": "pm_card_visa",
            "allowed_payment_method_types": ["card"],
            "payment_method_options": {"card": {"request_incremental_authorization": "if_available"}},
            "capture_method": "manual",
            "confirm": True,
        }
    )
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 2000, 0)
    larger = client.v1.payment_intents.increment_authorization(intent.id, {"amount": 2600})
    assert (larger.amount, larger.amount_capturable) == (2600, 2600)
    with pytest.raises(stripe.InvalidRequestError, match="greater than the currently authorized"):
        client.v1.payment_intents.increment_authorization(intent.id, {"amount": 2600})
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 2601})
    assert raised.value.code == "amount_too_large"
    done = client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1500, "metadata": {"part": "1"}})
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", 1500, 0)
    charge = client.v1.charges.retrieve(str(done.latest_charge))
    assert (charge.amount, charge.amount_captured, charge.captured) == (2600, 1500, True)


def test_increments_must_be_asked_for(bare: Bare) -> None:
    """A card that was not asked whether it allows it, does not."""
    intent = _pay(bare, "pm_card_visa", capture_method="manual")
    refused = bare.post(f"payment_intents/{intent['id']}/increment_authorization", amount=3000)["error"]
    assert refused["code"] == "payment_intent_unexpected_state"
    assert bare.get(f"payment_intents/{intent['id']}")["amount"] == 2000


def test_an_authorisation_ends(bare: Bare) -> None:
    """After seven days nobody can capture any more, and it is told; a captured one stays."""
    kept, lost = (_pay(bare, "pm_card_visa", capture_method="manual") for _ in range(2))
    bare.post(f"payment_intents/{kept['id']}/capture")
    bare.clock.advance(7 * 86400 + 1)
    ended = bare.get(f"payment_intents/{lost['id']}")
    assert (ended["status"], ended["cancellation_reason"]) == ("canceled", "automatic")
    assert _status(bare, kept) == "succeeded"
    assert [bare.types.count(one) for one in ("charge.expired", "payment_intent.canceled")] == [1, 1]


@pytest.mark.parametrize(("answer", "status"), [("yes", "succeeded"), ("no", "requires_payment_method")])
def test_the_page_of_the_bank(client: stripe.StripeClient, shop: Fakes, answer: str, status: str) -> None:
    """The customer of a payment answers on the bank's page; a payment they said no to can be tried again."""
    intent = client.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "payment_method": "pm_card_threeDSecure2Required",
            "confirm": True,
            "return_url": "https://shop.example/back",
        }
    )
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    url = str(intent.next_action.redirect_to_url.url)
    assert url.startswith(shop.url("payments"))
    back = requests.post(url, {"answer": answer}, timeout=5, allow_redirects=False).headers["location"]
    assert back.startswith(f"https://shop.example/back?payment_intent={intent.id}&payment_intent_client_secret=")
    now = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert now.status == status
    if answer == "no":
        assert now.last_payment_error is not None
        assert now.last_payment_error.code == "payment_intent_authentication_failure"
        now = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
        assert now.status == "succeeded"
    else:
        assert isinstance(now.latest_charge, stripe.Charge)
        details = now.latest_charge.payment_method_details
        assert details is not None
        assert details.card is not None
        assert details.card.three_d_secure is not None
        assert details.card.three_d_secure.result == "authenticated"


def test_declined_after_the_customer_said_yes(bare: Bare) -> None:
    """Some banks ask, and decline all the same."""
    intent = _pay(bare, "pm_card_threeDSecureRequiredChargeDeclined", **RETURN)
    form = {"client_secret": intent["client_secret"], "answer": "yes"}
    reply = bare.raw("POST", f"/redirect/authenticate/{intent['id']}", form)
    assert reply.headers["Location"].endswith("redirect_status=failed")
    assert bare.sinks("payments.decline") == [
        {"op": "create", "amount": 2000, "currency": "usd", "code": "generic_decline"}
    ]


def test_the_server_confirms_once_more(bare: Bare) -> None:
    """With manual confirmation the customer's yes is not enough, and the phone cannot confirm."""
    intent = _pay(bare, "pm_card_authenticationRequired", confirmation_method="manual", **RETURN)
    form = {"client_secret": intent["client_secret"], "answer": "yes"}
    bare.raw("POST", f"/redirect/authenticate/{intent['id']}", form)
    assert _status(bare, intent) == "requires_confirmation"
    assert bare.post(f"payment_intents/{intent['id']}/confirm")["status"] == "succeeded"
    assert len(bare.sinks("payments.charge")) == 1


def test_the_phone_may_not_confirm_manually(client: stripe.StripeClient, shop: Fakes) -> None:
    """An intent whose confirmation is manual is confirmed with the secret key alone."""
    intent = client.v1.payment_intents.create({"amount": 900, "currency": "usd", "confirmation_method": "manual"})
    phone = connected(shop, shop.key("payments", "publishable_key"))
    form: Any = {"client_secret": intent.client_secret, "payment_method": "pm_card_visa"}
    with pytest.raises(stripe.InvalidRequestError, match="secret key"):
        phone.v1.payment_intents.confirm(intent.id, form)


def test_asking_is_an_error_if_wanted(bare: Bare) -> None:
    """`error_on_requires_action` makes a bank that asks a decline; nothing is left waiting."""
    refused = _pay(bare, "pm_card_authenticationRequired", error_on_requires_action="true")
    assert refused["code"] == "authentication_required"
    assert refused["payment_intent"]["status"] == "requires_payment_method"


def test_being_asked_on_demand(bare: Bare) -> None:
    """A card that need not ask does so when the merchant wants it."""
    option = {"payment_method_options[card][request_three_d_secure]": "any"}
    assert _pay(bare, "pm_card_threeDSecureOptional")["status"] == "succeeded"
    assert _pay(bare, "pm_card_threeDSecureOptional", **option)["status"] == "requires_action"
    assert _pay(bare, "pm_card_visa", **option)["status"] == "succeeded"


def test_a_debit_takes_its_time(bare: Bare) -> None:
    """Processing first, with a pending charge and no money; then the bank pays, by itself, and once."""
    intent = _debit(bare, "pm_usBankAccount_success")
    assert intent["status"] == "processing"
    assert (bare.sinks("payments.charge"), bare.types[-1]) == ([], "payment_intent.processing")
    charge = bare.get(f"charges/{intent['latest_charge']}")
    assert (charge["status"], charge["paid"], faults("charge", charge)) == ("pending", False, [])
    assert (
        bare.get(f"mandates/{charge['payment_method_details']['us_bank_account']['mandate']}")["type"] == "single_use"
    )
    bare.clock.advance(2)
    assert _status(bare, intent) == "succeeded"
    assert bare.sinks("payments.charge") == [{"op": "create", "amount": 2000, "currency": "usd", "captured": True}]
    assert bare.types[-3:] == ["charge.succeeded", "payment_intent.succeeded", "charge.updated"]


@pytest.mark.parametrize(
    ("method", "kind", "currency", "code"),
    [
        ("pm_usBankAccount_accountClosed", "us_bank_account", "usd", "account_closed"),
        ("pm_usBankAccount_insufficientFunds", "us_bank_account", "usd", "insufficient_funds"),
        ("pm_sepaDebit_failed_at", "sepa_debit", "eur", "generic_could_not_process"),
    ],
)
def test_a_debit_that_bounces(bare: Bare, method: str, kind: str, currency: str, code: str) -> None:
    """The bank says no later: the intent wants another method, and the decline is journaled."""
    intent = _debit(bare, method, kind, currency)
    bare.clock.advance(2)
    now = bare.get(f"payment_intents/{intent['id']}")
    assert (now["status"], now["last_payment_error"]["code"]) == ("requires_payment_method", code)
    assert bare.get(f"charges/{now['latest_charge']}")["failure_code"] == code
    assert (bare.sinks("payments.charge"), len(bare.sinks("payments.decline"))) == ([], 1)
    assert bare.types[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_slow_and_silent_banks(bare: Bare) -> None:
    """Some test accounts take three minutes, one never answers and can be canceled."""
    slow = _debit(bare, "pm_sepaDebit_successDelayed_at", "sepa_debit", "eur")
    never = _debit(bare, "pm_usBankAccount_processing")
    bare.clock.advance(LATE_S - 1)
    assert [_status(bare, one) for one in (slow, never)] == ["processing", "processing"]
    bare.clock.advance(1)
    assert [_status(bare, one) for one in (slow, never)] == ["succeeded", "processing"]
    assert bare.post(f"payment_intents/{never['id']}/cancel")["status"] == "canceled"


def test_the_test_says_how_a_bank_answers(bare: Bare) -> None:
    """The control channel settles or refuses what is processing, and answers a bank that asks."""
    paid, bounced = (_debit(bare, "pm_usBankAccount_processing") for _ in range(2))
    bare.slice.act(PERSON, "fail_payment", {})
    bare.slice.act(PERSON, "settle_payment", {})
    assert [_status(bare, one) for one in (paid, bounced)] == ["succeeded", "requires_payment_method"]
    asked = _pay(bare, "pm_card_authenticationRequired")
    bare.slice.act(PERSON, "refuse_authentication", {})
    assert _status(bare, asked) == "requires_payment_method"
    setup = bare.post("setup_intents", payment_method="pm_card_authenticationRequired", confirm="true")
    bare.slice.act(PERSON, "authenticate", {})
    assert bare.get(f"setup_intents/{setup['id']}")["status"] == "succeeded"


def test_a_debit_settles_though_nobody_calls(client: stripe.StripeClient, shop: Fakes, hook: Any) -> None:
    """On a served shop the bank's answer is told by webhook without another call."""
    intent = client.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "payment_method": "pm_usBankAccount_success",
            "allowed_payment_method_types": ["us_bank_account"],
            "mandate_data": {"customer_acceptance": {"type": "offline", "offline": {}}},
            "confirm": True,
        }
    )
    assert intent.status == "processing"
    assert any(intent.id.encode() in body for _, body in hook.wait(1, "payment_intent.processing"))
    for count in range(1, 50):
        if any(intent.id.encode() in body for _, body in hook.wait(count, "payment_intent.succeeded")):
            break


@pytest.mark.parametrize(
    ("address", "seconds", "status"),
    [
        ("ada+succeed_immediately@example.com", 2, "succeeded"),
        ("expire_immediately@example.com", 2, "requires_payment_method"),
        ("expire_with_delay@example.com", LATE_S, "requires_payment_method"),
        ("fill_never@example.com", 10 * LATE_S, "requires_action"),
        ("ada@example.com", LATE_S, "succeeded"),
    ],
)
@pytest.mark.parametrize("kind", [kind for kind, way in WAYS.items() if way.how == "voucher"])
def test_vouchers(bare: Bare, kind: str, address: str, seconds: int, status: str) -> None:
    """The customer's address says whether and when a voucher is paid."""
    form = {"payment_method_types[]": kind, "payment_method_data[type]": kind, "confirm": "true"}
    form |= {"payment_method_data[billing_details][email]": address}
    if kind == "boleto":
        form["payment_method_data[boleto][tax_id]"] = "000.000.000-00"
    currency = WAYS[kind].currencies
    intent = bare.post("payment_intents", amount=2000, currency=currency, **form)
    assert intent["next_action"]["type"] == f"{kind}_display_details"
    assert faults("payment_intent", intent) == []
    bare.clock.advance(seconds)
    assert _status(bare, intent) == status


@pytest.mark.parametrize("kind", [kind for kind, way in WAYS.items() if way.how == "redirect"])
def test_redirects(bare: Bare, kind: str) -> None:
    """The customer is sent to a page, and comes back paid; without a place to come back to it is refused."""
    currency = (WAYS[kind].currencies or "usd").split()[0]
    form: dict[str, Any] = {"payment_method_types[]": kind, "payment_method_data[type]": kind}
    form |= {"confirm": "true", "amount": 2000}
    assert bare.post("payment_intents", currency=currency, **form)["error"]["param"] == "return_url"
    intent = bare.post("payment_intents", currency=currency, **form, **RETURN)
    assert (intent["status"], faults("payment_intent", intent)) == ("requires_action", [])
    bare.slice.act(PERSON, "authenticate", {})
    paid = bare.get(f"payment_intents/{intent['id']}", **{"expand[]": "latest_charge"})
    assert (paid["status"], faults("payment_intent", paid)) == ("succeeded", [])


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"payment_method_types[]": "sepa_debit"}, "payment_intent_invalid_parameter", "currency"),
        (
            {"payment_method": "pm_usBankAccount_success"},
            "payment_intent_incompatible_payment_method",
            "payment_method",
        ),
        ({"statement_descriptor": "1234"}, None, "statement_descriptor"),
        ({"statement_descriptor_suffix": "a*b"}, None, "statement_descriptor_suffix"),
        ({"mandate_data[customer_acceptance][type]": "offline"}, None, "mandate_data"),
        (
            {
                "payment_method_types[]": "us_bank_account",
                "payment_method": "pm_usBankAccount_success",
                "confirm": "true",
            },
            "payment_intent_mandate_invalid",
            "mandate_data",
        ),
    ],
)
def test_refusals(bare: Bare, form: dict[str, str], code: str | None, param: str) -> None:
    """What does not go together is refused, by the parameter to blame, and no money is taken."""
    refused = bare.post("payment_intents", amount=2000, currency="usd", **form)["error"]
    assert (refused.get("code"), refused["param"]) == (code, param)
    assert bare.sinks("payments.charge") == []


@pytest.mark.parametrize("path", ["payment_intents", "setup_intents"])
def test_the_vendors_software_asks_if_wanted(bare: Bare, path: str) -> None:
    """With `use_stripe_sdk` the bank asks inside the app, though there is a place to come back to."""
    form = {"payment_method": "pm_card_authenticationRequired", "confirm": "true", "use_stripe_sdk": "true", **RETURN}
    money = {"amount": "900", "currency": "usd"} if path == "payment_intents" else {}
    assert bare.post(path, **form, **money)["next_action"]["type"] == "use_stripe_sdk"
