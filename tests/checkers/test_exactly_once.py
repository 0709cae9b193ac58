"""Exactly once: what is duplicated, lost, leaked, phantom, wrong or mixed up, and what is none of it."""

from harness.model import Finding, Ruling, Verdict
from tests.checkers.story import ANN, BEN, CHARGE, CONTACT, RECEIPT, Story, said

PROMISE = "exactly_once"


def test_one_effect_of_an_ok_intent_passes() -> None:
    """One wish, one charge: kept, with the counts it rests on."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    assert story.judged(PROMISE) == Verdict(
        promise=PROMISE,
        ruling=Ruling.PASS,
        reason="1 objects, each asked for once by 1 intents",
        counts={"intents": 1, "ok": 1, "expected": 1, "found": 1},
    )


def test_two_effects_of_one_intent_are_duplicated() -> None:
    """The second charge is the finding, with the intent and both charges as evidence."""
    story = Story(ANN)
    intent = story.ok(ANN, CHARGE)
    first, second = story.charge(ANN, "ch_1"), story.charge(ANN, "ch_2")
    assert story.judged(PROMISE) == Verdict(
        promise=PROMISE,
        ruling=Ruling.FAIL,
        reason="1 duplicated",
        counts={"intents": 1, "ok": 1, "expected": 1, "found": 2},
        findings=(
            Finding(
                kind="duplicated",
                message=f"2 payments.charge with anything for {ANN} (ch_1, ch_2), at most 1 was asked for by "
                f"buy {intent} (ok)",
                person=ANN,
                sink="payments.charge",
                expected=1,
                found=2,
                records=(story.records[1], first, second),
            ),
        ),
    )


def test_no_effect_of_an_ok_intent_is_lost() -> None:
    """Accepted, and nothing came of it; there is nothing near either."""
    story = Story(ANN)
    intent = story.ok(ANN, CHARGE)
    verdict = story.judged(PROMISE)
    assert said(verdict) == ("fail", ["lost"])
    assert verdict.findings[0].message == (
        f"no payments.charge with amount=900, currency=usd for {ANN}, although buy {intent} (ok): 0 of 1 found, "
        "and there is none at all"
    )


def test_a_lost_effect_is_shown_beside_the_nearest() -> None:
    """The receipt is missing; the other mail of this person is shown."""
    story = Story(ANN)
    story.ok(ANN, RECEIPT)
    story.effect(ANN, "alerts.mail", "m1", subject="Welcome", to=[f"{ANN}@people.example.com"])
    verdict = story.judged(PROMISE)
    assert said(verdict) == ("fail", ["lost"])
    assert verdict.findings[0].found == {"subject": "Welcome", "to": [f"{ANN}@people.example.com"]}


def test_an_unknown_intent_may_have_none() -> None:
    """Nobody knows whether it was done, so nothing is lost."""
    story = Story(ANN)
    story.ok(ANN, CONTACT, flow="sign_up")
    story.effect(ANN, "crm.contact", "1")
    story.unknown(ANN, CHARGE)
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_an_unknown_intent_may_have_one() -> None:
    """It may have been done."""
    story = Story(ANN)
    story.unknown(ANN, CHARGE)
    story.charge(ANN)
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_an_unknown_intent_may_not_have_two() -> None:
    """It was done once at most."""
    story = Story(ANN)
    story.unknown(ANN, CHARGE)
    story.charge(ANN, "ch_1")
    story.charge(ANN, "ch_2")
    assert said(story.judged(PROMISE)) == ("fail", ["duplicated"])


def test_an_attempt_without_an_outcome_is_unknown() -> None:
    """A phone that died in the middle knows nothing."""
    story = Story(ANN)
    story.attempt(ANN, story.intent(ANN, CHARGE), None)
    story.charge(ANN)
    assert story.judged(PROMISE).counts == {"intents": 1, "unknown": 1, "found": 1, "expected": 0}


def test_what_the_phone_concluded_counts() -> None:
    """The intent as a whole failed, whatever its attempts looked like."""
    story = Story(ANN)
    intent = story.unknown(ANN, CHARGE)
    story.add("concluded", intent=intent, person=ANN, outcome="failed")
    story.charge(ANN)
    assert said(story.judged(PROMISE)) == ("fail", ["leaked"])


def test_an_effect_of_a_failed_intent_is_leaked() -> None:
    """It was refused, and charged all the same."""
    story = Story(ANN)
    story.failed(ANN, CHARGE)
    story.charge(ANN)
    assert said(story.judged(PROMISE)) == ("fail", ["leaked"])


def test_an_effect_nobody_asked_for_is_phantom() -> None:
    """A deal appears out of nothing."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    story.effect(ANN, "crm.deal", "7", amount="9.00")
    assert said(story.judged(PROMISE)) == ("fail", ["phantom"])


