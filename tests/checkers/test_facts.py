"""Facts: each has a story in which it occurred and one in which it did not."""

import pytest

from harness.checkers import decide
from harness.checkers.cells import CellView
from tests.checkers.story import ANN, CELL, CHARGE, Story


def quiet() -> Story:
    """Somebody bought something and nothing else happened."""
    story = Story(ANN)
    story.ok(ANN)
    return story


@pytest.mark.parametrize(
    ("fact", "kind"), [("offline", "offline"), ("request_lost", "request_lost"), ("reply_lost", "reply_lost"),
                       ("flapped", "flap")],
)  # fmt: skip
def test_weather_is_a_fact_when_it_came(fact: str, kind: str) -> None:
    """The phone's network did it, or did not."""
    story = quiet()
    assert story.occurred(fact)[0] is False
    story.attempt(ANN, story.intent(ANN), "unknown", weather=kind)
    assert story.occurred(fact)[0] is True


def test_a_reply_lost_by_a_vendor_counts_when_the_work_was_done() -> None:
    """Committed or not makes the difference."""
    story = quiet()
    story.fault(ANN, "lost_reply", committed=False)
    assert story.occurred("reply_lost") == (False, "0 answers lost after the work was done, 1 needed")
    story.fault(ANN, "lost_reply", committed=True)
    assert story.occurred("reply_lost") == (True, "1 answers lost after the work was done, 1 needed")


def test_attempts_are_those_of_the_cell_s_own_flow() -> None:
    """The sign-up before it does not count."""
    story = quiet()
    story.ok(ANN, flow="sign_up")
    assert story.occurred("attempts", min=2) == (False, "1 requests of its intents, 2 needed")
    story.ok(ANN)
    assert story.occurred("attempts", min=2)[0] is True


def test_same_key_wants_a_repeated_intent_with_one_key() -> None:
    """Once is no proof; two keys are the opposite."""
    story = Story(ANN)
    intent = story.intent(ANN)
    story.attempt(ANN, intent, "unknown", key="k1")
    assert story.occurred("same_key")[0] is False
    story.attempt(ANN, intent, key="k1")
    assert story.occurred("same_key") == (True, "1 of 1 repeated intents kept one key")
    story.attempt(ANN, intent, key="k2")
    assert story.occurred("same_key") == (False, "0 of 1 repeated intents kept one key")


def test_taps_count_what_the_guard_swallowed() -> None:
    """Two taps, one request."""
    story = Story(ANN)
    intent = story.intent(ANN)
    story.add("tap", intent=intent, person=ANN, number=1, sent=True)
    story.attempt(ANN, intent)
    assert story.occurred("taps", min=2)[0] is False
    story.add("tap", intent=intent, person=ANN, number=2, sent=False)
    assert story.occurred("taps", min=2)[0] is True


def test_taps_may_be_requests_close_together() -> None:
    """Two requests a second apart, one and a half allowed."""
    story = Story(ANN)
    intent = story.intent(ANN)
    story.attempt(ANN, intent, None)
    story.attempt(ANN, intent, None)
    assert story.occurred("taps", min=2, within_ms=500)[0] is False
    assert story.occurred("taps", min=2, within_ms=1500)[0] is True


def test_delivered_again_counts_answered_copies() -> None:
    """The copy that found nobody does not count."""
    story = quiet()
    event = story.news(ANN, "e1")
    story.deliver(ANN, event)
    story.deliver(ANN, event, None)
    assert story.occurred("delivered_again")[0] is False
    story.deliver(ANN, event, 500, resigned=True)
    assert story.occurred("delivered_again")[0] is True


def test_delivered_again_may_ask_for_a_new_signature() -> None:
    """Byte-identical is another kind of copy."""
    story = quiet()
    event = story.news(ANN, "e1")
    story.deliver(ANN, event)
    story.deliver(ANN, event, resigned=False)
    assert story.occurred("delivered_again", resigned=True)[0] is False
    assert story.occurred("delivered_again", resigned=False)[0] is True


def test_overlapped_means_at_one_moment() -> None:
    """One after the other does not overlap."""
    story = quiet()
    event = story.news(ANN, "e1")
    story.deliver(ANN, event)
    story.deliver(ANN, event)
    assert story.occurred("overlapped", min=2)[0] is False
    first, second = story.send(ANN, event), story.send(ANN, event)
    story.arrive(first)
    story.arrive(second)
    assert story.occurred("overlapped", min=2)[0] is True


