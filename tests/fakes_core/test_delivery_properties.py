"""Random plans of deliveries: whatever the rules, every event arrives in the end, or was dropped on purpose."""

from collections import defaultdict
from random import Random
from typing import Any

from harness.faults import DeliveryRule, Mishap
from harness.rng import Rng
from tests.fakes_core.bench import ADA, Bench, hearing

PLANS = 8
EVENTS = 4


def _rule(chance: Random, kind: Mishap) -> DeliveryRule:
    """A random rule of this kind that lasts a moment at most."""
    how: dict[str, Any] = {"topic": chance.choice([None, "made", "changed"]), "skip": chance.randrange(2)}
    how["endpoint"] = chance.choice([None, None, "harness", "second"])
    if kind is Mishap.REPEAT:
        how |= {"copies": chance.randint(1, 3), "overlap": chance.random() < 0.5, "resign": chance.random() < 0.5}
    elif kind is Mishap.PERMUTE:
        how |= {"among": chance.randint(2, 4), "seed": chance.randrange(9), "seconds": 0.05}
    elif kind is Mishap.FORGE:
        how |= {"forgery": "garbage", "copies": chance.randint(1, 2)}
    else:
        how["seconds"] = chance.choice([0.01, 0.05])
    return DeliveryRule(person=ADA, fake="tiny", kind=kind, **how)


async def _play(tiny: Bench, chance: Random) -> None:
    await tiny.control.rule([_rule(chance, chance.choice(list(Mishap))) for _ in range(chance.randint(1, 4))])
    tiny.endpoint.statuses = [chance.choice([200, 500, 302]) for _ in range(chance.randrange(6))]
    for number in range(EVENTS):
        made = await tiny.create(n=number)
        if chance.random() < 0.5:
            await tiny.http.patch(f"/things/{made.json()['id']}", json={"n": -number})
    await tiny.control.calm()
    await tiny.quiet()
    tiny.endpoint.statuses.clear()


def _arrived(tiny: Bench) -> dict[tuple[str, str], list[Any]]:
    """For each event and endpoint, the statuses of its true deliveries in order of the attempts."""
    answers = {one["delivery"]: one["status"] for one in tiny.records("delivered")}
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for one in sorted(tiny.records("delivery"), key=lambda one: int(one["attempt"])):
        if one["forgery"] is None:
            found[(str(one["event"]), str(one["endpoint"]))].append((one["attempt"], answers[one["delivery"]]))
    return found


async def test_nothing_is_lost_and_nothing_goes_on_for_ever(tiny: Bench) -> None:
    """After calm nothing is pending; each event was acknowledged at each endpoint, and never retried after that."""
    tiny.running.core.deliveries.use_schedule((0.01,) * 8)
    async with hearing() as second:
        await tiny.raw.put("/endpoints/tiny", json={"name": "second", "url": second.url})
        for seed in range(PLANS):
            await _play(tiny, Rng(seed).stream("plan"))
        arrived = _arrived(tiny)
        dropped = {one["event"] for one in tiny.records("fault") if one["kind"] == "drop"}
        for news in tiny.records("news"):
            for endpoint in ("harness", "second"):
                told = arrived.get((news["event"], endpoint), [])
                if not told:
                    assert news["event"] in dropped, news
                    continue
                well = [attempt for attempt, status in told if status == 200]
                assert well, (news, endpoint, told)
                assert max(attempt for attempt, _ in told) == min(well), (news, endpoint, told)
        bodies = {one.event: one.body for one in second.got}
        assert all(bodies.get(one.event, one.body) == one.body for one in tiny.endpoint.got)
        assert (await tiny.control.pending()).deliveries == 0
        assert not tiny.records("bug")
        undelivered = (await tiny.raw.get("/undelivered/tiny")).json()["events"]
        assert set(undelivered) <= dropped
