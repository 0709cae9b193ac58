"""Every kind of answer, held against the official client's own models: nothing unknown, nothing missing."""

import re
from typing import Any

import pytest

from tests.crm import judging
from tests.crm.bare import Answer, Bare

WHEN = "2026-03-01T10:00:00Z"
KNOWN = re.compile(
    # Newer than this client: the vendor's present specification has it, or its documented examples do.
    r"(metaType|allowsSensitiveProperties): unknown to"
    # Errors carry `status`, which the client's model of them lacks; those in a list leave out what is empty, as the
    # vendor's documented examples do.
    r"|^body\.status: unknown to Error$|errors\.\d+\.(errors|links|context): missing"
)
"""Where the client's models and the vendor's documented answers differ."""
KINDS: dict[str, dict[str, str]] = {
    "contacts": {"firstname": "A"}, "companies": {"name": "A"}, "deals": {"dealname": "A"},
    "tickets": {"hs_pipeline_stage": "1"}, "products": {"name": "A"}, "line_items": {"name": "A"},
    "notes": {"hs_timestamp": WHEN}, "tasks": {"hs_timestamp": WHEN}, "calls": {"hs_timestamp": WHEN},
    "emails": {"hs_timestamp": WHEN}, "meetings": {"hs_timestamp": WHEN}, "leads": {"hs_lead_name": "A"},
    "quotes": {"hs_title": "A"}, "invoices": {"hs_title": "A"}, "taxes": {"hs_label": "A"},
    "goal_targets": {"hs_goal_name": "A"}, "communications": {"hs_timestamp": WHEN},
    "postal_mail": {"hs_timestamp": WHEN},
}  # fmt: skip
ERROR = ("hubspot.crm.contacts", "Error")


class Judge:
    """Makes calls, and keeps what is wrong with the answers and which calls were judged."""

    def __init__(self) -> None:
        self.bare = Bare(search_per_s=0, search_lag_s=0.0)
        self.judged: set[tuple[str, str]] = set()
        self.wrong: list[str] = []

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's body, judged."""
        answer = self.bare.call(method, path, body)
        self.judge(method, path, answer)
        return answer.body

    def judge(self, method: str, path: str, answer: Answer) -> None:
        """Hold one answer against the model of its call, or a refusal against the model of errors."""
        found = judging.contracts().of(method, path)
        assert found is not None, f"the client has no {method} {path}"
        at, contract = found
        module, model = (contract.module, contract.models.get(answer.status)) if answer.status < 400 else ERROR
        if answer.raw and model:
            wrong = judging.faults(module, model, answer.body)
            self.wrong += [f"{method} {path} {answer.status}: {one}" for one in wrong if not KNOWN.search(one)]
            self.judged.add(at)
        elif answer.raw:
            self.wrong.append(f"{method} {path}: {answer.status} is no answer that the client knows")


def records(ask: Judge, kind: str, values: dict[str, str]) -> str:
    """Every call of one type of record."""
    base = f"/crm/v3/objects/{kind}"
    made = ask("POST", base, {"properties": values, "associations": []})
    other = ask("POST", f"{base}/batch/create", {"inputs": [{"properties": values}]})["results"][0]["id"]
    name = next(iter(values))
    ask("GET", f"{base}/{made['id']}?propertiesWithHistory={name}&associations=contacts")
    ask("GET", f"{base}?limit=1")
    ask("PATCH", f"{base}/{made['id']}", {"properties": values})
    ask("POST", f"{base}/search", {"limit": 1})
    ids = [{"id": made["id"]}, {"id": "7"}]
    ask("POST", f"{base}/batch/read", {"inputs": ids, "properties": [name], "propertiesWithHistory": [name]})
    ask("POST", f"{base}/batch/update", {"inputs": [{"id": made["id"], "properties": values}]})
    upsert = [{"id": each["id"], "idProperty": "hs_object_id", "properties": values} for each in ids]
    ask("POST", f"{base}/batch/upsert", {"inputs": upsert})
    ask("POST", f"{base}/batch/upsert", {"inputs": upsert[:1]})
    if kind in ("contacts", "companies", "deals", "tickets"):
        ask("POST", f"{base}/merge", {"primaryObjectId": made["id"], "objectIdToMerge": other})
    else:
        ask("DELETE", f"{base}/{other}")
    ask("GET", f"{base}/7")
    ask("POST", base, {"properties": {"nosuch": "1"}})
    return str(made["id"])


