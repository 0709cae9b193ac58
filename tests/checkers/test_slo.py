"""Limits in time: exact bounds against the published table, and what counts as a sample."""

import pytest

from harness.checkers.bounds import lower, upper
from harness.checkers.slo import judge, percentile
from tests.checkers.story import ANN, BEN, CHARGE, TICKET, Story

TABLE = {
    0.90: (29, 46, 61, 76, 89, 103),
    0.95: (59, 93, 124, 153, 181, 208),
    0.99: (299, 473, 628, 773, 913, 1049),
    0.995: (598, 947, 1258),
    0.999: (2995, 4742, 6294),
}
CASES = [(quantile, late, number) for quantile, row in TABLE.items() for late, number in enumerate(row)]
ACK = {"name": "answers", "measure": "acknowledgement", "limit_s": 2.0, "quantile": 0.95}
SYNC = {"name": "records", "measure": "sync", "limit_s": 30.0, "quantile": 0.95}
SUPPORT = {"name": "tickets", "measure": "support", "limit_s": 60.0, "quantile": 0.99}


@pytest.mark.parametrize(("quantile", "late", "number"), CASES)
def test_so_many_samples_are_just_enough(quantile: float, late: int, number: int) -> None:
    """The published least numbers for a pass at 95% confidence: exactly these, not one fewer."""
    assert upper(late, number) <= 1 - quantile < upper(late, number - 1)


def test_published_bounds() -> None:
    """None late of 100 still allows 2.95%; seven late of 300 are surely more than 1%."""
    assert upper(0, 100) == pytest.approx(0.0295, abs=5e-5)
    assert lower(7, 300) > 0.01
    assert upper(1, 500) <= 0.01
    assert lower(5, 1000) < 0.01 < upper(5, 1000)


def test_bounds_of_nothing_exclude_nothing() -> None:
    """Anything is possible."""
    assert (lower(0, 0), upper(0, 0)) == (0.0, 1.0)


def test_percentiles_are_nearest_rank_of_raw_samples() -> None:
    """No buckets, no interpolation."""
    ordered = [float(number) for number in range(1, 101)]
    assert [percentile(ordered, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50.0, 95.0, 99.0, 100.0]


def answered(number: int, slow: int = 0) -> Story:
    """So many answers of a calm load, of which so many took three seconds."""
    story = Story()
    story.person(ANN, origin="load")
    for one in range(number):
        story.ok(ANN, ms=3000 if one < slow else 100)
    return story


def test_enough_samples_in_time_pass() -> None:
    """59 of 59; everything a report needs is there."""
    verdict = judge(answered(59).history(), ACK)
    assert (verdict["verdict"], verdict["n"], verdict["late"], verdict["left_out"]) == ("pass", 59, 0, 0)
    assert (verdict["p50_s"], verdict["p95_s"], verdict["worst_s"]) == (0.1, 0.1, 0.1)
    assert verdict["late_upper_bound"] == pytest.approx(0.0495, abs=5e-5)


def test_one_sample_fewer_is_not_enough() -> None:
    """58 of 58 could be luck."""
    assert judge(answered(58).history(), ACK)["verdict"] == "unknown"


def test_too_many_late_fail() -> None:
    """Twenty of a hundred."""
    verdict = judge(answered(100, slow=20).history(), ACK)
    assert (verdict["verdict"], verdict["late"], verdict["p95_s"]) == ("fail", 20, 3.0)


def test_a_few_late_of_few_are_unknown() -> None:
    """Two of twenty: neither sure nor excluded."""
    assert judge(answered(20, slow=2).history(), ACK)["verdict"] == "unknown"


def test_what_never_came_is_late() -> None:
    """It has no time, and counts."""
    story = answered(58)
    story.attempt(ANN, story.intent(ANN), None)
    verdict = judge(story.history(), ACK)
    assert (verdict["n"], verdict["late"], verdict["never"], verdict["worst_s"]) == (59, 1, 1, None)


def test_a_server_error_is_late_however_quick() -> None:
    """It confirms nothing."""
    story = answered(0)
    story.attempt(ANN, story.intent(ANN), "unknown", status=503, ms=1)
    assert judge(story.history(), ACK)["late"] == 1


def test_people_to_whom_something_was_done_are_left_out() -> None:
    """Their times say nothing about calm days; that they were left out is said."""
    story = answered(59)
    story.person(BEN)
    story.fault(BEN, "hang")
    story.ok(BEN, ms=9000)
    verdict = judge(story.history(), ACK)
    assert (verdict["verdict"], verdict["n"], verdict["left_out"]) == ("pass", 59, 1)


def test_calm_people_of_scenarios_count() -> None:
    """Nothing was done to them."""
    story = answered(58)
    story.person(BEN)
    story.ok(BEN)
    assert judge(story.history(), ACK)["n"] == 59


def test_samples_in_a_fault_of_the_world_are_left_out() -> None:
    """An outage of everybody's vendor."""
    story = answered(59)
    story.add("phase", name="outage", event="begin")
    story.ok(ANN, ms=9000)
    story.add("phase", name="outage", event="end")
    verdict = judge(story.history(), ACK)
    assert (verdict["n"], verdict["left_out"]) == (59, 1)


def test_syncing_counts_from_the_scheduled_moment_to_the_last_effect() -> None:
    """The load was late to send: that is no excuse."""
    story = Story()
    story.person(ANN, origin="load")
    intent = story.intent(ANN, CHARGE)
    story.wait(10)
    story.attempt(ANN, intent, scheduled=story.now - 9_000_000_000)
    story.charge(ANN)
    verdict = judge(story.history(), SYNC)
    assert (verdict["n"], verdict["worst_s"]) == (1, pytest.approx(11.1))


def test_a_ticket_counts_when_it_is_in_the_right_queue() -> None:
    """In time, and in the wrong place: it never arrived."""
    story = Story(flow="help_text")
    story.person(ANN, origin="load")
    story.ok(ANN, {**TICKET, "values": {"group": "Billing"}})
    story.effect(ANN, "helpdesk.ticket", "1", group="General")
    verdict = judge(story.history(), SUPPORT)
    assert (verdict["n"], verdict["never"]) == (1, 1)
    story.effect(ANN, "helpdesk.ticket", "1", "update", group="Billing")
    assert judge(story.history(), SUPPORT)["never"] == 0


def test_a_measure_nobody_knows_is_unknown() -> None:
    """A word from a newer release."""
    assert judge(answered(59).history(), {**ACK, "measure": "joy"})["verdict"] == "unknown"
