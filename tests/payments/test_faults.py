"""Every kind of fault as the official client meets it: what it raises, and whether the change was committed."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import stripe
from requests.adapters import HTTPAdapter

from fakes.plugin import Fakes
from harness.clock import SYSTEM
from harness.faults import COMMITTING, Kind
from tests.payments.conftest import SESSIONS

PATIENCE_S = 0.25
WELL = type(None)

WAYS: list[tuple[Kind, dict[str, Any], type[Any], int | None]] = [
    (Kind.LOST_REPLY, {}, stripe.APIConnectionError, None),
    (Kind.CUT_REPLY, {}, stripe.APIConnectionError, None),
    (Kind.UNENDED_REPLY, {"seconds": 5}, stripe.APIConnectionError, None),
    (Kind.HANG, {"seconds": 5}, stripe.APIConnectionError, None),
    (Kind.HANG_AFTER, {"seconds": 5}, stripe.APIConnectionError, None),
    (Kind.REFUSE, {}, stripe.APIConnectionError, None),
    (Kind.SERVER_ERROR, {"status": 500}, stripe.APIError, 500),
    (Kind.SERVER_ERROR, {"status": 503}, stripe.APIError, 503),
    (Kind.RATE_LIMITED, {}, stripe.RateLimitError, 429),
    (Kind.LOCKED, {}, stripe.RateLimitError, 429),
    (Kind.INVALID, {}, stripe.InvalidRequestError, 400),
    (Kind.HTML, {}, stripe.APIError, 200),
    (Kind.DELAY, {"seconds": 5}, stripe.APIConnectionError, None),
    (Kind.DELAY, {"seconds": 0.1}, WELL, None),
    (Kind.SLOW_REPLY, {"seconds": 5}, stripe.APIConnectionError, None),
    (Kind.SLOW_REPLY, {"seconds": 0.1}, WELL, None),
    (Kind.TRICKLE, {"seconds": 0.6}, WELL, None),
    (Kind.BARRIER, {"seconds": 0.1}, WELL, None),
    (Kind.GATHER, {"seconds": 0.1}, WELL, None),
]
"""Kind, how, what the client raises (or that all is well), and the status that it saw."""


def _connected(shop: Fakes, retries: int) -> stripe.StripeClient:
    SESSIONS.append(requests.Session())
    SESSIONS[-1].mount("http://", HTTPAdapter(pool_maxsize=10))
    return stripe.StripeClient(
        shop.key("payments", "secret_key"),
        base_addresses={"api": shop.url("payments")},
        http_client=stripe.RequestsClient(session=SESSIONS[-1], timeout=PATIENCE_S),
        max_network_retries=retries,
    )


@pytest.fixture(scope="module")
def impatient(shop: Fakes) -> stripe.StripeClient:
    """An official client that waits a moment and tries once."""
    return _connected(shop, 0)


@pytest.fixture(autouse=True)
def calm(shop: Fakes) -> Iterator[None]:
    """No fault outlives its test."""
    yield
    shop.control("POST", "/calm")
    shop.control("PUT", "/fault-tokens", on=False)


def _planned(shop: Fakes, marker: str, kind: Kind, **how: Any) -> None:
    fault = {"person": marker, "fake": "payments", "kind": str(kind), **how}
    shop.control("POST", "/faults", faults=[fault])


def _committed(shop: Fakes, marker: str) -> int:
    shop.settle()
    return len(shop.effects("payments.customer", person=marker, op="create"))


@pytest.mark.parametrize(("kind", "how", "raised", "status"), WAYS, ids=[f"{one[0]}-{n}" for n, one in enumerate(WAYS)])
def test_what_the_client_raises(
    shop: Fakes,
    impatient: stripe.StripeClient,
    marker: str,
    kind: Kind,
    how: dict[str, Any],
    raised: type[Any],
    status: int | None,
) -> None:
    """The client raises what it would, and the change was committed if the kind says so; journal and vendor agree."""
    _planned(shop, marker, kind, **how)
    problem: Any = None
    try:
        impatient.v1.customers.create({"name": marker})
    except stripe.StripeError as caught:
        problem = caught
    assert type(problem) is raised
    if status is not None:
        assert problem.http_status == status
    shop.control("POST", "/calm")
    assert _committed(shop, marker) == int(kind in COMMITTING)
    (fault,) = shop.records("fault", person=marker)
    assert (fault["kind"], fault["committed"]) == (str(kind), kind in COMMITTING)
    listed = [one for one in impatient.v1.customers.list({"limit": 100}).data if one.name == marker]
    assert len(listed) == int(kind in COMMITTING)


def test_every_kind_is_here() -> None:
    """No kind is without its line in the table (planted violation)."""
    assert {one[0] for one in WAYS} == set(Kind)


def test_a_locked_object(shop: Fakes, impatient: stripe.StripeClient, marker: str) -> None:
    """The refusal says that the object is in use, and not that the rate was exceeded."""
    _planned(shop, marker, Kind.LOCKED)
    with pytest.raises(stripe.RateLimitError, match="another API request or Stripe process") as caught:
        impatient.v1.customers.create({"name": marker})
    said: Any = caught.value.json_body
    assert (said["error"]["code"], said["error"]["type"]) == ("lock_timeout", "invalid_request_error")
    assert "Stripe-Rate-Limited-Reason" not in (caught.value.headers or {})


@pytest.mark.parametrize("kind", [Kind.LOST_REPLY, Kind.HANG_AFTER, Kind.UNENDED_REPLY])
def test_the_client_tries_again_with_its_key(shop: Fakes, marker: str, kind: Kind) -> None:
    """After a lost reply the client's own retry gets the kept answer: one object."""
    _planned(shop, marker, kind, seconds=5)
    made = _connected(shop, 2).v1.customers.create({"name": marker})
    assert (made.name, _committed(shop, marker)) == (marker, 1)
    first, again = [one for one in shop.records("received", person=marker) if one["writes"]]
    assert first["key"] == again["key"] is not None


