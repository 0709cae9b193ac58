"""How each vendor is spoken to, as far as the suite needs: one object created, shown and refused."""

import base64
from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from fakes.view import Fakes
from harness.target.declared import Declared
from tests.conformance_fakes.stand import Ask, Case

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
XML = {"content-type": "application/xml"}


def _json(path: str, body: Any, **headers: str) -> Ask:
    return Ask("POST", path, {**JSON, **headers}, orjson.dumps(body))


def _body(answer: httpx.Response) -> Any:
    try:
        return orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return None


def _of(answer: httpx.Response) -> Mapping[str, Any]:
    body = _body(answer)
    return body if isinstance(body, dict) else {}


# -- payments ---------------------------------------------------------------------------------------------------


def _customer(marker: str, number: int) -> Ask:
    text = f"email={marker}%40customers.example.com&name=Ann&metadata[n]={number}"
    return Ask("POST", "/v1/customers", FORM, text.encode())


PAYMENTS = Case(
    name="payments",
    module="payments",
    sink="payments.customer",
    credentials=lambda fakes: {"authorization": f"Bearer {fakes.key('payments', 'secret_key')}"},
    create=_customer,
    id_of=lambda answer: str(answer.json()["id"]),
    show=lambda fakes, object_id: Ask("GET", f"/v1/customers/{object_id}"),
    is_shown=lambda answer, object_id: answer.status_code == 200 and _of(answer).get("id") == object_id,
    is_refusal=lambda answer: answer.status_code >= 400 and "type" in _of(answer).get("error", {}),
    unknown=Ask("GET", "/v1/nonsense"),
    malformed=Ask("POST", "/v1/customers", FORM, b"metadata[a=1&metadata[a][b]=2&metadata[a]=3&nonsense[=%"),
    wrong_type=Ask("POST", "/v1/customers", JSON, b'{"email": "a@b.example"}'),
    content_type=FORM["content-type"],
    wrong_credentials={"authorization": "Bearer nonsense"},
    accounts=(
        {"authorization": "Bearer sk_test_conformanceaccountone"},
        {"authorization": "Bearer sk_test_conformanceaccounttwo"},
    ),
)


# -- CRM --------------------------------------------------------------------------------------------------------


def _contact(marker: str, number: int) -> Ask:
    values = {"email": f"{marker}.{number}@customers.example.com", "firstname": "Ann"}
    return _json("/crm/v3/objects/contacts", {"properties": values})


CRM = Case(
    name="crm",
    module="crm",
    sink="crm.contact",
    credentials=lambda fakes: {"authorization": f"Bearer {fakes.key('crm', 'token')}"},
    create=_contact,
    id_of=lambda answer: str(answer.json()["id"]),
    show=lambda fakes, object_id: Ask("GET", f"/crm/v3/objects/contacts/{object_id}"),
    is_shown=lambda answer, object_id: answer.status_code == 200 and _of(answer).get("id") == object_id,
    is_refusal=lambda answer: answer.status_code >= 400 and _of(answer).get("status") == "error",
    unknown=Ask("GET", "/crm/v3/nonsense"),
    malformed=Ask("POST", "/crm/v3/objects/contacts", JSON, b'{"properties": {"email": '),
    wrong_type=Ask("POST", "/crm/v3/objects/contacts", XML, b"<contact><email>a@b.example</email></contact>"),
    wrong_credentials={"authorization": "Bearer nonsense"},
    accounts=(
        {"authorization": "Bearer pat-conformance.one"},
        {"authorization": "Bearer pat-conformance.two"},
    ),
    settings={"token": "pat-conformance"},
)


# -- helpdesk ---------------------------------------------------------------------------------------------------


HELPDESK_TOKEN = "token-of-the-conformance-suite"


def _basic(fakes: Fakes) -> Mapping[str, str]:
    place = fakes.public["helpdesk"]
    shown = base64.b64encode(f"{place['email']}/token:{place['token']}".encode()).decode()
    return {"authorization": f"Basic {shown}"}


def _ticket(marker: str, number: int) -> Ask:
    requester = {"name": "Ann", "email": f"{marker}@customers.example.com"}
    asked = {"subject": f"Number {number}", "comment": {"body": "Nothing arrived."}, "requester": requester}
    return _json("/api/v2/tickets.json", {"ticket": asked})


HELPDESK = Case(
    name="helpdesk",
    module="helpdesk",
    sink="helpdesk.ticket",
    credentials=_basic,
    create=_ticket,
    id_of=lambda answer: str(answer.json()["ticket"]["id"]),
    show=lambda fakes, object_id: Ask("GET", f"/api/v2/tickets/{object_id}.json"),
    is_shown=lambda answer, object_id: (
        answer.status_code == 200 and str(_of(answer).get("ticket", {}).get("id")) == object_id
    ),
    is_refusal=lambda answer: answer.status_code >= 400 and "error" in _of(answer),
    unknown=Ask("GET", "/api/v2/nonsense.json"),
    malformed=Ask("POST", "/api/v2/tickets.json", JSON, b'{"ticket": {"subject": '),
    wrong_type=Ask("POST", "/api/v2/tickets.json", XML, b"<ticket/>"),
    wrong_credentials={"authorization": "Bearer nonsense"},
    accounts=(
        {"authorization": f"Bearer {HELPDESK_TOKEN}.one"},
        {"authorization": f"Bearer {HELPDESK_TOKEN}.other"},
    ),
    settings={"token": HELPDESK_TOKEN},
)


