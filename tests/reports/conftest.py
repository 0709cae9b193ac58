"""The two sample runs, written once for each test that changes nothing."""

from pathlib import Path

import pytest

from reports.material import Material, load
from reports.write import write_all
from tests.reports import sample


@pytest.fixture(scope="session")
def red(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A failed run with its reports."""
    folder = sample.red(tmp_path_factory.mktemp("red"))
    write_all(folder)
    return folder


@pytest.fixture(scope="session")
def green(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A passed run with its reports."""
    folder = sample.green(tmp_path_factory.mktemp("green"))
    write_all(folder)
    return folder


@pytest.fixture(scope="session")
def material(red: Path) -> Material:
    """The failed run, read."""
    return load(red)


@pytest.fixture(scope="session")
def green_material(green: Path) -> Material:
    """The passed run, read."""
    return load(green)
