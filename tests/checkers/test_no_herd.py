"""Herds: the same people, coming back together or apart; and promises about some of a cell's people."""

import pytest

from harness.checkers import decide
from harness.model import Ruling
from tests.checkers.story import CELL, CONTACT, SECOND, Story, said

CROWD = [f"hxcrowd{'abcdefghjkmnpqrstuvw'[n]}{'abcdefghjkmnpqrstuvw'[n]}2222"[:14] for n in range(20)]


def away(
    spread_s: float, *, people: int = 20, waited_s: float = 3.0, together: bool = False, tried_s: float = 0.02
) -> Story:
    """The CRM is away; each of the people tried once, within `tried_s`, and comes back within `spread_s`."""
    story = Story(*CROWD[:people])
    begun = story.now
    story.add("phase", name="outage", event="begin", fake="crm", cell=CELL, world=True)
    for number, person in enumerate(CROWD[:people]):
        story.now = begun + 2 * SECOND + int(tried_s * SECOND * number / people)
        story.call(person, "crm", status=503)
    story.now = begun + 4 * SECOND
    story.add("phase", name="outage", event="end")
    if together:
        story.add("received", call="batch", fake="crm", operation="POST /batch", writes=True, markers=CROWD, ids=[])
        return story
    for number, person in enumerate(CROWD[:people]):
        back = begun + int((3 + waited_s) * SECOND)
        story.now = back - SECOND + int(spread_s * SECOND * number / people)
        story.call(person, "crm")
    return story


@pytest.mark.parametrize(
    ("spread_s", "expected"), [(0.05, ("fail", ["herd"])), (1.5, ("pass", [])), (0.6, ("pass", []))]
)
def test_what_comes_back_at_one_moment_is_a_herd(spread_s: float, expected: tuple[str, list[str]]) -> None:
    """After three seconds each, within a twentieth of one, or spread by chance."""
    assert said(away(spread_s).judged("no_herd", fake="crm")) == expected


@pytest.mark.parametrize(
    ("tried_s", "spread_s", "expected"),
    [(0.4, 0.4, ("fail", ["herd"])), (0.02, 0.4, ("pass", [])), (1.5, 1.5, ("pass", []))],
)
def test_waits_that_are_all_alike_are_no_chance(
    tried_s: float, spread_s: float, expected: tuple[str, list[str]]
) -> None:
    """Who failed a little apart, on a slow machine, comes back just so far apart; who is let through slowly may."""
    assert said(away(spread_s, tried_s=tried_s).judged("no_herd", fake="crm")) == expected


def test_all_at_one_moment_are_a_herd_however_long_each_waited() -> None:
    """A clock that lets all go at once leaves no two waits alike."""
    assert said(away(0.05, tried_s=1.5).judged("no_herd", fake="crm")) == ("fail", ["herd"])


def test_one_call_for_all_is_no_herd() -> None:
    """A batch."""
    verdict = away(0, together=True).judged("no_herd", fake="crm")
    assert (verdict.ruling, verdict.counts["calls"]) == (Ruling.PASS, 1)


def test_few_people_and_short_waits_tell_nothing() -> None:
    """Nor does an outage of another vendor."""
    assert said(away(0.05, people=5).judged("no_herd", fake="crm")) == ("unknown", [])
    assert said(away(0.01, waited_s=0.4).judged("no_herd", fake="crm")) == ("unknown", [])
    assert said(away(0.05).judged("no_herd", fake="helpdesk")) == ("unknown", [])


def test_an_outage_must_have_been() -> None:
    """Of this cell."""
    assert away(1).occurred("outage")[0] is True
    assert Story(CROWD[0]).occurred("outage")[0] is False


def test_a_promise_about_those_who_were_spared() -> None:
    """Who met a fault may lose; a neighbour may not."""
    faulted, spared = CROWD[:2]
    story = Story(faulted, spared)
    story.fault(faulted, "invalid")
    story.ok(faulted, CONTACT)
    story.ok(spared, CONTACT)
    assert story.occurred("neighbours", min=1)[0] is True
    assert story.occurred("neighbours", min=2)[0] is False
    assert said(story.judged("exactly_once", of="spared")) == ("fail", ["lost"])
    story.effect(spared, "crm.contact", "1")
    assert said(story.judged("exactly_once", of="spared")) == ("pass", [])
    assert said(story.judged("exactly_once", of="faulted")) == ("fail", ["lost"])


def test_a_promise_about_nobody_is_unknown() -> None:
    """Without a fault nobody was faulted."""
    story = Story(CROWD[0])
    story.cell({"promise": "exactly_once", "of": "faulted"})
    story.ok(CROWD[0], CONTACT)
    history = story.history()
    assert decide(history, history.cells[CELL]).verdicts[0].ruling is Ruling.UNKNOWN
