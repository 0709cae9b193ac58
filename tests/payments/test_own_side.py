"""The wallet, and what the provider's own side does or claims."""

import json
from typing import Any

import pytest

from fakes.payments.own_side import ACTS, LIES
from fakes.payments.slice import MANIFEST
from fakes.payments.wallet import METHODS
from fakes.powers import Actor, Liar, Public, Resettable, Signer, Wallet
from tests.payments.conftest import Bare

PERSON = "hxaaaaaaaaaaaa"


def _intent(bare: Bare) -> dict[str, str]:
    return bare.post("payment_intents", amount=900, currency="usd")


def test_powers(bare: Bare) -> None:
    """The slice has every power that its manifest promises."""
    for power in (Wallet, Liar, Actor, Signer, Public, Resettable):
        assert isinstance(bare.slice, power)
    assert {sink.name.partition(".")[0] for sink in MANIFEST.sinks} == {"payments"}


@pytest.mark.parametrize(
    ("method", "result", "reason"),
    [
        ("good_card", "paid", None),
        ("declined_card", "declined", "generic_decline"),
        ("insufficient_funds", "declined", "insufficient_funds"),
        ("expired_card", "declined", "expired_card"),
        ("stolen_card", "declined", "stolen_card"),
        ("processing_error", "declined", "processing_error"),
        ("requires_authentication", "requires_action", "the bank asks the owner of the card"),
        ("authenticated_card", "paid", None),
        ("authentication_declined", "declined", "generic_decline"),
    ],
)
def test_the_wallet(bare: Bare, method: str, result: str, reason: str | None) -> None:
    """Each method does what it says, and leaves a charge only when it pays."""
    told = bare.slice.pay(_intent(bare)["client_secret"], method)
    assert (told["result"], told["reason"]) == (result, reason)
    assert len(bare.sinks("payments.charge")) == (result == "paid")
    assert len(bare.sinks("payments.decline")) == (result == "declined")


def test_methods_are_all_tried() -> None:
    """The manifest's payment methods are those of the wallet, and nine."""
    assert MANIFEST.payment_methods is METHODS
    assert len(METHODS) == 9


def _page(bare: Bare) -> dict[str, str]:
    price = "line_items[0][price_data]"
    item = {f"{price}[currency]": "usd", f"{price}[unit_amount]": 900, f"{price}[product_data][name]": "Mug"}
    form: dict[str, Any] = {
        "mode": "payment",
        "line_items[0][quantity]": 1,
        "success_url": "https://example.com/yes",
        **item,
    }
    return bare.post("checkout/sessions", **form)


def test_money_from_a_page_belongs_to_whoever_the_page_is_for(bare: Bare) -> None:
    """A charge without a customer names its session, by which its person is known."""
    page = _page(bare)
    bare.slice.pay(page["url"], "good_card")
    charge = next(news for news in bare.ledger.told if news.type == "charge.succeeded")
    assert page["id"] in charge.ids


def test_a_lie_about_a_page(bare: Bare) -> None:
    """Nothing was paid on the page, and an event says that it was; the page itself stays open."""
    page = _page(bare)
    bare.ledger.known.append(page["id"])
    news = bare.slice.lie(PERSON, "payment_succeeded")
    told = json.loads(news.body)
    assert told["type"] == "checkout.session.completed"
    assert (told["data"]["object"]["status"], told["data"]["object"]["payment_status"]) == ("complete", "paid")
    assert bare.get(f"checkout/sessions/{page['id']}")["status"] == "open"


def test_paying_twice(bare: Bare) -> None:
    """What is paid is paid; paying again does nothing, with whatever card."""
    secret = _intent(bare)["client_secret"]
    bare.slice.pay(secret, "good_card")
    left = len(bare.ledger.told)
    assert bare.slice.pay(secret, "declined_card")["result"] == "paid"
    assert len(bare.ledger.told) == left


def test_a_decline_can_be_mended(bare: Bare) -> None:
    """After a decline another card pays the same intent."""
    secret = _intent(bare)["client_secret"]
    assert [bare.slice.pay(secret, one)["result"] for one in ("declined_card", "good_card")] == ["declined", "paid"]


@pytest.mark.parametrize("handle", ["", "nonsense", "pi_none_secret_x", "cs_test_none"])
def test_unknown_handles(bare: Bare, handle: str) -> None:
    """A handle that stands for nothing is refused."""
    assert bare.slice.pay(handle, "good_card")["result"] == "refused"


