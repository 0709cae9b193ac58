"""Webhook endpoints made through the API, as the official client makes, verifies and reads them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from fakes.payments.state.endpoints import ENDPOINTS_MAX
from fakes.plugin import Fakes
from harness.clock import block
from tests.payments.conftest import Bare, Hook, connected, hooked


def _verified(delivery: tuple[dict[str, str], bytes], secret: str | None) -> stripe.Event:
    headers, body = delivery
    return stripe.Webhook.construct_event(body, headers["stripe-signature"], secret or "")  # type: ignore[no-any-return]


def _soon(ready: Callable[[], bool]) -> None:
    """A receiver has a delivery a moment before the fake has its answer."""
    for _ in range(500):
        if ready():
            return
        block(0.01)
    raise AssertionError("it never came to be")


def test_each_endpoint_for_itself(shop: Fakes, client: stripe.StripeClient, hook: Hook, marker: str) -> None:
    """Each hears what it asked for, signed with its own secret; how many are pending counts down."""
    with hooked() as first, hooked() as second:
        every = client.v1.webhook_endpoints.create({"url": first.url, "enabled_events": ["*"]})
        some = client.v1.webhook_endpoints.create({"url": second.url, "enabled_events": ["customer.updated"]})
        second.status = 500
        made = client.v1.customers.create({"name": marker})
        client.v1.customers.update(made.id, {"name": f"{marker} b"}, {"idempotency_key": f"{marker}-key"})
        told = _verified(first.wait(1, "customer.updated")[0], every.secret)
        assert (told.pending_webhooks, told.request and told.request.idempotency_key) == (3, f"{marker}-key")
        assert told.to_dict()["data"]["previous_attributes"] == {"name": marker}
        heard = _verified(second.wait(1, "customer.updated")[0], some.secret)
        assert (heard.id, json.loads(second.got[0][1])["type"]) == (told.id, "customer.updated")
        with pytest.raises(stripe.SignatureVerificationError):
            _verified(second.got[0], every.secret)
        hook.wait(1, "customer.updated")
        _soon(lambda: client.v1.events.retrieve(told.id).pending_webhooks == 1)
        _soon(lambda: [one.id for one in client.v1.events.list({"delivery_success": False}).data] == [told.id])
        assert told.id not in [one.id for one in client.v1.events.list({"delivery_success": True, "limit": 100}).data]
        second.status = 200
        shop.settle()
        assert client.v1.events.retrieve(told.id).pending_webhooks == 0
        assert not client.v1.events.list({"delivery_success": False}).data
        for one in (every, some):
            client.v1.webhook_endpoints.delete(one.id)


def test_disabled_and_deleted(client: stripe.StripeClient, shop: Fakes) -> None:
    """A disabled endpoint hears nothing, an enabled one again, a deleted one never."""
    with hooked() as heard:
        made = client.v1.webhook_endpoints.create({"url": heard.url, "enabled_events": ["customer.created"]})
        for disabled in (True, False):
            client.v1.webhook_endpoints.update(made.id, {"disabled": disabled})
            client.v1.customers.create({"name": str(disabled)})
            shop.settle()
        client.v1.webhook_endpoints.delete(made.id)
        client.v1.customers.create({"name": "late"})
        shop.settle()
        assert [json.loads(body)["data"]["object"]["name"] for _, body in heard.got] == ["False"]
        _verified(heard.got[0], made.secret)


def test_takes_the_place_of_the_harness(client: stripe.StripeClient, shop: Fakes, hook: Hook, marker: str) -> None:
    """A pipeline that registers the address which the harness registered too hears each event once, by its own."""
    made = client.v1.webhook_endpoints.create({"url": hook.url, "enabled_events": ["*"]})
    before = len(hook.got)
    client.v1.customers.create({"name": marker})
    shop.settle()
    (delivery,) = hook.got[before:]
    _verified(delivery, made.secret)
    client.v1.webhook_endpoints.delete(made.id)


def test_another_account_hears_its_own(shop: Fakes, client: stripe.StripeClient, hook: Hook, marker: str) -> None:
    """The endpoint of another account hears that account and no other."""
    alone = connected(shop, "sk_test_hearing")
    with hooked() as heard:
        made = alone.v1.webhook_endpoints.create({"url": heard.url, "enabled_events": ["*"]})
        client.v1.customers.create({"name": f"{marker} not mine"})
        alone.v1.customers.create({"name": marker})
        shop.settle()
        event = _verified(heard.got[0], made.secret)
        assert (len(heard.got), event.to_dict()["data"]["object"]["name"]) == (1, marker)
        assert not [one for one in hook.got if event.id.encode() in one[1]]
        alone.v1.webhook_endpoints.delete(made.id)


def test_an_older_version(client: stripe.StripeClient, shop: Fakes) -> None:
    """An endpoint with an older version hears objects in that version's shape; the event as read stays as it was."""
    with hooked() as heard:
        made = client.v1.webhook_endpoints.create(
            {"url": heard.url, "enabled_events": ["customer.subscription.created"], "api_version": "2024-06-20"}
        )
        price = client.v1.prices.create(
            {
                "currency": "usd",
                "unit_amount": 900,
                "recurring": {"interval": "month"},
                "product_data": {"name": "x"},
            }
        )
        customer = client.v1.customers.create()
        client.v1.subscriptions.create(
            {"customer": customer.id, "items": [{"price": price.id}], "payment_behavior": "default_incomplete"}
        )
        shop.settle()
        event = _verified(heard.got[0], made.secret).to_dict()
        assert (event["api_version"], "current_period_end" in event["data"]["object"]) == ("2024-06-20", True)
        read = client.v1.events.retrieve(event["id"]).to_dict()
        assert (read["api_version"], "current_period_end" in read["data"]["object"]) == (stripe.api_version, False)
        client.v1.webhook_endpoints.delete(made.id)


