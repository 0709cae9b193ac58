"""Fakes without sockets: httpx clients, the vendors' own hosts, every fault as over sockets, webhooks into an app."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest
import respx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fakes.plugin import Fakes, fakes, fakes_everywhere  # noqa: F401 - fixtures are used by their names
from harness.clock import SYSTEM
from harness.errors import ControlError
from tests.fakes_core.bench import ADA, BEN


@pytest.fixture
def fakes_options() -> dict[str, Any]:
    """The tiny vendor, and one that has hosts."""
    return {"only": ["tests.fakes_core.tiny", "push"]}


def test_a_client_without_sockets(fakes: Fakes) -> None:  # noqa: F811
    """Sync: created, shown, journaled like every call; HEAD has no body, and what is refused is refused."""
    with fakes.client("tiny") as client:
        made = client.post("/things?x=%20y", json={"name": ADA})
        assert (made.status_code, made.json()["name"]) == (201, ADA)
        assert client.get(f"/things/{made.json()['id']}").json() == made.json()
        assert client.get("/nowhere").status_code == 404
        assert client.head("/nowhere").content == b""
    assert [each["op"] for each in fakes.effects("tiny.thing", person=ADA)] == ["create"]


async def test_an_async_client_without_sockets(fakes: Fakes) -> None:  # noqa: F811
    """Many at once from the test's own loop."""
    async with fakes.async_client("tiny") as client:
        made = await asyncio.gather(*(client.post("/things", json={"name": f"{n} {ADA}"}) for n in range(20)))
    assert len({each.json()["id"] for each in made}) == 20