def test_an_open_sink_has_no_phantoms() -> None:
    """A message to the team that no flow announced is nobody's business."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    story.effect(ANN, "alerts.chat", "m1", text=f"new customer {ANN}")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_what_the_vendor_did_itself_is_no_phantom() -> None:
    """A refund that the scenario let the provider make."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN, "ch_1")
    story.act(ANN, "refund", on="ch_1")
    story.effect(ANN, "payments.refund", "re_1", call=None, ids=("ch_1",), amount=900)
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_a_second_customer_is_duplicated() -> None:
    """One person is one customer at the payment provider, expected or not."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    story.effect(ANN, "payments.customer", "cus_1")
    story.effect(ANN, "payments.customer", "cus_2")
    assert said(story.judged(PROMISE)) == ("fail", ["duplicated"])


def test_a_subscription_never_paid_is_no_phantom() -> None:
    """Somebody walked away; what remains grants nothing."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN, CONTACT)
    story.effect(ANN, "crm.contact", "1")
    story.effect(ANN, "payments.subscription", "sub_1", plan="pro", status="incomplete")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_a_subscription_that_became_active_is_phantom() -> None:
    """Nobody asked for it, and it grants something."""
    story = Story(ANN, flow="subscribe")
    story.ok(ANN, CONTACT)
    story.effect(ANN, "crm.contact", "1")
    story.effect(ANN, "payments.subscription", "sub_1", plan="pro", status="incomplete")
    story.effect(ANN, "payments.subscription", "sub_1", "update", plan="pro", status="active")
    assert said(story.judged(PROMISE)) == ("fail", ["phantom"])


def test_one_natural_key_for_all_intents_of_a_person() -> None:
    """Two purchases and a sign-up mean one contact."""
    story = Story(ANN)
    story.ok(ANN, CONTACT, flow="sign_up")
    story.ok(ANN, CONTACT)
    story.effect(ANN, "crm.contact", "1", email="x")
    story.effect(ANN, "crm.contact", "1", "update", email="x", lifecyclestage="customer")
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_a_second_contact_is_duplicated() -> None:
    """One person, two contacts."""
    story = Story(ANN)
    story.ok(ANN, CONTACT)
    story.effect(ANN, "crm.contact", "1")
    story.effect(ANN, "crm.contact", "2")
    assert said(story.judged(PROMISE)) == ("fail", ["duplicated"])


def test_a_repeat_after_a_lost_answer_is_not_judged_without_a_guarantee() -> None:
    """Mail knows no key: after an answer that never came, two are right."""
    story = Story(ANN)
    story.ok(ANN, RECEIPT)
    story.fault(ANN, "lost_reply", "alerts")
    story.effect(ANN, "alerts.mail", "m1", subject="Receipt 1")
    story.effect(ANN, "alerts.mail", "m2", subject="Receipt 1")
    verdict = story.judged(PROMISE)
    assert said(verdict) == ("pass", [])
    assert verdict.counts["not_judged"] == 1


def test_a_repeat_without_a_lost_answer_is_judged() -> None:
    """Nothing happened to the mail, and there are two."""
    story = Story(ANN)
    story.ok(ANN, RECEIPT)
    story.fault(ANN, "lost_reply", "crm")
    story.effect(ANN, "alerts.mail", "m1", subject="Receipt 1")
    story.effect(ANN, "alerts.mail", "m2", subject="Receipt 1")
    assert said(story.judged(PROMISE)) == ("fail", ["duplicated"])


