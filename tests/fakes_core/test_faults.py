"""Each kind of fault, as a real client meets it and as the journal tells it."""

import asyncio
from typing import Any

import httpx
import pytest

from harness.clock import SYSTEM
from harness.faults import ALWAYS, Kind
from tests.fakes_core.bench import ADA, BEN, Bench

KEY = {"Idempotency-Key": "k1"}


def _one_fault(tiny: Bench, kind: Kind, *, committed: bool) -> None:
    (fault,) = tiny.records("fault")
    assert (fault["kind"], fault["committed"], fault["person"]) == (str(kind), committed, ADA)
    assert len(tiny.records("effect")) == int(committed)


async def test_lost_reply(tiny: Bench) -> None:
    """The effect is there, but not a byte of the answer; the next call is well."""
    await tiny.fault(Kind.LOST_REPLY)
    with pytest.raises(httpx.ReadError):
        await tiny.create()
    _one_fault(tiny, Kind.LOST_REPLY, committed=True)
    assert tiny.records("answered")[0]["lost"] == "before"
    assert (await tiny.create()).status_code == 201


async def test_cut_reply(tiny: Bench) -> None:
    """Half of the body arrives, then the connection is reset."""
    await tiny.fault(Kind.CUT_REPLY)
    seen = b""
    async with tiny.http.stream("POST", "/things", json={"name": ADA, "pad": "z" * 1000}) as answer:
        assert answer.status_code == 201
        try:
            async for part in answer.aiter_raw():
                seen += part
        except httpx.HTTPError as problem:
            broken: httpx.HTTPError | None = problem
        else:
            broken = None
    assert isinstance(broken, httpx.ReadError)
    assert 0 < len(seen) < int(answer.headers["content-length"])
    _one_fault(tiny, Kind.CUT_REPLY, committed=True)
    assert tiny.records("answered")[0]["lost"] == "mid"


async def test_refuse(tiny: Bench) -> None:
    """The connection is reset and nothing was done."""
    await tiny.fault(Kind.REFUSE)
    with pytest.raises(httpx.ReadError):
        await tiny.create()
    _one_fault(tiny, Kind.REFUSE, committed=False)
    assert tiny.records("answered")[0]["lost"] == "reset"


