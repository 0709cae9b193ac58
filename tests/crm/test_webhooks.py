"""What the app is told: subscriptions, arrays of events, three signatures, numbered tries over a day."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hubspot import Client
from hubspot.crm.contacts import SimplePublicObjectInput as Change
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as New
from hubspot.exceptions import InvalidSignatureTimestampError
from hubspot.utils.signature import Signature
from hubspot.webhooks import (
    ApiException,
    SettingsChangeRequest,
    SubscriptionCreateRequest,
    SubscriptionPatchRequest,
    ThrottlingSettings,
)

from fakes.crm.wire.signing import FORGERIES
from fakes.dressing import DRESSES
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.errors import UsageError
from harness.rng import Rng
from tests.crm.bare import Bare
from tests.crm.hook import Got, Hook, hooked

PERSON = Rng(5).marker("webhooks")
EVERYTHING = (
    "contact.creation contact.deletion contact.propertyChange:firstname contact.merge contact.associationChange "
    "contact.privacyDeletion deal.creation deal.propertyChange deal.associationChange"
)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """An endpoint of this test."""
    with hooked() as one:
        yield one


@pytest.fixture
def told(hook: Hook) -> Iterator[Fakes]:
    """A CRM that tells everything to the hook."""
    with running(Options(only=["crm"], seed=5, settings={"crm": {"subscriptions": EVERYTHING}})) as fakes:
        fakes.control("PUT", "/endpoints/crm", url=hook.url)
        yield fakes


def client(fakes: Fakes) -> Client:
    return Client.create(access_token=fakes.key("crm", "token"), host=fakes.url("crm"))


def developer(fakes: Fakes) -> Any:
    return Client.create(api_key=fakes.key("crm", "developer_key"), host=fakes.url("crm")).webhooks


def events(bare: Bare) -> list[dict[str, Any]]:
    return [each for news in bare.ledger.told for each in json.loads(news.body)]


def made(bare: Bare, kind: str, **values: str) -> str:
    return str(bare.call("POST", f"/crm/v3/objects/{kind}", {"properties": values}).body["id"])


def test_the_app_subscribes_by_the_official_client_and_is_told(hook: Hook) -> None:
    """Settings and subscriptions; an inactive one tells nothing; the events name the app, the portal and the record."""
    with running(Options(only=["crm"], seed=5)) as fakes:
        api, app = developer(fakes), int(fakes.key("crm", "app_id"))
        wanted = SettingsChangeRequest(target_url=hook.url, throttling=ThrottlingSettings(max_concurrent_requests=5))
        assert api.settings_api.configure(app, wanted).target_url == hook.url
        subscribe = api.subscriptions_api.create
        one = subscribe(app, SubscriptionCreateRequest(event_type="contact.creation", active=True))
        asleep = SubscriptionCreateRequest(event_type="contact.propertyChange", property_name="firstname", active=False)
        other = subscribe(app, asleep)
        person = client(fakes).crm.contacts.basic_api.create(New(properties={"firstname": f"Ann {PERSON}"}))
        (got,) = hook.wait(1)
        (event,) = got.events
        assert (event["subscriptionId"], event["appId"], event["objectId"]) == (int(one.id), app, int(person.id))
        assert (event["subscriptionType"], event["attemptNumber"]) == ("contact.creation", 0)
        api.subscriptions_api.update(other.id, app, SubscriptionPatchRequest(active=True))
        client(fakes).crm.contacts.basic_api.update(person.id, Change(properties={"firstname": "Bo"}))
        change = hook.wait(2)[1].events[0]
        assert (change["propertyName"], change["propertyValue"]) == ("firstname", "Bo")
        api.subscriptions_api.archive(other.id, app)
        assert [each.id for each in api.subscriptions_api.get_all(app).results] == [one.id]
        (told,) = [each["person"] for each in fakes.records("news") if each["type"] == "contact.creation"]
        assert told == PERSON
        assert fakes.key("crm", "developer_key") not in fakes.journal.read_text()


WRONG: list[dict[str, Any]] = [
    {"event_type": "contact.propertyChange", "active": True},
    {"event_type": "contact.creation", "property_name": "x", "active": True},
    {"event_type": "object.creation", "active": True},
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_a_wrong_subscription_is_refused(told: Fakes, wrong: dict[str, Any]) -> None:
    """400, as the client's own exception; and a second one of the same kind is a 409."""
    api, app = developer(told).subscriptions_api, int(told.key("crm", "app_id"))
    with pytest.raises(ApiException) as refused:
        api.create(app, SubscriptionCreateRequest(**wrong))
    assert refused.value.status == 400
    right = SubscriptionCreateRequest(event_type="deal.deletion", active=True)
    api.create(app, right)
    with pytest.raises(ApiException) as twice:
        api.create(app, right)
    assert twice.value.status == 409


