"""Events that nobody answered in time, answers that others may keep, contacts that a vendor took away."""

from harness.checkers.facts import FACTS
from harness.model import Ruling
from tests.checkers.story import ANN, CELL, CONTACT, Story, said


def test_an_answer_while_the_vendor_waits_is_taken() -> None:
    """A refusal in between is a retry's business, and so is a slow answer that came."""
    story = Story(ANN)
    story.news(ANN, "e1")
    story.deliver(ANN, "e1", 500)
    story.deliver(ANN, "e1", 200)
    assert said(story.judged("taken")) == ("pass", [])


def test_a_vendor_that_had_to_give_up_waiting_is_told_of() -> None:
    """However well it ended: the work was done while the vendor waited for its answer."""
    story = Story(ANN)
    story.news(ANN, "e1")
    late = story.send(ANN, "e1")
    story.add("delivered", delivery=late, event="e1", status=None, error="no answer within 10 s", ms=10_000.0)
    story.deliver(ANN, "e1", 200)
    assert said(story.judged("taken")) == ("fail", ["too_slow"])


def test_nobody_answers_while_killed() -> None:
    """A pipeline that was killed meanwhile could not answer: that is the kill's doing."""
    story = Story(ANN)
    story.news(ANN, "e1")
    late = story.send(ANN, "e1")
    story.add("process", name="api", event="killed", pid=1)
    story.add("delivered", delivery=late, event="e1", status=None, error="no answer within 10 s", ms=10_000.0)
    story.deliver(ANN, "e1", 200)
    assert said(story.judged("taken")) == ("pass", [])


def test_an_answer_that_others_may_keep_is_indiscreet() -> None:
    """What the phone noted of an answer is a finding; nothing noted is a pass, nobody asked is unknown."""
    story = Story(ANN)
    assert story.judged("discreet").ruling is Ruling.UNKNOWN
    story.ok(ANN)
    assert said(story.judged("discreet")) == ("pass", [])
    story.add("indiscreet", person=ANN, cell=CELL, kind="may_be_kept", what="public", method="GET", path="/v1/me")
    story.add("indiscreet", person=ANN, cell=CELL, kind="strangers_may_read", what="x", method="GET", path="/v1/me")
    assert said(story.judged("discreet")) == ("fail", ["may_be_kept", "strangers_may_read"])


def test_what_a_vendor_took_away_is_no_second_record() -> None:
    """Sales archived it and the pipeline made it anew: one. Made twice by the pipeline: two."""
    story = Story(ANN)
    story.ok(ANN, CONTACT)
    story.effect(ANN, "crm.contact", "1")
    story.effect(ANN, "crm.contact", "1", "delete", call=None)
    assert said(story.judged("exactly_once")) == ("fail", ["lost"])
    story.effect(ANN, "crm.contact", "2")
    assert said(story.judged("exactly_once")) == ("pass", [])
    story.effect(ANN, "crm.contact", "3")
    assert said(story.judged("exactly_once")) == ("fail", ["duplicated"])

    by_itself = Story(ANN)
    by_itself.ok(ANN, CONTACT)
    by_itself.effect(ANN, "crm.contact", "1")
    by_itself.effect(ANN, "crm.contact", "1", "delete", call="its own")
    by_itself.effect(ANN, "crm.contact", "2")
    assert said(by_itself.judged("exactly_once")) == ("fail", ["duplicated"])


def test_a_crash_counts_after_somebody_wanted_something() -> None:
    """A kill before the cell's people came proves nothing about them."""
    story = Story(ANN)
    story.add("phase", name="crash", event="begin")
    story.add("phase", name="crash", event="end")
    story.ok(ANN)
    assert not story.occurred("crashed")[0]
    story.add("phase", name="crash", event="begin")
    story.add("phase", name="crash", event="end")
    assert story.occurred("crashed")[0]
    assert "crashed" in FACTS
