"""Whose call it is, also when nothing but an id is sent: for every kind of call that names a record."""

import re
from typing import Any

import httpx
import pytest

from fakes.plugin import Fakes
from harness.rng import Rng

WHEN = "2026-03-01T10:00:00Z"
V4, V3, DATED = "/crm/v4/associations", "/crm/v3/associations", "/crm/objects/2026-03"
BOTH = {"inputs": [{"from": {"id": "{deal}"}, "to": {"id": "{contact}"}}]}
TYPED = {"inputs": [{**BOTH["inputs"][0], "types": [{"associationTypeId": 3}]}]}
WORDY = {"inputs": [{**BOTH["inputs"][0], "type": "deal_to_contact"}]}
ONE = {"inputs": [{"id": "{contact}"}]}
BY_ID = {"propertyName": "hs_object_id", "operator": "EQ", "value": "{contact}"}
BELONGS = {"propertyName": "associations.contact", "operator": "IN", "values": ["{contact}"]}
CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/crm/v3/objects/contacts/{contact}", None),
    ("GET", f"{DATED}/0-1/{{contact}}", None),
    ("PATCH", "/crm/v3/objects/contact/{contact}", {"properties": {"firstname": "Bo"}}),
    ("POST", "/crm/v3/objects/contacts/batch/read", ONE),
    ("POST", f"{DATED}/contacts/batch/read", ONE),
    ("POST", "/crm/v3/objects/contacts/batch/update", {"inputs": [{"id": "{contact}", "properties": {}}]}),
    ("POST", "/crm/v3/objects/contacts/search", {"filterGroups": [{"filters": [BY_ID]}]}),
    ("POST", "/crm/v3/objects/deals/search", {"filterGroups": [{"filters": [BELONGS]}]}),
    ("POST", "/crm/v3/objects/notes", {
        "properties": {"hs_timestamp": WHEN},
        "associations": [{"to": {"id": "{contact}"}, "types": [{"associationTypeId": 202}]}],
    }),
    ("GET", "/crm/v3/objects/notes/{note}", None),
    ("GET", "/crm/v3/objects/deals/{deal}", None),
    ("PUT", "/crm/v4/objects/deals/{deal}/associations/default/contacts/{contact}", None),
    ("GET", "/crm/v4/objects/deal/{deal}/associations/contact", None),
    ("PUT", "/crm/v4/objects/deals/{deal}/associations/contacts/{contact}", [{"associationTypeId": 3}]),
    ("POST", f"{V4}/deals/contacts/batch/associate/default", BOTH),
    ("POST", f"{V4}/deals/contacts/batch/create", TYPED),
    ("POST", f"{V4}/deals/contacts/batch/read", {"inputs": [{"id": "{deal}"}]}),
    ("POST", f"{V4}/deals/contacts/batch/labels/archive", TYPED),
    ("POST", f"{V3}/deals/contacts/batch/create", WORDY),
    ("POST", f"{V3}/deals/contacts/batch/read", {"inputs": [{"id": "{deal}"}]}),
    ("GET", "/crm/v3/objects/deals/{deal}/associations/contacts", None),
    ("PUT", "/crm/v3/objects/deals/{deal}/associations/contacts/{contact}/deal_to_contact", None),
    ("DELETE", "/crm/v3/objects/deals/{deal}/associations/contacts/{contact}/deal_to_contact", None),
    ("POST", f"{V3}/deals/contacts/batch/archive", WORDY),
    ("POST", f"{V4}/deals/contacts/batch/archive", {"inputs": [{"from": {"id": "{deal}"}, "to": ONE["inputs"]}]}),
    ("DELETE", "/crm/v4/objects/deals/{deal}/associations/contacts/{contact}", None),
    ("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": "1", "objectIdToMerge": "{contact}"}),
    ("POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": "{gone}"}),
    ("POST", "/crm/v3/objects/contacts/batch/archive", ONE),
    ("DELETE", "/crm/v3/objects/deals/{deal}", None),
]  # fmt: skip


def filled(value: Any, ids: dict[str, str]) -> Any:
    """The value with ids in place of their names."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda match: ids[match.group(1)], value)
    if isinstance(value, dict):
        return {key: filled(inner, ids) for key, inner in value.items()}
    return [filled(inner, ids) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def person() -> str:
    """Whose records they are."""
    return Rng(5).marker("attribution")


@pytest.fixture(scope="module")
def ids(served: Fakes, person: str) -> dict[str, str]:
    """A contact and one more, with their marker; a deal and a note that carry none and were made with the contact."""
    token = {"authorization": f"Bearer {served.key('crm', 'token')}"}
    with httpx.Client(base_url=f"{served.url('crm')}/crm/v3/objects", headers=token, trust_env=False) as http:

        def made(kind: str, values: dict[str, str], type_id: int = 0) -> str:
            to = [{"to": {"id": found["contact"]}, "types": [{"associationTypeId": type_id}]}] if type_id else []
            return str(http.post(f"/{kind}", json={"properties": values, "associations": to}).json()["id"])

        found: dict[str, str] = {}
        found["contact"] = made("contacts", {"email": f"{person}@x.example.com"})
        found["gone"] = made("contacts", {"email": f"2.{person}@x.example.com"})
        found["deal"] = made("deals", {"dealname": "plain"}, 3)
        found["note"] = made("notes", {"hs_timestamp": WHEN}, 202)
    return found


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=[f"{n}-{m} {p}" for n, (m, p, _) in enumerate(CALLS)])
def test_a_call_that_names_only_an_id_is_its_persons(
    served: Fakes, http: httpx.Client, ids: dict[str, str], person: str, method: str, path: str, body: Any
) -> None:
    """By what was received and by every effect of the call."""
    answer = http.request(method, filled(path, ids), json=filled(body, ids))
    assert answer.status_code < 500
    received = [each for each in served.records("received") if each["path"] == filled(path, ids)][-1]
    assert (received["person"], received["markers"]) == (person, [])
    assert {each["person"] for each in served.records("effect", call=received["call"])} <= {person}


def test_an_id_that_looks_like_a_price_names_nobody(served: Fakes, http: httpx.Client, ids: dict[str, str]) -> None:
    """A number is an id only where its place says so."""
    answer = http.post("/crm/v3/objects/deals", json={"properties": {"amount": ids["contact"]}})
    assert answer.status_code == 201
    assert served.records("received", operation="POST /crm/v3/objects/deals")[-1]["person"] is None
