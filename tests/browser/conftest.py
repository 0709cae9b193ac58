"""One Chromium for all tests of pages."""

from collections.abc import AsyncIterator

import pytest

from harness.phone.browser.chromium import Chromium, chromium


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Chromium]:
    """A Chromium; fails with what is missing, where there is none."""
    async with chromium() as browser:
        yield browser
