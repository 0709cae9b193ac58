"""Owners, pipelines, stages, properties and their groups, through the official client."""

import json
from typing import Any

import httpx
import pytest
from hubspot import Client
from hubspot.crm.objects import SimplePublicObjectInputForCreate as New
from hubspot.crm.owners import ApiException as NoOwner
from hubspot.crm.pipelines import ApiException, PipelineInput, PipelinePatchInput, PipelineStageInput
from hubspot.crm.pipelines import PipelineStagePatchInput as StageChange
from hubspot.crm.properties import ApiException as Refused
from hubspot.crm.properties import OptionInput, PropertyCreate, PropertyGroupCreate, PropertyGroupUpdate, PropertyUpdate


def stage(label: str, order: int, **metadata: str) -> PipelineStageInput:
    return PipelineStageInput(label=label, display_order=order, metadata=metadata)


def test_owners_are_found_by_id_user_and_address(client: Client, http: httpx.Client) -> None:
    """The one who left is only in the archived list."""
    api = client.crm.owners.owners_api
    ada, ben = api.get_page().results
    assert api.get_page(email=ben.email).results[0].id == ben.id
    assert api.get_by_id(ada.user_id, id_property="userId").id == ada.id
    (gone,) = api.get_page(archived=True).results
    assert (gone.archived, gone.user_id) == (True, None)
    assert api.get_by_id(int(gone.id), archived=True).id == gone.id
    with pytest.raises(NoOwner) as missing:
        api.get_by_id(int(gone.id))
    assert missing.value.status == 404
    first = http.get("/crm/v3/owners", params={"limit": 1}).json()
    rest = http.get(first["paging"]["next"]["link"]).json()
    assert [each["id"] for each in first["results"] + rest["results"]] == [ada.id, ben.id]


def test_a_pipeline_is_made_used_and_kept_while_in_use(client: Client) -> None:
    """Its stages are options of the stage property; one with a deal in it is not taken away."""
    api = client.crm.pipelines
    stages = [stage("First", 0, probability="0.1"), stage("Won", 1, probability="1.0")]
    made = api.pipelines_api.create("deals", PipelineInput(label="Renewals", display_order=1, stages=stages))
    first, won = made.stages
    assert won.metadata == {"probability": "1.0", "isClosed": "true"}
    values = {"dealname": "d", "pipeline": made.id, "dealstage": first.id}
    deal = client.crm.objects.basic_api.create("deals", New(properties=values))
    with pytest.raises(ApiException) as used:
        api.pipeline_stages_api.archive("deals", made.id, first.id)
    body = json.loads(used.value.body)
    assert (used.value.status, body["subCategory"]) == (400, "PipelineError.STAGE_ID_IN_USE")
    assert body["context"] == {"stageIds": [first.id], "objectIds": [deal.id]}
    with pytest.raises(ApiException):
        api.pipelines_api.archive("deals", made.id)
    client.crm.objects.basic_api.archive("deals", deal.id)
    api.pipeline_stages_api.archive("deals", made.id, first.id)
    options = client.crm.properties.core_api.get_by_name("deals", "dealstage").options
    assert (first.id in [each.value for each in options], won.id in [each.value for each in options]) == (False, True)
    api.pipelines_api.archive("deals", made.id)
    assert made.id not in [each.id for each in api.pipelines_api.get_all("deals").results]


def test_stages_change_and_are_audited(client: Client, http: httpx.Client) -> None:
    """Labels, places and metadata; the audit (whose call the client cannot make) tells the newest first."""
    api = client.crm.pipelines
    made = api.pipelines_api.create(
        "tickets", PipelineInput(label="Returns", display_order=9, stages=[stage("Open", 0, ticketState="OPEN")])
    )
    added = api.pipeline_stages_api.create("tickets", made.id, stage("Done", 1, ticketState="CLOSED"))
    change = StageChange(label="Finished", metadata={"ticketState": "CLOSED"})
    assert api.pipeline_stages_api.update("tickets", made.id, added.id, change).label == "Finished"
    assert api.pipelines_api.update("tickets", made.id, PipelinePatchInput(label="Back")).label == "Back"
    told = http.get(f"/crm/v3/pipelines/tickets/{made.id}/stages/{added.id}/audit").json()["results"]
    assert [each["action"] for each in told] == ["UPDATE", "CREATE"]
    replaced = PipelineInput(label="Back", display_order=2, stages=[stage("New", 0, ticketState="OPEN")])
    assert [each.label for each in api.pipelines_api.replace("tickets", made.id, replaced).stages] == ["New"]


