"""What a page shows and sends, judged from hand-written histories: each promise green, red and without evidence."""

from typing import Any

from tests.checkers.story import ANN, CHARGE, Story, said

APP: dict[str, Any] = {
    "app": {
        "states": ["state", "notice-state"],
        "own_words": ["Payment pending"],
        "shown_within_s": 2.0,
        "shows": {"plan-now": "plan", "order-{order_id}-state": "orders.*.state"},
    },
    "words": ["Payment pending", "Paid", "Payment failed"],
    "flows": {"buy": {"request": "buy"}},
    "operations": {"buy": {"extract": {"order_id": "order_id"}}},
}
WORDS = {"one_of": ["Payment pending", "Paid"]}


class PageStory(Story):
    """A story told with a page in the hand; the page's clock runs in step with the journal's."""

    def __init__(self) -> None:
        super().__init__(ANN)
        self.wished = self.intent(ANN, CHARGE)

    def tap(self, number: int = 1) -> None:
        """A finger, and the page felt it."""
        self.add("tap", intent=self.wished, person=ANN, number=number, gap_ms=0, sent=number == 1)
        self._stamp()

    def shows(self, text: str, place: str = "state") -> None:
        """The page shows this from now on."""
        self.add("shown", intent=self.wished, person=ANN, state=text, place=place)
        self._stamp()

    def sends(self, outcome: str = "ok", told: tuple[str, ...] = (), **more: Any) -> None:
        """A request of the page, and what its answer held."""
        self.attempt(ANN, self.wished, outcome, **more)
        if outcome == "ok":
            self.records[-1].update(told=list(told), told_at=self.now)  # type: ignore[attr-defined]

    def page(self, event: str, **what: Any) -> None:
        """Something befalls the page."""
        self.add("page", person=ANN, cell="story[buy]", event=event, intent=self.wished, **what)

    def screen(self, words: tuple[str, ...], **texts: str) -> None:
        """A whole look, beside a truth of one paid order on the plan `pro`."""
        truth = {"plan": "pro", "orders": [{"order_id": "o1", "state": "Paid"}]}
        shown = {name.replace("_", "-"): text for name, text in texts.items()}
        self.page("screen", texts=shown, words=list(words), values=truth)

    def _stamp(self) -> None:
        self.records[-1].update(page_ms=self.now / 1e6)  # type: ignore[attr-defined]


# -- a word in time ----------------------------------------------------------------------------------------------------


def test_a_word_in_time_passes() -> None:
    """Pending, one second after the tap."""
    story = PageStory()
    story.tap()
    story.shows("Payment pending")
    verdict = story.judged("shown_in_time", on=APP, **WORDS)
    assert said(verdict) == ("pass", [])
    assert verdict.counts["worst_s"] == 1.0


def test_a_word_that_is_late_or_wrong_fails() -> None:
    """A spinner is no word, and three seconds are too many; what was shown instead is told."""
    story = PageStory()
    story.tap()
    story.shows("Loading")
    story.wait(2)
    story.shows("Payment pending")
    verdict = story.judged("shown_in_time", on=APP, **WORDS)
    assert said(verdict) == ("fail", ["not_shown"])
    assert "'Loading' after 1.0 s, 'Payment pending' after 4.0 s" in verdict.findings[0].message


def test_a_right_word_that_stays_is_shown() -> None:
    """It need not change to be seen."""
    story = PageStory()
    story.shows("Payment pending")
    story.tap()
    assert said(story.judged("shown_in_time", on=APP, **WORDS)) == ("pass", [])


def test_without_a_tap_of_a_page_nothing_is_known() -> None:
    """A phone over HTTP has no screen; nor has an app that was killed before its time was up."""
    story = PageStory()
    story.add("tap", intent=story.wished, person=ANN, number=1, gap_ms=0, sent=True)
    assert said(story.judged("shown_in_time", on=APP, **WORDS)) == ("unknown", [])
    killed = PageStory()
    killed.tap()
    killed.page("killed", under_way=True)
    assert said(killed.judged("shown_in_time", on=APP, **WORDS)) == ("unknown", [])


def test_late_while_calm_people_waited_too_is_unknown() -> None:
    """A slow machine is no fault of the app's."""
    story = PageStory()
    story.person("hxbbbbbbbbbbbb", origin="control")
    story.tap()
    calm = story.intent("hxbbbbbbbbbbbb")
    story.attempt("hxbbbbbbbbbbbb", calm, ms=3000)
    assert said(story.judged("shown_in_time", on=APP, **WORDS)) == ("unknown", [])


# -- what is true in the end -------------------------------------------------------------------------------------------


def test_a_screen_that_says_what_the_server_says_passes() -> None:
    """The word, the plan and the row."""
    story = PageStory()
    story.screen(("Paid",), state="Paid", plan_now="pro", order_o1_state="Paid")
    verdict = story.judged("screen_true", on=APP)
    assert said(verdict) == ("pass", [])
    assert verdict.counts["places"] == 3