def test_a_wrong_secret(bare: Bare) -> None:
    """An intent is not paid with a secret that is not its own, nor with an unknown method."""
    secret = _intent(bare)["client_secret"]
    assert bare.slice.pay(secret + "x", "good_card")["result"] == "refused"
    assert bare.slice.pay(secret, "gold")["result"] == "refused"


def test_the_device_with_the_publishable_key(bare: Bare) -> None:
    """With the client secret a device sees and confirms its own intent, and no other."""
    key = bare.slice.public()["publishable_key"]
    mine, other = _intent(bare), _intent(bare)
    form = {"client_secret": mine["client_secret"]}
    paid = bare.raw(
        "POST", f"/v1/payment_intents/{mine['id']}/confirm", {**form, "payment_method": "pm_card_visa"}, account=key
    )
    assert json.loads(paid.body)["status"] == "succeeded"
    assert bare.raw("GET", f"/v1/payment_intents/{other['id']}", form, account=key).status == 400


@pytest.mark.parametrize(
    ("lie", "kind", "status"),
    [
        ("payment_succeeded", "payment_intent.succeeded", "succeeded"),
        ("payment_failed", "payment_intent.payment_failed", "requires_payment_method"),
        ("subscription_active", "customer.subscription.updated", "active"),
        ("subscription_ended", "customer.subscription.deleted", "canceled"),
    ],
)
def test_lies(bare: Bare, lie: str, kind: str, status: str) -> None:
    """A lie is a fresh event about a true object that says otherwise; the account knows nothing of it."""
    live = bare.subscribed(bare.plan(), "declined_card" if lie != "subscription_ended" else "good_card")
    before = len(bare.get("events", limit=100)["data"])
    news = bare.slice.lie(PERSON, lie)
    event = json.loads(news.body)
    assert (news.type, event["type"], event["data"]["object"]["status"]) == (kind, kind, status)
    assert len(bare.get("events", limit=100)["data"]) == before
    assert bare.get(f"subscriptions/{live['id']}")["status"] == live["status"]


@pytest.mark.parametrize("lie", sorted(LIES))
def test_nothing_to_lie_about(bare: Bare, lie: str) -> None:
    """Without a fitting object there is no lie."""
    with pytest.raises(LookupError, match=PERSON):
        bare.slice.lie(PERSON, lie)


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        ("end_subscription", ["customer.subscription.deleted"]),
        ("tell_payment_again", ["payment_intent.succeeded"]),
        ("refund", ["refund.created", "charge.refunded", "refund.updated"]),
        (
            "fail_renewal",
            [
                "customer.subscription.updated",
                "invoice.created",
                "invoice.finalized",
                "payment_intent.created",
                "charge.failed",
                "payment_intent.payment_failed",
                "invoice.updated",
                "invoice.payment_failed",
                "customer.subscription.updated",
            ],
        ),
    ],
)
def test_acts(bare: Bare, act: str, kinds: list[str]) -> None:
    """The provider's own side acts, and tells of it as it would."""
    bare.subscribed(bare.plan())
    before = len(bare.types)
    bare.slice.act(PERSON, act, {})
    assert bare.types[before:] == kinds


def test_a_partial_refund(bare: Bare) -> None:
    """An act takes arguments, and refuses what cannot be."""
    bare.subscribed(bare.plan())
    bare.slice.act(PERSON, "refund", {"amount": 300})
    assert bare.sinks("payments.refund") == [{"op": "create", "amount": 300, "currency": "usd"}]
    with pytest.raises(LookupError, match="greater than unrefunded"):
        bare.slice.act(PERSON, "refund", {"amount": 700})


@pytest.mark.parametrize("act", sorted(ACTS))
def test_nothing_to_act_on(bare: Bare, act: str) -> None:
    """Without a fitting object nothing is done."""
    with pytest.raises(LookupError, match=PERSON):
        bare.slice.act(PERSON, act, {})


def test_reset(bare: Bare) -> None:
    """After a reset nothing is known but the keys."""
    name = bare.post("customers")["id"]
    keys = bare.slice.public()
    bare.slice.reset()
    assert bare.raw("GET", f"/v1/customers/{name}").status == 404
    assert bare.slice.public() == keys
