"""Thin events and event destinations, as the official client makes, verifies and fetches them."""

import json
from typing import Any

import pytest
import stripe

from fakes.payments.state.thin import path_of
from fakes.payments.wire.operations import OPERATIONS
from fakes.plugin import Fakes
from tests.payments.conftest import Bare, Hook, hooked
from tests.payments.making_thin import asked, destination

PATH = "/v2/core/event_destinations"


def _made(client: stripe.StripeClient, hook: Hook, **more: Any) -> Any:
    wanted: Any = destination(webhook_endpoint={"url": hook.url}, include=["webhook_endpoint.signing_secret"], **more)
    return client.v2.core.event_destinations.create(wanted)


def test_a_thin_event(client: stripe.StripeClient, shop: Fakes, hook: Hook, marker: str) -> None:
    """A thin destination is told what happened to which object; event and object are fetched as they are now."""
    with hooked() as heard:
        made = _made(client, heard, enabled_events=["v1.customer.created"])
        customer = client.v1.customers.create({"name": marker}, {"idempotency_key": f"{marker}-thin"})
        client.v1.customers.update(customer.id, {"name": f"{marker} b"})
        shop.settle()
        (headers, body) = heard.got[0]
        notice = client.parse_event_notification(
            body, headers["stripe-signature"], made.webhook_endpoint.signing_secret
        )
        assert isinstance(notice, stripe.events.V1CustomerCreatedEventNotification)
        assert (notice.related_object.id, len(heard.got)) == (customer.id, 1)
        assert "data" not in json.loads(body)
        assert notice.fetch_related_object().name == f"{marker} b"
        event = notice.fetch_event()
        assert (event.id, event.reason and event.reason.request and event.reason.request.idempotency_key) == (
            notice.id,
            f"{marker}-thin",
        )
        snapshot = client.v1.events.retrieve(event.snapshot_event or "")
        assert (snapshot.type, snapshot.to_dict()["data"]["object"]["name"]) == ("customer.created", marker)
        with pytest.raises(ValueError, match="thin"):
            stripe.Webhook.construct_event(body, headers["stripe-signature"], made.webhook_endpoint.signing_secret)
        client.v2.core.event_destinations.delete(made.id)


def test_beside_snapshots(client: stripe.StripeClient, shop: Fakes, hook: Hook, marker: str) -> None:
    """One event is told as a snapshot here and thinly there; each client method refuses the other's payload."""
    with hooked() as thin:
        made = _made(client, thin)
        before = len(hook.got)
        client.v1.customers.create({"name": marker})
        shop.settle()
        headers, body = hook.got[before]
        assert json.loads(body)["object"] == "event"
        with pytest.raises(ValueError, match="construct_event"):
            client.parse_event_notification(body, headers["stripe-signature"], shop.key("payments", "webhook_secret"))
        assert json.loads(thin.got[0][1])["type"] == "v1.customer.created"
        client.v2.core.event_destinations.delete(made.id)


def test_registered_by_the_harness(client: stripe.StripeClient, shop: Fakes, marker: str) -> None:
    """The harness chooses thin events for an endpoint too, by the vendor's types."""
    with hooked() as thin:
        ask = {"url": thin.url, "name": "thin", "payload": "thin", "types": ["customer.created"]}
        shop.control("PUT", "/endpoints/payments", **ask)
        client.v1.customers.create({"name": marker})
        shop.settle()
        headers, body = thin.got[0]
        secret = shop.key("payments", "webhook_secret")
        assert client.parse_event_notification(body, headers["stripe-signature"], secret).type == "v1.customer.created"
        shop.control("DELETE", "/endpoints/payments/thin")


def test_the_life_of_a_destination(client: stripe.StripeClient, shop: Fakes, hook: Hook, marker: str) -> None:
    """Made, listed, changed, pinged, disabled, enabled, deleted; address and secret are shown on demand only."""
    destinations = client.v2.core.event_destinations
    with hooked() as heard:
        made = _made(client, heard, enabled_events=["v1.customer.updated"], metadata={"a": "b"})
        secret = made.webhook_endpoint.signing_secret
        plain = destinations.retrieve(made.id)
        assert plain.status == "enabled"
        assert plain.to_dict()["metadata"] == {"a": "b"}
        assert "webhook_endpoint" not in plain.to_dict()
        full = destinations.retrieve(made.id, {"include": ["webhook_endpoint.url"]})
        assert full.webhook_endpoint is not None
        assert full.webhook_endpoint.to_dict() == {"url": heard.url}
        assert made.id in [one.id for one in destinations.list().data]
        destinations.update(made.id, {"enabled_events": ["v1.customer.created"], "name": "n"})
        before = len(hook.got)
        pinged = destinations.ping(made.id)
        shop.settle()
        notice = client.parse_event_notification(heard.got[0][1], heard.got[0][0]["stripe-signature"], secret)
        assert (notice.id, notice.type, len(hook.got)) == (pinged.id, "v2.core.event_destination.ping", before)
        assert client.v2.core.events.retrieve(pinged.id).type == notice.type
        assert destinations.disable(made.id).status == "disabled"
        client.v1.customers.create({"name": marker})
        assert destinations.enable(made.id).status == "enabled"
        client.v1.customers.create({"name": f"{marker} b"})
        shop.settle()
        assert len(heard.got) == 2
        destinations.delete(made.id)
        with pytest.raises(stripe.InvalidRequestError, match="No such event destination"):
            destinations.retrieve(made.id)


