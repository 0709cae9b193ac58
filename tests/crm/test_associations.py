"""Associations: default and labelled, one and many, limits, and the older form over the same store."""

import json
from typing import Any

import httpx
import pytest
from hubspot import Client
from hubspot.crm.associations import BatchInputPublicAssociation, PublicAssociation, PublicObjectId
from hubspot.crm.associations.v4 import ApiException, AssociationSpec
from hubspot.crm.associations.v4 import BatchInputPublicAssociationMultiPost as Posts
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest as Fetches
from hubspot.crm.associations.v4 import PublicAssociationMultiPost as Post
from hubspot.crm.associations.v4 import PublicFetchAssociationsBatchRequest as Fetch
from hubspot.crm.associations.v4.schema import PublicAssociationDefinitionCreateRequest as NewLabel
from hubspot.crm.objects import SimplePublicObjectInputForCreate as New

from fakes.crm.problems import Problem
from fakes.crm.state.associations import Associations
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal
from fakes.plugin import Fakes
from tests.crm.bare import Bare

WHEN = "2026-03-01T10:00:00Z"


@pytest.fixture
def links(portal: Portal) -> Associations:
    """The links of an empty portal."""
    return Associations(portal)


def some(portal: Portal, kind: str, count: int) -> list[Record]:
    return [portal.create(kind, {}).record for _ in range(count)]


def made(client: Client, kind: str, **values: str) -> str:
    return str(client.crm.objects.basic_api.create(kind, New(properties=values)).id)


def test_a_label_is_made_used_listed_and_taken_away(client: Client) -> None:
    """With an inverse of its own; the default type stays when the label goes."""
    labels, links = client.crm.associations.v4.schema.definitions_api, client.crm.associations.v4.basic_api
    person, firm = made(client, "contacts", firstname="Ann"), made(client, "companies", name="Rivers")
    made_ = labels.create("contacts", "companies", NewLabel(name="boss", label="Boss", inverse_label="Led by")).results
    assert [each.label for each in made_] == ["Boss", "Led by"]
    spec = [AssociationSpec(association_category="USER_DEFINED", association_type_id=made_[0].type_id)]
    assert links.create("contacts", person, "companies", firm, spec).labels == ["Boss"]
    there = links.get_page("contacts", person, "companies").results[0].association_types
    back = links.get_page("companies", firm, "contacts").results[0].association_types
    assert [sorted(each.label or "" for each in side) for side in (there, back)] == [["", "Boss"], ["", "Led by"]]
    labels.remove("contacts", "companies", made_[0].type_id)
    left = links.get_page("contacts", person, "companies").results[0].association_types
    assert [each.type_id for each in left] == [279]
    assert "Boss" not in [each.label for each in labels.get_all("contacts", "companies").results]


def test_many_are_made_read_and_archived(client: Client, served: Fakes) -> None:
    """207 for what does not exist; labels go one by one, or all with the association."""
    deal, people = made(client, "deals", dealname="d"), [made(client, "contacts", firstname=name) for name in "ab"]
    api = client.crm.associations.v4.batch_api
    spec = [AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=3)]
    inputs = [Post(_from={"id": deal}, to={"id": each}, types=spec) for each in (*people, "1")]
    answer = api.create("deals", "contacts", Posts(inputs=inputs))
    assert ([each.to_object_id for each in answer.results], answer.num_errors) == (people, 1)
    read = api.get_page("deals", "contacts", Fetches(inputs=[Fetch(id=deal), Fetch(id="1")]))
    assert [each.to_object_id for each in read.results[0].to] == people
    assert read.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"
    api.archive("deals", "contacts", {"inputs": [{"from": {"id": deal}, "to": [{"id": people[0]}]}]})
    left = client.crm.associations.v4.basic_api.get_page("deals", deal, "contacts").results
    assert [each.to_object_id for each in left] == people[1:]
    updates = [each["ids"] for each in served.effects("crm.deal", object=deal) if each["op"] == "update"]
    assert updates == [[people[0]], [people[1]], [people[0]]]


