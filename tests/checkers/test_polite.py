"""Manners towards a vendor in trouble: each finding has a story that shows it and one that nearly does."""

from harness.model import Ruling
from tests.checkers.story import ANN, BEN, SECOND, Story


def tried(*gaps: float, status: int = 503, then: int = 200, wait: str | None = None) -> Story:
    """A call that is refused, and tried again after each of these gaps; the last one gets through."""
    story = Story(ANN)
    story.ok(ANN)
    for number, gap in enumerate((*gaps, None)):
        begun = story.now
        story.call(ANN, status=then if gap is None else status, wait=wait if number == 0 else None)
        if gap is not None:
            story.now = begun + int(gap * SECOND)
    return story


def test_growing_gaps_are_good_manners() -> None:
    """However short they begin."""
    verdict = tried(0.1, 0.2, 0.4, 0.8, 1.6).judged("polite")
    assert (verdict.ruling, verdict.counts) == (Ruling.PASS, {"pieces": 1, "attempts": 6})


def test_a_tight_loop_is_found() -> None:
    """Four gaps that neither grow nor reach a second."""
    (finding,) = tried(0.1, 0.1, 0.1, 0.1).judged("polite").findings
    assert finding.kind == "no_backoff"
    assert "tried 5 times" in finding.message


def test_on_a_busy_machine_short_gaps_tell_nothing() -> None:
    """Calm people waited too; too many attempts stand all the same."""
    story = tried(0.1, 0.1, 0.1, 0.1)
    story.person(BEN, origin="control")
    story.now -= 4 * SECOND
    story.ok(BEN, ms=1500)
    assert story.judged("polite").ruling is Ruling.UNKNOWN
    assert [one.kind for one in story.judged("polite", attempts=3).findings] == ["hammered", "no_backoff"]


def test_a_burst_between_longer_pauses_is_found() -> None:
    """The client's own loop inside of each of the job's patient attempts."""
    found = tried(0.1, 0.1, 0.1, 0.1, 3.0, 0.1, 0.1, 0.1, 0.1).judged("polite").findings
    assert [one.kind for one in found] == ["no_backoff"]


def test_a_few_quick_retries_are_common_practice() -> None:
    """Too few to tell."""
    assert tried(0.1, 0.1, 0.1).judged("polite").ruling is Ruling.PASS


def test_constant_gaps_of_a_second_are_slow_enough() -> None:
    """Nobody is hammered by that."""
    assert tried(1.2, 1.2, 1.2, 1.2, 1.2).judged("polite").ruling is Ruling.PASS


def test_too_many_attempts_are_found() -> None:
    """Retries of retries of retries."""
    (finding,) = tried(*[float(n) for n in range(1, 7)]).judged("polite", attempts=5).findings
    assert (finding.kind, finding.expected, finding.found) == ("hammered", 5, 7)


def test_a_retry_before_the_time_is_found() -> None:
    """The vendor had asked for three seconds; of one that asks for nothing nothing is demanded."""
    assert tried(0.5, status=429).judged("polite").ruling is Ruling.PASS
    assert [one.kind for one in tried(0.5, status=429, wait="3").judged("polite").findings] == ["impatient"]
    assert tried(3.1, status=429, wait="3").judged("polite").ruling is Ruling.PASS


def test_what_was_answered_for_good_is_no_attempt_at_the_next() -> None:
    """The same content after a success, or after a refusal that no retry changes, is new work: nothing to judge."""
    assert tried(0.1, 0.1, 0.1, 0.1, 0.1, status=200).judged("polite").ruling is Ruling.UNKNOWN
    assert tried(0.1, 0.1, 0.1, 0.1, 0.1, status=404, then=404).judged("polite").ruling is Ruling.UNKNOWN