def links(ask: Judge, deal: str, contact: str) -> None:
    """Every call about associations."""
    one = f"/crm/v4/objects/deals/{deal}/associations"
    many = "/crm/v4/associations/deals/contacts"
    made = ask("POST", f"{many}/labels", {"name": "payer", "label": "Payer", "inverseLabel": "Pays"})["results"][0]
    spec = {"associationCategory": "USER_DEFINED", "associationTypeId": made["typeId"]}
    both = {"from": {"id": deal}, "to": {"id": contact}}
    ask("PUT", f"{one}/default/contacts/{contact}")
    ask("PUT", f"{one}/contacts/{contact}", [spec])
    ask("GET", f"{one}/contacts?limit=1")
    ask("GET", f"{many}/labels")
    for inputs in ([both], [both, {"from": {"id": "7"}, "to": {"id": "8"}}]):
        ask("POST", f"{many}/batch/associate/default", {"inputs": inputs})
        ask("POST", f"{many}/batch/create", {"inputs": [{**each, "types": [spec]} for each in inputs]})
        ask("POST", f"{many}/batch/read", {"inputs": [{"id": each["from"]["id"]} for each in inputs]})
        old = [{**each, "type": "deal_to_contact"} for each in inputs]
        ask("POST", "/crm/v3/associations/deals/contacts/batch/create", {"inputs": old})
        read = [{"id": each["from"]["id"]} for each in inputs]
        ask("POST", "/crm/v3/associations/deals/contacts/batch/read", {"inputs": read})
    ask("GET", "/crm/v3/associations/deals/contacts/types")
    limits = "/crm/v4/associations/definitions/configurations"
    limit = {"category": "HUBSPOT_DEFINED", "typeId": 3, "maxToObjectIds": 9}
    ask("POST", f"{limits}/deals/contacts/batch/create", {"inputs": [limit]})
    ask("POST", f"{limits}/deals/contacts/batch/update", {"inputs": [limit]})
    ask("GET", f"{limits}/deals/contacts")
    ask("GET", f"{limits}/all")


