"""Whatever a run can promise or find has words of its own in the report: no reader meets a name of code."""

import re
from pathlib import Path

from harness.checkers import CHECKERS
from reports import words

KIND = re.compile(r'kind="([a-z_]+)"')
CODE = Path(__file__).resolve().parents[2] / "harness" / "checkers"


def test_every_promise_has_its_sentence() -> None:
    """A checker that was added without one would be shown by its name."""
    assert set(CHECKERS) - set(words.PROMISES) == set()


def test_every_class_of_finding_has_its_sentence() -> None:
    """As far as classes are written out in the checkers."""
    kinds = {kind for file in CODE.glob("*.py") for kind in KIND.findall(file.read_text())}
    assert len(kinds) > 20
    assert kinds - set(words.KINDS) == set()
