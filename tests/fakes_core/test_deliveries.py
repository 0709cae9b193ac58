"""How news travel: order, retries, and each delivery rule as a pipeline's endpoint sees it."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest

from harness.clock import SYSTEM, until
from harness.faults import Kind, Mishap
from tests.fakes_core.bench import ADA, BEN, Bench, Got, overlapped


def _types(got: Iterable[Got]) -> list[str]:
    return [one.body.split(b'"type":"')[1].split(b'"')[0].decode() for one in got]


async def _two_events(tiny: Bench) -> str:
    thing = (await tiny.create()).json()["id"]
    await tiny.http.patch(f"/things/{thing}", json={"size": 2})
    return str(thing)


async def test_told_after_the_answer_and_journaled(tiny: Bench) -> None:
    """An event is journaled when it came to be, and before and after it is sent; it goes out after the answer."""
    thing = (await tiny.create()).json()["id"]
    await tiny.quiet()
    (news,), (delivery,), (delivered,) = (tiny.records(kind) for kind in ("news", "delivery", "delivered"))
    assert news["n"] < tiny.records("answered")[0]["n"] < delivery["n"] < delivered["n"]
    assert (news["type"], news["topic"], news["object"], news["person"]) == ("thing.made", "made", thing, ADA)
    assert (delivery["attempt"], delivery["copy"], delivery["resigned"], delivery["lie"]) == (1, 0, False, False)
    assert (delivered["delivery"], delivered["status"]) == (delivery["delivery"], 200)
    assert tiny.endpoint.got[0].headers["content-type"] == "application/json"


async def test_in_order_without_waiting_for_each_other(tiny: Bench) -> None:
    """A person's events start in order of creation, though the first is not answered yet."""
    tiny.endpoint.open.clear()
    await _two_events(tiny)
    await tiny.soon(lambda: len(tiny.endpoint.got) == 2)
    assert _types(tiny.endpoint.got) == ["thing.made", "thing.changed"]
    tiny.endpoint.open.set()
    await tiny.quiet()
    assert overlapped(tiny.endpoint.got)


async def test_retried_until_acknowledged(tiny: Bench) -> None:
    """Anything but 2xx is tried again: the same event and body, a number for each attempt; pending until then."""
    tiny.endpoint.statuses = [500, 302]
    await tiny.create()
    await tiny.soon(lambda: tiny.records("delivered"))
    pending = await tiny.control.pending()
    assert "retry 1 of 5" in pending.by_person[ADA][0]
    await tiny.quiet()
    assert [one["attempt"] for one in tiny.records("delivery")] == [1, 2, 3]
    assert [one["status"] for one in tiny.records("delivered")] == [500, 302, 200]
    assert len({one.body for one in tiny.endpoint.got}) == 1
    times = [int(one.signature.split(",")[0][2:]) for one in tiny.endpoint.got]
    assert times[2] > times[0]


async def test_given_up(tiny: Bench) -> None:
    """After the last retry an event is given up, journaled as undelivered, and no longer pending."""
    tiny.running.core.deliveries.use_schedule((0.01, 0.01))
    tiny.endpoint.statuses = [500] * 9
    await tiny.create()
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 3
    assert tiny.records("undelivered")[0]["attempts"] == 3


async def test_nobody_listens(tiny: Bench) -> None:
    """A refused connection is journaled as an error and retried."""
    tiny.running.core.deliveries.use_schedule((0.01,))
    await tiny.control.endpoint("tiny", "http://127.0.0.1:9/hook")
    await tiny.create()
    await tiny.quiet()
    assert [one["status"] for one in tiny.records("delivered")] == [None, None]
    assert "ConnectError" in tiny.records("delivered")[0]["error"]


async def test_repeat_identical(tiny: Bench) -> None:
    """Copies are byte for byte the same, headers too, each after the other's answer."""
    await tiny.rule(Mishap.REPEAT, copies=3)
    await tiny.create()
    await tiny.quiet()
    got = tiny.endpoint.got
    assert (len(got), len({one.body for one in got}), len({one.signature for one in got})) == (4, 1, 1)
    assert [one["copy"] for one in tiny.records("delivery")] == [0, 1, 2, 3]
    assert not any(one["resigned"] for one in tiny.records("delivery"))
    assert all(first.ended < second.began for first, second in pairwise(got))
    assert not overlapped(got)


