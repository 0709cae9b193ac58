"""A person of the tests: speaks to the API as the app would, and the provider's webhooks about them."""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import orjson
import stripe

from harness import clock
from tests.pipeline.stack import OPS, SECRETS, Stack
from tests.pipeline.world import subscription

_numbers = itertools.count(1)


def fresh() -> int:
    """A number nobody had."""
    return next(_numbers)


def signed(raw: bytes, secret: str = SECRETS[0], at: int | None = None) -> dict[str, str]:
    """The provider's header, made by the provider's own library."""
    header = stripe.WebhookSignature.generate_signature_header(raw.decode(), secret, at)
    return {"Stripe-Signature": header, "Content-Type": "application/json"}


def event(kind: str, thing: dict[str, Any], created: int | None = None, event_id: str = "") -> bytes:
    """An event's bytes."""
    body = {"id": event_id or f"evt_{fresh()}", "object": "event", "type": kind, "data": {"object": thing}}
    return orjson.dumps({**body, "created": created or clock.unix_s(), "livemode": False}, option=orjson.OPT_INDENT_2)


async def eventually(ready: Callable[[], Awaitable[Any]], within_s: float = 15.0) -> Any:
    """What `ready` answers once it is something true; nothing when that was not in time."""
    deadline = clock.SYSTEM.at_ns() + int(within_s * 1e9)
    while clock.SYSTEM.at_ns() < deadline:
        if answer := await ready():
            return answer
        await clock.pause(0.03)
    return None


class Person:
    """One customer."""

    def __init__(self, stack: Stack, client: httpx.AsyncClient) -> None:
        self.stack, self.client, self.world = stack, client, stack.world
        self.email = f"person{fresh()}-{clock.unix_s()}@people.example.com"
        self.world.owners[self.email] = self.email
        self.token = ""
        self.account_id = ""

    def fault(self, vendor: str, *kinds: str) -> None:
        """Lay faults for the next calls about this person."""
        self.world.faults[vendor, self.email].extend(kinds)

    async def send(self, method: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        """One request with this person's token, and a fresh key unless told."""
        headers = {"Idempotency-Key": key or f"key-{fresh()}"} if method == "POST" else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return await self.client.request(method, path, json=body, headers=headers)

    async def sign_up(self, settle: bool = True, **more: Any) -> "Person":
        """Open the account."""
        profile = {"email": self.email, "password": "a long password", "name": "Ada Love Lace", **more}
        answer = await self.send("POST", "/v1/accounts", profile)
        assert answer.status_code == 202, answer.text
        self.token, self.account_id = answer.json()["access_token"], answer.json()["account_id"]
        if settle:
            await self.settled()
        return self

    async def me(self) -> dict[str, Any]:
        """Everything the app shows."""
        answer = await self.send("GET", "/v1/me")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def pending(self) -> int:
        """How much is pending for this person."""
        answer = await self.client.get("/ops/pending", headers={"Authorization": f"Bearer {OPS}"})
        return int(answer.json()["by_person"].get(self.email, 0))

    async def settled(self, within_s: float = 15.0) -> None:
        """Nothing is pending for this person any more."""

        async def quiet() -> bool:
            return await self.pending() == 0

        assert await eventually(quiet, within_s), "never settled"

    async def until(self, path: str, field: str, value: Any) -> dict[str, Any]:
        """What a resource says once it says this."""

        async def ready() -> dict[str, Any] | None:
            answer = (await self.send("GET", path)).json()
            return answer if answer[field] == value else None

        answer = await eventually(ready)
        assert answer, f"{path} never had {field} = {value}"
        return dict(answer)

    async def buy(self, product: str = "credits_10") -> str:
        """An order that waits for its payment."""
        answer = await self.send("POST", "/v1/orders", {"product_id": product})
        assert answer.status_code == 202, answer.text
        order_id = str(answer.json()["order_id"])
        await self.until(f"/v1/orders/{order_id}", "status", "awaiting_payment")
        return order_id

    async def deliver(self, raw: bytes, **signing: Any) -> httpx.Response:
        """One delivery of the provider."""
        return await self.client.post("/webhooks/payments", content=raw, headers=signed(raw, **signing))

    async def intent_of(self, order_id: str) -> dict[str, Any]:
        """The provider's payment of an order, as it is when it has succeeded."""
        row = (await self.stack.rows("SELECT intent_id FROM orders WHERE id = %s", order_id))[0]
        thing = self.world.things[row["intent_id"]]
        return thing | {"status": "succeeded", "amount_received": thing["amount"]}

    async def pay(self, order_id: str) -> bytes:
        """The payment of an order succeeds; returns the event."""
        raw = event("payment_intent.succeeded", await self.intent_of(order_id))
        assert (await self.deliver(raw)).status_code == 200
        return raw

    async def subscribe(self, plan: str = "starter") -> dict[str, Any]:
        """A subscription that waits for its first payment; returns the provider's."""
        answer = await self.send("POST", "/v1/subscription", {"plan_id": plan})
        assert answer.status_code == 202, answer.text
        await self.until("/v1/subscription", "status", "incomplete")
        row = (
            await self.stack.rows(
                "SELECT * FROM subscriptions WHERE account_id = %s ORDER BY created_at DESC", self.account_id
            )
        )[0]
        return self.world.things[row["provider_id"]]

    async def tell(self, thing: dict[str, Any], kind: str = "updated", created: int | None = None, **now: Any) -> None:
        """The provider's subscription changes, and an event says so."""
        thing.update(now)
        raw = event(f"customer.subscription.{kind}", dict(thing), created)
        assert (await self.deliver(raw)).status_code == 200

    async def subscribed(self, plan: str = "starter") -> dict[str, Any]:
        """An active subscription; returns the provider's."""
        thing = await self.subscribe(plan)
        await self.tell(thing, status="active", created=clock.unix_s() - 100)
        await self.settled()
        return thing


__all__ = ["Person", "event", "fresh", "signed", "subscription"]