def test_forged_means_arrived() -> None:
    """Another forgery is another matter."""
    story = quiet()
    story.deliver(ANN, "lie", 400, forgery="garbage", lie=True)
    assert story.occurred("forged", forgery="missing")[0] is False
    assert story.occurred("forged", forgery="garbage")[0] is True


def test_out_of_order_and_late() -> None:
    """Overtaken on the way, or told only after the newer one was acknowledged."""
    story = quiet()
    old, new = story.news(ANN, "e1"), story.news(ANN, "e2")
    first, second = story.send(ANN, new), story.send(ANN, old)
    story.arrive(first)
    story.arrive(second)
    assert (story.occurred("out_of_order")[0], story.occurred("late")[0]) == (True, False)


def test_late() -> None:
    """The newer one had long been acknowledged."""
    story = quiet()
    old, new = story.news(ANN, "e1"), story.news(ANN, "e2")
    story.deliver(ANN, new)
    story.deliver(ANN, old)
    assert (story.occurred("out_of_order")[0], story.occurred("late")[0]) == (True, True)


def test_in_order_is_neither() -> None:
    """The usual way; a repeat of the old one changes nothing."""
    story = quiet()
    old, new = story.news(ANN, "e1"), story.news(ANN, "e2")
    story.deliver(ANN, old)
    story.deliver(ANN, new)
    story.deliver(ANN, old)
    assert (story.occurred("out_of_order")[0], story.occurred("late")[0]) == (False, False)


def test_overtaken_means_told_before_the_answer() -> None:
    """The call that caused the event is still open."""
    story = quiet()
    call = story.call(ANN, status=None)
    delivery = story.send(ANN, story.news(ANN, "e1"))
    story.add("answered", call=call, status=200, ms=9, lost=None)
    story.arrive(delivery)
    assert story.occurred("overtaken")[0] is True


def test_not_overtaken_when_the_answer_came_first() -> None:
    """The usual way."""
    story = quiet()
    story.call(ANN)
    story.deliver(ANN, story.news(ANN, "e1"))
    assert story.occurred("overtaken")[0] is False


def test_fault_fired_is_of_that_vendor_and_kind() -> None:
    """Planned is not fired, and another kind is not this one."""
    story = quiet()
    story.fault(ANN, "hang", "crm")
    assert story.occurred("fault_fired", fake="crm", kind="refuse")[0] is False
    assert story.occurred("fault_fired", fake="crm", kind="hang")[0] is True


def test_vendor_slow() -> None:
    """A second and a half."""
    story = quiet()
    story.call(ANN, "crm", ms=1500)
    assert story.occurred("vendor_slow", fake="payments")[0] is False
    assert story.occurred("vendor_slow", fake="crm")[0] is True


def test_provider_acted() -> None:
    """This act, not another."""
    story = quiet()
    story.act(ANN, "refund", on="ch_1")
    assert story.occurred("provider_acted", act="end_subscription")[0] is False
    assert story.occurred("provider_acted", act="refund")[0] is True


def test_probed() -> None:
    """Two of two."""
    story = quiet()
    story.probe(ANN, 401, 401)
    assert story.occurred("probed", min=2)[0] is False
    story.probe(ANN, 401, 401)
    assert story.occurred("probed", min=2)[0] is True


def test_read_final_wants_a_good_look_at_the_very_end() -> None:
    """Settled is not final, and an error is no look."""
    story = quiet()
    story.read(ANN, "settled")
    story.read(ANN, "final", status=500)
    assert story.occurred("read_final")[0] is False
    story.read(ANN, "final")
    assert story.occurred("read_final")[0] is True


def test_dead_lettered() -> None:
    """Somebody was told."""
    story = quiet()
    assert story.occurred("dead_lettered")[0] is False
    story.effect(ANN, "alerts.chat", "m1", text=f"Dead letter: sync for {ANN}")
    assert story.occurred("dead_lettered")[0] is True


def test_declined() -> None:
    """The bank said no."""
    story = quiet()
    assert story.occurred("declined")[0] is False
    story.effect(ANN, "payments.decline", "d1", amount=900)
    assert story.occurred("declined")[0] is True


