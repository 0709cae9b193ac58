"""Freshness: no way back to an older state, in the app or in the CRM."""

from tests.checkers.story import ANN, Story, said


def subscription(*states: tuple[str, str]) -> Story:
    """Somebody whose subscription went through these (plan, status)."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN)
    for number, (plan, status) in enumerate(states):
        story.effect(ANN, "payments.subscription", "sub_1", "update" if number else "create", plan=plan, status=status)
    return story


ENDED = (("pro", "active"), ("pro", "canceled"))


def test_following_the_provider_passes() -> None:
    """Ended at the provider, free in the app and the CRM."""
    story = subscription(*ENDED)
    story.effect(ANN, "crm.contact", "1", plan="pro", plan_status="active")
    story.effect(ANN, "crm.contact", "1", "update", plan="free", plan_status="canceled")
    story.read(ANN, plan="free")
    verdict = story.judged("fresh")
    assert said(verdict) == ("pass", [])
    assert verdict.reason == "3 looks, none older than the one before"


def test_an_app_that_goes_back_is_stale() -> None:
    """Free, and then pro again, without anything new at the provider."""
    story = subscription(*ENDED)
    first = story.read(ANN, "settled", plan="free")
    second = story.read(ANN, plan="pro")
    verdict = story.judged("fresh")
    assert said(verdict) == ("fail", ["stale_overwrite"])
    assert verdict.findings[0].records == (first, second)


def test_a_contact_that_goes_back_is_stale() -> None:
    """An old event overwrote the newer state in the CRM."""
    story = subscription(*ENDED)
    story.effect(ANN, "crm.contact", "1", plan="free")
    story.effect(ANN, "crm.contact", "1", "update", plan="pro")
    assert said(story.judged("fresh")) == ("fail", ["stale_overwrite"])


def test_ending_in_a_former_state_is_stale() -> None:
    """Nobody saw it right in between, but what is seen last is old."""
    story = subscription(*ENDED)
    story.read(ANN, plan="pro")
    assert said(story.judged("fresh")) == ("fail", ["stale_overwrite"])


def test_catching_up_slowly_is_not_stale() -> None:
    """Free, starter, pro: each in its turn, after the provider's last word."""
    story = subscription(("starter", "active"), ("pro", "active"), ("pro", "canceled"))
    story.effect(ANN, "crm.contact", "1", plan="starter")
    story.effect(ANN, "crm.contact", "1", "update", plan="pro")
    story.effect(ANN, "crm.contact", "1", "update", plan="free")
    assert said(story.judged("fresh")) == ("pass", [])


def test_a_state_that_never_was_disagrees() -> None:
    """The provider never said gold."""
    story = subscription(*ENDED)
    story.read(ANN, plan="gold")
    assert said(story.judged("fresh")) == ("fail", ["disagree"])


def test_a_status_that_goes_back_is_stale() -> None:
    """Canceled, then active again."""
    story = subscription(*ENDED)
    story.effect(ANN, "crm.contact", "1", plan="free", plan_status="canceled")
    story.effect(ANN, "crm.contact", "1", "update", plan="free", plan_status="active")
    assert said(story.judged("fresh")) == ("fail", ["stale_overwrite"])


def test_a_life_cycle_stage_never_goes_back() -> None:
    """A customer does not become a lead."""
    story = Story(ANN)
    story.ok(ANN)
    story.effect(ANN, "crm.contact", "1", lifecyclestage="customer")
    story.effect(ANN, "crm.contact", "1", "update", lifecyclestage="lead")
    assert said(story.judged("fresh")) == ("fail", ["stale_overwrite"])


def test_a_paid_order_stays_paid() -> None:
    """Paid, then pending."""
    story = Story(ANN)
    story.ok(ANN)
    story.read(ANN, "settled", orders=[{"order_id": "o1", "status": "paid"}])
    story.read(ANN, orders=[{"order_id": "o1", "status": "pending"}])
    assert said(story.judged("fresh")) == ("fail", ["stale_overwrite"])


def test_without_a_look_it_is_unknown() -> None:
    """Nothing was ever seen."""
    story = Story(ANN)
    story.ok(ANN)
    assert said(story.judged("fresh")) == ("unknown", [])