def definitions(ask: Judge) -> None:
    """Every call about owners, pipelines, properties and schemas."""
    owner = ask("GET", "/crm/v3/owners?limit=1")["results"][0]
    ask("GET", f"/crm/v3/owners/{owner['id']}")
    stage = {"label": "S", "displayOrder": 0, "metadata": {"probability": "0.5"}}
    pipeline = {"label": "P", "displayOrder": 1, "stages": [stage]}
    made = ask("POST", "/crm/v3/pipelines/deals", pipeline)
    one = f"/crm/v3/pipelines/deals/{made['id']}"
    added = ask("POST", f"{one}/stages", {**stage, "label": "T"})
    ask("GET", "/crm/v3/pipelines/deals")
    ask("GET", one)
    ask("PATCH", one, {"label": "Q"})
    ask("GET", f"{one}/audit")
    ask("GET", f"{one}/stages")
    for method, body in (("GET", None), ("PATCH", {"label": "U", **stage}), ("PUT", {**stage, "label": "V"})):
        ask(method, f"{one}/stages/{added['id']}", body)
    ask("GET", f"{one}/stages/{added['id']}/audit")
    ask("PUT", one, {**pipeline, "label": "R"})
    base = "/crm/v3/properties/contacts"
    wanted = {"name": "size", "label": "S", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
    ask("POST", base, wanted)
    ask("PATCH", f"{base}/size", {"label": "Size"})
    ask("GET", f"{base}/size")
    ask("GET", base)
    ask("POST", f"{base}/batch/create", {"inputs": [{**wanted, "name": "width"}]})
    ask("POST", f"{base}/batch/create", {"inputs": [wanted]})
    ask("POST", f"{base}/batch/read", {"inputs": [{"name": "size"}], "archived": False})
    ask("POST", f"{base}/groups", {"name": "more", "label": "More", "displayOrder": 1})
    ask("GET", f"{base}/groups")
    ask("GET", f"{base}/groups/more")
    ask("PATCH", f"{base}/groups/more", {"label": "Most"})
    schema = {
        "name": "car", "labels": {"singular": "Car", "plural": "Cars"}, "requiredProperties": ["vin"],
        "properties": [{"name": "vin", "label": "VIN", "type": "string", "fieldType": "text"}],
        "associatedObjects": ["CONTACT"],
    }  # fmt: skip
    kind = ask("POST", "/crm-object-schemas/v3/schemas", schema)["objectTypeId"]
    ask("GET", "/crm-object-schemas/v3/schemas")
    ask("GET", f"/crm-object-schemas/v3/schemas/{kind}")
    ask("PATCH", f"/crm-object-schemas/v3/schemas/{kind}", {"description": "a car"})
    association = {"fromObjectTypeId": kind, "toObjectTypeId": "0-3", "name": "car_to_deal"}
    ask("POST", f"/crm-object-schemas/v3/schemas/{kind}/associations", association)
    ask("POST", f"/crm/v3/objects/{kind}", {"properties": {"vin": "1"}, "associations": []})


def webhooks(ask: Judge) -> None:
    """Every call about webhooks."""
    base = f"/webhooks/v3/{ask.bare.slice.access.app.number}"
    ask("PUT", f"{base}/settings", {"targetUrl": "https://x.example/h", "throttling": {"maxConcurrentRequests": 1}})
    ask("GET", f"{base}/settings")
    made = ask("POST", f"{base}/subscriptions", {"eventType": "contact.creation", "active": False})
    ask("GET", f"{base}/subscriptions")
    ask("GET", f"{base}/subscriptions/{made['id']}")
    ask("PATCH", f"{base}/subscriptions/{made['id']}", {"active": True})
    ask("POST", f"{base}/subscriptions/batch/update", {"inputs": [{"id": int(made["id"]), "active": False}]})


@pytest.fixture(scope="module")
def judge() -> Judge:
    """All kinds of calls made, and judged."""
    ask = Judge()
    made = {kind: records(ask, kind, values) for kind, values in KINDS.items()}
    links(ask, made["deals"], made["contacts"])
    definitions(ask)
    webhooks(ask)
    return ask


def test_every_answer_is_as_the_client_expects_it(judge: Judge) -> None:
    """By the model that the client declares for the call and the status."""
    assert not judge.wrong, "\n".join(judge.wrong)


OURS = (
    *(f"hubspot.crm.{each}" for each in ("contacts", "companies", "deals", "tickets", "products", "line_items")),
    *(f"hubspot.crm.objects.{each}" for each in ("notes", "tasks", "calls", "emails", "meetings", "leads", "goals")),
    *(f"hubspot.crm.objects.{each}" for each in ("communications", "postal_mail", "taxes")),
    "hubspot.crm.quotes", "hubspot.crm.commerce.invoices",
    *(f"hubspot.crm.{each}" for each in ("owners", "pipelines", "properties", "schemas", "associations")),
    "hubspot.crm.associations.v4", "hubspot.crm.associations.v4.schema", "hubspot.webhooks",
)  # fmt: skip
NOT_MADE = {("POST", "/crm/v4/associations/usage/high-usage-report/{x}")}


def test_every_call_with_an_answer_was_judged(judge: Judge) -> None:
    """Of every module that the CRM copies."""
    wanted = {
        at
        for at, contract in judging.contracts().by_route.items()
        if contract.module in OURS and any(status < 300 for status in contract.models)
    }
    assert wanted - judge.judged - NOT_MADE == set()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"id": 1}, "1 is no str"),
        ({"colour": "red"}, "unknown to SimplePublicObject"),
        ({"createdAt": "soon"}, "no moment"),
        ({}, "missing"),
    ],
)
def test_a_wrong_answer_is_noticed(body: dict[str, Any], said: str) -> None:
    """Planted: a wrong type, an unknown key, a moment that is none, a needed key that is not there."""
    right = {"id": "1", "properties": {}, "createdAt": WHEN, "updatedAt": WHEN, "archived": False}
    given = {**right, **body} if body else {"id": "1"}
    assert any(said in each for each in judging.faults("hubspot.crm.contacts", "SimplePublicObject", given))
    assert not judging.faults("hubspot.crm.contacts", "SimplePublicObject", right)
