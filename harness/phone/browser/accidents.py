"""What befalls a phone around one wish: no signal at one of four moments, a bad network, or the app killed.

Each is a short story told with the page's own controls, around `act` (the taps) and what the wire saw of it. A story
ends with the network whole and the app open; what became of the wish is then found out by who asked for it.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from harness.clock import pause
from harness.phone.browser.relay import Mode

AWAY_S = 2.6
"""Longer than the app may leave a person without a word."""
SHORT_S = 0.8


class Hand(Protocol):
    """What a story may do to the phone, and wait for."""

    chance: random.Random

    async def act(self) -> None:
        """Do what says the wish."""

    async def airplane(self, on: bool, why: str = "") -> None:
        """Airplane mode on or off; with `why`, journaled as that kind of weather for the next request."""

    async def network(self, mode: Mode, kind: str = "") -> None:
        """Let the network do this from now on, without telling the app; journaled as this kind of weather."""

    def lose_next(self, loss: str, kind: str) -> None:
        """Lose the next request that carries the wish, or its reply."""

    async def until_lost(self) -> bool:
        """Wait until what was to be lost is lost."""

    async def until_sent(self) -> bool:
        """Wait until a request that carries the wish has reached the relay."""

    async def until_answered(self) -> bool:
        """Wait until the page was told what became of the wish."""

    async def until_shown(self) -> bool:
        """Wait until the page shows one of the target's words for the wish."""

    async def kill(self) -> None:
        """End the app as an operating system does."""

    async def reopen(self) -> None:
        """Open it again, with what it stored."""

    async def reload(self) -> None:
        """Load the page again."""


async def offline(hand: Hand) -> None:
    """No signal before the tap; back after a while."""
    await hand.airplane(True, "offline")
    await hand.act()
    await pause(AWAY_S)
    await hand.airplane(False)


async def lost(hand: Hand, loss: str) -> None:
    """The signal goes while the request, or its reply, is on its way."""
    hand.lose_next(loss, loss)
    await hand.act()
    await hand.until_lost()
    await hand.airplane(True)
    await pause(AWAY_S)
    await hand.airplane(False)


async def request_lost(hand: Hand) -> None:
    """The signal goes before the server has the whole request."""
    await lost(hand, "request_lost")


async def reply_lost(hand: Hand) -> None:
    """The signal goes after the server has done the work and before the phone hears of it."""
    await lost(hand, "reply_lost")


async def after_reply(hand: Hand) -> None:
    """The signal goes as soon as the reply is there."""
    await hand.act()
    await hand.until_answered()
    await hand.airplane(True, "after_reply")
    await pause(AWAY_S)
    await hand.airplane(False)


async def flap(hand: Hand) -> None:
    """The signal comes and goes."""
    losses = ["request_lost", "reply_lost"]
    hand.chance.shuffle(losses)
    hand.lose_next(losses[0], "flap")
    await hand.act()
    for loss in (losses[1], ""):
        await hand.until_lost()
        await hand.airplane(True)
        await pause(SHORT_S)
        if loss:
            hand.lose_next(loss, "flap")
        await hand.airplane(False)


async def cut(hand: Hand) -> None:
    """Every socket is cut, and nothing tells the app that it is offline."""
    await hand.network(Mode.CUT, "cut")
    await hand.act()
    await pause(AWAY_S)
    await hand.network(Mode.PASS)


async def hanging(hand: Hand) -> None:
    """Requests are taken and nothing comes back, for a while."""
    await hand.network(Mode.BLACKHOLE, "hanging")
    await hand.act()
    await pause(AWAY_S)
    await hand.network(Mode.PASS)


async def replies_eaten(hand: Hand) -> None:
    """Requests are served, and no answer comes back, for a while."""
    await hand.network(Mode.EAT_REPLIES)
    await hand.act()
    await hand.until_sent()
    await pause(AWAY_S)
    await hand.network(Mode.PASS)


async def slow(hand: Hand) -> None:
    """Every request takes seconds, until the answer is there."""
    await hand.network(Mode.SLOW, "slow")
    await hand.act()
    await hand.until_answered()
    await hand.network(Mode.PASS)


async def killed_in_flight(hand: Hand) -> None:
    """The app is killed while its request is at the server, and opened again."""
    await hand.network(Mode.HOLD)
    await hand.act()
    await hand.until_sent()
    await hand.kill()
    await hand.network(Mode.PASS)
    await hand.reopen()


async def killed_offline(hand: Hand) -> None:
    """The app is killed while the wish waits for a signal, and opened again when there is one."""
    await hand.airplane(True, "offline")
    await hand.act()
    await hand.until_shown()
    await hand.kill()
    await pause(SHORT_S)
    await hand.airplane(False)
    await hand.reopen()


async def reopened_offline(hand: Hand) -> None:
    """The app is killed while the wish waits for a signal, opened again without one, and only then is there one."""
    await hand.airplane(True, "offline")
    await hand.act()
    await hand.until_shown()
    await hand.kill()
    await hand.reopen()
    await pause(SHORT_S)
    await hand.airplane(False)


async def reloaded_offline(hand: Hand) -> None:
    """The page is loaded again while the wish waits for a signal."""
    await hand.airplane(True, "offline")
    await hand.act()
    await hand.until_shown()
    await hand.reload()
    await pause(SHORT_S)
    await hand.airplane(False)


ACCIDENTS: Mapping[str, Callable[[Any], Awaitable[None]]] = {
    one.__name__: one
    for one in (
        offline, request_lost, reply_lost, after_reply, flap, cut, hanging, replies_eaten, slow, killed_in_flight,
        killed_offline, reopened_offline, reloaded_offline,
    )
}  # fmt: skip
