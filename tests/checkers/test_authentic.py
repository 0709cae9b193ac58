"""Events that are not true leave nothing; genuine ones are taken. Each finding has a story that shows it."""

from harness.model import Ruling
from tests.checkers.story import ANN, CHARGE, Story, said

TRUTH = {"truth": {"plan": "plan", "credits": "credits"}}


def lied(story: Story, status: int = 400) -> None:
    """Somebody lies about Ann."""
    story.deliver(ANN, story.news(ANN, "lie"), status, forgery="garbage", lie=True)


def test_what_was_there_before_a_lie_may_stay() -> None:
    """Whatever was answered, nothing came of it."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    story.read(ANN, "during", plan="free", credits=0)
    lied(story, 200)
    story.read(ANN, plan="free", credits=0, clock="later")
    verdict = story.judged("unmoved", on=TRUTH)
    assert (verdict.ruling, verdict.counts) == (Ruling.PASS, {"untrue": 1, "reads": 1})


def test_a_record_after_a_lie_is_found() -> None:
    """Made or changed, anywhere but in the team's chat."""
    story = Story(ANN)
    story.effect(ANN, "crm.contact", "1", stage="lead")
    lied(story)
    story.effect(ANN, "alerts.chat", "m", text="forged webhook")
    assert said(story.judged("unmoved")) == ("pass", [])
    story.effect(ANN, "crm.contact", "1", "update", stage="customer")
    assert said(story.judged("unmoved")) == ("fail", ["moved"])


def test_an_app_that_believes_a_lie_is_found() -> None:
    """Credits for nothing."""
    story = Story(ANN)
    story.read(ANN, "during", plan="free", credits=0)
    lied(story)
    story.read(ANN, plan="free", credits=10)
    (finding,) = story.judged("unmoved", on=TRUTH).findings
    assert (finding.kind, finding.expected, finding.found) == ("moved", 0, 10)


def test_without_a_lie_nobody_knows() -> None:
    """No evidence."""
    story = Story(ANN)
    story.deliver(ANN, story.news(ANN, "true"))
    assert said(story.judged("unmoved")) == ("unknown", [])


def test_genuine_events_are_taken_in_the_end() -> None:
    """The second try counts; forgeries need not be."""
    story = Story(ANN)
    story.news(ANN, "e1")
    story.deliver(ANN, "e1", 500, dress="charset")
    story.deliver(ANN, "e1", 200, dress="charset")
    lied(story)
    assert said(story.judged("taken")) == ("pass", [])


def test_a_genuine_event_that_is_turned_away_is_found() -> None:
    """However often it was brought."""
    story = Story(ANN)
    story.news(ANN, "e1")
    story.deliver(ANN, "e1", 400, dress="charset")
    story.deliver(ANN, "e1", None, dress="charset")
    (finding,) = story.judged("taken").findings
    assert (finding.kind, finding.found) == ("turned_away", "400, no answer")
    assert "told as charset" in finding.message


def test_nothing_told_is_no_evidence() -> None:
    """Nobody knows what would have been."""
    assert said(Story(ANN).judged("taken")) == ("unknown", [])


def test_an_unusual_way_must_really_have_been_gone() -> None:
    """And answered."""
    story = Story(ANN)
    story.news(ANN, "e1")
    story.send(ANN, "e1", dress="charset")
    assert story.occurred("dressed", dress="charset")[0] is False
    story.deliver(ANN, "e1", 400, dress="charset")
    assert story.occurred("dressed", dress="charset")[0] is True
    assert story.occurred("dressed", dress="chunked")[0] is False
