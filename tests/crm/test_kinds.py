"""Every type of record through the official client and over bare HTTP: what each needs, shows and remembers."""

import json
from typing import Any

import httpx
import pytest
from hubspot import Client
from hubspot.crm.objects import ApiException
from hubspot.crm.objects import SimplePublicObjectInput as Change
from hubspot.crm.objects import SimplePublicObjectInputForCreate as New

from fakes.crm.problems import Problem
from fakes.crm.state import batch
from fakes.crm.state.records import Portal
from fakes.plugin import Fakes
from harness.clock import ManualClock

WHEN = "2026-03-01T10:00:00Z"
KINDS: list[tuple[str, str, dict[str, str]]] = [
    ("contacts", "0-1", {"firstname": "Ann"}),
    ("companies", "0-2", {"name": "Rivers Ltd"}),
    ("deals", "0-3", {"dealname": "Order", "dealstage": "contractsent"}),
    ("tickets", "0-5", {"subject": "Help", "hs_pipeline_stage": "1"}),
    ("products", "0-7", {"name": "Plan", "price": "9.00"}),
    ("line_items", "0-8", {"name": "Plan", "quantity": "2"}),
    ("notes", "0-46", {"hs_timestamp": WHEN, "hs_note_body": "called back"}),
    ("tasks", "0-27", {"hs_timestamp": WHEN, "hs_task_status": "NOT_STARTED", "hs_task_subject": "Call"}),
    ("calls", "0-48", {"hs_timestamp": WHEN, "hs_call_title": "Call"}),
    ("emails", "0-49", {"hs_timestamp": WHEN, "hs_email_subject": "Hello"}),
    ("meetings", "0-47", {"hs_timestamp": WHEN, "hs_meeting_title": "Talk"}),
    ("orders", "0-123", {"hs_currency_code": "EUR", "hs_order_name": "Order"}),
    ("invoices", "0-53", {"hs_invoice_status": "open", "hs_title": "Invoice"}),
    ("postal_mail", "0-116", {"hs_timestamp": WHEN, "hs_postal_mail_body": "a letter"}),
]
IDS = [kind for kind, _, _ in KINDS]


@pytest.mark.parametrize(("kind", "number", "values"), KINDS, ids=IDS)
def test_every_type_is_made_read_changed_listed_and_archived(
    client: Client, served: Fakes, http: httpx.Client, kind: str, number: str, values: dict[str, str]
) -> None:
    """By its name through the client, by its number on a dated path; each write is an effect of its sink."""
    api = client.crm.objects.basic_api
    made = api.create(kind, New(properties=values))
    name = next(reversed(values))
    api.update(kind, made.id, Change(properties={name: values[name] if name.endswith("stage") else "2"}))
    seen = http.get(f"/crm/objects/2026-03/{number}/{made.id}", params={"properties": name}).json()
    assert seen["properties"]["hs_object_id"] == made.id
    assert name in seen["properties"]
    assert made.id in [each.id for each in api.get_page(kind, limit=100).results]
    api.archive(kind, made.id)
    with pytest.raises(ApiException) as gone:
        api.get_by_id(kind, made.id)
    assert gone.value.status == 404
    assert api.get_by_id(kind, made.id, archived=True).archived
    (sink,) = {each["sink"] for each in served.records("effect", object=made.id)}
    ops = [each["op"] for each in served.effects(sink, object=made.id)]
    assert ops in (["create", "update", "delete"], ["create", "delete"])


@pytest.mark.parametrize(("kind", "missing"), [("tickets", "hs_pipeline_stage"), ("notes", "hs_timestamp")])
def test_a_required_property_is_asked_for(client: Client, kind: str, missing: str) -> None:
    """400 with the name of what is missing, as the client's own exception."""
    with pytest.raises(ApiException) as refused:
        client.crm.objects.basic_api.create(kind, New(properties={}))
    body = json.loads(refused.value.body)
    assert (refused.value.status, body["errors"][0]["code"]) == (400, "REQUIRED_FIELD")
    assert body["context"] == {"properties": [missing]}


def test_a_stage_belongs_to_its_pipeline(portal: Portal) -> None:
    """A ticket without a pipeline is in the first one; a stage that is none is refused."""
    made = portal.create("tickets", {"hs_pipeline_stage": "2"}).record
    assert made.values["hs_pipeline"] == "0"
    with pytest.raises(Problem, match="INVALID_OPTION"):
        portal.change(made, {"hs_pipeline_stage": "appointmentscheduled"})


def test_history_tells_every_value_newest_first(client: Client, http: httpx.Client) -> None:
    """Also that a property was cleared; only the properties asked for."""
    made = client.crm.contacts.basic_api.create(New(properties={"firstname": "A"}))
    for name in ("B", ""):
        client.crm.objects.basic_api.update("contacts", made.id, Change(properties={"firstname": name}))
    seen = client.crm.contacts.basic_api.get_by_id(made.id, properties_with_history=["firstname"])
    assert [each.value for each in seen.properties_with_history["firstname"]] == ["", "B", "A"]
    many = {"inputs": [{"id": made.id}], "propertiesWithHistory": ["firstname"], "properties": []}
    (batched,) = http.post("/crm/v3/objects/contacts/batch/read", json=many).json()["results"]
    assert list(batched["propertiesWithHistory"]) == ["firstname"]
    many["inputs"] = [{"id": str(number)} for number in range(51)]
    assert http.post("/crm/v3/objects/contacts/batch/read", json=many).status_code == 400


