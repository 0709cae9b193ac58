"""What a person asked for survives no network, a reload, a kill and a nervous finger."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.clock import until
from tests.app.builds import FOR_TESTS
from tests.app.origin import Origin
from tests.app.phone import Phone

pytestmark = pytest.mark.slow

RETRYING = "Action failed; retrying automatically"
ORDERS = "/v1/orders"
SOON_S = 20.0


def keys(origin: Origin, path: str) -> list[str]:
    """The keys under which intents came, in the order they came."""
    return [key for where, key in origin.posted if where == path]


async def signed_up(origin: Callable[..., Any], phone: Callable[..., Any], **more: Any) -> tuple[Origin, Phone]:
    """Somebody with an account, whose page is kept by its service worker."""
    place: Origin = await origin(**{"build": more.pop("build")} if "build" in more else {})
    hand: Phone = await phone(place, **more)
    await hand.sign_up()
    await hand.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return place, hand


async def test_a_purchase_without_a_network_is_kept_through_a_reload_and_made_once(
    origin: Callable[..., Any], phone: Callable[..., Any]
) -> None:
    """Queued; the page opens again without a server and still knows; one order when it is back."""
    place, hand = await signed_up(origin, phone)
    await place.down()
    await hand.context.set_offline(True)
    await hand.tap("buy-credits_10")
    await hand.shows("state", RETRYING)
    await hand.shows("outbox-count", "1")
    # Asked before the page opens again: not every Chromium tells a page that was reloaded of the switch.
    await hand.shows("network", "offline")
    await hand.page.reload()
    await hand.shows("state", RETRYING)
    await hand.shows("outbox-count", "1")
    assert await hand.barriers() == []
    await place.up()
    await hand.context.set_offline(False)
    await hand.pay()
    await hand.shows("state", "Paid")
    assert await hand.orders() == 1
    assert len(set(keys(place, ORDERS))) == 1


async def test_a_purchase_that_hangs_when_the_app_is_killed_is_made_once(
    origin: Callable[..., Any], phone: Callable[..., Any]
) -> None:
    """Queued although nothing says that there is no network; the new page sends the same key."""
    place, hand = await signed_up(origin, phone)
    place.signal.clear()
    await hand.tap("buy-credits_50")
    await hand.shows("state", RETRYING)
    await hand.page.close()
    place.signal.set()
    again = Phone(hand.context, await hand.context.new_page(), hand.url)
    await again.page.goto(hand.url)
    await again.pay()
    await again.shows("state", "Paid")
    assert await again.orders() == 1
    assert len(keys(place, ORDERS)) >= 2
    assert len(set(keys(place, ORDERS))) == 1


async def test_a_question_with_a_file_waits_for_the_network(
    origin: Callable[..., Any], phone: Callable[..., Any]
) -> None:
    """It is no ticket before the server says so, and one ticket then."""
    place, hand = await signed_up(origin, phone)
    await place.down()
    await hand.tap("tab-help")
    await hand.type(help_subject="No signal", help_message="In a tunnel.")
    file: Any = {"name": "big.bin", "mimeType": "application/octet-stream", "buffer": bytes(4_000_000)}
    await hand.find("help-file").set_input_files(file)
    await hand.find("help-file-name").wait_for()
    await hand.tap("help-submit")
    await hand.shows("state", RETRYING)
    await hand.page.close()
    await place.up()
    again = Phone(hand.context, await hand.context.new_page(), hand.url)
    await again.page.goto(hand.url)
    await again.shows("outbox-count", "0")
    await again.tap("tab-help")
    await again.page.locator("[data-testid^=ticket-]").first.wait_for()
    assert await again.page.locator("[data-testid^=ticket-][data-testid$=-state]").count() == 1


async def test_two_taps_are_one_order_and_the_control_beside_it_feels_both(
    origin: Callable[..., Any], phone: Callable[..., Any]
) -> None:
    """In one task of the page: the guarded button sends one, the unguarded one of the test build two."""
    place, hand = await signed_up(origin, phone, build=FOR_TESTS)
    twice = "one => { one.click(); one.click() }"
    await hand.find("buy-credits_10").evaluate(twice)
    await hand.find("pay-sheet").wait_for()
    assert len(keys(place, ORDERS)) == 1
    await hand.tap("pay-dismiss")
    await hand.find("unguarded-buy-credits_50").evaluate(twice)
    assert await until(lambda: len(keys(place, ORDERS)) == 3, within_s=SOON_S)


async def test_an_order_that_waits_for_its_payment_is_not_made_again(
    origin: Callable[..., Any], phone: Callable[..., Any]
) -> None:
    """Who walks away from the sheet and taps Buy again pays the same order, also after the app was opened anew."""
    place, hand = await signed_up(origin, phone)
    await hand.tap("buy-credits_jp")
    await hand.find("pay-sheet").wait_for()
    await hand.tap("pay-dismiss")
    await hand.page.reload()
    await hand.shows("state", "Payment pending")
    await hand.shows("buy-credits_jp", "Continue payment")
    await hand.tap("buy-credits_jp")
    await hand.pay()
    await hand.stays("state", "Paid")
    assert len(keys(place, ORDERS)) == 1


async def test_what_an_old_notification_claims_is_shown_to_nobody(
    origin: Callable[..., Any], phone: Callable[..., Any]
) -> None:
    """Opened before signing in too: the server's word for the order, and `Unknown` for an order that is not theirs."""
    place, hand = await signed_up(origin, phone)
    await hand.tap("buy-credits_10")
    await hand.find("pay-sheet").wait_for()
    await hand.tap("pay-dismiss")
    name = await hand.page.locator("[data-testid^=order-][data-testid$=-state]").get_attribute("data-testid")
    order = str(name).removeprefix("order-").removesuffix("-state")
    await hand.page.goto(f"{place.url}/?kind=order&id={order}&state=paid")
    await hand.shows("notice-state", "Payment pending")
    await hand.shows("state", "Payment pending")
    await hand.page.goto(f"{place.url}/?kind=order&id=ord_0123456789&state=paid")
    await hand.shows("notice-state", "Unknown")
    stranger: Phone = await phone(place, query=f"/?kind=order&id={order}&state=paid")
    await stranger.sign_up()
    await stranger.shows("notice-state", "Unknown")


async def test_the_next_person_on_the_phone_sees_nothing_of_the_last(
    origin: Callable[..., Any], phone: Callable[..., Any]
) -> None:
    """What waits is kept for who asked for it, and sent when they come back; what was known of them is forgotten."""
    place, hand = await signed_up(origin, phone)
    email = await hand.find("screen-plans").evaluate("() => JSON.parse(localStorage['app:session']).email")
    place.signal.clear()
    await hand.tap("buy-credits_10")
    await hand.shows("state", RETRYING)
    await hand.tap("tab-account", "sign-out")
    place.signal.set()
    await hand.sign_up()
    await hand.shows("outbox-count", "0")
    assert await hand.orders() == 0
    await hand.tap("tab-account", "sign-out", "go-signin")
    await hand.type(signin_email=email, signin_password="Kiwi-0123456789")
    await hand.tap("signin-submit")
    await hand.find("pay-sheet").wait_for()
    assert len(set(keys(place, ORDERS))) == 1
