"""The control channel: what it refuses and how clearly, the open wallet, and what it forgets."""

import asyncio
from typing import Any

import httpx
import pytest

from harness.faults import Kind
from tests.fakes_core.bench import ADA, Bench

FAULT = {"person": ADA, "fake": "tiny", "kind": "hang"}
RULE = {"person": ADA, "fake": "tiny", "kind": "drop"}


async def test_manifest_and_health(tiny: Bench) -> None:
    """The manifest says what each fake offers; health is open."""
    manifest = (await tiny.control.manifest())["tiny"]
    assert manifest["sinks"] == [{"name": "tiny.thing", "guarantee": "none", "text": "things"}]
    assert set(manifest) == {"sinks", "forgeries", "genuine", "dresses", "lies", "acts", "payment_methods"}
    url = tiny.running.public["control"]["url"]
    async with httpx.AsyncClient(trust_env=False) as stranger:
        assert (await stranger.get(f"{url}/health")).json() == {"status": "ok", "fakes": ["tiny"]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/manifest"), ("PUT", "/endpoints/tiny"), ("POST", "/faults"), ("DELETE", "/faults"),
        ("POST", "/rules"), ("DELETE", "/rules"), ("POST", "/resend"), ("POST", "/forge"), ("POST", "/release"),
        ("POST", "/calm"), ("POST", "/acts"), ("GET", "/pending"), ("GET", "/counts"), ("GET", "/unknown-calls"),
        ("POST", "/snapshots"), ("GET", "/snapshots"), ("POST", "/snapshots/s/restore"), ("DELETE", "/snapshots/s"),
        ("POST", "/reset"),
    ],
)  # fmt: skip
async def test_needs_the_token(tiny: Bench, method: str, path: str) -> None:
    """Without the admin token nothing is answered, with a wrong one neither (planted violation)."""
    url = tiny.running.public["control"]["url"]
    async with httpx.AsyncClient(trust_env=False) as stranger:
        assert (await stranger.request(method, url + path, json={})).status_code == 401
        wrong = {"Authorization": "Bearer admin_0"}
        assert (await stranger.request(method, url + path, json={}, headers=wrong)).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/faults", {"faults": [{**FAULT, "colour": "red"}]}, "faults.0.colour: there is no such field"),
        ("/faults", {"faults": [{**FAULT, "kind": "explode"}]}, "faults.0.kind: Input should be"),
        ("/faults", {"faults": [FAULT, {**FAULT, "fake": "acme"}]}, "no fake is called 'acme'; there are tiny"),
        ("/faults", {"faults": [{**FAULT, "sink": "tiny.none"}]}, "no sink 'tiny.none'"),
        (
            "/faults",
            {"faults": [{**FAULT, "calls": "some"}]},
            "faults.0.calls: Input should be 'writes', 'reads' or 'all'",
        ),
        ("/faults", {"faults": [{"fake": "tiny", "kind": "hang"}]}, "person"),
        ("/faults", {"fault": []}, "fault: there is no such field"),
        ("/rules", {"rules": [{**RULE, "kind": "hang"}]}, "rules.0.kind"),
        ("/rules", {"rules": [{**RULE, "fake": "acme"}]}, "no fake is called 'acme'"),
        ("/resend", {"person": ADA, "which": "middle"}, "which"),
        ("/resend", {"person": ADA, "copies": 0}, "copies"),
        ("/forge", {"person": ADA, "fake": "tiny", "lie": "x", "forgery": "garbage"}, "no lie of tiny is called 'x'"),
        ("/forge", {"person": ADA, "fake": "tiny", "lie": "made", "forgery": "x"}, "there are garbage, valid"),
        ("/acts", {"person": ADA, "fake": "tiny", "act": "x"}, "there are touch"),
        ("/release", {}, "name"),
        ("/calm", {"please": True}, "please"),
        ("/wallet/pay", {"handle": "x"}, "method"),
    ],
)
async def test_refuses_what_it_does_not_know(tiny: Bench, path: str, body: dict[str, Any], said: str) -> None:
    """An unknown field, fake, kind or name is 422 and says what would be right."""
    answer = await tiny.raw.post(path, json=body)
    assert answer.status_code == 422
    assert said in answer.json()["error"]