def test_only_the_developer_changes_webhooks(told: Fakes) -> None:
    """A wrong key is a 401, another app a 404; the developer's key opens nothing else."""
    key, app = told.key("crm", "developer_key"), told.key("crm", "app_id")
    with httpx.Client(base_url=told.url("crm"), trust_env=False) as http:
        statuses = [
            http.get(f"/webhooks/v3/{app}/subscriptions", params={"hapikey": "x"}).status_code,
            http.get("/webhooks/v3/1/subscriptions", params={"hapikey": key}).status_code,
            http.get("/crm/v3/owners", params={"hapikey": key}).status_code,
            http.get(f"/webhooks/v3/{app}/settings", params={"hapikey": key}).status_code,
        ]
    assert statuses == [401, 404, 401, 404]


def signed(got: Got, url: str, secret: str) -> tuple[bool, bool]:
    """Whether the older and the newer signature are right, by the official client's own check."""
    headers = got.headers
    older = Signature.is_valid(
        headers["x-hubspot-signature"], secret, got.body, url, "POST", headers["x-hubspot-signature-version"]
    )
    newer = Signature.is_valid(
        headers["x-hubspot-signature-v3"], secret, got.body, url, "POST", "v3", headers["x-hubspot-request-timestamp"]
    )
    return older, newer


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_signature_is_right_for_its_address(told: Fakes, hook: Hook, version: str) -> None:
    """v3 always, v1 or v2 beside it; v2 and v3 are wrong for another address."""
    told.control("PUT", "/settings/crm", settings={"signature_version": version})
    client(told).crm.contacts.basic_api.create(New(properties={"email": f"{PERSON}@x.example.com"}))
    (got,) = hook.wait(1)
    secret = told.key("crm", "webhook_secret")
    assert signed(got, hook.url, secret) == (True, True)
    assert signed(got, "http://elsewhere.example/hook", secret) == (version == "v1", False)
    assert signed(got, hook.url, "wrong") == (False, False)


def test_ten_tries_in_a_day_each_numbered_and_signed_anew(told: Fakes, hook: Hook) -> None:
    """AttemptNumber goes up, the events stay; after the tenth retry it is given up."""
    told.control("PUT", "/retries", fake="crm", schedule="day")
    hook.statuses = [500] * 20
    client(told).crm.contacts.basic_api.create(New(properties={"email": f"{PERSON}@x.example.com"}))
    hook.wait(1)
    told.control("POST", "/time", fake="crm", seconds=86_400)
    got = hook.wait(11)
    assert [each.events[0]["attemptNumber"] for each in got] == list(range(11))
    assert len({each.events[0]["eventId"] for each in got}) == 1
    assert all(signed(each, hook.url, told.key("crm", "webhook_secret"))[0] for each in got)
    told.control("POST", "/time", fake="crm", seconds=86_400)
    assert len(hook.got) == 11
    assert [each["attempts"] for each in told.records("undelivered")] == [11]


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
def test_a_lie_can_be_signed_wrongly(told: Fakes, hook: Hook, forgery: str) -> None:
    """Each forgery fails the official client's check of either signature; the same lie signed well passes."""
    person = client(told).crm.contacts.basic_api.create(New(properties={"email": f"{PERSON}@x.example.com"}))
    hook.wait(1)
    for name in ("valid", forgery):
        told.control("POST", "/forge", fake="crm", person=PERSON, lie="contact_deleted", forgery=name)
    valid, forged = hook.wait(3)[1:]
    secret = told.key("crm", "webhook_secret")
    assert valid.events[0]["objectId"] == int(person.id)
    assert person.id in forged.body
    assert signed(valid, hook.url, secret) == (True, True)
    older = forged.headers.get("x-hubspot-signature", "")
    assert not any(Signature.is_valid(older, secret, forged.body, hook.url, "POST", one) for one in ("v1", "v2"))
    newer, time = forged.headers.get("x-hubspot-signature-v3", ""), forged.headers.get("x-hubspot-request-timestamp")
    try:
        assert not Signature.is_valid(newer, secret, forged.body, hook.url, "POST", "v3", time)
    except InvalidSignatureTimestampError:
        assert forgery in {"missing", "expired", "no_time", "time_not_a_number"}


@pytest.mark.parametrize("dress", sorted(set(DRESSES) - {"chunked"}))
def test_an_oddly_dressed_event_is_signed_well(told: Fakes, hook: Hook, dress: str) -> None:
    """Whatever its bytes and its headers look like."""
    rule = {"person": PERSON, "fake": "crm", "kind": "dress", "forgery": dress}
    told.control("POST", "/rules", rules=[rule])
    client(told).crm.contacts.basic_api.create(New(properties={"email": f"{PERSON}@x.example.com"}))
    (got,) = hook.wait(1)
    assert signed(got, hook.url, told.key("crm", "webhook_secret")) == (True, True)
    assert ('"eventId" : ' in got.body) == (dress == "odd_bytes")


