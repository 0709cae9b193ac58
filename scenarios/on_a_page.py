"""What the scenarios that need a real page have in common: two devices, the words for each flow, the usual promises.

No scenario itself. A variant is what happens and on which device: `reply_lost_iphone`.
"""

from collections.abc import Iterable
from typing import Any

from harness.promises import converges, exactly_once, one_wish, screen_true, shown_in_time, told_first
from harness.scenario import BROWSER

PAGES = (BROWSER,)
WHY_NOT = "it needs the app's own page"
DEVICES = {"pixel": "Pixel 7", "iphone": "iPhone 15"}
RETRYING = "Action failed; retrying automatically"
PAYING = ("Payment pending", "Paid", "Up to date", RETRYING)
SYNCING = ("Account syncing", "Up to date", RETRYING)
ASKING = ("Ticket received", "Ticket open", RETRYING)
WORDS = {
    "sign_up": SYNCING,
    "change_plan": SYNCING,
    "cancel": SYNCING,
    "buy": PAYING,
    "subscribe": PAYING,
    "help_text": ASKING,
    "help_attachment": ASKING,
}


def on_devices(*happenings: str) -> tuple[str, ...]:
    """Each of these on each device."""
    return tuple(f"{one}_{device}" if one else device for one in happenings for device in DEVICES)


def both(flows: Iterable[str], *happenings: str) -> list[tuple[str, str]]:
    """The cases of these flows."""
    return [(flow, variant) for flow in flows for variant in on_devices(*happenings)]


def happening(variant: str) -> str:
    """What happens in a variant."""
    return variant.rpartition("_")[0]


def device(variant: str) -> str:
    """Which phone is in the hand."""
    return DEVICES[variant.rpartition("_")[2]]


def promises(flow: str) -> list[dict[str, Any]]:
    """What holds for whoever wishes for something on a page: at the server, and in what they see, judged apart."""
    return [exactly_once(), converges(), shown_in_time(*WORDS[flow]), screen_true(), told_first(), one_wish()]