def test_a_repeat_after_a_crash_is_not_judged_without_a_guarantee() -> None:
    """Killed between sending and noting it down; a kill at the end of the run is no excuse."""
    story = Story(ANN)
    story.ok(ANN, RECEIPT)
    story.effect(ANN, "alerts.mail", "m1", subject="Receipt 1")
    story.add("process", name="work", event="killed", pid=1, code=None)
    story.effect(ANN, "alerts.mail", "m2", subject="Receipt 1")
    assert said(story.judged(PROMISE)) == ("pass", [])
    story.records[-2] = {**story.records[-2], "at": story.now + 1}
    assert said(story.judged(PROMISE)) == ("fail", ["duplicated"])


def test_a_repeat_long_after_a_crash_that_met_nothing_is_judged() -> None:
    """The message had gone out long before the kill: nothing was under way that could have got lost."""
    story = Story(ANN)
    story.ok(ANN, RECEIPT)
    story.effect(ANN, "alerts.mail", "m1", subject="Receipt 1")
    story.wait(3)
    story.add("process", name="work", event="killed", pid=1, code=None)
    story.effect(ANN, "alerts.mail", "m2", subject="Receipt 1")
    assert said(story.judged(PROMISE)) == ("fail", ["duplicated"])


def test_another_person_s_effects_are_not_mine() -> None:
    """Ann's charge does not serve Ben."""
    story = Story(ANN, BEN)
    story.ok(ANN, CHARGE)
    story.ok(BEN, CHARGE)
    story.charge(ANN)
    verdict = story.judged(PROMISE)
    assert [(finding.kind, finding.person) for finding in verdict.findings] == [("lost", BEN)]


def test_an_effect_that_names_two_people_is_mixed_up() -> None:
    """It counts for both, and is a finding of both."""
    story = Story(ANN, BEN)
    story.ok(ANN, CHARGE)
    story.ok(BEN, CHARGE)
    story.charge(ANN, "ch_1", markers=(ANN, BEN))
    assert said(story.judged(PROMISE)) == ("fail", ["mixed_up", "mixed_up"])


def test_nobody_is_unknown() -> None:
    """Without people there is nothing to judge."""
    assert story_of_nobody().judged(PROMISE) == Verdict(
        promise=PROMISE, ruling=Ruling.UNKNOWN, reason="nobody took part in this cell"
    )


def story_of_nobody() -> Story:
    """A story without people."""
    return Story()


def test_no_intent_is_unknown() -> None:
    """Somebody was there and wanted nothing."""
    assert said(Story(ANN).judged(PROMISE)) == ("unknown", [])


def test_nothing_expected_and_nothing_found_is_unknown() -> None:
    """A flow without effects proves nothing about effects."""
    story = Story(ANN)
    story.ok(ANN)
    assert said(story.judged(PROMISE)) == ("unknown", [])


def test_probes_are_evidence_of_their_own() -> None:
    """Somebody only tried what must be refused, and there is nothing: kept."""
    story = Story(ANN)
    story.probe(ANN, 401, 401)
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_the_most_specific_expectation_is_served_first() -> None:
    """A charge of 900 belongs to who asked for 900, not to who would take any."""
    story = Story(ANN)
    story.ok(ANN, {"sink": "payments.charge"})
    story.ok(ANN, {"sink": "payments.charge", "match": {"amount": 900}})
    story.charge(ANN, "ch_1", 900)
    story.charge(ANN, "ch_2", 3900)
    assert said(story.judged(PROMISE)) == ("pass", [])


def test_a_lost_effect_of_somebody_unsettled_says_what_was_under_way() -> None:
    """The blocker is named."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.add("unsettled", person=ANN, blockers=["pipeline: 1"])
    assert "still under way at the end: pipeline: 1" in story.judged(PROMISE).findings[0].message
