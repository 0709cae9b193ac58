"""The browser phone on a tiny page, in a real Chromium: accidents, taps, and each flaw caught by its promise.

Everybody plays at once, with a page of their own; each test then looks at what came of one of them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.model import Outcome
from harness.phone.browser import accidents
from harness.phone.browser.chromium import Chromium
from harness.phone.exchange import Played
from tests.browser.bench import Bench, bench

AT_ONCE = 4
ORDERS = "/v1/orders"
WORDS = ("Payment pending", "Paid", "Action failed; retrying automatically")
ACCIDENTS = {
    "offline": 1, "request_lost": 2, "reply_lost": 2, "after_reply": 1, "killed_in_flight": 2, "killed_offline": 1,
    "reopened_offline": 1, "reloaded_offline": 1,
}  # fmt: skip
"""Accident -> how many requests reach the relay."""
WAYS = ("two_fingers", "double_click", "one_task")
FLAWS = {
    "unguarded_buy": ("one_wish", "several_keys", "one_task"),
    "new_key_on_retry": ("one_wish", "several_keys", "reply_lost"),
    "outbox_lost_on_kill": ("kept", "forgotten", "killed_offline"),
    "stale_push_wins": ("screen_true", "contradicts", ""),
    "spinner_for_ever": ("shown_in_time", "not_shown", ""),
    "success_too_early": ("told_first", "claimed", ""),
    "offline_reload_loses": ("kept", "forgotten", "reloaded_offline"),
}
"""Flaw -> the promise that catches it, as what, and the accident that it takes."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one play."""

    here: Bench
    played: Played


Plays = Mapping[str, Came]


async def _buy(here: Bench, how: str) -> Played:
    """Buy, with this accident or this finger, and look at the end."""
    if how in WAYS:
        played = await here.phone.double_tap("buy", how=how)
    else:
        if how:
            here.phone.bad_weather(how)
        played = await here.phone.play("buy")
    await here.phone.read("settled")
    return played


async def _flawed(here: Bench, flaw: str) -> Played:
    here.phone._hand.patience_s = 3.0
    if flaw != "stale_push_wins":
        return await _buy(here, FLAWS[flaw][2])
    played = await here.phone.play("open_notice", kind="order", id="ord_1", state="Paid")
    await here.phone.read("settled")
    return played


@pytest.fixture(scope="module")
async def plays(browser: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Plays:
    """Everybody's play, by what befell them."""
    at_once = asyncio.Semaphore(AT_ONCE)
    came: dict[str, Came] = {}

    async def play(name: str, how: Callable[[Bench], Awaitable[Played]], **more: Any) -> None:
        folder: Path = tmp_path_factory.mktemp("page")
        async with at_once, bench(folder, browser, **more) as here:
            came[name] = Came(here, await how(here))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accidents, "AWAY_S", 0.8)  # the tiny page says its word at once
        await _everybody(play)
    return came


