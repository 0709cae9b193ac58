"""Settings from a command line and from the control channel."""

from dataclasses import dataclass

import pytest

from fakes.__main__ import grouped, setting
from fakes.tuning import given, tuned
from harness.errors import UsageError


@dataclass
class Some:
    """A few settings."""

    number: int = 1
    lag_s: float = 0.5
    on: bool = False
    word: str = "x"


def spoken(*texts: str) -> Some:
    """The settings as a command line says them."""
    return given(Some, grouped([setting(f"crm.{text}") for text in texts], ["crm"])["crm"])


def test_as_a_command_line_says_them() -> None:
    """Whole numbers where whole ones are wanted, truth as a word or a number, digits as text."""
    assert spoken("number=0", "lag_s=2", "on=true", "word=7", "other=1") == Some(0, 2.0, True, "7")
    assert spoken("on=0").on is False


@pytest.mark.parametrize(
    ("text", "said"), [("number=1.5", "must be int"), ("on=maybe", "must be bool"), ("lag_s=x", "must be float")]
)
def test_a_wrong_kind_of_value(text: str, said: str) -> None:
    """One line that says which setting and what would be right."""
    with pytest.raises(UsageError, match=said):
        spoken(text)


def test_all_or_none_while_it_runs() -> None:
    """The control channel's values are taken as they are, and a wrong one keeps all as it was."""
    some = Some()
    with pytest.raises(ValueError, match="no setting is called 'nmber'; there are number, lag_s, on, word"):
        tuned(some, {"lag_s": 3, "nmber": 1})
    with pytest.raises(ValueError, match="on must be bool, found str"):
        tuned(some, {"lag_s": 3, "on": "true"})
    assert some == Some()
    assert tuned(some, {"lag_s": 3, "number": 2.0}) == {"number": 2, "lag_s": 3.0, "on": False, "word": "x"}


def test_a_fake_that_there_is_not() -> None:
    """A setting of nobody is named, with those that there are."""
    with pytest.raises(UsageError, match="no fake is called crn; there are crm, push"):
        grouped([setting("crn.lag_s=1")], ["crm", "push"])