WRONG: list[tuple[str, Any]] = [
    ("deals", {"label": "x", "displayOrder": 0, "stages": []}),
    ("deals", {"label": "x", "stages": [{"label": "s", "displayOrder": 0, "metadata": {"probability": "1.0"}}]}),
    ("deals", {"label": "x", "displayOrder": 0, "stages": [{"label": "s", "displayOrder": 0, "metadata": {}}]}),
    ("deals", {"label": "Sales Pipeline", "displayOrder": 0, "stages": [{"label": "s"}]}),
    (
        "tickets",
        {
            "label": "x",
            "displayOrder": 0,
            "stages": [{"label": "s", "displayOrder": 0, "metadata": {"ticketState": "?"}}],
        },
    ),
    ("contacts", {"label": "x", "displayOrder": 0, "stages": []}),
]


@pytest.mark.parametrize(("kind", "body"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_pipeline_is_refused(http: httpx.Client, kind: str, body: Any) -> None:
    """400, and none is left behind."""
    before = http.get(f"/crm/v3/pipelines/{kind}").text
    assert http.post(f"/crm/v3/pipelines/{kind}", json=body).status_code == 400
    if kind != "contacts":
        assert http.get(f"/crm/v3/pipelines/{kind}").text == before


def test_the_last_pipeline_and_stage_stay(http: httpx.Client) -> None:
    """A portal always has one of each."""
    base = "/crm/pipelines/2026-03/orders"
    assert http.get(base).status_code == 400
    body = {
        "label": "Solo",
        "displayOrder": 5,
        "stages": [{"label": "s", "displayOrder": 0, "metadata": {"probability": "0.5"}}],
    }
    made = http.post("/crm/v3/pipelines/deals", json=body).json()
    path = f"/crm/v3/pipelines/deals/{made['id']}"
    assert http.delete(f"{path}/stages/{made['stages'][0]['id']}").status_code == 400
    assert http.delete(path).status_code == 204


def test_a_property_is_made_changed_filled_and_taken_away(client: Client, http: httpx.Client) -> None:
    """Values of a property that was taken away are shown no more; its options can be extended."""
    api = client.crm.properties.core_api
    options = [OptionInput(label=each, value=each, display_order=0, hidden=False) for each in ("red", "blue")]
    wanted = PropertyCreate(
        name="colour",
        label="Colour",
        type="enumeration",
        field_type="checkbox",
        group_name="contactinformation",
        options=options,
    )
    assert api.create("contacts", wanted).hubspot_defined is False
    ann = client.crm.objects.basic_api.create("contacts", New(properties={"colour": "red;blue"}))
    more = [*options, OptionInput(label="Green", value="green", display_order=2, hidden=False)]
    changed = api.update("contacts", "colour", PropertyUpdate(label="Colours", options=more, hidden=True))
    assert (changed.label, changed.hidden, [each.value for each in changed.options]) == (
        "Colours",
        True,
        ["red", "blue", "green"],
    )
    api.archive("contacts", "colour")
    seen = client.crm.objects.basic_api.get_by_id("contacts", ann.id, properties=["colour", "firstname"])
    assert "colour" not in seen.properties
    assert "colour" in [each.name for each in api.get_all("contacts", archived=True).results]
    assert api.get_by_name("contacts", "colour", archived=True).archived
    with pytest.raises(Refused) as gone:
        api.get_by_name("contacts", "colour")
    assert gone.value.status == 404
    assert (
        http.post("/crm/v3/properties/contacts/batch/archive", json={"inputs": [{"name": "nosuch"}]}).status_code == 204
    )


def test_groups_stay_while_properties_stand_under_them(client: Client) -> None:
    """An empty one goes."""
    api = client.crm.properties.groups_api
    api.create("deals", PropertyGroupCreate(name="orders", label="Orders", display_order=3))
    assert api.update("deals", "orders", PropertyGroupUpdate(label="Bestellungen")).label == "Bestellungen"
    assert api.get_by_name("deals", "orders").display_order == 3
    wanted = PropertyCreate(name="gift", label="Gift", type="bool", field_type="booleancheckbox", group_name="orders")
    client.crm.properties.core_api.create("deals", wanted)
    with pytest.raises(Refused) as used:
        api.archive("deals", "orders")
    assert used.value.status == 400
    client.crm.properties.core_api.archive("deals", "gift")
    api.archive("deals", "orders")
    assert "orders" not in [each.name for each in api.get_all("deals").results]


def test_a_standard_property_keeps_its_type(client: Client) -> None:
    """Its options may change, its type not, and it stays."""
    api = client.crm.properties.core_api
    with pytest.raises(Refused) as changed:
        api.update("contacts", "firstname", PropertyUpdate(type="number", field_type="number"))
    with pytest.raises(Refused) as archived:
        api.archive("contacts", "firstname")
    assert (changed.value.status, archived.value.status) == (400, 400)
