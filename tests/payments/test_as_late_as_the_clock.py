"""Whoever acts on what belongs to a customer of a test clock acts as late as that clock says: devices, pages, banks."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.payments.conftest import Bare
from tests.payments.seasons import DAY, START, Season

PERSON = "hxaaaaaaaaaaaa"
LATER = START + DAY
Act = Callable[[Season], None]


@pytest.fixture
def season(bare: Bare) -> Season:
    """A customer whose test clock is a year ahead of the account, and a day past its start."""
    season = Season(bare)
    season.at(DAY)
    return season


def _paid(season: Season, card: str = "pm_card_visa") -> dict[str, Any]:
    asked: dict[str, Any] = {"amount": 900, "currency": "usd", "customer": season.customer, "payment_method": card}
    return season.bare.post("payment_intents", confirm="true", return_url="https://shop.example.com", **asked)


def _bank(season: Season) -> None:
    intent = _paid(season, "pm_card_threeDSecure2Required")
    form = {"client_secret": intent["client_secret"], "answer": "yes"}
    season.bare.raw("POST", f"/redirect/authenticate/{intent['id']}", form)


def _act(name: str, card: str = "pm_card_visa") -> Act:
    def act(season: Season) -> None:
        _paid(season, card)
        season.bare.slice.act(PERSON, name, {})

    return act


def _won(season: Season) -> None:
    _paid(season, "pm_card_createDispute")
    season.bare.slice.act(PERSON, "win_dispute", {})


def _closed(season: Season) -> None:
    _paid(season, "pm_card_createDispute")
    season.bare.post(f"disputes/{season.bare.get('disputes')['data'][0]['id']}/close")


def _behind_the_page(season: Season) -> None:
    item: dict[str, Any] = {"line_items[0][price]": season.bare.plan(), "line_items[0][quantity]": 1}
    urls = {"success_url": "https://shop.example.com"}
    session = season.bare.post("checkout/sessions", mode="subscription", customer=season.customer, **item, **urls)
    answer = season.bare.post(f"payment_pages/{session['id']}/confirm", payment_method="pm_card_visa")
    assert answer["state"] == "complete", answer


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (_bank, "charge.succeeded"),
        (_act("authenticate", "pm_card_threeDSecure2Required"), "charge.succeeded"),
        (_act("refund"), "charge.refunded"),
        (_act("dispute"), "charge.dispute.created"),
        (_act("tell_payment_again"), "payment_intent.succeeded"),
        (_won, "charge.dispute.closed"),
        (_closed, "charge.dispute.closed"),
        (_behind_the_page, "invoice.paid"),
    ],
    ids=["bank page", "authenticate", "refund", "dispute", "tell again", "win", "close", "payment page"],
)
def test_by_the_clock(season: Season, act: Act, kind: str) -> None:
    """The event, and everything else that it tells of at that moment, has the clock's time."""
    before = len(season.bare.ledger.told)
    act(season)
    told = season.bare.ledger.told[before:]
    assert kind in [news.type for news in told]
    assert {news.created_s for news in told if news.type == kind} == {LATER}


def test_a_lie_by_the_clock(season: Season) -> None:
    """What is claimed falsely is dated as the truth would be."""
    season.subscribe(season.bare.plan())
    lie = season.bare.slice.lie(PERSON, "subscription_ended")
    assert (lie.created_s, json.loads(lie.body)["data"]["object"]["ended_at"]) == (LATER, LATER)
