"""What is asked of each fake when it is measured: bodies, paths and credentials, each object somebody new's.

Used by `bench.fakes`; knows how the vendors are spoken to, and nothing of time.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from harness.rng import MARKER_ALPHABET

WORDS = "It says paid, but nothing arrived. I tried again on another phone and it is the same there. "
TOKENS = {"payments": "secret_key", "crm": "token", "alerts": "slack_token", "push": "access_token"}


@dataclass(slots=True)
class Numbers:
    """Serial numbers, each in the shape of a marker, so that every object belongs to somebody new."""

    last: int = 0

    def next(self) -> tuple[int, str]:
        """The next number and its marker."""
        self.last += 1
        text, rest = "", self.last
        for _ in range(12):
            rest, digit = divmod(rest, len(MARKER_ALPHABET))
            text = MARKER_ALPHABET[digit] + text
        return self.last, "hx" + text


Form = Callable[[int, str], tuple[bytes, dict[str, str]]]


def _form(body: dict[str, str], number: int) -> tuple[bytes, dict[str, str]]:
    headers = {"content-type": "application/x-www-form-urlencoded", "idempotency-key": f"bench-{number}"}
    return urlencode(body).encode(), headers


def _json(body: Any) -> tuple[bytes, dict[str, str]]:
    return json.dumps(body).encode(), {"content-type": "application/json"}


def customer(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """A customer of the payment provider."""
    email = f"{marker}@customers.example.com"
    return _form({"email": email, "name": "Ann Example", "metadata[account_id]": f"acc_{number}"}, number)


def charge(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """A payment that succeeds at once."""
    body = {"amount": "900", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    back = {"return_url": "https://example.com", "metadata[order_id]": marker}
    return _form(body | back, number)


def contact(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """A contact in the CRM."""
    email = f"{marker}@customers.example.com"
    values = {
        "email": email,
        "firstname": "Ann",
        "lastname": "Example",
        "lifecyclestage": "lead",
        "company": "Example Ltd",
    }
    return _json({"properties": values})


def ticket(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """A ticket of the helpdesk, with the key that a careful client sends; the agent speaks for the customer."""
    return _ticket(number, {"subject": f"I paid and see nothing ({marker})"})


def first_ticket(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """The same of somebody new, who becomes a user with it."""
    asker = {"name": "Ann Example", "email": f"{marker}@customers.example.com"}
    return _ticket(number, {"subject": "I paid and see nothing", "requester": asker})


def _ticket(number: int, more: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    asked = {**more, "comment": {"body": WORDS * 2}, "priority": "normal", "external_id": f"ticket-{number}"}
    body, headers = _json({"ticket": asked})
    return body, {**headers, "idempotency-key": f"bench-{number}"}


def upsert(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """A contact in the CRM that a careful client creates by its e-mail, so that a repeat is no second one."""
    email = f"{marker}@customers.example.com"
    one = {"id": email, "idProperty": "email", "properties": {"email": email, "firstname": "Ann"}}
    return _json({"inputs": [one]})


def search(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """Looks for somebody in the CRM who is not there."""
    wanted = {"propertyName": "email", "operator": "EQ", "value": f"{marker}@customers.example.com"}
    return _json({"filterGroups": [{"filters": [wanted]}], "properties": ["email"], "limit": 10})


def user(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """Somebody in the helpdesk, found or made by their e-mail."""
    return _json({"user": {"name": "Ann Example", "email": f"{marker}@customers.example.com"}})


def message(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """A message in a chat's channel."""
    return _json({"channel": "alerts", "text": f"Dead letter: crm for {marker}@customers.example.com"})


def hooked(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """The same through the chat's webhook."""
    return _json({"text": f"Dead letter: crm for {marker}@customers.example.com"})


def notification(number: int, marker: str) -> tuple[bytes, dict[str, str]]:
    """A notification to a phone of its own."""
    return _json({"to": f"ExponentPushToken[{marker}]", "title": "Paid", "body": "Your order is on its way."})


@dataclass(frozen=True, slots=True)
class Create:
    """One kind of call to measure, nearly always one that creates."""

    name: str
    fake: str
    path: str
    """Empty: the address is a secret that the fake tells at its start."""
    form: Form

    def where(self, public: dict[str, Any]) -> str:
        """The path at a fake that told this."""
        return self.path or urlsplit(public[self.fake]["slack_url"]).path


CREATES = (
    Create("payments, customer", "payments", "/v1/customers", customer),
    Create("payments, charge", "payments", "/v1/payment_intents", charge),
    Create("crm, contact", "crm", "/crm/v3/objects/contacts", contact),
    Create("crm, upsert of one", "crm", "/crm/v3/objects/contacts/batch/upsert", upsert),
    Create("crm, search by e-mail", "crm", "/crm/v3/objects/contacts/search", search),
    Create("helpdesk, ticket", "helpdesk", "/api/v2/tickets", ticket),
    Create("helpdesk, ticket and user", "helpdesk", "/api/v2/tickets", first_ticket),
    Create("helpdesk, user", "helpdesk", "/api/v2/users/create_or_update", user),
    Create("alerts, message", "alerts", "/api/chat.postMessage", message),
    Create("alerts, webhook", "alerts", "", hooked),
    Create("push, notification", "push", "/--/api/v2/push/send", notification),
)


def credentials(public: dict[str, Any], fake: str) -> str:
    """What to say in the header `authorization`."""
    part = public[fake]
    if fake in TOKENS:
        return f"Bearer {part[TOKENS[fake]]}"
    return "Basic " + b64encode(f"{part['email']}/token:{part['token']}".encode()).decode()