def test_the_older_form_sees_the_same_store(client: Client, http: httpx.Client) -> None:
    """By name instead of number; what it makes, v4 lists."""
    deal, person = made(client, "deals", dealname="d"), made(client, "contacts", firstname="Ann")
    one = PublicAssociation(_from=PublicObjectId(id=deal), to=PublicObjectId(id=person), type="deal_to_contact")
    api = client.crm.associations.batch_api
    assert api.create("deals", "contacts", BatchInputPublicAssociation(inputs=[one])).results[0].type == one.type
    assert client.crm.associations.v4.basic_api.get_page("deals", deal, "contacts").results[0].to_object_id == person
    path = f"/crm/v3/objects/deals/{deal}/associations/contacts"
    assert http.get(path).json()["results"] == [{"id": person, "type": "deal_to_contact"}]
    assert http.delete(f"{path}/{person}/3").status_code == 204
    assert http.put(f"{path}/{person}/deal_to_contact").json()["associations"]["contacts"]["results"][0]["id"] == person
    assert http.put(f"{path}/{person}/deal_to_heaven").status_code == 400
    assert {"id": "3", "name": "deal_to_contact"} in http.get("/crm/v3/associations/deal/contact/types").json()[
        "results"
    ]
    api.archive("deals", "contacts", BatchInputPublicAssociation(inputs=[one]))
    assert http.post("/crm/v3/associations/deals/contacts/batch/read", json={"inputs": [{"id": deal}]}).json()["errors"]


def test_a_note_belongs_to_a_contact_and_a_ticket(client: Client, served: Fakes, email: str) -> None:
    """Made with its associations, it is the contact's person's, also without a marker of its own."""
    person, ticket = made(client, "contacts", email=email), made(client, "tickets", hs_pipeline_stage="1")
    to = [
        {"to": {"id": each}, "types": [{"associationTypeId": number}]}
        for each, number in ((person, 202), (ticket, 228))
    ]
    wanted = New(properties={"hs_timestamp": WHEN}, associations=to)
    note = client.crm.objects.basic_api.create("notes", wanted).id
    (effect,) = served.effects("crm.activity", object=note)
    assert (effect["person"], effect["ids"]) == (email.partition("@")[0], [person, ticket])
    assert client.crm.associations.v4.basic_api.get_page("notes", note, "tickets").results[0].to_object_id == ticket


def test_there_is_one_primary_company(portal: Portal, links: Associations) -> None:
    """A second primary one takes the mark from the first, which stays associated."""
    (ann,), firms = some(portal, "contacts", 1), some(portal, "companies", 2)
    for firm in firms:
        links.link(ann, firm, 1)
    found = {other: [each.id for each in types] for other, types in links.of(ann, "companies")}
    assert found == {firms[0].id: [279], firms[1].id: [1, 279]}


def test_a_limit_that_the_user_set_holds(portal: Portal, links: Associations) -> None:
    """One more is refused; the same one again is not."""
    (deal,), people = some(portal, "deals", 1), some(portal, "contacts", 2)
    links.types.get(("deals", "contacts"), 3).most = 1
    links.link(deal, people[0])
    assert links.link(deal, people[0]) == []
    with pytest.raises(Problem, match="limit of 1"):
        links.link(deal, people[1])


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_batch_that_meets_a_limit_tells_what_it_did(version: str) -> None:
    """One deal may have one contact: the first input is carried out and told, the second is listed as an error."""
    bare = Bare()
    deal, *people = (
        bare.call("POST", f"/crm/v3/objects/{kind}", {"properties": {}}).body["id"]
        for kind in ("deals", *["contacts"] * 2)
    )
    bare.slice.links.types.get(("deals", "contacts"), 3).most = 1
    typed = {"type": "deal_to_contact", "types": [{"associationTypeId": 3}]}
    inputs = [{"from": {"id": deal}, "to": {"id": each}, **typed} for each in people]
    answer = bare.call("POST", f"/crm/{version}/associations/deals/contacts/batch/create", {"inputs": inputs})
    assert (answer.status, len(answer.body["results"]), answer.body["numErrors"]) == (207, 1, 1)
    assert answer.body["errors"][0]["subCategory"] == "ASSOCIATION_LIMIT_EXCEEDED"


@pytest.mark.parametrize("path", ["/crm/v3/objects/deals", "/crm/v3/objects/deals/batch/create"])
def test_a_record_with_too_many_associations_is_not_made(path: str) -> None:
    """One deal may have one contact: with two nothing is made and nothing told, with the same one twice it is."""
    bare = Bare()
    people = [bare.call("POST", "/crm/v3/objects/contacts", {"properties": {}}).body["id"] for _ in range(2)]
    bare.slice.links.types.get(("deals", "contacts"), 3).most = 1
    bare.ledger.effects.clear()
    for named, status in ((people, 400), (people[:1] * 2, 201)):
        to = [{"to": {"id": each}, "types": [{"associationTypeId": 3}]} for each in named]
        wanted = {"properties": {"dealname": "d"}, "associations": to}
        answer = bare.call("POST", path, {"inputs": [wanted]} if path.endswith("create") else wanted)
        assert answer.status == status, answer.raw
        made = [(sink, op) for sink, op, _, _ in bare.ledger.effects]
        assert made == ([] if status == 400 else [("crm.deal", "create")])
        assert bare.slice.portal.shelves["deals"].count() == len(made)


