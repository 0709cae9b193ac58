"""The smaller promises: never, shown, refused, isolated, alerted, attachment_intact, gives_up."""

from harness.model import Finding, Ruling, Verdict
from tests.checkers.story import ANN, BEN, CHARGE, Story, said

FILE = {"name": "x.png", "size": 3, "sha256": "aa"}


def test_never_passes_when_there_is_none() -> None:
    """No charge."""
    story = Story(ANN)
    story.ok(ANN)
    assert story.judged("never", sink="payments.charge") == Verdict(
        promise="never", ruling=Ruling.PASS, reason="no payments.charge with anything", counts={"persons": 1}
    )


def test_never_fails_when_there_is_one() -> None:
    """A charge that may not be."""
    story = Story(ANN)
    story.ok(ANN)
    charge = story.charge(ANN)
    assert story.judged("never", sink="payments.charge").findings == (
        Finding(
            kind="forbidden",
            message=f"payments.charge ch_1 of {ANN} with amount=900, currency=usd: there may be none with anything",
            person=ANN,
            sink="payments.charge",
            expected=0,
            found=1,
            records=(charge,),
        ),
    )


def test_never_counts_every_version() -> None:
    """A company that was blank for a moment."""
    story = Story(ANN)
    story.ok(ANN)
    story.effect(ANN, "crm.contact", "1", company="")
    story.effect(ANN, "crm.contact", "1", "update", company="X")
    assert said(story.judged("never", sink="crm.contact", match={"company": ""})) == ("fail", ["forbidden"])


def test_never_does_not_take_a_missing_field_for_a_blank_one() -> None:
    """Without a company nothing was overwritten."""
    story = Story(ANN)
    story.ok(ANN)
    story.effect(ANN, "crm.contact", "1", email="x")
    assert said(story.judged("never", sink="crm.contact", match={"company": ""})) == ("pass", [])


def test_never_in_the_app_looks_at_every_read() -> None:
    """Paid access for a moment is paid access."""
    story = Story(ANN)
    story.ok(ANN)
    story.read(ANN, "during", plan="starter")
    story.read(ANN, plan="free")
    assert said(story.judged("never", app="plan", equals="starter")) == ("fail", ["forbidden"])


def test_never_in_the_app_passes_when_it_never_was() -> None:
    """Free all the time."""
    story = Story(ANN)
    story.ok(ANN)
    story.read(ANN, plan="free")
    assert said(story.judged("never", app="plan", equals="starter")) == ("pass", [])


def test_never_in_the_app_without_a_look_is_unknown() -> None:
    """Nobody looked."""
    story = Story(ANN)
    story.ok(ANN)
    assert said(story.judged("never", app="plan", equals="starter")) == ("unknown", [])


def test_shown_passes_with_the_right_word() -> None:
    """The accepted answer carried it."""
    story = Story(ANN)
    story.ok(ANN, state="Payment pending")
    assert said(story.judged("shown", one_of=["Payment pending"])) == ("pass", [])


def test_shown_passes_when_the_app_showed_it_next() -> None:
    """The word came from elsewhere."""
    story = Story(ANN)
    intent = story.ok(ANN)
    story.add("shown", person=ANN, intent=intent, state="Payment pending")
    assert said(story.judged("shown", one_of=["Payment pending"])) == ("pass", [])


def test_shown_fails_with_another_word() -> None:
    """Done, it said, and it was not."""
    story = Story(ANN)
    story.ok(ANN, state="Done")
    assert said(story.judged("shown", one_of=["Payment pending"])) == ("fail", ["not_shown"])


def test_shown_looks_at_the_cell_s_own_flow() -> None:
    """What the sign-up before it showed is another matter."""
    story = Story(ANN)
    story.ok(ANN, flow="sign_up", state="Account syncing")
    story.ok(ANN, state="Payment pending")
    assert said(story.judged("shown", one_of=["Payment pending"])) == ("pass", [])


def test_shown_without_an_accepted_intent_is_unknown() -> None:
    """Nothing to show."""
    story = Story(ANN)
    story.failed(ANN)
    assert said(story.judged("shown", one_of=["Payment pending"])) == ("unknown", [])


def test_refused_passes() -> None:
    """401 and 403, no details, nothing left behind."""
    story = Story(ANN)
    story.probe(ANN, 401, 401, 403, body='{"error":{"code":"unauthorized"}}')
    story.probe(ANN, 403, 401, 403)
    assert said(story.judged("refused")) == ("pass", [])


def test_refused_fails_when_it_was_served() -> None:
    """200 for a request without a token."""
    story = Story(ANN)
    story.probe(ANN, 200, 401, 403)
    assert said(story.judged("refused")) == ("fail", ["refused"])


def test_refused_fails_without_an_answer() -> None:
    """A request that kills the server is not refused."""
    story = Story(ANN)
    story.probe(ANN, None, 401, 403)
    assert said(story.judged("refused")) == ("fail", ["refused"])


def test_refused_fails_when_it_tells_inner_details() -> None:
    """A traceback in the answer."""
    story = Story(ANN)
    story.probe(ANN, 422, 422, body='Traceback (most recent call last):\n  File "app.py", line 3')
    assert said(story.judged("refused")) == ("fail", ["inner_details"])


def test_refused_takes_an_echo_for_no_detail() -> None:
    """What was sent comes back; that is no secret."""
    story = Story(ANN)
    story.probe(ANN, 422, 422, body="plan_id: gold' OR 1=1 is not a plan")
    assert said(story.judged("refused")) == ("pass", [])


def test_refused_wants_one_answer_for_one_reason() -> None:
    """401 here and 404 there, for the same missing token."""
    story = Story(ANN)
    story.probe(ANN, 401, 401, 404)
    story.probe(ANN, 404, 401, 404)
    assert said(story.judged("refused")) == ("fail", ["inconsistent"])