def test_what_the_client_does_not_try_again(shop: Fakes, marker: str) -> None:
    """When the body breaks off the client gives up at once; whoever asks again with the same key makes one object."""
    _planned(shop, marker, Kind.CUT_REPLY)
    client, key = _connected(shop, 2), f"{marker}-once"
    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.create({"name": marker}, {"idempotency_key": key})
    assert len([one for one in shop.records("received", person=marker) if one["writes"]]) == 1
    client.v1.customers.create({"name": marker}, {"idempotency_key": key})
    assert _committed(shop, marker) == 1


def test_aimed(shop: Fakes, impatient: stripe.StripeClient, marker: str) -> None:
    """A fault meets one operation, one idempotency key, or the nth call alone."""
    _planned(shop, marker, Kind.SERVER_ERROR, operation="POST /v1/customers/{id}", times=-1)
    _planned(shop, marker, Kind.RATE_LIMITED, key=f"{marker}-b")
    _planned(shop, marker, Kind.INVALID, operation="POST /v1/payment_intents", skip=1)
    made = impatient.v1.customers.create({"name": marker}, {"idempotency_key": f"{marker}-a"})
    with pytest.raises(stripe.RateLimitError):
        impatient.v1.customers.create({"name": marker}, {"idempotency_key": f"{marker}-b"})
    with pytest.raises(stripe.APIError):
        impatient.v1.customers.update(made.id, {"name": f"{marker} b"})
    money: Any = {"amount": 900, "currency": "usd", "metadata": {"of": marker}}
    impatient.v1.payment_intents.create(money)
    with pytest.raises(stripe.InvalidRequestError):
        impatient.v1.payment_intents.create(money)


async def test_gathered(shop: Fakes, marker: str) -> None:
    """Three calls wait for one another before anything is committed, and then all go."""
    _planned(shop, marker, Kind.GATHER, rivals=2, seconds=5, name="all")
    client = stripe.StripeClient(
        shop.key("payments", "secret_key"), base_addresses={"api": shop.url("payments")}, max_network_retries=0
    )
    began = SYSTEM.at_ns()
    await asyncio.gather(*(asyncio.to_thread(client.v1.customers.create, {"name": marker}) for _ in range(3)))
    assert SYSTEM.at_ns() - began < 4e9
    held = [one for one in shop.records("barrier", name="all") if one["event"] == "held"]
    assert len(held) == 3
    assert max(one["n"] for one in held) < min(one["n"] for one in shop.effects("payments.customer", person=marker))
    assert {one["event"] for one in shop.records("barrier", name="all")} == {"held", "released"}


def test_tokens(shop: Fakes, impatient: stripe.StripeClient, marker: str) -> None:
    """A word in the data asks for a fault once for each request; while switched off it is only a word."""
    wanted: Any = {"name": marker, "email": f"{marker}+fault.lost_reply@example.com"}
    impatient.v1.customers.create(wanted)
    shop.control("PUT", "/fault-tokens", on=True)
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.customers.create(wanted)
    impatient.v1.customers.create(wanted)
    assert _committed(shop, marker) == 3
    for word, seen in (("fault.server_error.503.x2", [503, 503, 200]), ("fault.rate_limited.always", [429] * 3)):
        assert [_status(impatient, marker, word) for _ in range(3)] == seen
    assert [_status(impatient, marker, word) for word in ("fault.explode", "default.hang", "fault.barrier")] == [
        200
    ] * 3
    assert {one["rule"] for one in shop.records("fault", person=marker)} == {"token"}


def _status(client: stripe.StripeClient, marker: str, word: str) -> int | None:
    try:
        client.v1.customers.create({"name": marker, "metadata": {"fault": word}})
    except stripe.StripeError as problem:
        return problem.http_status
    return 200


def test_a_trickle_is_whole(shop: Fakes, impatient: stripe.StripeClient, marker: str) -> None:
    """A trickled answer arrives whole though it takes longer than the client waits for any piece of it."""
    _planned(shop, marker, Kind.TRICKLE, seconds=2 * PATIENCE_S)
    began = SYSTEM.at_ns()
    made = impatient.v1.customers.create({"name": marker})
    assert SYSTEM.at_ns() - began > 1.5 * PATIENCE_S * 1e9
    assert json.loads(json.dumps(made.to_dict()))["name"] == marker
