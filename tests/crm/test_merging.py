"""Merging two records, and deleting a contact for good."""

import json

import httpx
import pytest
from hubspot import Client
from hubspot.crm.contacts import ApiException, PublicGdprDeleteInput, PublicMergeInput
from hubspot.crm.contacts import SimplePublicObjectInput as Change
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as New

from fakes.crm.problems import Problem
from fakes.crm.state.associations import Associations
from fakes.crm.state.merging import erase, merge
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal
from fakes.plugin import Fakes

WHEN = "2026-03-01T10:00:00Z"


def two(portal: Portal) -> tuple[Record, Record]:
    first = portal.create("contacts", {"email": "a@x.example.com", "firstname": "A", "lifecyclestage": "lead"}).record
    given = {"email": "b@x.example.com", "phone": "+15550100", "firstname": "B", "lifecyclestage": "customer"}
    return first, portal.create("contacts", given).record


def ids(first: Record, second: Record) -> dict[str, str]:
    return {"primaryObjectId": first.id, "objectIdToMerge": second.id}


def test_old_ids_lead_to_the_merged_record(client: Client, served: Fakes, email: str) -> None:
    """By read, by batch and by change; the merged record says which it was made of."""
    api = client.crm.contacts
    first, second = (api.basic_api.create(New(properties={"email": f"{n}{email}"})).id for n in "ab")
    merged = api.basic_api.merge(PublicMergeInput(primary_object_id=first, object_id_to_merge=second))
    assert merged.id not in (first, second)
    assert merged.properties["hs_merged_object_ids"] == f"{first};{second}"
    assert {api.basic_api.get_by_id(each).id for each in (first, second, merged.id)} == {merged.id}
    assert api.basic_api.get_by_id(f"b{email}", id_property="email").id == merged.id
    assert (
        api.basic_api.update(second, simple_public_object_input=Change(properties={"firstname": "X"})).id == merged.id
    )
    told = [(each["op"], each["object"]) for each in served.effects("crm.contact") if each["object"] in (first, second)]
    assert told[2:] == [("delete", first), ("delete", second)]
    person = {each["person"] for each in served.effects("crm.contact", object=merged.id)}
    assert person == {email.partition("@")[0]}


def test_the_first_ones_values_win(portal: Portal) -> None:
    """What it lacks comes from the second one; the further stage stays; the second address is a further one."""
    first, second = two(portal)
    made = merge(portal, Associations(portal), "contacts", ids(first, second))[0].record
    assert made.values == {
        "email": "a@x.example.com", "firstname": "A", "lifecyclestage": "customer", "phone": "+15550100",
        "hs_additional_emails": "b@x.example.com",
    }  # fmt: skip
    with pytest.raises(Problem, match=f"Existing ID: {made.id}"):
        portal.create("contacts", {"email": "b@x.example.com"})


def test_what_belonged_to_either_belongs_to_the_merged_one(portal: Portal) -> None:
    """Associations move, in both directions."""
    links = Associations(portal)
    first, second = two(portal)
    deals = [portal.create("deals", {}).record for _ in range(2)]
    links.link(first, second)
    for each, deal in zip((first, second), deals, strict=True):
        links.link(each, deal)
    made = merge(portal, links, "contacts", ids(first, second))[0].record
    assert links.ids_of(made, "deals") == [each.id for each in deals]
    assert [links.ids_of(each, "contacts") for each in (*deals, made)] == [[made.id], [made.id], []]


def test_a_merged_record_can_be_merged_again(portal: Portal) -> None:
    """Every id that ever was leads to the last one."""
    links = Associations(portal)
    first, second = two(portal)
    made = merge(portal, links, "contacts", ids(first, second))[0].record
    third = portal.create("contacts", {"firstname": "C"}).record
    last = merge(portal, links, "contacts", {"primaryObjectId": second.id, "objectIdToMerge": third.id})[0].record
    assert {portal.get("contacts", each.id).id for each in (first, second, made, third)} == {last.id}
    with pytest.raises(Problem, match="itself"):
        merge(portal, links, "contacts", ids(first, second))


def test_the_first_id_can_be_kept(portal: Portal) -> None:
    """With the setting, as it was for contacts until 2025."""
    portal.settings.merge_keeps_id = True
    first, second = two(portal)
    made = merge(portal, Associations(portal), "contacts", ids(first, second))[0].record
    assert (made.id, made.merged) == (first.id, (second.id,))
    assert portal.get("contacts", second.id) is made


def test_a_merge_of_nothing_is_refused(http: httpx.Client) -> None:
    """400 for missing ids, 404 for records that are not there."""
    path = "/crm/v3/objects/companies/merge"
    assert http.post(path, json={}).status_code == 400
    assert http.post(path, json={"primaryObjectId": "1", "objectIdToMerge": "2"}).status_code == 404


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("notes", {"hs_timestamp": WHEN}), ("0-46", {"hs_timestamp": WHEN}), ("postal_mail", {"hs_timestamp": WHEN}),
        ("line_items", {"name": "A"}),
    ],
)  # fmt: skip
def test_some_types_are_never_merged(http: httpx.Client, kind: str, values: dict[str, str]) -> None:
    """Of activities and line items both records stay, by each of their names."""
    base = f"/crm/v3/objects/{kind}"
    made = [http.post(base, json={"properties": values}).json()["id"] for _ in range(2)]
    refused = http.post(f"{base}/merge", json={"primaryObjectId": made[0], "objectIdToMerge": made[1]})
    assert refused.status_code == 400, refused.text
    assert [http.get(f"{base}/{each}").status_code for each in made] == [200, 200]


def test_a_contact_deleted_for_good_stays_away(client: Client, served: Fakes, email: str) -> None:
    """Neither read nor listed as archived, and its address is refused; by id and by address."""
    api = client.crm.contacts
    for number, by in enumerate((None, "email")):
        address = f"{number}{email}"
        made = api.basic_api.create(New(properties={"email": address}))
        name = made.id if by is None else address
        api.basic_api.purge(PublicGdprDeleteInput(object_id=name, id_property=by))
        for archived in (False, True):
            with pytest.raises(ApiException) as gone:
                api.basic_api.get_by_id(made.id, archived=archived)
            assert gone.value.status == 404
        with pytest.raises(ApiException) as refused:
            api.basic_api.create(New(properties={"email": address}))
        assert json.loads(refused.value.body)["errors"][0]["code"] == "GDPR_BLOCKED_EMAIL"
        assert [each["op"] for each in served.effects("crm.contact", object=made.id)] == ["create", "delete"]


def test_an_address_that_nobody_has_is_kept_from_being_used(portal: Portal) -> None:
    """By address nothing is refused and nobody deleted; by id it is a 404."""
    assert erase(portal, {"objectId": "new@x.example.com", "idProperty": "email"}) is None
    with pytest.raises(Problem, match="permanently deleted"):
        portal.create("contacts", {"email": "New@x.example.com"})
    with pytest.raises(Problem, match="OBJECT_NOT_FOUND"):
        erase(portal, {"objectId": "7"})