def test_a_malformed_batch_parts_nobody() -> None:
    """What its first inputs name stays together when a later one is no input."""
    bare = Bare()
    deal, person = (
        bare.call("POST", f"/crm/v3/objects/{kind}", {"properties": {}}).body["id"] for kind in ("deals", "contacts")
    )
    bare.call("PUT", f"/crm/v4/objects/deals/{deal}/associations/default/contacts/{person}")
    inputs = [{"from": {"id": deal}, "to": [{"id": person}]}, {"from": {"id": deal}, "to": "everybody"}]
    refused = bare.call("POST", "/crm/v4/associations/deals/contacts/batch/archive", {"inputs": inputs})
    assert refused.status == 400
    left = bare.call("GET", f"/crm/v4/objects/deals/{deal}/associations/contacts").body["results"]
    assert [each["toObjectId"] for each in left] == [person]


def test_a_limit_is_set_listed_and_lifted(http: httpx.Client) -> None:
    """Over HTTP, and it is gone afterwards."""
    base, one = "/crm/v4/associations/definitions/configurations", {"category": "HUBSPOT_DEFINED", "typeId": 451}
    path = f"{base}/deals/deals"
    made_ = http.post(f"{path}/batch/create", json={"inputs": [{**one, "maxToObjectIds": 5}]}).json()["results"]
    assert made_[0]["userEnforcedMaxToObjectIds"] == 5
    assert http.get(path).json()["results"] == http.get(f"{base}/all").json()["results"] == made_
    assert http.post(f"{path}/batch/create", json={"inputs": [{**one, "maxToObjectIds": 0}]}).status_code == 400
    http.post(f"{path}/batch/purge", json={"inputs": [one]})
    assert http.get(path).json()["results"] == []


def test_pages_of_associations_go_on(portal: Portal, links: Associations) -> None:
    """In order of ids, from where the last page ended; an archived record belongs to nobody."""
    (deal,), people = some(portal, "deals", 1), some(portal, "contacts", 5)
    for each in reversed(people):
        links.link(deal, each)
    portal.archive("contacts", people[1].id)
    first, after = links.page(deal, "contacts", 2, None)
    rest, end = links.page(deal, "contacts", 9, after)
    assert [other for other, _ in (*first, *rest)] == [each.id for each in people if each is not people[1]]
    assert end is None


WRONG: list[tuple[str, str, Any]] = [
    ("PUT", "/crm/v4/objects/products/1/associations/default/notes/1", None),
    ("PUT", "/crm/v4/objects/deals/{deal}/associations/contacts/{person}", [{"associationTypeId": 4}]),
    ("PUT", "/crm/v4/objects/deals/{deal}/associations/contacts/{person}", {}),
    ("PUT", "/crm/v4/objects/deals/{deal}/associations/contacts/{person}", [{}]),
    ("GET", "/crm/v4/objects/deals/{deal}/associations/contacts?limit=501", None),
    ("POST", "/crm/v4/associations/deals/contacts/batch/create", {"inputs": [{"types": []}]}),
    ("POST", "/crm/v4/associations/deals/contacts/labels", {"label": "x"}),
    ("DELETE", "/crm/v4/associations/deals/contacts/labels/3", None),
    ("PUT", "/crm/v4/associations/deals/contacts/labels", {"associationTypeId": 3, "label": "x"}),
]


@pytest.mark.parametrize(
    ("method", "path", "body"), WRONG, ids=[f"{n}-{path[-20:]}" for n, (_, path, _) in enumerate(WRONG)]
)
def test_a_wrong_association_is_refused(client: Client, http: httpx.Client, method: str, path: str, body: Any) -> None:
    """400 or 404 in the CRM's shape."""
    ids = {"deal": made(client, "deals", dealname="d"), "person": made(client, "contacts", firstname="Ann")}
    answer = http.request(method, path.format(**ids), json=body)
    assert answer.status_code in (400, 404)
    assert answer.json()["category"] in ("VALIDATION_ERROR", "OBJECT_NOT_FOUND")


def test_the_client_raises_its_own_exception(client: Client) -> None:
    """With status and body."""
    with pytest.raises(ApiException) as refused:
        client.crm.associations.v4.basic_api.create_default("deals", "1", "contacts", "2")
    assert (refused.value.status, json.loads(refused.value.body)["category"]) == (404, "OBJECT_NOT_FOUND")
