"""Keys, connected accounts, API versions and rate limits: who may do what, how often, in which shapes."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import stripe

from fakes.calls import Refusal, Reply
from fakes.payments.wire import permissions
from fakes.payments.wire.operations import OPERATIONS
from fakes.payments.wire.versions import Versions
from fakes.plugin import Fakes
from harness.errors import ControlError
from tests.payments.conftest import Bare, connected


def asked(bare: Bare, method: str, path: str, key: str = "secret_key", **headers: str) -> Reply:
    """The answer to a call with this key and these headers."""
    call = bare.call(method, "/v1/customers")
    call.headers = {"authorization": f"Bearer {bare.slice.public().get(key, key)}", **headers}
    call.method, call.path = method, path
    call.route, call.at, _ = bare.router.match(method, path)
    try:
        bare.slice.read(call)
    except Refusal as refusal:
        return refusal.reply
    assert call.route is not None
    reply = call.route.handler(call)
    assert isinstance(reply, Reply)
    return reply


def error(reply: Reply) -> dict[str, Any]:
    """The error object of an answer."""
    return dict(json.loads(reply.body)["error"])


def test_a_restricted_key_may_what_it_was_given(bare: Bare) -> None:
    """Nothing at first; reading with the permission to read, writing with the one to write, which reads as well."""
    statuses = {}
    for held in ("", "customer_read", "customer_write", "charge_write"):
        bare.slice.tune({"restricted_permissions": held})
        statuses[held] = [asked(bare, method, "/v1/customers", "restricted_key").status for method in ("GET", "POST")]
    assert statuses == {
        "": [403, 403],
        "customer_read": [200, 403],
        "customer_write": [200, 200],
        "charge_write": [403, 403],
    }


def test_a_restricted_key_is_told_what_it_lacks(bare: Bare) -> None:
    """The refusal names the permission, the account and only the ends of the key."""
    key, account = bare.slice.public()["restricted_key"], bare.slice._provider.identity()
    refused = error(asked(bare, "GET", "/v1/prices", "restricted_key"))
    assert refused["type"] == "invalid_request_error"
    assert refused["message"] == (
        f"The provided key '{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}' does not have the required permissions for "
        f"this endpoint on account '{account}'. Having the 'rak_plan_read' permission would allow this request to "
        "continue."
    )
    assert asked(bare, "POST", "/v1/customers", "secret_key").status == 200


def test_every_operation_has_a_permission() -> None:
    """Each operation needs one word and either to read or to write."""
    found = {permissions.needed(operation) for operation in OPERATIONS}
    assert {"customer_read", "payment_intent_write", "checkout_session_write", "webhook_read"} <= found
    assert not [one for one in found if not one.endswith(("_read", "_write")) or "{" in one or "/" in one]
    with pytest.raises(ValueError, match="neither in _read nor in _write"):
        permissions.named("customer_write, charges")


def test_settings_over_the_control_channel(shop: Fakes) -> None:
    """Permissions are set while the fakes run; a wrong one changes nothing."""
    key = connected(shop, shop.key("payments", "restricted_key"))
    with pytest.raises(stripe.PermissionError, match="rak_customer_read"):
        key.v1.customers.list()
    shop.control("PUT", "/settings/payments", settings={"restricted_permissions": "customer_read"})
    assert not key.v1.customers.list().has_more
    with pytest.raises(ControlError, match="neither in _read"):
        shop.control("PUT", "/settings/payments", settings={"restricted_permissions": "everything"})
    assert not key.v1.customers.list().has_more
    shop.control("PUT", "/settings/payments", settings={"restricted_permissions": ""})


def test_a_connected_account_has_its_own_objects(bare: Bare) -> None:
    """`Stripe-Account` leads into an account that the key's own has; what is made there is not here, and vice versa."""
    platform = bare.slice._provider.account()
    platform.put({"id": "acct_1Branch", "object": "account", "created": 1})
    there = json.loads(asked(bare, "POST", "/v1/customers", **{"stripe-account": "acct_1Branch"}).body)["id"]
    here = bare.post("customers")["id"]
    assert [one["id"] for one in bare.get("customers")["data"]] == [here]
    listed = json.loads(asked(bare, "GET", "/v1/customers", **{"stripe-account": "acct_1Branch"}).body)
    assert [one["id"] for one in listed["data"]] == [there]
    events = json.loads(asked(bare, "GET", "/v1/events", **{"stripe-account": "acct_1Branch"}).body)["data"]
    assert [one["account"] for one in events] == ["acct_1Branch"]
    assert "account" not in bare.get("events")["data"][0]


def test_an_account_of_somebody_else_is_refused(bare: Bare) -> None:
    """An account that is not there, or that another key connected, is 403; one's own id is one's own account."""
    bare.slice._provider.account().put({"id": "acct_1Branch", "object": "account", "created": 1})
    for key, name in (("secret_key", "acct_1Nobody"), ("sk_test_somebody_else", "acct_1Branch")):
        reply = asked(bare, "GET", "/v1/customers", key, **{"stripe-account": name})
        assert (reply.status, error(reply)["code"]) == (403, "account_invalid")
        assert "does not have access to account" in error(reply)["message"]
    own = bare.slice._provider.identity()
    assert asked(bare, "GET", "/v1/customers", **{"stripe-account": own}).status == 200


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("2026-10-28.endive", 200),
        ("2024-06-20", 200),
        ("2025-03-31.basil", 200),
        ("2027-01-01.fig", 200),
        ("2026-03-25.preview", 200),
        ("2024-06-20.acacia", 400),
        ("2025-03-31", 400),
        ("2025-03-31.oregano", 400),
        ("2026-13-45.endive", 400),
        ("2010-01-01", 400),
        ("yesterday", 400),
        ("20240620", 400),
    ],
)
def test_versions(bare: Bare, version: str, status: int) -> None:
    """A version that could be one is taken, and named in the answer; what is none is refused."""
    reply = asked(bare, "GET", "/v1/customers", **{"stripe-version": version})
    assert reply.status == status
    if status == 200:
        assert reply.headers["Stripe-Version"] == version
    else:
        assert error(reply)["message"] == f"Invalid Stripe API version: {version}"