# -- alerts -----------------------------------------------------------------------------------------------------


def _message(marker: str, number: int) -> Ask:
    return _json("/api/chat.postMessage", {"channel": "alerts", "text": f"{number} {marker}"})


ALERTS = Case(
    name="alerts",
    module="alerts",
    sink="alerts.chat",
    credentials=lambda fakes: {"authorization": f"Bearer {fakes.key('alerts', 'slack_token')}"},
    create=_message,
    id_of=lambda answer: str(answer.json()["ts"]),
    show=lambda fakes, object_id: Ask("GET", f"/api/conversations.replies?channel=alerts&ts={object_id}"),
    is_shown=lambda answer, object_id: any(each.get("ts") == object_id for each in _of(answer).get("messages", [])),
    is_refusal=lambda answer: _of(answer).get("ok") is False and isinstance(_of(answer).get("error"), str),
    unknown=Ask("POST", "/api/chat.nonsense"),
    malformed=Ask("POST", "/api/chat.postMessage", JSON, b'{"channel": "alerts", '),
    wrong_type=Ask("POST", "/api/chat.postMessage", XML, b"<message/>"),
    wrong_credentials={"authorization": "Bearer xoxb-nonsense"},
    accounts=(
        {"authorization": "Bearer xoxb-conformance.one"},
        {"authorization": "Bearer xoxb-conformance.two"},
    ),
    settings={"bot_token": "xoxb-conformance"},
)


# -- push -------------------------------------------------------------------------------------------------------


def _notification(marker: str, number: int) -> Ask:
    return _json("/--/api/v2/push/send", {"to": f"ExponentPushToken[{marker}]", "title": f"{number}"})


PUSH = Case(
    name="push",
    module="push",
    sink="push.notification",
    credentials=lambda fakes: {"authorization": f"Bearer {fakes.key('push', 'access_token')}"},
    create=_notification,
    id_of=lambda answer: str(answer.json()["data"]["id"]),
    show=lambda fakes, object_id: _json("/--/api/v2/push/getReceipts", {"ids": [object_id]}),
    is_shown=lambda answer, object_id: object_id in _of(answer).get("data", {}),
    is_refusal=lambda answer: answer.status_code >= 400 and "code" in _of(answer).get("errors", [{}])[0],
    unknown=Ask("GET", "/--/api/v2/push/nonsense"),
    malformed=Ask("POST", "/--/api/v2/push/send", JSON, b'{"to": '),
    wrong_type=Ask("POST", "/--/api/v2/push/send", XML, b"<message/>"),
    wrong_credentials={"authorization": "Bearer nonsense"},
    accounts=(
        {"authorization": "Bearer push-conformance.one"},
        {"authorization": "Bearer push-conformance.two"},
    ),
    settings={"receipt_lag_s": 0, "access_token": "push-conformance"},
)


# -- a vendor that a file declares --------------------------------------------------------------------------------


GENERIC_KEY = "key-of-the-conformance-suite"
LEADS = Declared.model_validate(
    {
        "prefix": "/api/v1",
        "hosts": ["api.leads.example"],
        "key": "header:Idempotency-Key",
        "auth": {"kind": "header", "name": "X-Api-Key"},
        "webhooks": {},
        "collections": {
            "person": {
                "path": "/people",
                "wrap": "person",
                "required": ["email"],
                "unique": ["ref"],
                "search": "/find",
            },
            "note": {"path": "/people/{person}/notes", "ids": "number"},
        },
    }
)


def _lead(marker: str, number: int) -> Ask:
    fields = {"email": f"{marker}@customers.example.com", "name": "Ann", "ref": f"{marker} {number}"}
    return _json("/api/v1/people", {"person": fields})


GENERIC = Case(
    name="leads",
    module="generic",
    declared=LEADS,
    sink="leads.person",
    credentials=lambda fakes: {"x-api-key": fakes.key("leads", "token")},
    create=_lead,
    id_of=lambda answer: str(answer.json()["person"]["id"]),
    show=lambda fakes, object_id: Ask("GET", f"/api/v1/people/{object_id}"),
    is_shown=lambda answer, object_id: (
        answer.status_code == 200 and _of(answer).get("person", {}).get("id") == object_id
    ),
    is_refusal=lambda answer: answer.status_code >= 400 and "code" in _of(answer).get("error", {}),
    unknown=Ask("GET", "/api/v1/nonsense"),
    malformed=Ask("POST", "/api/v1/people", JSON, b'{"person": '),
    wrong_type=Ask("POST", "/api/v1/people", XML, b"<person/>"),
    wrong_credentials={"x-api-key": "nonsense"},
    accounts=({"x-api-key": f"{GENERIC_KEY}.one"}, {"x-api-key": f"{GENERIC_KEY}.two"}),
    settings={"token": GENERIC_KEY},
)

CASES = (PAYMENTS, CRM, HELPDESK, ALERTS, PUSH, GENERIC)
