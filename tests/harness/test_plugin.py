"""The pytest plugin's own refusals; what it plays is tried in tests/gate."""

from types import SimpleNamespace

import pytest

from harness.plugin import CellItem, pytest_collection_modifyitems


def cell_item() -> CellItem:
    """An item, as far as the refusal looks at it."""
    return object.__new__(CellItem)


@pytest.mark.parametrize(
    "config",
    [
        SimpleNamespace(option=SimpleNamespace(numprocesses=2)),
        SimpleNamespace(workerinput={}, option=SimpleNamespace()),
    ],
)
def test_parallel_workers_are_refused_with_the_reason(config: SimpleNamespace) -> None:
    """Each worker would start a stack of its own."""
    with pytest.raises(pytest.UsageError, match="already run all at once"):
        pytest_collection_modifyitems(config, [cell_item()])  # type: ignore[arg-type]


def test_without_cells_workers_are_nobodys_business() -> None:
    """Other people's tests may run in parallel."""
    pytest_collection_modifyitems(SimpleNamespace(option=SimpleNamespace(numprocesses=2)), [])  # type: ignore[arg-type]
