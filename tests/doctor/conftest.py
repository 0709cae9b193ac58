"""The gate, as a user starts it; and a visit that was made up."""

from pathlib import Path

import pytest

from harness.checkers.history import build
from harness.doctor.visit import Heard, Visit
from harness.target import load_target
from tests.checkers.story import Story
from tests.gate.conftest import ROOT, gate

__all__ = ["Heard", "gate", "seen_in"]


def seen_in(story: Story, folder: Path) -> Visit:
    """What was seen by a visit to the pipeline that ships, with these records."""
    (folder / "logs").mkdir(exist_ok=True)
    target = load_target(ROOT / "staging" / "target.toml")
    visit = Visit(target=target, folder=folder, records=[dict(one) for one in story.records])
    visit.history = build(visit.records, target.as_data())
    return visit


@pytest.fixture
def story() -> Story:
    """A pen for what happened."""
    return Story()