async def test_hang(tiny: Bench) -> None:
    """No answer within the client's patience, and nothing was done; the call ends when the client leaves."""
    await tiny.fault(Kind.HANG, seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        await tiny.http.post("/things", json={"name": ADA}, timeout=0.2)
    await tiny.quiet()
    _one_fault(tiny, Kind.HANG, committed=False)
    assert tiny.records("answered")[0]["lost"] == "hang"


async def test_hang_ends_by_itself(tiny: Bench) -> None:
    """After its seconds a hanging call ends without an answer."""
    await tiny.fault(Kind.HANG, seconds=0.1)
    with pytest.raises(httpx.RemoteProtocolError):
        await tiny.create()


async def test_hang_after(tiny: Bench) -> None:
    """No answer, but the work is done, and its event goes out meanwhile."""
    await tiny.fault(Kind.HANG_AFTER, seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        await tiny.http.post("/things", json={"name": ADA}, timeout=0.3)
    await tiny.quiet()
    _one_fault(tiny, Kind.HANG_AFTER, committed=True)
    assert tiny.records("delivered")[0]["n"] < tiny.records("answered")[0]["n"]


async def test_delay_commits_although_the_client_left(tiny: Bench) -> None:
    """The work is done late, even when nobody waits for it any more."""
    await tiny.fault(Kind.DELAY, seconds=0.4)
    with pytest.raises(httpx.ReadTimeout):
        await tiny.http.post("/things", json={"name": ADA}, timeout=0.1)
    assert tiny.records("effect") == []
    await tiny.soon(lambda: tiny.records("answered"))
    _one_fault(tiny, Kind.DELAY, committed=True)
    assert tiny.records("answered")[0]["lost"] == "before"


async def test_slow_reply(tiny: Bench) -> None:
    """The work is done at once, the answer comes later."""
    await tiny.fault(Kind.SLOW_REPLY, seconds=0.3)
    began = SYSTEM.at_ns()
    assert (await tiny.create()).status_code == 201
    assert SYSTEM.at_ns() - began > 0.3e9
    effect, answered = tiny.records("effect")[0], tiny.records("answered")[0]
    assert answered["at"] - effect["at"] > 0.29e9
    _one_fault(tiny, Kind.SLOW_REPLY, committed=True)


@pytest.mark.parametrize(
    ("kind", "how", "status", "said"),
    [
        (Kind.SERVER_ERROR, {"status": 500}, 500, "server_error"),
        (Kind.SERVER_ERROR, {"status": 503}, 503, "unavailable"),
        (Kind.RATE_LIMITED, {"retry_after_s": 2.0}, 429, "rate_limited"),
        (Kind.INVALID, {}, 400, "invalid"),
        (Kind.INVALID, {"status": 422}, 422, "invalid"),
    ],
)
async def test_vendor_errors(tiny: Bench, kind: Kind, how: dict[str, Any], status: int, said: str) -> None:
    """The vendor's own error instead of the work."""
    await tiny.fault(kind, **how)
    answer = await tiny.create()
    assert (answer.status_code, answer.json()) == (status, {"error": said})
    assert answer.headers.get("retry-after") == ("2" if kind is Kind.RATE_LIMITED else None)
    _one_fault(tiny, kind, committed=False)


async def test_html(tiny: Bench) -> None:
    """A web page with status 200, as from a proxy; nothing was done."""
    await tiny.fault(Kind.HTML)
    answer = await tiny.create()
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    _one_fault(tiny, Kind.HTML, committed=False)


async def test_every_kind_has_a_way() -> None:
    """No kind of fault is planned that nobody can carry out."""
    from fakes.misbehaving import WAYS

    assert set(WAYS) == set(Kind)


async def test_lost_reply_of_a_refused_call_is_not_committed(tiny: Bench) -> None:
    """A fault on a call that the vendor refused does not claim a commit (planted violation)."""
    await tiny.fault(Kind.LOST_REPLY)
    with pytest.raises(httpx.ReadError):
        await tiny.create(headers={"Authorization": "Bearer wrong"})
    _one_fault(tiny, Kind.LOST_REPLY, committed=False)


async def test_others_are_left_alone(tiny: Bench) -> None:
    """A person's fault never meets another person, nor a call of nobody."""
    await tiny.fault(Kind.SERVER_ERROR, times=ALWAYS)
    assert (await tiny.create(f"Ben {BEN}")).status_code == 201
    assert (await tiny.create("nobody")).status_code == 201
    assert (await tiny.create()).status_code == 500


async def test_skip_and_times(tiny: Bench) -> None:
    """The first `skip` calls are spared, the next `times` are met, then it is over."""
    rule = await tiny.fault(Kind.SERVER_ERROR, skip=1, times=2)
    assert [(await tiny.create()).status_code for _ in range(5)] == [201, 500, 500, 201, 201]
    assert (await tiny.control.counts(ADA))["faults"] == {rule: 2}
    assert (await tiny.control.counts(ADA))["effects"] == {"tiny.thing": 3}


async def test_reads_and_sinks(tiny: Bench) -> None:
    """A fault is aimed at reads or writes, and at one sink."""
    thing = (await tiny.create()).json()["id"]
    await tiny.fault(Kind.SERVER_ERROR, calls="reads", times=ALWAYS)
    assert (await tiny.http.get(f"/things/{thing}")).status_code == 500
    assert (await tiny.http.patch(f"/things/{thing}", json={"a": 1})).status_code == 200
    await tiny.fault(Kind.RATE_LIMITED, sink="tiny.thing", times=ALWAYS)
    assert (await tiny.http.post("/later", json={"for": ADA})).status_code == 200
    assert (await tiny.create()).status_code == 429


async def test_one_operation(tiny: Bench) -> None:
    """A fault aimed at one operation meets its calls only, and `skip` counts no others."""
    thing = (await tiny.create()).json()["id"]
    await tiny.fault(Kind.SERVER_ERROR, operation="GET /things/{id}", calls="all", skip=1)
    assert (await tiny.create()).status_code == 201
    seen = [(await tiny.http.get(f"/things/{thing}")).status_code for _ in range(3)]
    assert seen == [200, 500, 200]


async def test_two_faults_one_call(tiny: Bench) -> None:
    """The older fault meets the call first, the younger the next one."""
    await tiny.control.plan([])
    await tiny.fault(Kind.SERVER_ERROR)
    await tiny.fault(Kind.RATE_LIMITED)
    assert [(await tiny.create()).status_code for _ in range(3)] == [500, 429, 201]


async def test_calm_ends_everything(tiny: Bench) -> None:
    """Calm lets go of who hangs and ends every fault."""
    await tiny.fault(Kind.SERVER_ERROR, times=ALWAYS, skip=1)
    await tiny.fault(Kind.SLOW_REPLY, seconds=30)
    slow = asyncio.ensure_future(tiny.create())
    await tiny.soon(lambda: tiny.records("fault"))
    await tiny.control.calm()
    assert (await slow).status_code == 201
    assert (await tiny.create()).status_code == 201


async def test_mend_ends_one_persons(tiny: Bench) -> None:
    """Mending one person leaves the others' faults at work."""
    await tiny.fault(Kind.SERVER_ERROR, times=ALWAYS)
    await tiny.fault(Kind.SERVER_ERROR, person=BEN, times=ALWAYS)
    await tiny.control.mend(ADA)
    assert (await tiny.create()).status_code == 201
    assert (await tiny.create(f"Ben {BEN}")).status_code == 500


async def test_world_fault(tiny: Bench) -> None:
    """A fault for `*` meets everybody, calls of nobody included."""
    await tiny.fault(Kind.SERVER_ERROR, person="*", times=ALWAYS)
    assert (await tiny.create("nobody")).status_code == 500
    assert (await tiny.create(f"Ben {BEN}")).status_code == 500
    assert [one["person"] for one in tiny.records("fault")] == [None, BEN]


async def test_locked(tiny: Bench) -> None:
    """The vendor's own refusal because the object is in use; nothing was done."""
    await tiny.fault(Kind.LOCKED)
    answer = await tiny.create()
    assert (answer.status_code, answer.json()) == (423, {"error": "locked"})
    _one_fault(tiny, Kind.LOCKED, committed=False)


async def test_gather_without_others(tiny: Bench) -> None:
    """Who waits alone goes when time is up, and the journal says so (planted violation)."""
    await tiny.fault(Kind.GATHER, seconds=0.1, rivals=3)
    assert (await tiny.create()).status_code == 201
    assert [one["event"] for one in tiny.records("barrier")] == ["held", "timed_out"]
    _one_fault(tiny, Kind.GATHER, committed=True)


async def test_one_key(tiny: Bench) -> None:
    """A fault for one idempotency key meets that call alone."""
    await tiny.fault(Kind.SERVER_ERROR, key="k1", times=ALWAYS)
    assert (await tiny.create(headers=KEY)).status_code == 500
    assert (await tiny.create(headers={"Idempotency-Key": "k2"})).status_code == 201
    assert (await tiny.create()).status_code == 201
