"""The CRM through the official client, unmodified, over real sockets; and the journal it leaves."""

import json
from typing import Any

import httpx
import pytest
from hubspot import Client
from hubspot.crm.contacts import ApiException, PublicObjectSearchRequest, SimplePublicObjectInput
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInputUpsert as Upserts,
)
from hubspot.crm.contacts import BatchReadInputSimplePublicObjectId as Reads
from hubspot.crm.contacts import SimplePublicObjectBatchInputUpsert as Upsert
from hubspot.crm.contacts import SimplePublicObjectId as Id
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as New
from hubspot.crm.properties import PropertyCreate

from fakes.plugin import Fakes
from harness.clock import block
from tests.crm.conftest import LAG_S


def new(client: Client, email: str, **more: str) -> Any:
    wanted = New(properties={"email": email, **more})
    return client.crm.contacts.basic_api.create(simple_public_object_input_for_create=wanted)


def post(served: Fakes, path: str, body: Any, **headers: str) -> httpx.Response:
    token = {"authorization": f"Bearer {served.key('crm', 'token')}", **headers}
    return httpx.post(served.url("crm") + path, json=body, headers=token, trust_env=False)


def test_a_contact_is_made_read_changed_and_archived(client: Client, served: Fakes, email: str) -> None:
    """Each write is one effect with all values; a write that changes nothing is none."""
    made = new(client, email, firstname="Ann")
    api = client.crm.contacts.basic_api
    for name in ("Ann", "Anna"):
        api.update(made.id, simple_public_object_input=SimplePublicObjectInput(properties={"firstname": name}))
    found = api.get_by_id(email, id_property="email", properties=["firstname", "phone"])
    assert (found.id, found.properties["firstname"], found.properties["phone"]) == (made.id, "Anna", None)
    api.archive(made.id)
    with pytest.raises(ApiException) as gone:
        api.get_by_id(made.id)
    assert gone.value.status == 404
    effects = served.effects("crm.contact", object=made.id)
    assert [each["op"] for each in effects] == ["create", "update", "delete"]
    assert effects[1]["values"] == {"email": email, "firstname": "Anna"}
    assert {each["person"] for each in effects} == {email.partition("@")[0]}


def test_a_duplicate_email_is_a_409_that_the_client_raises(client: Client, email: str) -> None:
    """The body names the category, a correlation id and the existing record."""
    made = new(client, email)
    with pytest.raises(ApiException) as refused:
        new(client, email)
    body = json.loads(refused.value.body)
    assert refused.value.status == 409
    assert (body["status"], body["category"]) == ("error", "CONFLICT")
    assert body["message"] == f"Contact already exists. Existing ID: {made.id}"
    assert len(body["correlationId"]) == 36


def test_upsert_by_email_tells_new(client: Client, served: Fakes, email: str) -> None:
    """The safe create: once new, then not, and one effect for two identical calls."""
    each = Upsert(id=email, id_property="email", properties={"firstname": "Ann"})
    told = [client.crm.contacts.batch_api.upsert(Upserts(inputs=[each])).results[0].new for _ in range(2)]
    assert told == [True, False]
    assert len([one for one in served.effects("crm.contact") if one["values"]["email"] == email]) == 1


def test_batch_read_lists_what_is_missing(client: Client, email: str) -> None:
    """207 arrives as results and errors."""
    made = new(client, email)
    wanted = Reads(inputs=[Id(id=made.id), Id(id="1")], properties=["email"], properties_with_history=[])
    answer = client.crm.contacts.batch_api.read(wanted)
    assert [each.id for each in answer.results] == [made.id]
    assert (answer.num_errors, answer.errors[0].category) == (1, "OBJECT_NOT_FOUND")
    assert answer.errors[0].context == {"ids": ["1"]}


def test_search_learns_late(client: Client, email: str) -> None:
    """Not found at once, found after the lag."""
    made = new(client, email)
    filters = [{"propertyName": "email", "operator": "EQ", "value": email}]
    wanted = PublicObjectSearchRequest(filter_groups=[{"filters": filters}], properties=["email"], limit=5)
    assert client.crm.contacts.search_api.do_search(wanted).total == 0
    block(LAG_S)
    assert [each.id for each in client.crm.contacts.search_api.do_search(wanted).results] == [made.id]


def test_a_custom_unique_property_and_a_deal_that_belongs_to_a_contact(
    client: Client, served: Fakes, email: str
) -> None:
    """A property is made, a deal upserted by it, linked, and found from both ends; the link is an update."""
    contact = new(client, email)
    wanted = PropertyCreate(
        name="order_ref", label="Order", type="string", field_type="text", group_name="dealinformation",
        has_unique_value=True,
    )  # fmt: skip
    assert client.crm.properties.core_api.create("deals", wanted).has_unique_value
    deal = client.crm.deals.batch_api.upsert(
        Upserts(inputs=[Upsert(id="o-1", id_property="order_ref", properties={"dealname": "Order", "amount": "9.00"})])
    ).results[0]
    links = client.crm.associations.v4.basic_api
    links.create_default("deals", deal.id, "contacts", contact.id)
    listed = links.get_page("contacts", contact.id, "deals").results
    assert [(each.to_object_id, each.association_types[0].type_id) for each in listed] == [(deal.id, 4)]
    shown = client.crm.deals.basic_api.get_by_id(deal.id, associations=["contacts"])
    assert shown.associations["contacts"].results[0].id == contact.id
    effects = served.effects("crm.deal", object=deal.id)
    assert [(each["op"], each["ids"]) for each in effects] == [("create", []), ("update", [contact.id])]
    assert effects[1]["values"] == {"order_ref": "o-1", "dealname": "Order", "amount": "9.00"}
    assert effects[1]["person"] == email.partition("@")[0]