@pytest.mark.parametrize(("body", "said"), [(b"{not json", "not JSON"), (b"[]", "must be a JSON object")])
async def test_refuses_what_is_not_json(tiny: Bench, body: bytes, said: str) -> None:
    """Anything but a JSON object is 400."""
    answer = await tiny.raw.post("/faults", content=body)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


async def test_all_faults_or_none(tiny: Bench) -> None:
    """A list with one bad fault plans none of them."""
    await tiny.raw.post("/faults", json={"faults": [{**FAULT, "kind": "server_error"}, {**FAULT, "kind": "x"}]})
    assert (await tiny.create()).status_code == 201


async def test_endpoint_of_unknown_fake_and_bad_url(tiny: Bench) -> None:
    """Only a known fake can be given an endpoint, and only an HTTP one."""
    assert (await tiny.raw.put("/endpoints/acme", json={"url": "http://x"})).status_code == 422
    assert (await tiny.raw.put("/endpoints/tiny", json={"url": "ftp://x"})).status_code == 422


async def test_queries_need_a_person(tiny: Bench) -> None:
    """Ending faults or counting without a person is refused, rather than done for everybody."""
    for method, path in (("DELETE", "/faults"), ("DELETE", "/rules"), ("GET", "/counts")):
        assert (await tiny.raw.request(method, path)).status_code == 422


async def test_act_on_nothing(tiny: Bench) -> None:
    """An act without a fitting object is 404 and leaves no record."""
    answer = await tiny.raw.post("/acts", json={"fake": "tiny", "person": ADA, "act": "touch"})
    assert (answer.status_code, ADA in answer.json()["error"]) == (404, True)
    assert tiny.records("act") == []


async def test_wallet_is_open(tiny: Bench) -> None:
    """A phone pays without the admin token; what is unknown is refused with the reason."""
    thing = (await tiny.create()).json()["id"]
    url = tiny.running.public["control"]["url"] + "/wallet/pay"
    async with httpx.AsyncClient(trust_env=False) as phone:
        paid = await phone.post(url, json={"handle": thing, "method": "card"})
        refused = await phone.post(url, json={"handle": "nothing", "method": "card"})
    assert paid.json() == {"result": "paid", "reason": None}
    assert (refused.json()["result"], "nothing" in refused.json()["reason"]) == ("refused", True)


async def test_pending_names_calls_in_flight(tiny: Bench) -> None:
    """A call that is not answered is pending under its person, and so is the event that waits for its answer."""
    await tiny.fault(Kind.SLOW_REPLY, seconds=30)
    slow = asyncio.ensure_future(tiny.create())
    await tiny.soon(lambda: tiny.records("fault"))
    pending = await tiny.control.pending()
    reasons = ["tiny: POST /things in flight", "tiny: thing.made to be told after the answer"]
    assert (pending.calls, pending.deliveries, pending.by_person) == (1, 1, {ADA: reasons})
    await tiny.control.calm()
    await slow


async def test_reset(tiny: Bench) -> None:
    """After a reset there are no faults, owners, events or things, and the keys are the same."""
    thing = (await tiny.create()).json()["id"]
    await tiny.fault(Kind.SERVER_ERROR)
    assert (await tiny.raw.post("/reset", json={})).json() == {"reset": True, "kept": []}
    assert (await tiny.http.get(f"/things/{thing}")).status_code == 404
    assert (await tiny.create()).status_code == 201
    assert (await tiny.control.counts(ADA)) == {"faults": {}, "effects": {"tiny.thing": 1}}
