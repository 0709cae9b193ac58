"""One fresh bench for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes_core.bench import Bench, bench


@pytest.fixture
async def tiny(tmp_path: Path) -> AsyncIterator[Bench]:
    """The tiny vendor, its endpoint and its journal."""
    async with bench(tmp_path) as one:
        yield one