def test_a_screen_that_the_server_contradicts_fails() -> None:
    """A word that no server says, and a row that is behind."""
    story = PageStory()
    story.screen(("Paid",), state="Payment pending", plan_now="pro", order_o1_state="Payment pending")
    verdict = story.judged("screen_true", on=APP)
    assert said(verdict) == ("fail", ["contradicts", "contradicts"])
    assert "shows 'Payment pending' at state" in verdict.findings[0].message


def test_without_a_look_at_the_screen_nothing_is_known() -> None:
    """Nor when it shows nothing that could be compared."""
    story = PageStory()
    assert said(story.judged("screen_true", on=APP)) == ("unknown", [])
    story.screen(("Paid",), help_subject="?")
    assert said(story.judged("screen_true", on=APP)) == ("unknown", [])


# -- claims ------------------------------------------------------------------------------------------------------------


def test_a_claim_after_an_answer_passes() -> None:
    """Paid, once the server said so; pending is the app's own to say."""
    story = PageStory()
    story.shows("Payment pending")
    story.sends(told=("Paid",))
    story.shows("Paid")
    verdict = story.judged("told_first", on=APP)
    assert said(verdict) == ("pass", [])
    assert verdict.counts == {"claims": 1, "words": 2}


def test_a_claim_before_any_answer_fails() -> None:
    """However soon the answer comes after it."""
    story = PageStory()
    story.shows("Paid")
    story.sends(told=("Paid",))
    verdict = story.judged("told_first", on=APP)
    assert said(verdict) == ("fail", ["claimed"])
    assert "an answer said so 1.1 s later" in verdict.findings[0].message


def test_where_no_page_showed_anything_no_claim_is_judged() -> None:
    """What a phone over HTTP could show is not what a page shows."""
    story = PageStory()
    story.add("shown", intent=story.wished, person=ANN, state="Paid")
    assert said(story.judged("told_first", on=APP)) == ("unknown", [])


# -- one wish ----------------------------------------------------------------------------------------------------------


def test_one_key_and_one_row_pass() -> None:
    """Sent twice, with one key."""
    story = PageStory()
    story.sends("unknown")
    story.sends()
    story.screen(("Paid",), order_o1_state="Paid")
    verdict = story.judged("one_wish", on=APP)
    assert said(verdict) == ("pass", [])
    assert verdict.counts == {"wishes": 1, "rows": 1}


def test_two_keys_for_one_wish_fail() -> None:
    """The server must take them for two."""
    story = PageStory()
    story.sends("unknown", key="one")
    story.sends(key="two")
    assert said(story.judged("one_wish", on=APP)) == ("fail", ["several_keys"])


def test_two_rows_for_one_wish_fail() -> None:
    """Whatever the keys were."""
    story = PageStory()
    story.sends()
    story.screen(("Paid",), order_o1_state="Paid", order_o2_state="Paid")
    assert said(story.judged("one_wish", on=APP)) == ("fail", ["shown_twice"])


def test_a_wish_that_never_left_the_page_is_not_judged() -> None:
    """There is nothing to count."""
    assert said(PageStory().judged("one_wish", on=APP)) == ("unknown", [])


# -- kept --------------------------------------------------------------------------------------------------------------


def test_a_wish_that_comes_through_after_a_kill_passes() -> None:
    """Tapped, killed, sent after that."""
    story = PageStory()
    story.tap()
    story.page("killed", under_way=True)
    assert said(story.judged("kept", on=APP)) == ("unknown", []), "it was not opened again yet"
    story.page("opened")
    story.sends()
    assert said(story.judged("kept", on=APP)) == ("pass", [])


def test_a_wish_that_is_forgotten_fails() -> None:
    """Tapped, loaded again, and never heard of since."""
    story = PageStory()
    story.tap()
    story.sends("unknown", status=None)
    story.page("reloaded", under_way=True)
    verdict = story.judged("kept", on=APP)
    assert said(verdict) == ("fail", ["forgotten"])
    assert "was under way when the app was loaded again, and it was never sent again" in verdict.findings[0].message


def test_a_kill_with_nothing_under_way_proves_nothing() -> None:
    """Nor one of an app in which nothing was tapped."""
    story = PageStory()
    story.tap()
    story.sends()
    story.page("killed", under_way=False)
    assert said(story.judged("kept", on=APP)) == ("unknown", [])
    untouched = PageStory()
    untouched.page("killed", under_way=True)
    assert said(untouched.judged("kept", on=APP)) == ("unknown", [])


# -- facts -------------------------------------------------------------------------------------------------------------


def test_facts_of_a_page() -> None:
    """The control button felt both taps, the page was offline, and it was killed with a wish under way."""
    story = PageStory()
    for fact in ("doubled", "page_offline", "page_ended"):
        assert not story.occurred(fact)[0], fact
    story.page("control", felt=1)
    assert not story.occurred("doubled")[0]
    story.page("offline")
    story.page("killed", under_way=True)
    story.records[-3].update(felt=2)  # type: ignore[attr-defined]
    for fact in ("doubled", "page_offline", "page_ended"):
        assert story.occurred(fact)[0], fact
