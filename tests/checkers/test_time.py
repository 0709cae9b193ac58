"""Promises about time: answers, arrivals, and the calm people who tell a slow machine from a slow pipeline."""

from harness.model import Finding, Ruling, Verdict
from tests.checkers.story import ANN, BEN, CHARGE, CONTACT, TICKET, Story, said


def test_an_answer_in_time_passes() -> None:
    """Half a second of two."""
    story = Story(ANN)
    story.ok(ANN, ms=500)
    assert story.judged("acknowledged", within_s=2.0) == Verdict(
        promise="acknowledged",
        ruling=Ruling.PASS,
        reason="1 answers within 2 s, the slowest in 0.50 s",
        counts={"attempts": 1, "worst_s": 0.5, "limit_s": 2.0},
    )


def test_a_late_answer_fails() -> None:
    """Three seconds of two, with the request and its answer."""
    story = Story(ANN)
    story.ok(ANN, ms=3000)
    attempt, outcome = story.records[2], story.records[3]
    assert story.judged("acknowledged", within_s=2.0).findings == (
        Finding(
            kind="late",
            message=f"buy {attempt['attempt']} of {ANN} was answered after 3.00 s, promised were 2 s",
            person=ANN,
            expected=2.0,
            found=3.0,
            records=(attempt, outcome),
        ),
    )


def test_no_answer_at_all_is_late() -> None:
    """A request that hangs for ever is not in time."""
    story = Story(ANN)
    story.attempt(ANN, story.intent(ANN), None)
    assert said(story.judged("acknowledged")) == ("fail", ["late"])


def test_a_server_error_is_no_confirmation() -> None:
    """Quick, and useless to the app."""
    story = Story(ANN)
    story.attempt(ANN, story.intent(ANN), "unknown", status=502, ms=5)
    assert said(story.judged("acknowledged")) == ("fail", ["not_confirmed"])


def test_the_phone_s_own_weather_is_no_fault_of_the_pipeline() -> None:
    """The answer was lost on the way; nothing is left to judge."""
    story = Story(ANN)
    story.attempt(ANN, story.intent(ANN), "unknown", status=None, weather="reply_lost")
    assert said(story.judged("acknowledged")) == ("unknown", [])


def test_weather_written_before_the_request_counts_as_well() -> None:
    """A phone without a signal says so before it sends."""
    story = Story(ANN)
    intent = story.intent(ANN)
    story.add("weather", attempt=f"a{len(story.records) + 1}", person=ANN, kind="offline")
    story.attempt(ANN, intent, "ok", ms=9000)
    assert said(story.judged("acknowledged")) == ("unknown", [])


def test_late_while_the_harness_itself_stood_still_is_unknown() -> None:
    """Who did not run saw no answer arrive; what that does not explain is late, and what is missing is missing."""
    for ms, stood_still_s, expected in (
        (2250, 0.7, ("unknown", [])), (2250, 0.1, ("fail", ["late"])), (9000, 0.7, ("fail", ["late"])),
    ):  # fmt: skip
        story = Story(ANN)
        attempt = story.attempt(ANN, story.intent(ANN), None)
        story.wait(1.0)
        story.add("stalled", seconds=stood_still_s)
        story.add("outcome", attempt=attempt["attempt"], person=ANN, outcome="ok", status=200, ms=ms)
        assert said(story.judged("acknowledged", within_s=2.0)) == expected, ms
    story = Story(ANN)
    story.attempt(ANN, story.intent(ANN), None)
    story.add("stalled", seconds=0.9)
    assert said(story.judged("acknowledged")) == ("fail", ["late"])


def test_late_while_calm_people_waited_too_is_unknown() -> None:
    """A control person took over half the limit at the same moment."""
    story = Story(ANN)
    story.person(BEN, origin="control")
    story.ok(ANN, ms=3000)
    story.now -= 3_000_000_000
    story.ok(BEN, ms=1500)
    assert said(story.judged("acknowledged", within_s=2.0)) == ("unknown", [])


def test_late_while_calm_people_were_served_fails() -> None:
    """The control person had an answer at once."""
    story = Story(ANN)
    story.person(BEN, origin="control")
    story.ok(ANN, ms=3000)
    story.now -= 3_000_000_000
    story.ok(BEN, ms=500)
    assert said(story.judged("acknowledged", within_s=2.0)) == ("fail", ["late"])


def test_effects_in_time_are_synced() -> None:
    """The charge came a second after the answer."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    verdict = story.judged("synced", within_s=30.0)
    assert verdict == Verdict(
        promise="synced",
        ruling=Ruling.PASS,
        reason="1 effects within 30 s, the slowest in 1.10 s",
        counts={"effects": 1, "worst_s": 1.1, "limit_s": 30.0},
    )


def test_an_effect_too_late_is_late() -> None:
    """It came, after a minute."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.wait(60)
    story.charge(ANN)
    assert said(story.judged("synced", within_s=30.0)) == ("fail", ["late"])


def test_an_effect_that_never_came_is_late() -> None:
    """Never is later than any limit."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    verdict = story.judged("synced", within_s=30.0)
    assert said(verdict) == ("fail", ["late"])
    assert verdict.findings[0].message.endswith("never came, promised were 30 s")


def test_only_the_named_sink_is_timed() -> None:
    """The ticket is late, but the promise is about the charge."""
    story = Story(ANN)
    story.ok(ANN, CHARGE, TICKET)
    story.charge(ANN)
    assert said(story.judged("synced", within_s=30.0, sink="payments.charge")) == ("pass", [])


def test_an_expectation_s_own_limit_goes_first() -> None:
    """A ticket may take a minute."""
    story = Story(ANN)
    story.ok(ANN, {**TICKET, "within_s": 60.0})
    story.wait(40)
    story.effect(ANN, "helpdesk.ticket", "1")
    assert said(story.judged("synced", within_s=30.0)) == ("pass", [])


def test_without_an_accepted_intent_nothing_is_timed() -> None:
    """Unknown intents promise nothing."""
    story = Story(ANN)
    story.unknown(ANN, CHARGE)
    assert said(story.judged("synced")) == ("unknown", [])


def test_an_update_of_an_older_object_is_timed_from_its_own_wish() -> None:
    """The contact existed; that it says pro came much later."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN, CONTACT, flow="sign_up")
    story.effect(ANN, "crm.contact", "1", plan="free")
    story.ok(ANN, {**CONTACT, "values": {"plan": "pro"}})
    story.wait(45)
    story.effect(ANN, "crm.contact", "1", "update", plan="pro")
    assert said(story.judged("synced", within_s=30.0)) == ("fail", ["late"])


def test_late_in_a_fault_of_the_whole_world_is_unknown() -> None:
    """A crash phase lay between wish and effect."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.add("phase", name="crash", event="begin")
    story.wait(60)
    story.add("phase", name="crash", event="end")
    story.charge(ANN)
    assert said(story.judged("synced", within_s=30.0)) == ("unknown", [])
