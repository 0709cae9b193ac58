"""The CRM through `@hubspot/api-client`, unmodified, in Node."""

from pathlib import Path
from typing import Any

from fakes.plugin import Fakes
from tests.nodes import play

SCRIPT = Path(__file__).parent / "client.cjs"


def said(served: Fakes, *steps: list[Any], **settings: Any) -> list[Any]:
    """What came of each step."""
    client = {"accessToken": served.key("crm", "token"), "basePath": served.url("crm"), **settings}
    answer: list[Any] = play(SCRIPT, {"client": client, "steps": steps})
    return answer


def by(email: str) -> dict[str, Any]:
    filters = [{"propertyName": "email", "operator": "EQ", "value": email}]
    return {"filterGroups": [{"filters": filters}], "properties": ["email"], "limit": 5, "after": "0", "sorts": []}


def test_records_are_made_found_batched_and_linked(served: Fakes, email: str) -> None:
    """Create, search, upsert (207 too), associations, merge of ids, archive: what the client reads out of each."""
    served.control("PUT", "/settings/crm", settings={"search_lag_s": 0.0})
    upsert = {"inputs": [{"id": email, "idProperty": "email", "properties": {"firstname": "Ann"}}]}
    read = {"inputs": [{"id": "$0.id"}, {"id": "7"}], "properties": ["firstname"], "propertiesWithHistory": []}
    try:
        made, found, changed, batch, deal, linked, listed, gone, missing = said(
            served,
            ["crm.contacts.basicApi.create", {"properties": {"email": email}, "associations": []}],
            ["crm.contacts.searchApi.doSearch", by(email)],
            ["crm.contacts.batchApi.upsert", upsert],
            ["crm.contacts.batchApi.read", read],
            ["crm.deals.basicApi.create", {"properties": {"dealname": "Order"}, "associations": []}],
            ["crm.associations.v4.basicApi.createDefault", "deals", "$4.id", "contacts", "$0.id"],
            ["crm.associations.v4.basicApi.getPage", "deals", "$4.id", "contacts"],
            ["crm.contacts.basicApi.archive", "$0.id"],
            ["crm.contacts.basicApi.getById", "$0.id"],
        )
    finally:
        served.control("PUT", "/settings/crm", settings={"search_lag_s": 0.4})
    assert (found["total"], found["results"][0]["id"]) == (1, made["id"])
    assert (changed["results"][0]["_new"], changed["results"][0]["properties"]["firstname"]) == (False, "Ann")
    assert (batch["results"][0]["properties"]["firstname"], batch["numErrors"]) == ("Ann", 1)
    assert linked["results"][0]["associationSpec"]["associationTypeId"] == 3
    assert listed["results"][0]["toObjectId"] == made["id"]
    assert gone is None
    assert (missing["own"], missing["code"], missing["body"]["category"]) == (True, 404, "OBJECT_NOT_FOUND")
    assert [each["op"] for each in served.effects("crm.contact", object=made["id"])] == ["create", "update", "delete"]
    assert deal["id"] != made["id"]


def test_a_duplicate_and_a_wrong_value_are_the_clients_own_exceptions(served: Fakes, email: str) -> None:
    """409 with the existing id in the sentence, 400 with the code; both an `ApiException` with code and body."""
    create = ["crm.contacts.basicApi.create", {"properties": {"email": email}, "associations": []}]
    wrong = ["crm.contacts.basicApi.create", {"properties": {"nosuch": "1"}, "associations": []}]
    made, twice, refused = said(served, create, create, wrong)
    assert (twice["own"], twice["code"], twice["body"]["category"]) == (True, 409, "CONFLICT")
    assert twice["body"]["message"] == f"Contact already exists. Existing ID: {made['id']}"
    assert (refused["own"], refused["code"]) == (True, 400)
    assert "PROPERTY_DOESNT_EXIST" in refused["body"]["message"]


def test_the_client_waits_for_the_searchs_limit_by_itself(served: Fakes, email: str) -> None:
    """With retries it sees the policy's sentence, waits a second, and succeeds; without, it is told the 429."""
    search = ["crm.contacts.searchApi.doSearch", by(email)]
    served.control("PUT", "/settings/crm", settings={"search_per_s": 1})
    try:
        plain = said(served, search, search)
        patient = said(served, search, search, numberOfApiCallRetries=2)
    finally:
        served.control("PUT", "/settings/crm", settings={"search_per_s": 0})
    assert plain[1]["code"] == 429
    assert [each.get("total") for each in patient] == [0, 0]