def test_a_deal_made_with_its_contact_knows_whose_it_is(client: Client, served: Fakes, email: str) -> None:
    """The association of a create is in the effect's ids, and leads to the person."""
    contact = new(client, email)
    body = {
        "properties": {"dealname": "Plain", "dealstage": "closedwon"},
        "associations": [
            {
                "to": {"id": contact.id},
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}],
            }
        ],
    }
    deal = post(served, "/crm/v3/objects/deals", body).json()
    (effect,) = served.effects("crm.deal", object=deal["id"])
    assert (effect["ids"], effect["person"]) == ([contact.id], email.partition("@")[0])
    assert effect["values"]["pipeline"] == "default"


def test_two_owners_and_the_standard_properties_are_there(client: Client) -> None:
    """A portal begins with two owners, and lifecycle stages as options."""
    owners = client.crm.owners.owners_api.get_page().results
    assert len(owners) == 2
    stage = client.crm.properties.core_api.get_by_name("contacts", "lifecyclestage")
    assert "customer" in [each.value for each in stage.options]
    listed = client.crm.properties.core_api.get_all("deals").results
    assert {"dealname", "amount", "dealstage", "deal_currency_code"} <= {each.name for each in listed}


def test_an_unknown_property_is_a_400_with_its_code(client: Client, email: str) -> None:
    """The errors list names code and property."""
    with pytest.raises(ApiException) as refused:
        new(client, email, nosuch="1")
    body = json.loads(refused.value.body)
    assert (refused.value.status, body["category"]) == (400, "VALIDATION_ERROR")
    assert body["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    assert body["errors"][0]["context"] == {"propertyName": ["nosuch"]}


def test_a_wrong_token_is_a_401(served: Fakes) -> None:
    """In the vendor's shape, and nothing is made."""
    stranger = Client.create(access_token="pat-wrong", host=served.url("crm"))
    with pytest.raises(ApiException) as refused:
        new(stranger, "a@x.example.com")
    assert refused.value.status == 401
    assert json.loads(refused.value.body)["category"] == "INVALID_AUTHENTICATION"


@pytest.mark.parametrize("date", ["2025-09", "2026-03", "2026-09"])
def test_dated_prefixes_serve_the_same_store(client: Client, served: Fakes, email: str, date: str) -> None:
    """What v3 made, a dated path shows, also by the numeric type."""
    made = new(client, f"{date}.{email}")
    token = {"authorization": f"Bearer {served.key('crm', 'token')}"}
    url = f"{served.url('crm')}/crm/objects/{date}/0-1/{made.id}"
    answer = httpx.get(url, headers=token, trust_env=False)
    assert answer.json()["id"] == made.id
    assert answer.headers["x-hubspot-ratelimit-interval-milliseconds"] == "10000"


def test_broken_json_and_unknown_paths_are_the_vendors_own_errors(served: Fakes) -> None:
    """400 with a category, also for a type that is none, 404 and 405, each with a correlation id."""
    token = {"authorization": f"Bearer {served.key('crm', 'token')}"}
    base = served.url("crm")
    with httpx.Client(headers=token, trust_env=False) as http:
        broken = http.post(f"{base}/crm/v3/objects/contacts", content=b"{")
        strange = http.get(f"{base}/crm/v3/objects/unicorns")
        missing = http.get(f"{base}/crm/v3/horses")
        wrong = http.put(f"{base}/crm/v3/objects/contacts")
    assert [each.status_code for each in (broken, strange, missing, wrong)] == [400, 400, 404, 405]
    assert all(each.json()["correlationId"] for each in (broken, strange, missing, wrong))
    assert strange.json()["message"] == "Unable to infer object type from: unicorns"


FAILURES = [("rate_limited", 429, "RATE_LIMITS"), ("invalid", 400, "VALIDATION_ERROR"), ("server_error", 500, None)]


@pytest.mark.parametrize(("kind", "status", "category"), FAILURES, ids=[kind for kind, _, _ in FAILURES])
def test_planned_failures_wear_the_vendors_clothes(
    served: Fakes, email: str, kind: str, status: int, category: str | None
) -> None:
    """The body is the CRM's own, and nothing is made."""
    person = email.partition("@")[0]
    fault = {"person": person, "fake": "crm", "kind": kind}
    served.control("POST", "/faults", faults=[fault])
    answer = post(served, "/crm/v3/objects/contacts", {"properties": {"email": email}})
    assert (answer.status_code, answer.json().get("category")) == (status, category)
    assert not served.effects("crm.contact", person=person)


def test_somebody_in_sales_edits_and_archives_by_hand(client: Client, served: Fakes, email: str) -> None:
    """Acts change the person's contact and leave effects without a call."""
    made = new(client, email)
    person = email.partition("@")[0]
    act = {"person": person, "fake": "crm", "act": "edit_contact", "properties": {"phone": "+15550100"}}
    assert served.control("POST", "/acts", **act)["object"] == made.id
    served.control("POST", "/acts", person=person, fake="crm", act="archive_contact")
    effects = served.effects("crm.contact", object=made.id)
    assert [(each["op"], each["call"] is None) for each in effects] == [
        ("create", False),
        ("update", True),
        ("delete", True),
    ]