def test_rolled_by_the_harness(client: stripe.StripeClient, shop: Fakes, marker: str) -> None:
    """A secret made by the API can be rolled; the old one signs too while it lives, also after a change by the API."""
    with hooked() as heard:
        made = client.v1.webhook_endpoints.create({"url": heard.url, "enabled_events": ["customer.created"]})
        rolled = shop.control("POST", f"/endpoints/payments/{made.id}/roll", lasts_s=60)["secret"]
        client.v1.webhook_endpoints.update(made.id, {"description": "rolled"})
        client.v1.customers.create({"name": marker})
        shop.settle()
        for secret in (made.secret, rolled):
            _verified(heard.got[0], secret)
        assert heard.got[0][0]["stripe-signature"].count("v1=") == 2
        client.v1.webhook_endpoints.delete(made.id)


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"url": "example.com/hook", "enabled_events[]": "*"}, "url"),
        ({"url": "http://[", "enabled_events[]": "*"}, "url"),
        ({"url": "https://example.com/a b", "enabled_events[]": "*"}, "url"),
        ({"url": "https://example.com", "enabled_events[]": ["*", "customer.created"]}, "enabled_events"),
        ({"url": "https://example.com", "enabled_events[]": "customer.exploded"}, "enabled_events[0]"),
        ({"url": "https://example.com", "enabled_events": ""}, "enabled_events"),
        ({"url": "https://example.com"}, "enabled_events"),
        ({"url": "https://example.com", "enabled_events[]": "*", "secret": "whsec_mine"}, "secret"),
    ],
)
def test_refused(bare: Bare, form: dict[str, Any], param: str) -> None:
    """What is no address, no event or no parameter is refused, and makes no endpoint."""
    reply = bare.raw("POST", "/v1/webhook_endpoints", form)
    assert (reply.status, json.loads(reply.body)["error"]["param"]) == (400, param)
    assert bare.get("webhook_endpoints")["data"] == []


def test_so_many_and_no_more(bare: Bare) -> None:
    """An account has a bounded number of endpoints."""
    form = {"url": "https://example.com", "enabled_events[]": "*"}
    made = [bare.post("webhook_endpoints", **form) for _ in range(ENDPOINTS_MAX + 1)]
    assert ["error" in one for one in made] == [False] * ENDPOINTS_MAX + [True]


def test_connected_accounts(bare: Bare) -> None:
    """A `connect` endpoint hears connected accounts alone; the API does not show which endpoints are such."""
    wanted = []
    bare.slice._noticing._webhooks.register = lambda name, url, wants, **_: wanted.append(wants)  # type: ignore[method-assign]
    form = {"url": "https://example.com", "enabled_events[]": "*"}
    shown = bare.post("webhook_endpoints", connect="true", **form)
    bare.post("webhook_endpoints", **form)
    assert "connect" not in shown
    assert [[wants("customer.created", one) for one in ("", "acct_1", "sk_test_other")] for wants in wanted] == [
        [False, True, False],
        [True, False, False],
    ]


def test_a_platform_hears_its_connected_account(client: stripe.StripeClient, shop: Fakes, marker: str) -> None:
    """What happens in a connected account is told to `connect` endpoints of its platform, with the account's id."""
    with hooked() as ours, hooked() as theirs:
        own: dict[str, Any] = {"url": ours.url, "enabled_events": ["customer.created"]}
        wanted: list[Any] = [own, {**own, "url": theirs.url, "connect": True}]
        made = [client.v1.webhook_endpoints.create(one) for one in wanted]
        account = client.v1.accounts.create({"type": "custom", "country": "US"})
        client.v1.customers.create({"name": marker}, {"stripe_account": account.id})
        client.v1.customers.create({"name": f"{marker} ours"})
        shop.settle()
        (heard,), (mine,) = theirs.got, ours.got
        event = _verified(heard, made[1].secret)
        assert (event.account, event.to_dict()["data"]["object"]["name"]) == (account.id, marker)
        assert "account" not in _verified(mine, made[0].secret).to_dict()
        for one in made:
            client.v1.webhook_endpoints.delete(one.id)
