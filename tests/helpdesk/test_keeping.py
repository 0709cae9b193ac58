"""Nobody forgets a new field: all state that an account reaches is declared as kept, or excused with a reason."""

from typing import Any

import pytest

from fakes.helpdesk.keeping import ASIDE
from fakes.helpdesk.offices import Office
from fakes.helpdesk.state.part import Part
from tests.helpdesk.declaring import undeclared
from tests.helpdesk.inside import Inside


@pytest.fixture
def office() -> Office:
    """An account as it begins."""
    return Inside().slice._offices.main


class Views(Part):
    """A part that nobody lists."""

    KEPT = ("all",)

    def __init__(self) -> None:
        self.all: dict[str, Any] = {}


def test_all_state_is_declared(office: Office) -> None:
    """Every attribute is kept, leads to another object that is looked at, or is excused; no excuse is left over."""
    found = undeclared(office)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("value", [{}, [], 0, None, "", set()])
@pytest.mark.parametrize("where", ["people", "tickets", "search", "side"])
def test_a_forgotten_field_is_found(office: Office, where: str, value: Any) -> None:
    """Whatever it holds at first, and whether its owner is a part or only an object beside them."""
    one = getattr(office.desk, where)
    one.noticed = value
    (found,) = undeclared(office)
    assert found.startswith(f"{type(one).__name__}.noticed: say in KEPT")


def test_a_forgotten_field_in_a_closure_is_found(office: Office) -> None:
    """State behind a function is state too."""
    noticed: list[Any] = []
    office.desk.people.told = lambda kind, user: noticed.append(user)
    (found,) = undeclared(office)
    assert " over noticed: say in KEPT" in found


def test_a_part_that_is_not_listed_is_found(office: Office) -> None:
    """That a part says what it keeps does not help when nobody asks it."""
    office.desk.views = Views()  # type: ignore[attr-defined]
    assert undeclared(office) == ["Views is a part that `keeping.parts` does not list"]


def test_an_excuse_for_nothing_is_found(office: Office) -> None:
    """The list of excuses does not outgrow what there is."""
    assert undeclared(office, {**ASIDE, "People.lost": "?"}) == ["People.lost: there is no such attribute to excuse"]
