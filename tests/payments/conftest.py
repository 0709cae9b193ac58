"""A shop at the payment provider: served over a socket for the official client, and a bare one for time and order."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

import pytest
import requests
import stripe
from requests.adapters import HTTPAdapter

from fakes.calls import Call, News, Reply
from fakes.payments.slice import Payments, make
from fakes.plugin import Fakes, running
from fakes.routing import Router
from fakes.serve import Options
from fakes.world import World
from harness.clock import ManualClock, block
from harness.rng import Rng
from tests.payments.watching import Watch, watching
from tools.listening import Answer, Taken, listening

SESSIONS: list[requests.Session] = []
"""The official clients' connections, closed with the shop."""


@pytest.fixture(scope="session", autouse=True)
def watch() -> Iterator[Watch]:
    """Every answer of the payment fake, judged by the vendor's own document, in all tests of this folder."""
    with watching() as seen:
        yield seen


@pytest.fixture(autouse=True)
def answers_are_right(watch: Watch) -> Iterator[None]:
    """No answer of this test differs from the vendor's document."""
    watch.taken()
    yield
    assert watch.taken() == []


@dataclass
class Hook:
    """A pipeline's webhook endpoint that remembers what it got."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200

    def wait(self, count: int, kind: str = "") -> list[tuple[dict[str, str], bytes]]:
        """The deliveries whose type begins with `kind`, once there are `count` of them; at most 5 seconds."""
        for _ in range(500):
            found = [one for one in self.got if json.loads(one[1])["type"].startswith(kind)]
            if len(found) >= count:
                return found
            block(0.01)
        raise AssertionError(f"{count} deliveries of {kind!r} were expected, {len(self.got)} arrived in all")


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    """A webhook endpoint on a real socket."""
    with hooked() as one:
        yield one


@contextmanager
def hooked() -> Iterator[Hook]:
    """A webhook endpoint on a real socket while inside."""
    one = Hook()

    def take(request: Taken) -> Answer:
        one.got.append((request.headers, request.body))
        return one.status, {}

    with listening(take) as one.url:
        yield one


@pytest.fixture(scope="module")
def shop(hook: Hook) -> Iterator[Fakes]:
    """The payment provider over a socket, telling its news to `hook`."""
    with running(Options(only=["payments"], seed=11)) as fakes:
        fakes.control("PUT", "/endpoints/payments", url=hook.url)
        yield fakes
        fakes.settle()
        while SESSIONS:
            SESSIONS.pop().close()


@pytest.fixture(scope="module")
def client(shop: Fakes) -> stripe.StripeClient:
    """The official client, unmodified."""
    return connected(shop)


@pytest.fixture(scope="module")
def till(client: stripe.StripeClient) -> str:
    """The one reader of the shop, which everybody pays at."""
    address: Any = {"line1": "1 Main St", "city": "Reno", "state": "NV", "postal_code": "89501", "country": "US"}
    place = client.v1.terminal.locations.create({"display_name": "HQ", "address": address})
    wanted: Any = {"registration_code": "simulated-wpe", "location": place.id}
    return client.v1.terminal.readers.create(wanted).id


def connected(shop: Fakes, key: str | None = None) -> stripe.StripeClient:
    """An official client with this key, or the shop's own."""
    SESSIONS.append(requests.Session())
    SESSIONS[-1].mount("http://", HTTPAdapter(pool_maxsize=40))
    return stripe.StripeClient(
        key or shop.key("payments", "secret_key"),
        base_addresses={"api": shop.url("payments")},
        http_client=stripe.RequestsClient(session=SESSIONS[-1]),
    )


def pay(shop: Fakes, handle: str | None, method: str) -> str:
    """What the wallet says, asked as a phone asks it."""
    url = shop.public["control"]["url"] + "/wallet/pay"
    answer = requests.post(url, json={"handle": handle, "method": method}, timeout=10)
    return str(answer.json()["result"])


@pytest.fixture
def marker(request: pytest.FixtureRequest) -> str:
    """A marker that no other test uses."""
    return Rng(11).marker(request.node.nodeid)


@pytest.fixture
def person(client: stripe.StripeClient, marker: str) -> stripe.Customer:
    """A customer with a marker of their own."""
    return client.v1.customers.create({"email": f"{marker}@example.com", "name": f"Zoë {marker}"})


