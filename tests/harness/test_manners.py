"""Turns at a shared pipeline: no faster than agreed, taps together, other addresses at once, the mark on everything."""

import asyncio

from harness.clock import SYSTEM
from harness.manners import HEADER, Manners
from tests.phone.bench import shipped

BASE = "http://staging.example.com"


def seconds(manners: Manners, *groups: int, base: str = BASE) -> float:
    """How long these groups of requests wait altogether, each group at one moment."""

    async def visit() -> None:
        for group in groups:
            await manners.turn([f"{base}/x"] * group)

    began = SYSTEM.at_ns()
    asyncio.run(visit())
    return (SYSTEM.at_ns() - began) / 1e9


def test_requests_wait_for_their_turn() -> None:
    """Ten may come at one moment, the other twenty each a tenth of a second later."""
    assert seconds(Manners(BASE, 10.0, "run"), *[1] * 30) >= 1.9


def test_taps_come_together_and_are_paid_back() -> None:
    """More than can be had at once still come at one moment; whoever is next waits for all of them."""
    manners = Manners(BASE, 10.0, "run")
    assert seconds(manners, 12) < 0.5
    assert seconds(manners, 1) >= 0.2


def test_other_addresses_need_no_turn() -> None:
    """The wallet is ours."""
    assert seconds(Manners(BASE, 0.5, "run"), *[1] * 50, base="http://127.0.0.1:9") < 0.4


def test_every_operation_is_marked() -> None:
    """Also as data, which the load reads; a target's own header stays."""
    target = Manners(BASE, 1.0, "20260101-7").marked(shipped())
    for one in target.as_data()["operations"].values():
        assert one["headers"][HEADER] == "20260101-7"
        assert "20260101-7" in one["headers"]["User-Agent"]