def test_refused_fails_when_something_came_of_it() -> None:
    """400, and a contact all the same."""
    story = Story(ANN)
    story.probe(ANN, 400, 400)
    story.effect(ANN, "crm.contact", "1", email="x")
    assert said(story.judged("refused")) == ("fail", ["leaked"])


def test_refused_without_a_probe_is_unknown() -> None:
    """Nothing was tried."""
    story = Story(ANN)
    story.ok(ANN)
    assert said(story.judged("refused")) == ("unknown", [])


def test_isolated_passes() -> None:
    """Each has their own."""
    story = Story(ANN, BEN)
    story.charge(ANN, "ch_1")
    story.read(BEN, name=BEN)
    assert said(story.judged("isolated")) == ("pass", [])


def test_isolated_fails_when_an_effect_names_two() -> None:
    """Ben's address in Ann's contact."""
    story = Story(ANN, BEN)
    story.effect(ANN, "crm.contact", "1", email=f"{BEN}@people.example.com")
    assert said(story.judged("isolated")) == ("fail", ["mixed_up", "mixed_up"])


def test_isolated_fails_when_the_app_shows_somebody_else() -> None:
    """Ann reads Ben's ticket."""
    story = Story(ANN, BEN)
    story.read(ANN, tickets=[{"subject": f"Help {BEN}"}])
    assert said(story.judged("isolated")) == ("fail", ["mixed_up"])


def test_isolated_lets_the_team_s_chat_name_several() -> None:
    """A digest."""
    story = Story(ANN, BEN)
    story.effect(ANN, "alerts.chat", "m1", text=f"dead letters: {ANN}, {BEN}")
    assert said(story.judged("isolated")) == ("pass", [])


def test_isolated_without_anything_is_unknown() -> None:
    """Nothing to look at."""
    assert said(Story(ANN).judged("isolated")) == ("unknown", [])


def alarmed(*texts: str) -> Story:
    """Somebody of whom the team was told in these words."""
    story = Story(ANN)
    story.ok(ANN)
    for number, text in enumerate(texts):
        story.effect(ANN, "alerts.chat", f"m{number}", text=f"{text} for {ANN}")
    return story


def test_alerted_passes_with_one_message() -> None:
    """Once, naming the person."""
    verdict = alarmed("Dead letter").judged("alerted", sinks=["alerts.chat"], contains=["dead letter"])
    assert said(verdict) == ("pass", [])


def test_alerted_without_a_message_is_lost() -> None:
    """Another message does not count."""
    verdict = alarmed("Hello").judged("alerted", sinks=["alerts.chat"], contains=["dead letter"])
    assert said(verdict) == ("fail", ["lost"])


def test_alerted_twice_is_duplicated() -> None:
    """One is enough."""
    verdict = alarmed("Dead letter", "Dead letter").judged("alerted", sinks=["alerts.chat"], contains=["dead letter"])
    assert said(verdict) == ("fail", ["duplicated"])


def test_alerted_too_late_is_late() -> None:
    """A second after the answer, half a second promised."""
    verdict = alarmed("Dead letter").judged("alerted", sinks=["alerts.chat"], within_s=0.5)
    assert said(verdict) == ("fail", ["late"])


def test_alerted_tells_no_secret() -> None:
    """The canary in the message is found, and not repeated in the evidence."""
    verdict = alarmed("Dead letter sekrit").judged("alerted", sinks=["alerts.chat"], secrets=["sekrit"])
    assert said(verdict) == ("fail", ["secret_told"])
    assert "sekrit" not in str(verdict)


def test_alerted_of_nobody_is_unknown() -> None:
    """Nobody did anything."""
    assert said(Story(ANN).judged("alerted", sinks=["alerts.chat"])) == ("unknown", [])


def sender(*arrived: dict[str, object], outcome: str = "ok") -> Story:
    """Somebody who sent FILE, and a ticket with these attachments."""
    story = Story(ANN, flow="help_attachment")
    story.attempt(ANN, story.intent(ANN, attachment=FILE), outcome)
    story.effect(ANN, "helpdesk.ticket", "1", attachments=list(arrived))
    return story


def test_an_attachment_that_arrived_whole_passes() -> None:
    """Name, size and digest."""
    assert said(sender(FILE).judged("attachment_intact")) == ("pass", [])


def test_a_spoiled_attachment_is_a_wrong_value() -> None:
    """Another digest."""
    assert said(sender({**FILE, "sha256": "bb"}).judged("attachment_intact")) == ("fail", ["wrong_value"])


def test_a_missing_attachment_is_lost() -> None:
    """The ticket came alone."""
    assert said(sender().judged("attachment_intact")) == ("fail", ["lost"])


def test_without_an_attachment_it_is_unknown() -> None:
    """Nobody sent one."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    assert said(story.judged("attachment_intact")) == ("unknown", [])


def refused_calls(number: int, status: int = 400) -> Story:
    """So many calls that the CRM found invalid."""
    story = Story(ANN)
    story.ok(ANN)
    for _ in range(number):
        story.call(ANN, "crm", status=status)
    return story


def test_giving_up_after_three_passes() -> None:
    """Three are allowed."""
    assert said(refused_calls(3).judged("gives_up", fake="crm", attempts=3)) == ("pass", [])


def test_a_fourth_attempt_is_too_many() -> None:
    """No payload gets better by being sent again."""
    assert said(refused_calls(4).judged("gives_up", fake="crm", attempts=3)) == ("fail", ["too_many_attempts"])


def test_without_an_invalid_call_it_is_unknown() -> None:
    """Server errors are another matter."""
    assert said(refused_calls(4, 503).judged("gives_up", fake="crm", attempts=3)) == ("unknown", [])