async def _everybody(play: Callable[..., Coroutine[Any, Any, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(play("calm", lambda here: _buy(here, ""), device="iPhone 15"))
        for how in (*ACCIDENTS, *WAYS):
            group.create_task(play(how, lambda here, how=how: _buy(here, how)))
        for flaw in FLAWS:
            group.create_task(play(flaw, lambda here, flaw=flaw: _flawed(here, flaw), flaw=flaw))


async def test_a_flow_is_played_on_the_page_and_judged_from_the_wire(plays: Plays) -> None:
    """Sign up, buy, pay: one order with the key that the page drew, in the journal of any phone."""
    here, played = plays["calm"].here, plays["calm"].played
    assert played.outcome is Outcome.OK
    (attempt,) = here.records("attempt", intent=played.intent, main=True)
    (sent,) = [seen for seen in here.server.whole(ORDERS) if seen.method == "POST"]
    assert attempt["key"] == sent.key
    assert here.store.did[ORDERS] == 1
    assert here.records("tap", intent=played.intent)[0]["page_ms"] > 0
    assert here.judged("shown_in_time", one_of=WORDS).ruling == "pass"
    for promise in ("told_first", "screen_true", "one_wish"):
        assert here.judged(promise).ruling == "pass", promise
    assert here.judged("kept").ruling == "unknown"


@pytest.mark.parametrize("accident", ACCIDENTS)
async def test_an_accident_leaves_one_order(plays: Plays, accident: str) -> None:
    """The page hears of it or not, is killed or not, sends again with its key or not: one order, and a word in time."""
    here, played = plays[accident].here, plays[accident].played
    assert played.outcome is Outcome.OK
    assert len(here.records("attempt", intent=played.intent, main=True)) == ACCIDENTS[accident]
    assert here.store.did[ORDERS] == 1
    ended = accident.startswith(("killed", "reopened", "reloaded"))
    if ended:
        assert here.judged("kept").ruling == "pass"
    else:
        assert here.judged("shown_in_time", one_of=WORDS).ruling == "pass"
    assert here.judged("one_wish").ruling == here.judged("screen_true").ruling == "pass"


@pytest.mark.parametrize("moment", ["offline", "request_lost", "reply_lost", "after_reply"])
async def test_the_moment_of_an_accident_is_in_the_journal(plays: Plays, moment: str) -> None:
    """As weather of an attempt, so that facts can ask for it."""
    assert [one["kind"] for one in plays[moment].here.records("weather")] == [moment]


@pytest.mark.parametrize("how", WAYS)
async def test_two_taps_are_one_order_and_were_really_two(plays: Plays, how: str) -> None:
    """A button without any guard feels both; the app's own sends once."""
    here, played = plays[how].here, plays[how].played
    assert [one["felt"] for one in here.records("page", event="control")] == [2]
    assert [one["sent"] for one in here.records("tap", intent=played.intent)] == [True, False]
    assert here.store.did[ORDERS] == 1


@pytest.mark.parametrize("flaw", FLAWS)
async def test_a_planted_flaw_is_caught(plays: Plays, flaw: str) -> None:
    """Each by the promise that is meant for it."""
    promise, kind, _ = FLAWS[flaw]
    flow = "open_notice" if flaw == "stale_push_wins" else "buy"
    verdict = plays[flaw].here.judged(promise, flow, one_of=WORDS)
    assert kind in [finding.kind for finding in verdict.findings], verdict


async def test_pictures_and_a_trace_are_kept_beside_the_journals(plays: Plays) -> None:
    """What the page looked like, and every step on it."""
    here = plays["spinner_for_ever"].here
    files = [one["file"] for one in here.records("page") if one["event"] in ("picture", "trace")]
    assert any(file.endswith("settled.jpg") for file in files)
    assert files[-1].endswith("-trace.zip")
    for file in files:
        assert (here.journal.parent / file).stat().st_size > 1000, file


async def test_a_file_reaches_the_file_field(browser: Chromium, tmp_path: Path) -> None:
    """Hidden or not, it gets what the flow made."""
    async with bench(tmp_path, browser) as here:
        played = await here.phone.play("help_attachment")
        assert played.outcome is Outcome.OK
        name = await here.phone._hand.page.tab.get_by_test_id("help-file").evaluate("one => one.files[0].name")
        assert name.startswith("screenshot-")


async def test_what_is_not_on_the_page_is_named(browser: Chromium, tmp_path: Path) -> None:
    """A flow without controls, and an accident of another kind of phone, are a person's mistake in words."""
    async with bench(tmp_path, browser) as here:
        with pytest.raises(UsageError, match=r"a page cannot play cancel: there is no \[app.controls.cancel\]"):
            await here.phone.play("cancel")
        with pytest.raises(UsageError, match="no accident of a page is called 'thunder'"):
            here.phone.bad_weather("thunder")


async def test_a_killed_app_is_not_asked(browser: Chromium, tmp_path: Path) -> None:
    """What it would save at its end is not saved; the same app, closed by hand, saves it."""
    saves = "() => addEventListener('pagehide', () => { localStorage.last = 'words' })"
    async with bench(tmp_path, browser) as here:
        page = here.phone._hand.page
        await page.tab.evaluate(saves)
        await page.kill()
        await page.open("/", ["screen-plans"])
        assert await page.tab.evaluate("localStorage.last") is None
        await page.tab.evaluate(saves)
        await page.tab.goto("about:blank")
        await page.open("/", ["screen-plans"])
        assert await page.tab.evaluate("localStorage.last") == "words"