async def test_repeat_resigned(tiny: Bench) -> None:
    """Newly signed copies have the same body, and a signature and a time of their own each."""
    await tiny.rule(Mishap.REPEAT, copies=2, resign=True)
    await tiny.create()
    await tiny.quiet()
    got = tiny.endpoint.got
    assert (len({one.body for one in got}), len({one.signature for one in got})) == (1, 3)
    assert [one["resigned"] for one in tiny.records("delivery")] == [False, True, True]
    assert all(int(one.signature.split(",")[0][2:]) <= SYSTEM.wall().timestamp() for one in got)


async def test_repeat_overlapping(tiny: Bench) -> None:
    """Overlapping copies are all in the endpoint's hands before any is answered, though it answers at once."""
    await tiny.rule(Mishap.REPEAT, copies=3, overlap=True)
    await tiny.create()
    await tiny.quiet()
    delivery, delivered = tiny.records("delivery"), tiny.records("delivered")
    assert len(tiny.endpoint.got) == 4
    assert max(one["n"] for one in delivery) < min(one["n"] for one in delivered)
    assert max(one["at"] for one in delivery) < min(one["at"] for one in delivered)
    began = [one.began for one in tiny.endpoint.got]
    assert max(began) - min(began) < 50e6


async def test_overlap_survives_a_dead_endpoint(tiny: Bench) -> None:
    """Copies that cannot connect do not wait for one another for ever."""
    tiny.running.core.deliveries.use_schedule(())
    await tiny.control.endpoint("tiny", "http://127.0.0.1:9/hook")
    await tiny.rule(Mishap.REPEAT, copies=2, overlap=True)
    began = SYSTEM.at_ns()
    await tiny.create()
    await tiny.quiet()
    assert len(tiny.records("delivered")) == 3
    assert SYSTEM.at_ns() - began < 1.5e9


async def test_repeat_of_one_topic_and_person(tiny: Bench) -> None:
    """A rule meets its person's events of its topic and no others (planted violation)."""
    await tiny.rule(Mishap.REPEAT, copies=1, topic="changed")
    await _two_events(tiny)
    await tiny.create(f"Ben {BEN}")
    await tiny.quiet()
    assert sorted(_types(tiny.endpoint.got)) == ["thing.changed", "thing.changed", "thing.made", "thing.made"]
    (fault,) = tiny.records("fault")
    assert (fault["kind"], fault["person"], fault["call"]) == ("repeat", ADA, None)


async def test_repeat_of_one_type(tiny: Bench) -> None:
    """A rule may be aimed at one type of event; others of the person travel as ever."""
    await tiny.rule(Mishap.REPEAT, copies=1, type="thing.made")
    await _two_events(tiny)
    await tiny.quiet()
    assert sorted(_types(tiny.endpoint.got)) == ["thing.changed", "thing.made", "thing.made"]


async def test_one_acknowledgement_of_many_copies_is_enough(tiny: Bench) -> None:
    """When one copy was acknowledged the vendor is content, whatever the others got."""
    tiny.endpoint.statuses = [500, 200, 500]
    await tiny.rule(Mishap.REPEAT, copies=2)
    await tiny.create()
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 3


async def test_drop_and_resend(tiny: Bench) -> None:
    """A dropped event is never sent by itself and not pending; sent later, it arrives for the first time."""
    await tiny.rule(Mishap.DROP, topic="made")
    await _two_events(tiny)
    await tiny.quiet()
    assert _types(tiny.endpoint.got) == ["thing.changed"]
    await tiny.control.mend(ADA)
    sent = await tiny.control.resend(ADA, topic="made", which="last")
    assert _types(tiny.endpoint.got) == ["thing.changed", "thing.made"]
    (last,) = tiny.records("delivery", delivery=sent[0])
    assert (last["copy"], last["resigned"], last["topic"]) == (0, False, "made")


async def test_resend_all(tiny: Bench) -> None:
    """Past events are sent again in order, newly signed or byte for byte, and the answers are waited for."""
    await _two_events(tiny)
    await tiny.quiet()
    sent = await tiny.control.resend(ADA, which="all", copies=2)
    assert _types(tiny.endpoint.got[2:]) == ["thing.made", "thing.made", "thing.changed", "thing.changed"]
    assert [one["copy"] for one in tiny.records("delivery") if one["delivery"] in sent] == [1, 2, 1, 2]
    first = tiny.endpoint.got[0]
    await tiny.control.resend(ADA, which="first", resign=False, copies=1)
    assert tiny.endpoint.got[-1].signature == tiny.endpoint.got[3].signature
    assert tiny.endpoint.got[-1].body == first.body
    assert await tiny.control.resend(BEN, which="all") == []