def test_one_call_is_one_array_of_at_most_a_hundred(told: Fakes, hook: Hook) -> None:
    """A batch of sixty contacts with names: sixty creations and sixty changes, in two arrays."""
    inputs = [{"properties": {"email": f"{n}.{PERSON}@x.example.com", "firstname": "A"}} for n in range(60)]
    token = {"authorization": f"Bearer {told.key('crm', 'token')}"}
    url = f"{told.url('crm')}/crm/v3/objects/contacts/batch/create"
    assert httpx.post(url, json={"inputs": inputs}, headers=token, trust_env=False).status_code == 201
    told.settle()
    kinds = [each["subscriptionType"] for got in hook.got for each in got.events]
    assert sorted(len(got.events) for got in hook.got) == [20, 100]
    assert {kind: kinds.count(kind) for kind in kinds} == {"contact.creation": 60, "contact.propertyChange": 60}


def test_each_kind_of_change_is_told_as_such() -> None:
    """Deletion, association and its removal from both ends, merge, deletion for good."""
    bare = Bare(subscriptions=EVERYTHING)
    ann, bo = made(bare, "contacts", email="a@x.example.com"), made(bare, "contacts", email="b@x.example.com")
    deal = made(bare, "deals", dealname="d")
    bare.ledger.told.clear()
    path = f"/crm/v4/objects/deals/{deal}/associations"
    bare.call("PUT", f"{path}/default/contacts/{ann}")
    bare.call("DELETE", f"{path}/contacts/{ann}")
    there, back, *gone = events(bare)
    assert (there["associationType"], there["fromObjectId"], there["toObjectId"]) == (
        "DEAL_TO_CONTACT",
        int(deal),
        int(ann),
    )
    assert (back["associationType"], back["associationRemoved"]) == ("CONTACT_TO_DEAL", False)
    assert [each["associationRemoved"] for each in gone] == [True, True]
    bare.ledger.told.clear()
    merged = bare.call("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": ann, "objectIdToMerge": bo}).body
    (event,) = events(bare)
    assert (event["primaryObjectId"], event["newObjectId"]) == (int(ann), int(merged["id"]))
    assert event["mergedObjectIds"] == [int(ann), int(bo)]
    bare.ledger.told.clear()
    bare.call("DELETE", f"/crm/v3/objects/contacts/{merged['id']}")
    bare.call("POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": merged["id"]})
    assert [each["subscriptionType"] for each in events(bare)] == ["contact.deletion", "contact.privacyDeletion"]


def test_a_custom_type_is_told_by_its_number() -> None:
    """`object.creation` with `objectTypeId`."""
    bare = Bare()
    schema = {
        "name": "car", "labels": {"singular": "Car", "plural": "Cars"}, "properties": [], "requiredProperties": [],
        "associatedObjects": [],
    }  # fmt: skip
    kind = bare.call("POST", "/crm/v3/schemas", schema).body["objectTypeId"]
    base = f"/webhooks/2026-03/{bare.slice.access.app.number}/subscriptions"
    wanted = {"eventType": "object.creation", "objectTypeId": kind, "active": True}
    assert bare.call("POST", base, wanted).status == 201
    made(bare, kind)
    made(bare, "contacts", firstname="A")
    (event,) = events(bare)
    assert (event["subscriptionType"], event["objectTypeId"]) == ("object.creation", kind)


def test_a_write_that_changes_nothing_is_told_to_nobody() -> None:
    """No change, no event."""
    bare = Bare(subscriptions="deal.propertyChange:amount")
    deal = made(bare, "deals", amount="9.00")
    bare.call("PATCH", f"/crm/v3/objects/deals/{deal}", {"properties": {"amount": "9.00", "dealname": "x"}})
    assert [each["propertyValue"] for each in events(bare)] == ["9.00"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("subscriptions", "unicorn.creation"), ("signature_version", "v9"), ("lifecycle_backward", "sometimes")],
)
def test_a_setting_that_means_nothing_is_refused_by_name(name: str, value: str) -> None:
    """At start and while it runs; nothing else of the same wish is changed either."""
    bare = Bare()
    before = bare.slice.tune({})
    with pytest.raises(ValueError, match=f"{name}.*{value}"):
        bare.slice.tune({"daily": 7, name: value})
    assert bare.slice.tune({}) == before
    with pytest.raises(UsageError, match=f"{name}.*{value}"):
        Bare(**{name: value})
