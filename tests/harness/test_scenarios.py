"""Scenarios as data: what is selected, what is named, what is refused."""

import pytest

from harness.cell import Cell
from harness.errors import UsageError
from harness.promises import exactly_once, fact
from harness.scenario import scenario, select
from scenarios import CATALOGUE


@scenario(flows=("buy", "subscribe"), variants=("a", "b"), promises=[exactly_once()], facts=[fact("attempts")])
async def sample(cell: Cell) -> None:
    """A sample.

    Nothing happens.
    """


def test_a_scenario_takes_its_name_and_title_from_its_function() -> None:
    """QA reads the docstring; its first line is the title."""
    assert (sample.name, sample.title) == ("sample", "A sample")
    assert [case.id for case in sample.cells()] == [
        "sample[buy-a]", "sample[buy-b]", "sample[subscribe-a]", "sample[subscribe-b]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("sample", ["sample[buy-a]", "sample[buy-b]", "sample[subscribe-a]", "sample[subscribe-b]"]),
        ("sample[buy-b]", ["sample[buy-b]"]),
        ("sample[*-a]", ["sample[buy-a]", "sample[subscribe-a]"]),
        ("subscribe", ["sample[subscribe-a]", "sample[subscribe-b]"]),
    ],
)
def test_a_pattern_selects(pattern: str, expected: list[str]) -> None:
    """A name, an id, a shell pattern, or a part of an id."""
    assert [case.id for case in select([sample], [pattern])] == expected


def test_a_pattern_that_matches_nothing_is_refused_with_the_nearest() -> None:
    """A typing mistake is answered with what was probably meant."""
    with pytest.raises(UsageError, match=r"no scenario matches 'sampel'; did you mean sample"):
        select([sample], ["sampel"])


def test_every_cell_of_the_catalogue_promises_and_must_have_happened() -> None:
    """A cell without a promise proves nothing; one without a fact could pass on no evidence."""
    cells = select(CATALOGUE, [])
    assert [case.id for case in cells if not case.promises or not case.facts] == []
    assert len({case.id for case in cells}) == len(cells)