def test_whoever_pins_another_version_is_told_once() -> None:
    """The served version is silent; each other one is told once, with the version that is served."""
    said: list[str] = []
    versions = Versions(said.append)
    for text in (None, "2026-10-28.endive", "2024-06-20", "2024-06-20", "2025-03-31.basil"):
        versions.checked(text)
    assert [line.partition(";")[0] for line in said] == [
        "payments: a client pins API version 2024-06-20",
        "payments: a client pins API version 2025-03-31.basil",
    ]
    assert all("2026-10-28.endive" in line for line in said)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [("requests_per_s", "global-rate"), ("requests_per_s_per_endpoint", "endpoint-rate")],
)
def test_requests_per_second(bare: Bare, setting: str, reason: str) -> None:
    """Off at first; then so many a second, and the next second as many again; other accounts are not meant."""
    assert [bare.raw("GET", "/v1/customers").status for _ in range(30)] == [200] * 30
    bare.slice.tune({setting: 3})
    replies = [bare.raw("GET", "/v1/customers") for _ in range(4)]
    assert [one.status for one in replies] == [200, 200, 200, 429]
    assert replies[3].headers["Stripe-Rate-Limited-Reason"] == reason
    assert "Retry-After" not in replies[3].headers
    assert (error(replies[3])["code"], error(replies[3])["type"]) == ("rate_limit", "invalid_request_error")
    assert (bare.raw("GET", "/v1/charges").status == 200) is (reason == "endpoint-rate")
    assert bare.raw("GET", "/v1/customers", account="sk_test_other").status == 200
    bare.clock.advance(1)
    assert bare.raw("GET", "/v1/customers").status == 200


def test_a_limited_request_keeps_no_key(bare: Bare) -> None:
    """What was refused for the rate is carried out when it comes again."""
    bare.slice.tune({"requests_per_s": 1})
    bare.raw("GET", "/v1/customers")
    assert bare.raw("POST", "/v1/customers", {}, "k").status == 429
    bare.clock.advance(1)
    again = bare.raw("POST", "/v1/customers", {}, "k")
    assert (again.status, "Idempotent-Replayed" in again.headers) == (200, False)


def test_updates_of_one_object(bare: Bare) -> None:
    """One object takes so many writes an hour; another one as many of its own."""
    bare.slice.tune({"updates_per_hour_per_object": 2})
    one, other = (bare.post("customers")["id"] for _ in "ab")
    statuses = [bare.raw("POST", f"/v1/customers/{one}", {"name": "x"}).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert bare.raw("POST", f"/v1/customers/{other}", {"name": "x"}).status == 200
    assert bare.raw("GET", f"/v1/customers/{one}").status == 200
    bare.clock.advance(3600)
    assert bare.raw("POST", f"/v1/customers/{one}", {"name": "x"}).status == 200


def test_requests_at_once(shop: Fakes) -> None:
    """While so many are under way, one more is refused with the reason; afterwards it is not."""
    settings = {"requests_at_once": 1, "latency_s": 0.2}
    shop.control("PUT", "/settings/payments", settings=settings)
    try:
        headers = {"Authorization": f"Bearer {shop.key('payments', 'secret_key')}"}
        url = shop.url("payments") + "/v1/customers"
        with ThreadPoolExecutor(4) as pool:
            got = list(pool.map(lambda _: requests.post(url, headers=headers, timeout=10), range(4)))
        assert sorted(one.status_code for one in got) == [200, 429, 429, 429]
        reasons = {one.headers.get("Stripe-Rate-Limited-Reason") for one in got}
        assert reasons == {None, "global-concurrency"}
        assert requests.post(url, headers=headers, timeout=10).status_code == 200
    finally:
        shop.control("PUT", "/settings/payments", settings={"requests_at_once": 0, "latency_s": 0})


def test_the_official_client_in_a_connected_account(shop: Fakes, client: stripe.StripeClient) -> None:
    """An account made through the API can be worked in with `stripe_account`; its keys for repeats are its own."""
    name = client.v1.accounts.create({"type": "standard", "country": "US", "email": "branch@example.com"}).id
    there: stripe.RequestOptions = {"stripe_account": name, "idempotency_key": "branch-1"}
    made = client.v1.customers.create({"name": "Ann"}, there)
    assert client.v1.customers.retrieve(made.id, options={"stripe_account": name}).name == "Ann"
    assert client.v1.customers.create({"name": "Bob"}, {"idempotency_key": "branch-1"}).name == "Bob"
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.customers.retrieve(made.id)
    with pytest.raises(stripe.PermissionError, match="does not have access to account 'acct_nobody'"):
        client.v1.customers.list(options={"stripe_account": "acct_nobody"})
