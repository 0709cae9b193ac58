"""Several webhook endpoints of one fake: who hears what, whose secret signs, what is tried again where."""

import hashlib
import hmac
from typing import Any

from tests.fakes_core.bench import ADA, Bench, Got, hearing


async def _put(tiny: Bench, **ask: Any) -> Any:
    answer = await tiny.raw.put("/endpoints/tiny", json=ask)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _signed_with(got: Got, secret: str) -> bool:
    time, *signed = got.signature.split(",")
    right = hmac.new(secret.encode(), f"{time[2:]}.".encode() + got.body, hashlib.sha256).hexdigest()
    return right in signed


async def test_each_hears_for_itself(tiny: Bench) -> None:
    """Each endpoint gets its own delivery, signed with its own secret, and is tried again by itself alone."""
    async with hearing() as second:
        await _put(tiny, name="second", url=second.url, secrets=["whsec_second"])
        second.statuses = [500]
        await tiny.create()
        await tiny.quiet()
        assert (len(tiny.endpoint.got), len(second.got)) == (1, 2)
        own = tiny.running.public["tiny"]["webhook_secret"]
        assert [_signed_with(tiny.endpoint.got[0], one) for one in (own, "whsec_second")] == [True, False]
        assert [_signed_with(second.got[0], one) for one in (own, "whsec_second")] == [False, True]
    told = [(one["endpoint"], one["attempt"]) for one in tiny.records("delivery")]
    assert sorted(told) == [("harness", 1), ("second", 1), ("second", 2)]
    assert len({one["event"] for one in tiny.records("delivery")}) == 1


async def test_hears_only_its_types(tiny: Bench) -> None:
    """An endpoint hears the types that it asked for, and no others (planted violation)."""
    async with hearing() as second:
        await _put(tiny, name="second", url=second.url, types=["thing.changed"])
        thing = (await tiny.create()).json()["id"]
        await tiny.http.patch(f"/things/{thing}", json={"size": 2})
        await tiny.quiet()
        assert [b"thing.changed" in one.body for one in second.got] == [True]
        assert len(tiny.endpoint.got) == 2


async def test_disabled_and_deleted(tiny: Bench) -> None:
    """A disabled endpoint hears nothing new, and a retry that finds it disabled or gone is the end of that event."""
    tiny.running.core.deliveries.use_schedule((0.05, 0.05))
    async with hearing() as second:
        await _put(tiny, name="second", url=second.url, disabled=True)
        await tiny.create()
        await tiny.quiet()
        assert second.got == []
        await _put(tiny, name="second", url=second.url)
        second.statuses = [500] * 9
        second.open.clear()
        await tiny.create()
        await tiny.soon(lambda: second.got)
        assert (await tiny.raw.delete("/endpoints/tiny/second")).json() == {"deleted": True}
        second.open.set()
        await tiny.quiet()
        assert len(second.got) == 1
    assert [one["endpoint"] for one in tiny.records("undelivered")] == ["second"]
    assert (await tiny.raw.delete("/endpoints/tiny/second")).status_code == 404
    left = (await tiny.raw.get("/endpoints")).json()["endpoints"]
    assert [(one["fake"], one["name"], one["url"]) for one in left] == [("tiny", "harness", tiny.endpoint.url)]


async def test_roll(tiny: Bench) -> None:
    """While the old secret lives both sign; when it has expired the new one signs alone."""
    own = tiny.running.public["tiny"]["webhook_secret"]
    rolled = (await tiny.raw.post("/endpoints/tiny/harness/roll", json={"lasts_s": 3600})).json()["secret"]
    await tiny.create()
    await tiny.quiet()
    assert [_signed_with(tiny.endpoint.got[0], one) for one in (own, rolled)] == [True, True]
    again = {"lasts_s": 0, "secret": "whsec_third"}
    assert (await tiny.raw.post("/endpoints/tiny/harness/roll", json=again)).json() == {"secret": "whsec_third"}
    await tiny.create()
    await tiny.quiet()
    assert [_signed_with(tiny.endpoint.got[1], one) for one in (own, rolled, "whsec_third")] == [False, False, True]
    await tiny.control.endpoint("tiny", tiny.endpoint.url)
    await tiny.create()
    await tiny.quiet()
    assert _signed_with(tiny.endpoint.got[2], "whsec_third")


async def test_log_and_undelivered(tiny: Bench) -> None:
    """Each attempt is logged with status, duration and the answer's first bytes; undelivered events are listed."""
    tiny.running.core.deliveries.use_schedule((0.01,))
    tiny.endpoint.statuses, tiny.endpoint.says = [500, 500, 200], b"no room " + b"z" * 1000
    await tiny.create()
    await tiny.quiet()
    await tiny.create()
    await tiny.quiet()
    found = (await tiny.raw.get("/deliveries", params={"person": ADA, "endpoint": "harness"})).json()["attempts"]
    assert [(one["status"], one["attempt"]) for one in found] == [(200, 1), (500, 2), (500, 1)]
    assert all(one["ms"] > 0 and one["at"].startswith("20") and one["url"] == tiny.endpoint.url for one in found)
    assert (len(found[0]["answer"]), found[0]["answer"][:8]) == (500, "no room ")
    failed = found[-1]["event"]
    assert (await tiny.raw.get("/undelivered/tiny")).json() == {"events": [failed]}
    sent = (await tiny.raw.post(f"/resend/tiny/{failed}", json={})).json()["deliveries"]
    await tiny.quiet()
    assert (len(sent), (await tiny.raw.get("/undelivered/tiny")).json()) == (1, {"events": []})
    (last,) = (await tiny.raw.get("/deliveries", params={"event": failed, "limit": 1})).json()["attempts"]
    assert (last["delivery"], last["status"], last["copy"]) == (sent[0], 200, 1)
    assert (await tiny.raw.post("/resend/tiny/evt_none", json={})).status_code == 404


async def test_resend_to_a_new_endpoint(tiny: Bench) -> None:
    """A past event can be sent to an endpoint that did not exist when it was told, and to that one alone."""
    await tiny.create()
    await tiny.quiet()
    event = tiny.endpoint.got[0].event
    async with hearing() as second:
        await _put(tiny, name="second", url=second.url)
        await tiny.raw.post(f"/resend/tiny/{event}", json={"endpoint": "second", "copies": 2})
        await tiny.quiet()
        assert [one.event for one in second.got] == [event, event]
        assert len(tiny.endpoint.got) == 1
    assert (await tiny.raw.post(f"/resend/tiny/{event}", json={"endpoint": "third"})).status_code == 404


async def test_an_endpoint_that_takes_too_long(tiny: Bench) -> None:
    """An answer that does not come in time counts as a failure, and is logged as one."""
    await _put(tiny, url=tiny.endpoint.url, timeout_s=0.1)
    tiny.running.core.deliveries.use_schedule(())
    tiny.endpoint.open.clear()
    await tiny.create()
    await tiny.quiet()
    tiny.endpoint.open.set()
    (attempt,) = (await tiny.raw.get("/deliveries")).json()["attempts"]
    assert (attempt["status"], attempt["error"]) == (None, "no answer within 0.1 s")