async def test_resend_overlapping(tiny: Bench) -> None:
    """Copies sent again may overlap too."""
    await tiny.create()
    await tiny.quiet()
    sent = await tiny.control.resend(ADA, copies=3, overlap=True)
    starts = [one["n"] for one in tiny.records("delivery") if one["delivery"] in sent]
    ends = [one["n"] for one in tiny.records("delivered") if one["delivery"] in sent]
    assert max(starts) < min(ends)


async def test_delay(tiny: Bench) -> None:
    """A delayed event lets later ones pass."""
    await tiny.rule(Mishap.DELAY, topic="made", seconds=0.3)
    await _two_events(tiny)
    await tiny.quiet()
    assert _types(tiny.endpoint.got) == ["thing.changed", "thing.made"]
    assert tiny.endpoint.got[1].began - tiny.records("news")[0]["at"] > 0.29e9


async def test_hold_until_released(tiny: Bench) -> None:
    """A held event stays pending until its rule is released by name."""
    await tiny.rule(Mishap.HOLD, name="later")
    await tiny.create()
    pending = await tiny.control.pending()
    assert (pending.deliveries, pending.by_person) == (1, {ADA: ["tiny: thing.made held"]})
    await tiny.control.release("another")
    assert tiny.endpoint.got == []
    await tiny.control.release("later")
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 1


@pytest.mark.parametrize("kind", [Mishap.HOLD, Mishap.NEWEST_FIRST])
async def test_its_endpoint_went_away_meanwhile(tiny: Bench, kind: Mishap) -> None:
    """What was kept back waits for an endpoint that is away by then, also when nothing is ever tried again."""
    tiny.running.core.deliveries.use_schedule(())
    await tiny.rule(kind, seconds=600)
    await tiny.create()
    await tiny.raw.put("/endpoints/tiny", json={"url": None})
    await tiny.control.calm()
    await tiny.soon(lambda: "no endpoint" in tiny.running.core.deliveries.pending()[0][1])
    await tiny.control.endpoint("tiny", tiny.endpoint.url)
    await tiny.quiet()
    assert (len(tiny.endpoint.got), tiny.records("undelivered")) == (1, [])


async def test_calm_lets_held_events_go(tiny: Bench) -> None:
    """Calm releases what is held and what is delayed."""
    await tiny.rule(Mishap.HOLD, topic="made")
    await tiny.rule(Mishap.DELAY, topic="changed", seconds=60)
    await _two_events(tiny)
    await tiny.control.calm()
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 2


async def test_newest_first(tiny: Bench) -> None:
    """What happens within the seconds is told newest first, one after the other's answer."""
    await tiny.rule(Mishap.NEWEST_FIRST, seconds=0.3)
    await _two_events(tiny)
    await tiny.quiet()
    got = tiny.endpoint.got
    assert _types(got) == ["thing.changed", "thing.made"]
    assert got[0].ended < got[1].began
    assert {one["kind"] for one in tiny.records("fault")} == {"newest_first"}


async def test_early(tiny: Bench) -> None:
    """An early event has been answered before the call that caused it is; without the rule it has not."""
    await tiny.rule(Mishap.EARLY)
    await tiny.create()
    await tiny.quiet()
    assert tiny.records("delivered")[0]["n"] < tiny.records("answered")[0]["n"]
    await tiny.control.mend(ADA)
    await tiny.create()
    await tiny.quiet()
    assert tiny.records("delivery")[1]["n"] > tiny.records("answered")[1]["n"]


async def test_early_with_a_slow_answer(tiny: Bench) -> None:
    """The webhook overtakes an answer that is a while in coming; without the rule it waits for it."""
    await tiny.fault(Kind.SLOW_REPLY, seconds=0.3, times=2)
    await tiny.rule(Mishap.EARLY)
    await tiny.create()
    assert tiny.records("delivery")[0]["n"] < tiny.records("answered")[0]["n"]
    await tiny.control._ask("DELETE", "/rules", params={"person": ADA})
    await tiny.create()
    await tiny.quiet()
    assert tiny.records("delivery")[1]["n"] > tiny.records("answered")[1]["n"]