ANSWER_S = 20.0
"""What comes is waited for as long as a busy machine may take; how fast is no matter of these tests."""
Outcome = type[Exception] | int
OUTCOMES: dict[str, tuple[Outcome, int]] = {
    "lost_reply": (httpx.ReadError, 1),
    "cut_reply": (httpx.ReadError, 1),
    "refuse": (httpx.ReadError, 0),
    "hang": (httpx.ReadTimeout, 0),
    "hang_after": (httpx.ReadTimeout, 1),
    "delay": (201, 1),
    "slow_reply": (201, 1),
    "server_error": (500, 0),
    "rate_limited": (429, 0),
    "invalid": (400, 0),
    "html": (200, 0),
    "barrier": (201, 1),
    "gather": (201, 1),
    "unended_reply": (httpx.ReadTimeout, 1),
    "trickle": (201, 1),
    "locked": (423, 0),
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_every_fault_looks_as_over_sockets(fakes: Fakes, kind: str) -> None:  # noqa: F811
    """The same exception or status, the same effects, for that person alone."""
    expected, effects = OUTCOMES[kind]
    waits, patience = (30.0, 0.4) if expected is httpx.ReadTimeout else (0.1, ANSWER_S)
    fakes.fault("tiny", kind, ADA, seconds=waits)
    reaches = (fakes.client("tiny", timeout=ANSWER_S), httpx.Client(base_url=fakes.url("tiny"), timeout=ANSWER_S))
    for fired, reach in enumerate(reaches, 1):
        with reach as client:
            assert client.post("/things", json={"name": BEN}).status_code == 201
            if isinstance(expected, int):
                assert client.post("/things", json={"name": ADA}, timeout=patience).status_code == expected
            else:
                with pytest.raises(expected):
                    client.post("/things", json={"name": ADA}, timeout=patience)
        fakes.calm()
        fakes.settle()
        assert len(fakes.effects("tiny.thing", person=ADA)) == effects
        assert [each["kind"] for each in fakes.records("fault", person=ADA)] == [kind] * fired
        fakes.control("POST", "/reset")
        fakes.fault("tiny", kind, ADA, seconds=waits)
        effects *= 2


def test_every_kind_of_fault_is_tried() -> None:
    """None is left out above."""
    from harness.faults import Kind

    assert set(OUTCOMES) == {str(kind) for kind in Kind}


def test_an_orderly_end_without_an_answer(fakes: Fakes) -> None:  # noqa: F811
    """As when a server closes a connection that it kept silent on."""
    fakes.fault("tiny", "hang", ADA, seconds=0.05)
    with fakes.client("tiny") as client, pytest.raises(httpx.RemoteProtocolError):
        client.post("/things", json={"name": ADA})


def send(title: str) -> str:
    """What a pipeline does: it knows nothing of fakes."""
    message = {"to": "ExponentPushToken[x]", "title": title}
    return str(httpx.post("https://exp.host/--/api/v2/push/send", json=message).json()["data"]["status"])


async def test_the_vendors_own_hosts(fakes_everywhere: Fakes) -> None:  # noqa: F811
    """Sync and async clients that name the real host reach the fake; other hosts stay what they are."""
    assert send("sync") == "ok"
    async with httpx.AsyncClient() as client:
        message = {"to": "ExponentPushToken[x]", "title": "async"}
        answer = await client.post("https://exp.host/--/api/v2/push/send", json=message)
        assert answer.json()["data"]["status"] == "ok"
        assert (await client.get(f"{fakes_everywhere.url('tiny')}/nowhere")).status_code == 404
    assert [each["values"]["title"] for each in fakes_everywhere.effects("push.notification")] == ["sync", "async"]


def test_hosts_below_a_name_and_after_the_test(fakes: Fakes) -> None:  # noqa: F811
    """A star stands for everything below; outside of `everywhere` nothing is patched."""
    fakes._hosts["*.vendor.example"] = "tiny"
    assert (fakes.at("shop.vendor.example"), fakes.at("vendor.example"), fakes.at("a.b.vendor.example")) == (
        "tiny", None, None
    )  # fmt: skip
    before = httpx.HTTPTransport.handle_request
    with fakes.everywhere():
        assert httpx.get("http://shop.vendor.example/nowhere").status_code == 404
        assert httpx.HTTPTransport.handle_request is not before
    assert httpx.HTTPTransport.handle_request is before


def test_with_respx(fakes: Fakes) -> None:  # noqa: F811
    """A router that forbids the network, with one route to the fakes."""
    with respx.mock as router:
        router.route(host="exp.host").mock(side_effect=fakes.answer)
        router.get("https://other.example/").respond(204)
        assert send("routed") == "ok"
        assert httpx.get("https://other.example/").status_code == 204
        fakes.fault("push", "server_error")
        assert httpx.post("https://exp.host/--/api/v2/push/send", json={"to": "x"}).status_code == 500
    with pytest.raises(ControlError, match=r"no fake stands for nowhere\.example"):
        fakes.answer(httpx.Request("GET", "https://nowhere.example/"))


class Shop:
    """A user's application that remembers what it was told, and on which loop."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.loops: set[asyncio.AbstractEventLoop] = set()
        self.statuses: list[int] = []
        self.app = Starlette(routes=[Route("/hook", self._hook, methods=["POST"])])

    async def _hook(self, request: Request) -> Response:
        self.loops.add(asyncio.get_running_loop())
        assert request.headers["tiny-signature"]
        self.told.append(orjson.loads(await request.body())["type"])
        if self.statuses:
            raise ZeroDivisionError(self.statuses.pop())
        return Response()


def test_webhooks_into_an_app(fakes: Fakes) -> None:  # noqa: F811
    """Signed, tried again after an error, repeated by a rule; without one socket of the test's own."""
    shop = Shop()
    shop.statuses = [500]
    fakes.webhooks_to("tiny", shop.app, "/hook")
    with fakes.client("tiny") as client:
        client.post("/things", json={"name": ADA})
        fakes.settle()
        assert shop.told == ["thing.made", "thing.made"]
        fakes.rule("tiny", "repeat", ADA)
        client.post("/things", json={"name": ADA})
        fakes.settle()
    assert shop.told == ["thing.made"] * 4
    assert [each["status"] for each in fakes.records("delivered")] == [500, 200, 200, 200]
    fakes.act("tiny", "touch", ADA)
    fakes.settle()
    assert shop.told[-1] == "thing.changed"


async def test_webhooks_into_an_app_on_the_tests_loop(fakes: Fakes) -> None:  # noqa: F811
    """An async test's application runs where the test runs; a blocking wait is refused instead of never ending."""
    shop = Shop()
    fakes.webhooks_to("tiny", shop.app, "/hook")
    async with fakes.async_client("tiny") as client:
        await client.post("/things", json={"name": ADA})
    with pytest.raises(ControlError, match="await settled"):
        fakes.settle()
    await fakes.settled()
    await fakes.asked("POST", "/resend", person=ADA)
    assert (shop.told, shop.loops) == (["thing.made"] * 2, {asyncio.get_running_loop()})


def test_what_stays_open_is_told(fakes: Fakes) -> None:  # noqa: F811
    """A wait that does not end says what it waited for."""
    fakes.webhooks_to("tiny", Shop().app, "/hook")
    fakes.rule("tiny", "hold", ADA, name="h")
    with fakes.client("tiny") as client:
        client.post("/things", json={"name": ADA})
    began = SYSTEM.at_ns()
    with pytest.raises(ControlError, match="held"):
        fakes.settle(0.1)
    assert SYSTEM.at_ns() - began < 5e9
    fakes.calm()
    fakes.settle()


def test_inboxes_and_settings(fakes: Fakes) -> None:  # noqa: F811
    """What has arrived somewhere, and a setting changed on the way."""
    assert fakes.tune("push", per_second=1)["per_second"] == 1
    with fakes.client("push") as client:
        message = {"to": "ExponentPushToken[x]", "title": "one"}
        statuses = [client.post("/--/api/v2/push/send", json=message).status_code for _ in range(2)]
    assert statuses == [200, 429]
    fakes.settle()
    assert [each["title"] for each in fakes.inbox("push", "ExponentPushToken[x]")] == ["one"]
    with pytest.raises(ControlError, match="422"):
        fakes.inbox("tiny", "x")