@dataclass
class Ledger:
    """What a bare shop wrote down."""

    effects: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    told: list[News] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    def effect(
        self, call: Call | None, sink: str, op: str, object_id: str, values: Mapping[str, Any], ids: Sequence[str]
    ) -> None:
        """Remember an effect."""
        self.effects.append((sink, op, object_id, dict(values)))
        self.known += [one for one in ids if one not in self.known]

    def news(self, call: Call | None, news: News) -> None:
        """Remember an event."""
        self.told.append(news)

    def owns(self, call: Call | None, ids: Sequence[str], like: Sequence[str] = ()) -> None:
        """Remember objects."""
        self.known += [one for one in ids if one not in self.known]


class Bare:
    """A shop without a socket, with a clock that the test moves."""

    def __init__(self, **settings: Any) -> None:
        self.clock = ManualClock()
        self.ledger = Ledger()
        self.world = World(
            fake="payments",
            rng=Rng(3),
            ledger=self.ledger,
            clock=self.clock,
            settings=settings,
            objects_of=lambda person: self.ledger.known,
        )
        self.slice: Payments = make(self.world)
        self.router = Router(self.slice.routes)

    @property
    def types(self) -> list[str]:
        """The types of all events so far, in order."""
        return [news.type for news in self.ledger.told]

    def sinks(self, sink: str) -> list[dict[str, Any]]:
        """The values of all effects of a sink, with their `op`."""
        return [{"op": op, **values} for name, op, _, values in self.ledger.effects if name == sink]

    def call(self, method: str, path: str, form: Any = (), key: str | None = None, account: str | None = None) -> Call:
        """A call that was routed and read."""
        route, at, _ = self.router.match(method, path)
        secret = account or self.slice.public()["secret_key"]
        headers = {"authorization": f"Bearer {secret}"} | ({"idempotency-key": key} if key else {})
        text = urlencode(form, doseq=True)
        call = Call(
            id="c1",
            fake="payments",
            method=method,
            path=path,
            query=text if method == "GET" else "",
            headers=headers,
            body=text.encode() if method != "GET" else b"",
            ledger=self.ledger,
            route=route,
            at=at,
        )
        self.slice.read(call)
        return call

    def raw(self, method: str, path: str, form: Any = (), key: str | None = None, account: str | None = None) -> Reply:
        """The reply to a call."""
        reply = self.begin(method, path, form, key, account)
        assert isinstance(reply, Reply)
        return reply

    def begin(
        self, method: str, path: str, form: Any = (), key: str | None = None, account: str | None = None
    ) -> Reply | Awaitable[Reply]:
        """The reply, or the wait for it."""
        call = self.call(method, path, form, key, account)
        assert call.route is not None
        return call.route.handler(call)

    def post(self, path: str, key: str | None = None, **form: Any) -> dict[str, Any]:
        """What a POST to `/v1/...` answered."""
        return cast(dict[str, Any], json.loads(self.raw("POST", f"/v1/{path}", form, key).body))

    def get(self, path: str, **form: Any) -> dict[str, Any]:
        """What a GET of `/v1/...` answered."""
        return cast(dict[str, Any], json.loads(self.raw("GET", f"/v1/{path}", form).body))

    def plan(self, amount: int = 900, key: str = "starter") -> str:
        """A monthly price; answers its id."""
        form = {"recurring[interval]": "month", "product_data[name]": key.title(), "lookup_key": key}
        return str(self.post("prices", currency="usd", unit_amount=amount, **form)["id"])

    def subscribed(self, price: str, method: str = "good_card") -> dict[str, Any]:
        """A subscription of a new customer, its first invoice paid by wallet."""
        customer = self.post("customers", email="hxaaaaaaaaaaaa@example.com")["id"]
        begun = self.post(
            "subscriptions",
            customer=customer,
            payment_behavior="default_incomplete",
            **{"items[0][price]": price, "expand[]": "latest_invoice.confirmation_secret"},
            **{"payment_settings[save_default_payment_method]": "on_subscription"},
        )
        self.slice.pay(begun["latest_invoice"]["confirmation_secret"]["client_secret"], method)
        return self.get(f"subscriptions/{begun['id']}")


@pytest.fixture
def bare() -> Bare:
    """A bare shop."""
    return Bare()


@pytest.fixture
def slow() -> Bare:
    """A bare shop whose writes take a moment, so that keys are in use meanwhile."""
    return Bare(latency_s=0.05)


def together(*waits: Callable[[], Awaitable[Reply]]) -> list[Reply]:
    """All replies of calls made at once, in order."""

    async def all_of_them() -> list[Reply]:
        return list(await asyncio.gather(*(wait() for wait in waits)))

    return asyncio.run(all_of_them())
