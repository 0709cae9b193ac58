"""Somebody uses the app, on two phones, by day, by night and with large letters; axe looks at each screen."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.app.phone import Phone

pytestmark = pytest.mark.slow

PICTURE = {"name": "screen.png", "mimeType": "image/png", "buffer": b"\x89PNG" + bytes(1_500_000)}
LOOKS = [("Pixel 7", "light", 16), ("iPhone 15", "dark", 16), ("iPhone 15", "light", 30)]


async def buys(phone: Phone) -> list[str]:
    """A pack, with a card that is declined and then one that pays."""
    await phone.tap("buy-credits_10")
    await phone.shows("state", "Payment pending")
    await phone.find("pay-sheet").wait_for()
    await phone.tap("pay-card-declined_card", "pay-confirm")
    await phone.find("pay-error").wait_for()
    found = await phone.barriers()
    await phone.pay()
    await phone.shows("state", "Paid")
    await phone.shows("credits-now", "10")
    return found


async def subscribes(phone: Phone) -> list[str]:
    """To one plan, then another, then no longer."""
    await phone.tap("subscribe-starter")
    await phone.pay()
    await phone.shows("plan-now", "starter")
    await phone.tap("change-pro")
    await phone.shows("plan-now", "pro")
    await phone.tap("cancel", "cancel-yes")
    await phone.find("subscription-ends").wait_for()
    await phone.shows("state", "Up to date")
    return await phone.barriers()


async def asks(phone: Phone) -> list[str]:
    """With a picture too large for a browser's small store."""
    await phone.tap("tab-help", "help-category-billing")
    await phone.type(help_subject="Cannot export", help_message="It stops half way.\nWhat now?")
    await phone.find("help-file").set_input_files(PICTURE)  # type: ignore[arg-type]
    await phone.shows("help-file-name", "screen.png")
    found = await phone.barriers()
    await phone.tap("help-submit")
    await phone.shows("state", "Ticket open")
    return found


async def opens_a_notice(phone: Phone) -> list[str]:
    """The newest one: the server's word is shown."""
    await phone.tap("tab-notices", "notice-0")
    await phone.shows("notice-state", "Up to date")
    found = await phone.barriers()
    await phone.tap("notice-close", "tab-account")
    await phone.find("sign-out").wait_for()
    return found + await phone.barriers()


@pytest.mark.parametrize(("device", "scheme", "letters_px"), LOOKS)
async def test_everything_can_be_done_and_no_screen_has_a_barrier(
    origin: Callable[..., Any], phone: Callable[..., Any], device: str, scheme: str, letters_px: int
) -> None:
    """Sign up, buy, subscribe, change, cancel, ask, open a notice; nothing serious for axe, nothing off the screen."""
    hand: Phone = await phone(await origin(), device, scheme=scheme, letters_px=letters_px)
    await hand.find("screen-signup").wait_for()
    found = await hand.barriers()
    await hand.sign_up()
    found += await hand.barriers()
    for act in (buys, subscribes, asks, opens_a_notice):
        found += await act(hand)
    assert found == []
    assert hand.complaints == []


async def test_axe_would_have_found_a_barrier(origin: Callable[..., Any], phone: Callable[..., Any]) -> None:
    """A button without a name and a page that is too wide are told."""
    hand: Phone = await phone(await origin())
    await hand.find("screen-signup").wait_for()
    await hand.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<button></button>');"
        "document.documentElement.style.overflow = document.body.style.overflow = 'visible';"
        "document.body.insertAdjacentHTML('beforeend', '<div style=\"width: 3000px; height: 1px\"></div>')"
    )
    found = " ".join(await hand.barriers())
    assert "button-name" in found
    assert "px wide on a screen" in found
