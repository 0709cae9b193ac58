"""Agreement: the app, the payment provider and the CRM in the end, by the target's own table."""

from typing import Any

from harness.model import Ruling, Verdict
from tests.checkers.story import ANN, CHARGE, Story, said

LIVE = {"status": ["active", "trialing"]}
PLAN = {
    "name": "plan",
    "app": {"path": "plan"},
    "payments": {"sink": "payments.subscription", "field": "plan", "when": LIVE, "otherwise": "free"},
    "crm": {"sink": "crm.contact", "field": "plan"},
}
MONEY = {
    "name": "money",
    "app": {"path": "payments", "amount": "amount", "currency": "currency"},
    "payments": {"sink": "payments.charge", "amount": "amount", "currency": "currency"},
    "crm": {"sink": "crm.deal", "amount": "amount", "currency": "deal_currency_code", "unit": "major"},
}
NAME = {"name": "name", "app": {"path": "account.name"}, "crm": {"sink": "crm.contact", "field": "fullname"}}


def table(*rules: dict[str, Any]) -> dict[str, Any]:
    """A target with this agreement table."""
    return {"agree": list(rules)}


def subscriber(app: str = "pro", crm: str = "pro", status: str = "active") -> Story:
    """Somebody whose plan is pro at the provider, as long as the status says so."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN)
    story.effect(ANN, "payments.subscription", "sub_1", plan="pro", status=status)
    story.effect(ANN, "crm.contact", "1", plan=crm)
    story.read(ANN, plan=app)
    return story


def payer(app: list[dict[str, Any]], deal: str, currency: str = "usd", amount: int = 900) -> Story:
    """Somebody who paid once."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN, amount=amount, currency=currency)
    story.effect(ANN, "crm.deal", "7", amount=deal, deal_currency_code=currency.upper())
    story.read(ANN, payments=app)
    return story


def test_three_sides_that_say_the_same_pass() -> None:
    """Pro everywhere."""
    assert subscriber().judged("converges", on=table(PLAN)) == Verdict(
        promise="converges",
        ruling=Ruling.PASS,
        reason="1 comparisons, all sides say the same",
        counts={"compared": 1, "unread": 0},
    )


def test_a_disagreement_names_all_sides() -> None:
    """The CRM was left behind; who is right is for the reader."""
    verdict = subscriber(crm="free").judged("converges", on=table(PLAN))
    assert said(verdict) == ("fail", ["disagree"])
    assert verdict.findings[0].message == f"plan of {ANN}: app says 'pro', payments says 'pro', crm says 'free'"
    assert [record["k"] for record in verdict.findings[0].records] == ["read", "effect", "effect"]


def test_a_subscription_that_is_not_live_means_the_free_plan() -> None:
    """Canceled: everybody must say free."""
    assert said(subscriber("free", "free", "canceled").judged("converges", on=table(PLAN))) == ("pass", [])


def test_paid_access_after_the_end_disagrees() -> None:
    """Canceled, and the app still shows pro."""
    assert said(subscriber("pro", "free", "canceled").judged("converges", on=table(PLAN))) == ("fail", ["disagree"])


def test_money_is_compared_in_minor_units() -> None:
    """900 cents are 9.00 dollars."""
    story = payer([{"amount": 900, "currency": "usd"}], "9.00")
    assert said(story.judged("converges", on=table(MONEY))) == ("pass", [])


def test_yen_have_no_cents() -> None:
    """1200 yen are 1200 in the CRM, not 12.00."""
    right = payer([{"amount": 1200, "currency": "jpy"}], "1200", "jpy", 1200)
    assert said(right.judged("converges", on=table(MONEY))) == ("pass", [])


def test_yen_with_cents_disagree() -> None:
    """The classic mistake."""
    wrong = payer([{"amount": 1200, "currency": "jpy"}], "12.00", "jpy", 1200)
    verdict = wrong.judged("converges", on=table(MONEY))
    assert said(verdict) == ("fail", ["disagree"])
    assert "crm says 12 jpy" in verdict.findings[0].message


def test_money_the_app_does_not_know_of_disagrees() -> None:
    """Charged, and the app says nothing was paid."""
    assert said(payer([], "9.00").judged("converges", on=table(MONEY))) == ("fail", ["disagree"])


def test_money_may_be_compared_as_a_sum() -> None:
    """Two halves are a whole, if the target says so."""
    story = payer([{"amount": 450, "currency": "usd"}, {"amount": 450, "currency": "usd"}], "9.00")
    by_sum = {**MONEY, "app": {**MONEY["app"], "compare": "sum"}}  # type: ignore[dict-item]
    assert said(story.judged("converges", on=table(by_sum))) == ("pass", [])


def test_plain_fields_are_compared_as_text() -> None:
    """Composed and decomposed accents are one name."""
    story = Story(ANN)
    story.ok(ANN)
    story.effect(ANN, "crm.contact", "1", fullname="Zoe\u0308")
    story.read(ANN, account={"name": "Zo\u00eb"})
    assert said(story.judged("converges", on=table(NAME))) == ("pass", [])


def test_the_last_look_counts_not_an_earlier_one() -> None:
    """Pending on the way, right in the end."""
    story = subscriber("free")
    story.read(ANN, plan="pro")
    assert said(story.judged("converges", on=table(PLAN))) == ("pass", [])


def test_a_side_without_a_record_is_left_out() -> None:
    """The missing contact is for another promise; app and provider agree."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN)
    story.effect(ANN, "payments.subscription", "sub_1", plan="pro", status="active")
    story.read(ANN, plan="pro")
    assert said(story.judged("converges", on=table(PLAN))) == ("pass", [])


def test_without_a_last_look_it_is_unknown() -> None:
    """Nobody asked the app."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN)
    story.effect(ANN, "payments.subscription", "sub_1", plan="pro", status="active")
    assert said(story.judged("converges", on=table(PLAN))) == ("unknown", [])


def test_a_last_look_that_failed_is_unknown() -> None:
    """The app could not say."""
    story = subscriber()
    story.read(ANN, status=500)
    assert said(story.judged("converges", on=table(PLAN))) == ("unknown", [])


def test_without_a_table_it_is_unknown() -> None:
    """Nobody said what should agree."""
    assert said(subscriber().judged("converges")) == ("unknown", [])
