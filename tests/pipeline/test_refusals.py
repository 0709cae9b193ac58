"""What is refused: strangers, other people's things, wrong input; always in the same words, without inner details."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from staging.pipeline import access
from tests.pipeline.people import Person
from tests.pipeline.stack import OPS, Stack

Someone = Callable[[], Person]
PROTECTED = (
    ("GET", "/v1/me"),
    ("POST", "/v1/orders"),
    ("GET", "/v1/orders/ord_1"),
    ("POST", "/v1/subscription"),
    ("GET", "/v1/subscription"),
    ("POST", "/v1/subscription/plan"),
    ("POST", "/v1/subscription/cancel"),
    ("POST", "/v1/tickets"),
    ("GET", "/v1/tickets/tic_1"),
    ("POST", "/v1/notices/opened"),
    ("GET", "/ops/pending"),
    ("GET", "/ops/metrics"),
    ("GET", "/ops/dead-letters"),
    ("POST", "/ops/dead-letters/1/retry"),
)


def shape(answer: httpx.Response) -> set[str]:
    """The fields of a refusal."""
    return set(answer.json()["error"])


@pytest.mark.parametrize(("method", "path"), PROTECTED)
async def test_strangers_get_401(client: httpx.AsyncClient, method: str, path: str) -> None:
    """Without a token, with a broken one, and even with a body that could not be read."""
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
        answer = await client.request(method, path, headers=headers, content=b"{broken")
        assert answer.status_code == 401
        assert shape(answer) == {"code", "message", "request_id"}


async def test_a_token_that_is_not_ours(stack: Stack, client: httpx.AsyncClient, person: Person) -> None:
    """An expired token, one of another secret, and one of an account that does not exist get 401."""
    secret = stack.settings.jwt_secret
    tokens = (
        access.issue(secret, person.account_id, access.now() - 7200, 60),
        access.issue("another secret, as long as the real one is", person.account_id, access.now(), 60),
        access.issue(secret, "acc_of_nobody", access.now(), 60),
    )
    for token in tokens:
        answer = await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


async def test_operators_routes_are_forbidden_to_people(person: Person) -> None:
    """Somebody known gets 403 where only operators may go."""
    assert (await person.send("GET", "/ops/pending")).status_code == 403


async def test_other_peoples_things_do_not_exist(person: Person, someone: Someone) -> None:
    """Orders and tickets of others answer like unknown ones, and cannot be asked about by a notice."""
    order_id = await person.buy()
    ticket = {"subject": "Hi", "message": "Hello", "category": "other"}
    ticket_id = (await person.send("POST", "/v1/tickets", ticket)).json()["ticket_id"]
    stranger = await someone().sign_up(settle=False)
    for path in (f"/v1/orders/{order_id}", f"/v1/tickets/{ticket_id}", "/v1/orders/ord_unknown"):
        assert (await stranger.send("GET", path)).status_code == 404
    notice = {"kind": "order", "id": order_id, "state": "Paid"}
    assert (await stranger.send("POST", "/v1/notices/opened", notice)).status_code == 404


WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/orders", {"product_id": "../../etc/passwd"}),
    ("/v1/orders", {"product_id": 7}),
    ("/v1/orders", {"product_id": "credits_10", "amount": 1}),
    ("/v1/orders", {"product_id": "credits_10", "quantity": 0}),
    ("/v1/orders", {"product_id": "credits_10", "quantity": 1.5}),
    ("/v1/orders", {"product_id": "credits_10", "quantity": True}),
    ("/v1/orders", {"product_id": "credits_10", "quantity": 2**70}),
    ("/v1/subscription", {"plan_id": "gold' OR 1=1"}),
    ("/v1/subscription", {"plan_id": "pro", "trial_days": 99}),
    ("/v1/subscription/cancel", {"now": True}),
    ("/v1/tickets", {"subject": "", "message": "x", "category": "other"}),
    ("/v1/tickets", {"subject": "x\nBcc: a@b.c", "message": "x", "category": "other"}),
    ("/v1/tickets", {"subject": "x", "message": "x\x00", "category": "other"}),
    ("/v1/tickets", {"subject": "x", "message": "x", "category": "urgent!!"}),
    ("/v1/tickets", {"subject": "x", "message": "x", "category": "other", "priority": "urgent"}),
    (
        "/v1/tickets",
        {
            "subject": "x",
            "message": "x",
            "category": "other",
            "attachment": {"name": "a/b", "content_type": "text/plain", "content_base64": "aaaa"},
        },
    ),
)


@pytest.mark.parametrize(("path", "body"), WRONG)
async def test_wrong_fields_get_422(person: Person, path: str, body: dict[str, Any]) -> None:
    """Unknown, missing, mistyped and extravagant fields are refused, and nothing is put on the board."""
    answer = await person.send("POST", path, body)
    assert answer.status_code == 422
    assert shape(answer) == {"code", "message", "request_id"}
    assert await person.pending() == 0


BODIES = (
    (b"{broken", 400),
    (b"", 422),
    (b"[]", 422),
    (b"null", 422),
    (b'"text"', 422),
    (b"\xff\xfe", 400),
    (b'{"product_id": "credits_10", "quantity": ' + b"9" * 5000 + b"}", 400),
    (b'{"product_id": "\\ud800"}', 422),
    (b'{"product_id":' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
    (b'{"product_id": "' + b"x" * 80_000 + b'"}', 413),
)


@pytest.mark.parametrize(("body", "status"), BODIES)
async def test_bodies_that_are_no_json_object(person: Person, body: bytes, status: int) -> None:
    """Broken, empty, too deep, too large: each has its refusal, never a 500."""
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await person.client.post("/v1/orders", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert shape(answer) == {"code", "message", "request_id"}


async def test_a_body_without_a_length_is_limited_as_well(client: httpx.AsyncClient) -> None:
    """A stream is cut at the limit."""

    async def stream() -> Any:
        for _ in range(40):
            yield b"x" * 4096

    answer = await client.post("/webhooks/payments", content=stream())
    assert answer.status_code == 400
    assert (await client.post("/v1/sessions", content=stream())).status_code == 413


async def test_the_key_is_required_and_belongs_to_one_intent(person: Person) -> None:
    """No key is 422; the same key for another route is 409."""
    headers = {"Authorization": f"Bearer {person.token}"}
    without = await person.client.post("/v1/orders", json={"product_id": "credits_10"}, headers=headers)
    first = await person.send("POST", "/v1/orders", {"product_id": "credits_10"}, "shared")
    again = await person.send("POST", "/v1/orders", {"product_id": "credits_10", "quantity": 1}, "shared")
    other = await person.send("POST", "/v1/subscription", {"plan_id": "pro"}, "shared")
    assert (without.status_code, first.status_code, other.status_code) == (422, 202, 409)
    assert again.json() == first.json()


async def test_addresses_and_methods_that_do_not_exist(client: httpx.AsyncClient) -> None:
    """404 for an unknown address; 405 names every method that the address takes."""
    assert (await client.get("/v1/nothing")).status_code == 404
    answer = await client.delete("/v1/subscription")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"
    assert shape(answer) == {"code", "message", "request_id"}


async def test_other_origins_are_not_invited(client: httpx.AsyncClient) -> None:
    """Without an allow-list no origin gets a CORS header."""
    answer = await client.get("/v1/catalogue", headers={"Origin": "https://evil.example.com"})
    assert "access-control-allow-origin" not in answer.headers


async def test_every_answer_has_the_id_of_its_request(client: httpx.AsyncClient) -> None:
    """One's own id comes back; without one, there is a fresh one."""
    answer = await client.get("/v1/nothing", headers={"X-Request-Id": "mine-12345678"})
    assert answer.headers["X-Request-Id"] == answer.json()["error"]["request_id"] == "mine-12345678"
    assert len((await client.get("/ops/health")).headers["X-Request-Id"]) == 16


async def test_the_numbers(client: httpx.AsyncClient, person: Person) -> None:
    """Prometheus finds what it is promised."""
    text = (await client.get("/ops/metrics", headers={"Authorization": f"Bearer {OPS}"})).text
    names = (
        "event_success_rate",
        "webhook_failure_rate",
        "sync_seconds_bucket",
        "duplicate_events",
        "manual_interventions",
    )
    assert all(name in text for name in names)
    assert person.email not in text


def test_the_document_promises_every_answer(stack: Stack) -> None:
    """Each operation names its refusals, and each request body forbids what it does not know."""
    document = stack.app.openapi()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all({"400", "405", "413", "422", "500", "503"} <= set(operation["responses"]) for operation in operations)
    protected = [operation for operation in operations if "security" in operation]
    assert len(protected) == len(PROTECTED)
    assert all("401" in operation["responses"] for operation in protected)
    requests = ("SignUp", "SignIn", "Buy", "Subscribe", "Cancel", "Help", "Attachment", "Lead", "Notice")
    assert all(document["components"]["schemas"][name]["additionalProperties"] is False for name in requests)
