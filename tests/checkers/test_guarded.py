"""Guardrails: a message to the team counts from the moment the cell began, in each sink, in time."""

from harness.checkers import decide
from tests.checkers.story import ANN, CELL, Story, said

WORDS = {"sinks": ["alerts.chat"], "contains": ["failure rate"], "within_s": 60.0}


def warned(*, before_s: float = 0.0, after_s: float = 1.0, text: str = "Guardrail: webhook failure rate") -> Story:
    """Ann buys; the team is told something."""
    story = Story(ANN)
    if before_s:
        told(story, text)
        story.wait(before_s)
    story.cell({"promise": "guarded", **WORDS})
    story.ok(ANN)
    story.wait(after_s)
    if not before_s:
        told(story, text)
    return story


def told(story: Story, text: str) -> None:
    """A message in the team's chat that names nobody."""
    story.add(
        "effect", call=None, sink="alerts.chat", op="create", object="m", ids=[], markers=[], values={"text": text}
    )


def ruling(story: Story) -> tuple[str, list[str]]:
    """What the checker says of the cell as it was written down, and the kinds of its findings."""
    history = story.history()
    return said(decide(history, history.cells[CELL]).verdicts[0])


def test_a_message_that_says_it_is_enough() -> None:
    """It names nobody."""
    assert ruling(warned()) == ("pass", [])


def test_silence_is_found() -> None:
    """Something else was told."""
    assert ruling(warned(text="Nightly job done")) == ("fail", ["lost"])


def test_an_alert_stands_for_its_window() -> None:
    """What another cell caused just before counts; what is older than the window was about something else."""
    assert ruling(warned(before_s=10)) == ("pass", [])
    assert ruling(warned(before_s=1000)) == ("fail", ["lost"])


def test_a_late_message_is_late() -> None:
    """After a minute nobody was guarded."""
    assert ruling(warned(after_s=100)) == ("fail", ["late"])