def test_pages(bare: Bare) -> None:
    """Thin events are listed newest first, filtered, and page by page."""
    names = [bare.post("customers", name=str(number))["id"] for number in range(5)]
    seen: list[str] = []
    page = asked(bare, "GET", "/v2/core/events", limit=2)
    while True:
        seen += [one["related_object"]["id"] for one in page["data"]]
        if page["next_page_url"] is None:
            break
        query = dict(pair.split("=") for pair in page["next_page_url"].partition("?")[2].split("&"))
        page = asked(bare, "GET", "/v2/core/events", **query)
    assert seen == names[::-1]
    one = asked(bare, "GET", "/v2/core/events", object_id=names[2])["data"]
    assert [each["related_object"]["url"] for each in one] == [f"/v1/customers/{names[2]}"]
    later = {"created[gt]": "2027-01-01T00:00:00Z"}
    assert asked(bare, "GET", "/v2/core/events", **later)["data"] == []
    assert asked(bare, "GET", "/v2/core/events", **{"types[0]": "v1.customer.updated"})["data"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (destination(type="amazon_eventbridge"), "webhook_endpoint"),
        (destination(enabled_events=["customer.created"]), "no type of thin events"),
        (destination(event_payload="snapshot", enabled_events=["v1.customer.created"]), "no type of snapshot events"),
        (destination(enabled_events=[]), "at least one"),
        (destination(webhook_endpoint={"url": "nowhere"}), "Not a valid URL"),
        (destination(snapshot_api_version="2024-06-20"), "thin events"),
        (destination(colour="red"), "unknown parameter: colour"),
        ([1], "must be a JSON object"),
    ],
)
def test_refused(bare: Bare, body: Any, said: str) -> None:
    """What is no destination is refused, and makes none."""
    assert said in asked(bare, "POST", PATH, body)["error"]["message"]
    assert asked(bare, "GET", PATH)["data"] == []


@pytest.mark.parametrize("path", [f"{PATH}/ed_none", "/v2/core/events/evt_test_65none", "/v2/core/events/evt_1none"])
def test_not_there(bare: Bare, path: str) -> None:
    """An unknown id is 404 in the second API's words."""
    assert asked(bare, "GET", path)["error"]["code"] == "not_found"


def test_objects_are_found_where_notices_say() -> None:
    """The address in a notice is one that this fake answers, for every kind that can be fetched by its id alone."""
    for operation, line in OPERATIONS.items():
        method, path = operation.split(" ")
        if method == "GET" and path.startswith("/v1/") and path.endswith("/{id}") and path.count("{") == 1:
            assert path_of({"object": line.kind, "id": "{id}"}) == path


@pytest.mark.parametrize(
    ("thing", "path"),
    [
        ({"object": "tax.settings"}, "/v1/tax/settings"),
        (
            {"object": "entitlements.active_entitlement_summary", "customer": "cus_1"},
            "/v1/entitlements/active_entitlements?customer=cus_1",
        ),
    ],
)
def test_objects_without_an_id_are_found_too(thing: dict[str, Any], path: str) -> None:
    """What there is one of, and what is a summary of others."""
    assert path_of(thing) == path


def test_kept_in_a_snapshot(client: stripe.StripeClient, shop: Fakes, hook: Hook, marker: str) -> None:
    """A destination that was deleted since the snapshot hears again, with its secret; one made since hears no more."""
    with hooked() as heard, hooked() as later:
        made = _made(client, heard, enabled_events=["v1.customer.created"])
        secret = made.webhook_endpoint.signing_secret
        taken = shop.control("POST", "/snapshots", fake="payments")["name"]
        client.v2.core.event_destinations.delete(made.id)
        since = _made(client, later)
        shop.control("POST", f"/snapshots/{taken}/restore")
        client.v1.customers.create({"name": marker})
        shop.settle()
        (headers, body) = heard.got[0]
        assert client.parse_event_notification(body, headers["stripe-signature"], secret).type == "v1.customer.created"
        assert (later.got, since.id in [one.id for one in client.v2.core.event_destinations.list().data]) == ([], False)
        shop.control("POST", f"/snapshots/{taken}/restore", account="sk_test_forked_thin")
        client.v2.core.event_destinations.delete(made.id)


def test_pages_with_a_ping_among_them(bare: Bare) -> None:
    """Pings and thin events are one list, page by page, and a token that names nothing is refused."""
    made = asked(bare, "POST", PATH, destination())["id"]
    bare.post("customers", name="before")
    bare.clock.advance(1)
    ping = asked(bare, "POST", f"{PATH}/{made}/ping")["id"]
    bare.clock.advance(1)
    bare.post("customers", name="after")
    whole = [one["id"] for one in asked(bare, "GET", "/v2/core/events")["data"]]
    assert (whole.index(ping), len(whole)) == (1, 3)
    assert [one["id"] for one in asked(bare, "GET", "/v2/core/events", page=ping)["data"]] == whole[2:]
    assert [one["id"] for one in asked(bare, "GET", "/v2/core/events", page=whole[0], limit=1)["data"]] == [ping]
    assert asked(bare, "GET", "/v2/core/events", page="evt_none")["error"]["param"] == "page"
    bound = {"created[gte]": "2026-01-01T00:00:01Z", "created[lt]": "2026-01-01T00:00:02Z"}
    assert [one["id"] for one in asked(bare, "GET", "/v2/core/events", **bound)["data"]] == [ping]
    assert "RFC 3339" in asked(bare, "GET", "/v2/core/events", **{"created[gt]": "soon"})["error"]["message"]
