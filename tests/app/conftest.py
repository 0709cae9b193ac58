"""A browser, the shipped pipeline with its fakes, and phones with the app on them."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, Playwright, async_playwright

from harness.folder import RunFolder
from harness.phone.browser import find_chromium
from harness.stage import Stage
from harness.target import load_target
from scenarios.flows import FLOWS
from tests.app.builds import ROOT, SHIPS, built
from tests.app.origin import Origin, served
from tests.app.phone import Phone

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


@pytest.fixture(scope="package")
async def player() -> AsyncIterator[Playwright]:
    """What drives browsers."""
    async with async_playwright() as opened:
        yield opened


@pytest.fixture(scope="package")
async def browser(player: Playwright) -> AsyncIterator[Browser]:
    """One browser for all."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("there is no Chromium; set CHROMIUM to one")
    opened = await player.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
    yield opened
    await opened.close()


@pytest.fixture(scope="package")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The pipeline that ships, and the fakes, in processes of their own."""
    folder = RunFolder.make(tmp_path_factory.mktemp("app"), 7)
    async with Stage.open(load_target(ROOT / "staging" / "target.toml"), folder, 7, flows=FLOWS) as opened:
        yield opened


@pytest.fixture
async def origin(stage: Stage) -> AsyncIterator[Callable[..., Any]]:
    """Makes origins: of the build that ships, unless another is named."""
    provider = json.loads(stage.stack.running("fakes").line or "{}")["payments"]["url"]
    async with AsyncExitStack() as opened:

        async def make(build: str = SHIPS) -> Origin:
            return await opened.enter_async_context(served(built(build), stage.urls.base, provider))

        yield make


@pytest.fixture
async def phone(browser: Browser, player: Playwright) -> AsyncIterator[Callable[..., Any]]:
    """Makes phones: a device with the app's page open."""
    async with AsyncExitStack() as opened:

        async def make(origin: Origin, device: str = "Pixel 7", **more: Any) -> Phone:
            return await opened.enter_async_context(Phone.opened(browser, origin.url, player.devices[device], **more))

        yield make
