"""Events that a function of this process hears: handed over at once, and by every rule, as to any endpoint."""

import pytest

from harness.faults import Mishap
from tests.fakes_core.bench import Bench

INSIDE = "http://heard.inside.test/"


async def test_what_a_function_of_this_process_hears_it_hears_before_the_answer(tiny: Bench) -> None:
    """It is handed over at once, journaled as any delivery, and leaves nothing pending."""
    heard: list[bytes] = []
    tiny.running.core.deliveries.inside[INSIDE] = heard.append
    await tiny.control.endpoint("tiny", INSIDE)
    answer = await tiny.create()
    assert len(heard) == 1
    assert answer.json()["id"].encode() in heard[0]
    (sent,), (came,) = tiny.records("delivery"), tiny.records("delivered")
    assert (sent["delivery"], came["status"]) == (came["delivery"], 200)
    assert not (await tiny.control.pending()).deliveries


async def test_rules_reach_what_a_function_of_this_process_hears(tiny: Bench) -> None:
    """It hears twice where a rule says so, and later events of the person in their order."""
    heard: list[bytes] = []
    tiny.running.core.deliveries.inside[INSIDE] = heard.append
    await tiny.control.endpoint("tiny", INSIDE)
    await tiny.rule(Mishap.REPEAT, copies=1, times=1)
    made = [(await tiny.create()).json()["id"].encode() for _ in range(2)]
    await tiny.quiet()
    assert [next(one for one in made if one in each) for each in heard] == [made[0], made[0], made[1]]


async def test_a_bug_of_who_hears_does_not_fail_the_call(tiny: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    """The call is answered, the bug is a record and a traceback, and nothing stays pending (planted violation)."""

    def broken(body: bytes) -> None:
        raise ZeroDivisionError("planted")

    tiny.running.core.deliveries.inside[INSIDE] = broken
    await tiny.control.endpoint("tiny", INSIDE)
    assert (await tiny.create()).status_code == 201
    assert "ZeroDivisionError('planted')" in tiny.records("bug")[0]["error"]
    assert "planted" in capfd.readouterr().err
    await tiny.quiet()