def test_notice_opened() -> None:
    """An old push, opened and answered."""
    story = quiet()
    assert story.occurred("notice_opened")[0] is False
    story.attempt(ANN, story.intent(ANN, flow="open_notice"), operation="open_notice", status=200)
    assert story.occurred("notice_opened")[0] is True


def cell(story: Story, fact: str) -> CellView:
    """A cell that promises exactly_once and needs this fact."""
    return CellView(id=CELL, persons=[ANN], promises=[{"promise": "exactly_once"}], facts=[{"fact": fact}],
                    flow="buy", ended=True)  # fmt: skip


def test_a_missing_fact_makes_a_kept_promise_unknown() -> None:
    """A pass has to be earned; the fact is named."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    decision = decide(story.history(), cell(story, "offline"))
    assert (str(decision.ruling), [one.fact for one in decision.facts if not one.occurred]) == ("unknown", ["offline"])


def test_a_missing_fact_does_not_excuse_a_broken_promise() -> None:
    """Broken is broken."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    assert str(decide(story.history(), cell(story, "offline")).ruling) == "fail"


def test_a_fact_nobody_knows_did_not_occur() -> None:
    """A word from a newer release."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    decision = decide(story.history(), cell(story, "full_moon"))
    assert str(decision.ruling) == "unknown"
    assert decision.facts[0].detail.startswith("nobody knows the fact 'full_moon'")


def crash(story: Story) -> None:
    """The pipeline is killed and started again."""
    story.add("phase", name="crash", event="begin")
    story.add("phase", name="crash", event="end")


def test_a_crash_counts_while_its_people_are_parked() -> None:
    """Not before the vendor held the answer, not after the pipeline had given the call up."""
    story = quiet()
    crash(story)
    assert story.occurred("crashed_while_parked")[0] is False
    call = story.call(ANN, status=None)
    story.add("fault", call=call, person=ANN, fake="payments", kind="hang_after", committed=True)
    assert story.occurred("crashed_while_parked")[0] is False
    story.add("answered", call=call, status=200, ms=6000.0, lost="hang")
    crash(story)
    assert story.occurred("crashed_while_parked")[0] is False
    call = story.call(ANN, status=None)
    story.add("fault", call=call, person=ANN, fake="payments", kind="hang_after", committed=True)
    crash(story)
    assert story.occurred("crashed_while_parked")[0] is True


def test_a_pause_is_another_blow_than_a_crash() -> None:
    """The fact asks for the phase that its scenario means: a pause is no crash."""
    story = quiet()
    call = story.call(ANN, status=None)
    story.add("fault", call=call, person=ANN, fake="payments", kind="hang_after", committed=True)
    story.add("phase", name="pause", event="begin")
    story.add("phase", name="pause", event="end")
    assert story.occurred("crashed_while_parked", phase="pause")[0] is True
    assert story.occurred("crashed_while_parked")[0] is False


def test_a_tap_counts_while_the_answer_is_held() -> None:
    """A second request before or after the hold is no rival."""
    story = quiet()
    call = story.call(ANN, status=None)
    story.add("fault", call=call, person=ANN, fake="payments", kind="barrier", committed=True)
    story.add("answered", call=call, status=200, ms=2000.0, lost=None)
    story.attempt(ANN, story.intent(ANN))
    assert story.occurred("tapped_while_held")[0] is False
    call = story.call(ANN, status=None)
    story.add("fault", call=call, person=ANN, fake="payments", kind="barrier", committed=True)
    story.attempt(ANN, story.intent(ANN))
    story.add("answered", call=call, status=200, ms=2000.0, lost=None)
    assert story.occurred("tapped_while_held")[0] is True


def test_tampered_requests_must_have_been_answered() -> None:
    """One that nobody heard of says nothing."""
    story = Story(ANN)
    intent = story.intent(ANN)
    story.add("attempt", attempt="a", intent=intent, person=ANN, operation="buy", key="k", main=True, extra=["amount"])
    assert story.occurred("tampered")[0] is False
    story.add("outcome", attempt="a", intent=intent, person=ANN, outcome="failed", status=422, ms=5.0)
    assert story.occurred("tampered")[0] is True


def test_interventions_are_counted() -> None:
    """By hand, for the cell's own people."""
    story = Story(ANN)
    story.add("intervention", person=ANN, cell="c", what="retry", object="7")
    assert story.occurred("intervened", min=1)[0] is True
    assert story.occurred("intervened", min=2)[0] is False
