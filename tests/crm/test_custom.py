"""Custom types of record through the official client: made, used, changed, taken away."""

import json
from typing import Any

import pytest
from hubspot import Client
from hubspot.crm.objects import SimplePublicObjectInputForCreate as New
from hubspot.crm.schemas import ApiException, ObjectSchemaEgg, ObjectTypeDefinitionLabels, ObjectTypePropertyCreate

from fakes.crm.problems import Problem
from fakes.crm.state.bonds import Types
from fakes.crm.state.custom import Custom
from fakes.crm.state.records import Portal
from fakes.plugin import Fakes


def egg(name: str, **more: Any) -> ObjectSchemaEgg:
    vin = ObjectTypePropertyCreate(name="vin", label="VIN", type="string", field_type="text", has_unique_value=True)
    given: dict[str, Any] = {
        "name": name, "labels": ObjectTypeDefinitionLabels(singular="Car", plural="Cars"), "properties": [vin],
        "required_properties": ["vin"], "searchable_properties": ["vin"], "primary_display_property": "vin",
        "secondary_display_properties": [], "associated_objects": ["CONTACT"],
    }  # fmt: skip
    return ObjectSchemaEgg(**{**given, **more})


def test_a_type_is_made_and_holds_records(client: Client, served: Fakes, email: str) -> None:
    """Its records are reached by number, by full and by short name; what is required is asked for."""
    api = client.crm.schemas.core_api
    made = api.create(egg("car"))
    assert made.object_type_id.startswith("2-")
    assert made.fully_qualified_name in [each.fully_qualified_name for each in api.get_all().results]
    objects = client.crm.objects.basic_api
    car = objects.create(made.object_type_id, New(properties={"vin": email}))
    for name in (made.fully_qualified_name, "p_car", made.object_type_id):
        assert objects.get_by_id(name, car.id, properties=["vin"]).properties["vin"] == email
    (effect,) = served.effects("crm.object", object=car.id)
    assert effect["person"] == email.partition("@")[0]
    with pytest.raises(client_error()) as refused:
        objects.create(made.object_type_id, New(properties={}))
    assert json.loads(refused.value.body)["errors"][0]["code"] == "REQUIRED_FIELD"


def client_error() -> Any:
    from hubspot.crm.objects import ApiException as Error

    return Error


def test_a_type_with_records_stays(client: Client) -> None:
    """Empty it goes; its name is free again only when it was purged."""
    api, objects = client.crm.schemas.core_api, client.crm.objects.basic_api
    made = api.create(egg("boat"))
    boat = objects.create(made.object_type_id, New(properties={"vin": "1"}))
    with pytest.raises(ApiException) as refused:
        api.archive(made.object_type_id)
    assert refused.value.status == 400
    objects.archive(made.object_type_id, boat.id)
    api.archive(made.object_type_id)
    with pytest.raises(ApiException) as taken:
        api.create(egg("boat"))
    assert taken.value.status == 409
    assert made.object_type_id in [each.object_type_id for each in api.get_all(archived=True).results]
    api.archive(made.object_type_id, archived=True)
    assert api.create(egg("boat")).object_type_id != made.object_type_id


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "not set"),
    ({"name": "9"}, "letter"),
    ({"labels": {}}, "singular"),
    ({"requiredProperties": ["nosuch"]}, "nosuch"),
    ({"properties": [{"name": "x"}]}, "not set"),
    ({"properties": "x"}, "list"),
]
RIGHT = {
    "name": "thing", "labels": {"singular": "Thing", "plural": "Things"}, "properties": [], "requiredProperties": [],
    "associatedObjects": [],
}  # fmt: skip


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=[said + str(n) for n, (_, said) in enumerate(WRONG)])
def test_a_wrong_schema_is_refused_as_a_whole(portal: Portal, wrong: dict[str, Any], said: str) -> None:
    """The refusal says what is wrong, and no type is left behind."""
    custom = Custom(portal, Types())
    with pytest.raises(Problem, match=said):
        custom.create({**RIGHT, **wrong} if wrong else {})
    assert not custom.all(archived=False)
    assert portal.kinds.find("p_thing") is None


def test_what_is_required_can_change(portal: Portal) -> None:
    """A changed definition holds for the next record."""
    custom = Custom(portal, Types())
    fields = [{"name": "vin", "label": "VIN", "type": "string", "fieldType": "text"}]
    kind = custom.create({**RIGHT, "properties": fields}).kind
    portal.create(kind.name, {})
    custom.change(kind.type_id, {"requiredProperties": ["vin"], "labels": {"plural": "Stuff"}})
    with pytest.raises(Problem, match="required"):
        portal.create(kind.name, {})
    assert custom.get(kind.name).labels == {"singular": "Thing", "plural": "Stuff"}


def test_a_custom_type_has_no_short_name(portal: Portal) -> None:
    """By its base name alone it is not reached, so that it never hides a standard one."""
    custom = Custom(portal, Types())
    custom.create({**RIGHT, "name": "contacts"})
    assert portal.kinds.get("contacts").type_id == "0-1"
    custom.create(RIGHT)
    with pytest.raises(Problem, match="Unable to infer"):
        portal.kinds.get("thing")