async def test_early_does_not_wait_for_ever(tiny: Bench) -> None:
    """An endpoint that needs the call's answer first delays the answer by the rule's seconds only."""
    tiny.endpoint.open.clear()
    await tiny.rule(Mishap.EARLY, seconds=0.2)
    assert (await tiny.create()).status_code == 201
    tiny.endpoint.open.set()
    await tiny.quiet()


async def test_what_a_call_did_is_in_the_journal_while_an_early_event_is_out(tiny: Bench) -> None:
    """The endpoint that hears early finds the call's effect in the journal, although records are written at once."""
    tiny.endpoint.open.clear()
    await tiny.rule(Mishap.EARLY, seconds=30)
    creating = asyncio.create_task(tiny.create())
    assert await until(lambda: tiny.endpoint.got, within_s=10)
    kinds = [one["k"] for kind in ("received", "effect", "delivery", "answered") for one in tiny.records(kind)]
    tiny.endpoint.open.set()
    assert kinds == ["received", "effect", "delivery"]
    assert (await creating).status_code == 201
    await tiny.quiet()


async def test_never_registered_and_disabled(tiny: Bench) -> None:
    """A disabled endpoint's events stay pending and go out when it is back; a vendor nobody asked tells nobody."""
    await tiny.raw.put("/endpoints/tiny", json={"url": None})
    await tiny.create()
    assert (await tiny.control.pending()).by_person == {ADA: ["tiny: thing.made no endpoint"]}
    await tiny.control.endpoint("tiny", tiny.endpoint.url)
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 1
    tiny.running.core.deliveries.endpoints.drop("tiny", "harness")
    await tiny.create()
    pending = (await tiny.raw.get("/pending")).json()
    assert (pending["deliveries"], pending["by_person"], pending["untold"]) == (0, {}, {"tiny": 1})
    assert len(tiny.records("news")) == 2


async def test_two_secrets(tiny: Bench) -> None:
    """An endpoint registered with secrets is signed to with all of them."""
    await tiny.raw.put("/endpoints/tiny", json={"url": tiny.endpoint.url, "secrets": ["new", "old"]})
    await tiny.create()
    await tiny.quiet()
    assert len(tiny.endpoint.got[0].signature.split(",")) == 3


async def test_forge(tiny: Bench) -> None:
    """A lie is delivered once, signed as named, journaled as a lie, and never retried."""
    await tiny.create()
    await tiny.quiet()
    tiny.endpoint.statuses = [400]
    (told,) = await tiny.control.forge(ADA, fake="tiny", lie="made", forgery="garbage")
    assert told["status"] == 400
    got = tiny.endpoint.got[-1]
    assert (got.signature, got.event != tiny.endpoint.got[0].event) == ("garbage", True)
    (news,), (delivery,) = tiny.records("news", lie=True), tiny.records("delivery", lie=True)
    assert (delivery["delivery"], delivery["forgery"], delivery["event"]) == (
        told["delivery"],
        "garbage",
        news["event"],
    )
    assert len(await tiny.control.forge(ADA, fake="tiny", lie="made", forgery="valid", copies=2)) == 2
    assert tiny.endpoint.got[-1].signature.startswith("t=")
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 4
    assert await tiny.control.forge(BEN, fake="tiny", lie="made", forgery="garbage") == []


async def test_a_bug_in_signing_does_not_block_for_ever(tiny: Bench, capfd: object) -> None:
    """When a slice fails to sign, that is journaled as a bug and the event is not pending for ever."""

    def broken(*args: object) -> dict[str, str]:
        raise ZeroDivisionError("planted")

    tiny.running.slices["tiny"].sign = broken  # type: ignore[attr-defined]
    await tiny.create()
    await tiny.quiet()
    assert "ZeroDivisionError" in tiny.records("bug")[0]["error"]


async def test_many_people_at_once(tiny: Bench) -> None:
    """A hundred events of many people all arrive, each person's in order."""
    names = [f"hxpers{'abcdefghij'[number]}nnnnn{'abcdefghij'[number]}" for number in range(10)]
    await asyncio.gather(*(tiny.create(name, n=number) for number in range(10) for name in names))
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 100
    sent = [one["event"] for one in tiny.records("delivery", person=names[0])]
    assert sent == [one["event"] for one in tiny.records("news", person=names[0])]
