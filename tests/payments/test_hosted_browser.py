"""The hosted pages in a real browser, on a phone's screen."""

import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe
from playwright.async_api import Browser, Page, async_playwright

from harness.phone.browser import find_chromium
from tests.payments.test_hosted_checkout import opened

CHROMIUM = find_chromium()
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
WIDTH = 390

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; set CHROMIUM to one")


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all."""
    async with async_playwright() as player:
        chromium = await player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        await chromium.close()


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    """The merchant's own site, which says the same everywhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "4")
            self.end_headers()
            self.wfile.write(b"shop")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a phone."""
    one = await browser.new_page(viewport={"width": WIDTH, "height": 844})
    yield one
    await one.close()


async def write_card(page: Page, number: str) -> None:
    """Fill in a card and send it."""
    for field, value in (("#cardNumber", number), ("#cardExpiry", "12 / 34"), ("#cardCvc", "123")):
        await page.fill(field, value)
    await page.click("[data-testid=hosted-payment-submit-button]")


async def test_paying_on_a_phone(client: stripe.StripeClient, website: str, page: Page) -> None:
    """A decline is shown, the bank is asked, and the buyer comes back to the shop; nothing runs off the screen."""
    session = opened(client, success_url=f"{website}/ok?session={{CHECKOUT_SESSION_ID}}")
    assert session.url is not None
    await page.goto(session.url)
    assert await page.evaluate("document.documentElement.scrollWidth") == WIDTH
    await page.get_by_label("Email").fill("zoe@example.com")
    await write_card(page, "4000 0000 0000 0002")
    assert await page.get_by_role("alert").inner_text() == "Your card was declined."
    await write_card(page, "4000 0027 6000 3184")
    await page.get_by_role("button", name="Complete authentication").click()
    await page.wait_for_url(f"{website}/**")
    assert page.url == f"{website}/ok?session={session.id}"
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


async def test_leaving_without_paying(client: stripe.StripeClient, website: str, page: Page) -> None:
    """The link leads to the shop, and nothing was paid."""
    session = opened(client, cancel_url=f"{website}/cart")
    assert session.url is not None
    await page.goto(session.url)
    await page.click("[data-testid=cancel]")
    assert page.url == f"{website}/cart"
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