def test_lists_page_by_id_and_keep_archived_ones_apart(portal: Portal) -> None:
    """Each page begins where the last one ended; an archived record is only in the archived list."""
    made = [portal.create("notes", {"hs_timestamp": WHEN}).record.id for _ in range(5)]
    portal.archive("notes", made[1])
    first, after = portal.page("notes", 2, None)
    assert [each.id for each in first] == [made[0], made[2]]
    rest, end = portal.page("notes", 2, after)
    assert ([each.id for each in rest], end) == (made[3:], None)
    assert [each.id for each in portal.page("notes", 9, None, archived=True)[0]] == [made[1]]
    with pytest.raises(Problem, match="cursor"):
        portal.page("notes", 2, "x")


def test_a_page_links_to_the_next(http: httpx.Client, client: Client) -> None:
    """The link carries the query on; following it ends at the last record."""
    for _ in range(3):
        client.crm.objects.basic_api.create("tasks", New(properties={"hs_timestamp": WHEN}))
    seen, answer = [], http.get("/crm/v3/objects/tasks", params={"limit": 2, "properties": "hs_task_subject"}).json()
    while True:
        seen += [each["id"] for each in answer["results"]]
        if "paging" not in answer:
            break
        assert "properties=hs_task_subject" in answer["paging"]["next"]["link"]
        answer = http.get(answer["paging"]["next"]["link"]).json()
    assert len(seen) == len(set(seen)) >= 3
    assert http.get("/crm/v3/objects/tasks", params={"limit": 101}).status_code == 400


def test_a_second_address_is_as_unique_as_the_first(portal: Portal) -> None:
    """It finds its contact, refuses others, and is freed when it is taken away."""
    given = {"email": "a@x.example.com", "hs_additional_emails": "A@x.example.com;Second@x.example.com"}
    ann = portal.create("contacts", given).record
    assert ann.values["hs_additional_emails"] == "second@x.example.com"
    assert portal.find("contacts", "second@x.example.com", "email") is ann
    with pytest.raises(Problem, match=f"Existing ID: {ann.id}"):
        portal.create("contacts", {"email": "second@x.example.com"})
    portal.change(ann, {"email": "second@x.example.com"})
    assert "hs_additional_emails" not in ann.values
    assert portal.create("contacts", {"email": "a@x.example.com"}).op == "create"


MIXED: list[dict[str, Any]] = [
    {"properties": {"hs_timestamp": WHEN}, "objectWriteTraceId": "1"},
    {"properties": {}, "objectWriteTraceId": "2"},
    {"properties": {"hs_timestamp": "soon"}, "objectWriteTraceId": "3"},
]


def test_a_batch_of_notes_with_trace_ids_is_a_207(http: httpx.Client, served: Fakes) -> None:
    """One is made, two are listed with their trace ids; without trace ids nothing is."""
    answer = http.post("/crm/v3/objects/notes/batch/create", json={"inputs": MIXED})
    body = answer.json()
    assert (answer.status_code, body["numErrors"], len(body["results"])) == (207, 2, 1)
    assert [each["context"]["objectWriteTraceId"] for each in body["errors"]] == [["2"], ["3"]]
    assert len(served.effects("crm.activity", object=body["results"][0]["id"])) == 1
    plain = [{"properties": each["properties"]} for each in MIXED]
    assert http.post("/crm/v3/objects/notes/batch/create", json={"inputs": plain}).status_code == 400


def test_an_upsert_by_record_id_lists_what_does_not_exist(portal: Portal) -> None:
    """It makes nothing, and changes the others."""
    ann = portal.create("contacts", {"firstname": "Ann"}).record
    inputs = [{"id": each, "idProperty": "hs_object_id", "properties": {"firstname": "X"}} for each in (ann.id, "7")]
    done = batch.upsert(portal, "contacts", {"inputs": inputs})
    assert [each.record.id for each, _ in done.written] == [ann.id]
    assert done.problems[0].context == {"ids": ["7"]}


def test_the_clock_is_the_portals(portal: Portal, clock: ManualClock) -> None:
    """Dates of creation and change follow the clock."""
    record = portal.create("contacts", {"firstname": "Ann"}).record
    clock.advance(60)
    portal.change(record, {"firstname": "Bo"})
    assert (record.updated - record.created).total_seconds() == 60


def test_a_batch_reads_archived_records_when_asked(http: httpx.Client, client: Client) -> None:
    """`?archived=true` shows them and lists live ones as not found."""
    live, gone = (client.crm.contacts.basic_api.create(New(properties={"firstname": name})).id for name in "ab")
    client.crm.contacts.basic_api.archive(gone)
    inputs = {"inputs": [{"id": live}, {"id": gone}], "properties": [], "propertiesWithHistory": []}
    body = http.post("/crm/v3/objects/contacts/batch/read?archived=true", json=inputs).json()
    assert ([each["id"] for each in body["results"]], body["errors"][0]["context"]) == ([gone], {"ids": [live]})
