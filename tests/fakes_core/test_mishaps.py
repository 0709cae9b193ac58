"""Adversarial deliveries as data: permutations, forged copies, one event of several, one endpoint of several."""

import math
from itertools import pairwise, permutations
from typing import Any

from fakes.calls import News
from harness.faults import AMONG_MAX, DeliveryRule, Mishap, orders
from tests.fakes_core.bench import ADA, BEN, Bench, hearing


async def _numbered(tiny: Bench, count: int, name: str = f"Ada {ADA}") -> None:
    for number in range(count):
        await tiny.create(name, n=number)


def _numbers(got: list[Any]) -> list[int]:
    return [int(one.body.split(b'"n":')[1].split(b",")[0].split(b"}")[0]) for one in got]


async def test_every_order_of_three(tiny: Bench) -> None:
    """Three events are told in exactly the order that was asked for, each after the other's answer."""
    for order in permutations(range(3)):
        tiny.endpoint.got.clear()
        await tiny.rule(Mishap.PERMUTE, among=3, order=order, seconds=5)
        await _numbered(tiny, 3)
        await tiny.quiet()
        assert _numbers(tiny.endpoint.got) == list(order)
        assert all(one.ended < two.began for one, two in pairwise(tiny.endpoint.got))
        await tiny.control.mend(ADA)
    assert {one["kind"] for one in tiny.records("fault")} == {"permute"}


async def test_seeded_and_the_next_batch(tiny: Bench) -> None:
    """Without an order the seed decides, for each batch alike; two seeds differ (planted violation)."""
    told = []
    for seed in (1, 1, 2):
        before = len(tiny.endpoint.got)
        await tiny.rule(Mishap.PERMUTE, among=6, seed=seed, seconds=5)
        await _numbered(tiny, 6)
        await tiny.quiet()
        told.append(_numbers(tiny.endpoint.got[before:]))
        await tiny.control.mend(ADA)
    assert told[0] == told[1] != told[2]
    assert sorted(told[0]) == list(range(6))


async def test_fewer_than_expected(tiny: Bench) -> None:
    """When time is up, what has come is told in its order; when the rule ends, at once."""
    await tiny.rule(Mishap.PERMUTE, among=3, order=(2, 1, 0), seconds=0.3)
    await _numbered(tiny, 2)
    await tiny.quiet()
    assert _numbers(tiny.endpoint.got) == [1, 0]
    await tiny.control.mend(ADA)
    await tiny.rule(Mishap.PERMUTE, among=3, order=(2, 1, 0), seconds=600)
    await _numbered(tiny, 2)
    assert "collected" in (await tiny.control.pending()).by_person[ADA][0]
    await tiny.control.calm()
    await tiny.quiet()
    assert _numbers(tiny.endpoint.got) == [1, 0, 1, 0]


async def test_each_endpoint_has_its_own_order(tiny: Bench) -> None:
    """A rule for one endpoint leaves the others alone; one for all permutes at each."""
    async with hearing() as second:
        await tiny.raw.put("/endpoints/tiny", json={"name": "second", "url": second.url})
        await tiny.rule(Mishap.PERMUTE, among=2, order=(1, 0), endpoint="second", times=2, seconds=5)
        await _numbered(tiny, 2)
        await tiny.quiet()
        assert (_numbers(tiny.endpoint.got), _numbers(second.got)) == ([0, 1], [1, 0])
        await tiny.rule(Mishap.PERMUTE, among=2, order=(1, 0), seconds=5)
        await _numbered(tiny, 2)
        await tiny.quiet()
        assert (_numbers(tiny.endpoint.got[2:]), _numbers(second.got[2:])) == ([1, 0], [1, 0])


async def test_a_forged_copy_before_the_true_one(tiny: Bench) -> None:
    """A wrongly signed copy arrives first and acknowledges nothing; the true event follows, well signed."""
    await tiny.rule(Mishap.FORGE, forgery="garbage", copies=2)
    await tiny.create()
    await tiny.create(f"Ben {BEN}")
    await tiny.quiet()
    mine = tiny.records("delivery", person=ADA)
    assert [one["forgery"] for one in mine] == ["garbage", "garbage", None]
    assert [one["forgery"] for one in tiny.records("delivery", person=BEN)] == [None]
    assert [one["lie"] for one in mine] == [False] * 3
    signed = [one.signature for one in tiny.endpoint.got if ADA.encode() in one.body]
    assert signed[:2] == ["garbage", "garbage"]
    assert signed[2].startswith("t=")
    (fault,) = tiny.records("fault")
    assert (fault["kind"], fault["person"]) == ("forge", ADA)


