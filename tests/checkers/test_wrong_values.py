"""Values: what an object must hold in the end, what it may hold on the way, and what it must never hold."""

from typing import Any

from tests.checkers.story import ANN, CHARGE, Story, said

PROMISE = "exactly_once"
DEAL = {"sink": "crm.deal", "values": {"amount": "9.00", "deal_currency_code": "USD"}}


def contact(**values: Any) -> dict[str, Any]:
    """The one contact of a person, with these values."""
    return {"sink": "crm.contact", "match": {}, "values": values, "per": "person"}


def test_a_wrong_amount_is_a_wrong_value() -> None:
    """Charged ten times what was asked for: said with both numbers."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN, amount=9000)
    verdict = story.judged(PROMISE)
    assert said(verdict) == ("fail", ["wrong_value"])
    assert verdict.findings[0].message == f"payments.charge ch_1 of {ANN}: amount is 9000, not amount=900"
    assert (verdict.findings[0].expected, verdict.findings[0].found) == ({"amount": 900}, {"amount": 9000})


def test_a_wrong_object_instead_of_the_right_one_is_one_wrong_value() -> None:
    """Not a lost one and a phantom besides."""
    story = Story(ANN)
    story.ok(ANN, {"sink": "payments.charge", "match": {"amount": 900}})
    story.charge(ANN, amount=90000)
    assert said(story.judged(PROMISE)) == ("fail", ["wrong_value"])


def test_numbers_are_compared_as_decimals() -> None:
    """9, 9.0 and "9.00" are one amount."""
    story = Story(ANN)
    story.ok(ANN, DEAL)
    story.effect(ANN, "crm.deal", "7", amount="9", deal_currency_code="USD")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_a_wrong_amount_that_was_put_right_is_still_wrong() -> None:
    """History must never show a wrong amount."""
    story = Story(ANN)
    story.ok(ANN, DEAL)
    story.effect(ANN, "crm.deal", "7", amount="900", deal_currency_code="USD")
    story.effect(ANN, "crm.deal", "7", "update", amount="9.00", deal_currency_code="USD")
    assert said(story.judged(PROMISE)) == ("fail", ["wrong_value"])


def test_other_values_count_in_the_end_only() -> None:
    """A name that was put right is right."""
    story = Story(ANN)
    story.ok(ANN, contact(firstname="Zoë"))
    story.effect(ANN, "crm.contact", "1", firstname="Zo")
    story.effect(ANN, "crm.contact", "1", "update", firstname="Zoë")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_a_blank_in_the_place_of_a_value_is_wrong() -> None:
    """Good data overwritten with nothing."""
    story = Story(ANN)
    story.ok(ANN, contact(firstname="Ann"))
    story.effect(ANN, "crm.contact", "1", firstname="Ann")
    story.effect(ANN, "crm.contact", "1", "update", firstname="")
    assert said(story.judged(PROMISE)) == ("fail", ["wrong_value"])


def test_the_later_wish_decides() -> None:
    """Free at sign-up, pro after subscribing: the contact must say pro."""
    story = Story(ANN)
    story.ok(ANN, contact(plan="free"), flow="sign_up")
    story.ok(ANN, contact(plan="pro"), flow="subscribe")
    story.effect(ANN, "crm.contact", "1", plan="pro")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_what_the_earlier_wish_said_is_wrong_later() -> None:
    """The contact was left at the plan of the sign-up."""
    story = Story(ANN)
    story.ok(ANN, contact(plan="free"), flow="sign_up")
    story.ok(ANN, contact(plan="pro"), flow="subscribe")
    story.effect(ANN, "crm.contact", "1", plan="free")
    assert said(story.judged(PROMISE)) == ("fail", ["wrong_value"])


def test_an_unknown_wish_may_be_fulfilled_or_not() -> None:
    """Free or pro, either is right."""
    story = Story(ANN)
    story.ok(ANN, contact(plan="free"), flow="sign_up")
    story.unknown(ANN, contact(plan="pro"))
    story.effect(ANN, "crm.contact", "1", plan="free")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_an_unknown_wish_may_have_come_half_way() -> None:
    """The phone gave up before it paid: the subscription is not active, and nobody is wrong."""
    subscription = {"sink": "payments.subscription", "values": {"status": "active", "amount": 900}, "per": "person"}
    story = Story(ANN, flow="subscribe")
    story.unknown(ANN, subscription)
    story.effect(ANN, "payments.subscription", "sub_1", status="incomplete", amount=900)
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_even_an_unknown_wish_never_means_a_wrong_amount() -> None:
    """Whatever came of it, it was 900."""
    story = Story(ANN)
    story.unknown(ANN, CHARGE)
    story.charge(ANN, amount=9000)
    assert said(story.judged(PROMISE)) == ("fail", ["wrong_value"])


def test_after_an_act_of_the_vendor_it_is_enough_that_it_was_right_once() -> None:
    """The provider ended the subscription later."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN, contact(plan="pro"))
    story.effect(ANN, "crm.contact", "1", plan="pro")
    story.act(ANN, "end_subscription", on="sub_1")
    story.effect(ANN, "crm.contact", "1", "update", plan="free")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_even_after_an_act_it_must_have_been_right_once() -> None:
    """The plan never arrived at all."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN, contact(plan="pro"))
    story.effect(ANN, "crm.contact", "1", plan="free")
    story.act(ANN, "end_subscription", on="sub_1")
    assert said(story.judged(PROMISE)) == ("fail", ["wrong_value"])


def test_a_subscription_changed_later_is_compared_with_the_later_wish() -> None:
    """Created for starter, moved to pro."""
    subscription = {"sink": "payments.subscription", "values": {"plan": "starter", "status": "active"}}
    change = {"sink": "payments.subscription", "values": {"plan": "pro"}, "per": "person"}
    story = Story(ANN, flow="subscribe")
    story.ok(ANN, subscription)
    story.effect(ANN, "payments.subscription", "sub_1", plan="starter", status="active")
    story.ok(ANN, change, flow="change_plan")
    story.effect(ANN, "payments.subscription", "sub_1", "update", plan="pro", status="active")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_two_different_purchases_may_come_in_any_order() -> None:
    """Each charge is right for one of them."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.ok(ANN, {**CHARGE, "values": {"amount": 3900, "currency": "eur"}})
    story.charge(ANN, "ch_1", 3900, "eur")
    story.charge(ANN, "ch_2", 900, "usd")
    assert said(story.judged(PROMISE)) == ("pass", [])