async def test_a_forged_copy_looks_like_the_true_one(tiny: Bench) -> None:
    """Method and headers besides the signature are those of the true event: only the signature may give it away."""
    deliveries = tiny.running.core.deliveries
    place = deliveries.endpoints.find("tiny", "harness")
    assert place is not None
    place.method = "PUT"
    await tiny.rule(Mishap.FORGE, forgery="garbage")
    headers = {"Authorization": "Bearer theirs", "Content-Type": "application/xml"}
    news = News(
        id="evt_1", type="thing.made", topic="made", object_id="th_1", body=f'{{"id":"evt_1","of":"{ADA}"}}'.encode(),
        created_s=1, headers=headers,
    )  # fmt: skip
    deliveries.tell("tiny", None, news)
    await tiny.quiet()
    await deliveries.forge("tiny", ADA, news, "garbage")
    seen = [(one.method, one.headers["authorization"], one.headers["content-type"]) for one in tiny.endpoint.got]
    assert seen == [("PUT", "Bearer theirs", "application/xml")] * 3
    assert [one.signature == "garbage" for one in tiny.endpoint.got] == [True, False, True]


async def test_an_accepted_forgery_is_no_acknowledgement(tiny: Bench) -> None:
    """Though a forged copy was answered with 200, the true event is tried until it is acknowledged itself."""
    tiny.running.core.deliveries.use_schedule((0.01,))
    tiny.endpoint.statuses = [200, 500, 200]
    await tiny.rule(Mishap.FORGE, forgery="garbage")
    await tiny.create()
    await tiny.quiet()
    told = [(one["forgery"], one["attempt"]) for one in tiny.records("delivery")]
    assert told == [("garbage", 1), (None, 1), (None, 2)]


async def test_only_the_second(tiny: Bench) -> None:
    """With `skip` and `times` one event of several is met, and the others are left alone."""
    await tiny.rule(Mishap.DROP, skip=1, times=1)
    await _numbered(tiny, 4)
    await tiny.quiet()
    assert _numbers(tiny.endpoint.got) == [0, 2, 3]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "permute", "order": [0, 0]}, "each place"),
    ({"kind": "permute", "order": [0, 2]}, "each place"),
    ({"kind": "permute", "among": AMONG_MAX + 1}, "at most"),
    ({"kind": "permute", "among": 1}, "among"),
    ({"kind": "drop", "order": [1, 0]}, "only permute"),
    ({"kind": "forge"}, "dress and forge need one"),
    ({"kind": "drop", "forgery": "garbage"}, "other kinds take none"),
    ({"kind": "forge", "forgery": "magic"}, "no forgery of tiny is called 'magic'; there are garbage"),
    ({"kind": "delay", "seconds": -1}, "seconds"),
    ({"kind": "delay", "seconds": 1e9}, "seconds"),
    ({"kind": "repeat", "copies": 101}, "copies"),
]


async def test_refused(tiny: Bench) -> None:
    """A plan that cannot be carried out is refused as a whole and says why."""
    good = {"person": ADA, "fake": "tiny", "kind": "drop"}
    for fields, said in REFUSED:
        answer = await tiny.raw.post("/rules", json={"rules": [good, {**good, **fields}]})
        assert (answer.status_code, said in answer.json()["error"]) == (422, True), (fields, answer.text)
    await tiny.create()
    await tiny.quiet()
    assert len(tiny.endpoint.got) == 1


def test_orders() -> None:
    """All orders when there are few, else so many drawn ones, none twice, the same for the same seed."""
    assert orders(3) == list(permutations(range(3)))
    assert len(orders(4)) == math.factorial(4)
    drawn = orders(8, at_most=30, seed=5)
    assert (len(set(drawn)), drawn[0]) == (30, tuple(range(8)))
    assert orders(8, at_most=30, seed=5) == drawn != orders(8, at_most=30, seed=6)
    assert DeliveryRule(person="*", fake="x", kind=Mishap.PERMUTE, among=8, order=drawn[1]).order == drawn[1]
