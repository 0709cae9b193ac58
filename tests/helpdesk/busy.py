"""An account in which a bit of everything was done, and what its clients see: for tests that copy accounts.

Not a test itself.
"""

from dataclasses import dataclass
from typing import Any

from tests.helpdesk.inside import Inside, Own

ANN = "ann@customers.example.com"
SPAMMER = "spam@customers.example.com"
MAIL = b"From: Bo <bo@customers.example.com>\r\nSubject: Mailed\r\nMessage-ID: <m1@bo>\r\n\r\nIt broke"
SPAM = MAIL.replace(b"bo@customers", b"spam@customers").replace(b"<m1@bo>", b"<m2@spam>")
HOOK = {"name": "h", "endpoint": "https://hooks.example.com", "http_method": "POST", "request_format": "json",
        "status": "active", "subscriptions": ["conditional_ticket_events"]}  # fmt: skip
NEW = {"all": [{"field": "update_type", "value": "Create"}], "any": []}
SLOW_S = 120.0
"""How long after all that the search is asked, so that it has learnt of it."""
LISTS = (
    "tickets", "deleted_tickets", "users", "deleted_users", "groups", "organizations", "group_memberships",
    "organization_memberships", "ticket_fields", "user_fields", "organization_fields", "ticket_forms",
    "custom_statuses", "triggers", "webhooks", "suspended_tickets", "satisfaction_ratings", "tags", "brands",
    "search?query=broke", "search?query=created>2020-01-01", "incremental/tickets/cursor?start_time=0",
    "incremental/tickets?start_time=0", "incremental/ticket_events?start_time=0", "incremental/users?start_time=0",
    "incremental/organizations?start_time=0", "users/search?query=ann",
)  # fmt: skip
OF_TICKET = ("", "/comments", "/audits", "/metrics", "/side_conversations", "/collaborators", "/tags")


@dataclass
class Busy:
    """The account, and what a test asks it for."""

    own: Own
    ann: int
    ticket: int
    lagging: int
    """A ticket that the search has not learnt of yet."""
    token: str
    """An upload that no comment has used."""
    used: str
    """One that a comment has."""
    content: str
    """The address of the used file."""
    job: str
    webhook: str
    keyed: int
    """The ticket that was made under the key `k`."""


def busy(inside: Inside, name: str = "") -> Busy:
    """Do a bit of everything in an account, by its clients' calls alone."""
    own = Own(inside, name)
    webhook = _webhooks(own)
    ann = _people(own)
    used, content, ticket = _talk(own)
    _bin(own)
    token = _done(own, "POST", "/uploads?filename=later.txt", content=b"later")["upload"]["token"]
    for mail in (MAIL, SPAM):
        _done(own, "POST", "/inbound_email", content=mail)
    keyed = _done(own, "POST", "/tickets", {"ticket": KEYED}, key="k")["ticket"]["id"]
    job = _done(own, "POST", "/tickets/create_many", {"tickets": [KEYED]})["job_status"]["id"]
    inside.clock.advance(SLOW_S)
    assert own.ask("GET", "/search", query="type:ticket broke").body["count"]
    lagging = own.made("ticket", subject="Just now", comment={"body": "a latecomer"})["id"]
    return Busy(own, ann, ticket, lagging, token, used, content, job, webhook, keyed)


KEYED = {"subject": "Keyed", "comment": {"body": "It broke"}, "requester": {"name": "Ann", "email": ANN}}


def _done(own: Own, method: str, path: str, body: Any = None, **more: Any) -> Any:
    answer = own.ask(method, path, body, **more)
    assert answer.status < 300, (method, path, answer.body)
    return answer.body


def _webhooks(own: Own) -> str:
    webhook = str(own.made("webhook", **HOOK)["id"])
    told = [{"field": "notification_webhook", "value": [webhook, '{"id": {{ticket.id}}}']}]
    own.made("trigger", title="tell", conditions=NEW, actions=told)
    return webhook


def _people(own: Own) -> int:
    """Users of every kind; the id of the one who asks."""
    field = {"type": "text", "title": "Seats", "key": "seats"}
    _done(own, "POST", "/user_fields", {"user_field": field})
    _done(own, "POST", "/organization_fields", {"organization_field": field})
    own.made("organization", name="Acme", external_id="acme", domain_names=["acme.example.com"])
    own.made("group", name="Night shift")
    ann = own.made("user", name="Ann", email=ANN, external_id="ann", user_fields={"seats": "3"})
    _done(own, "POST", f"/users/{ann['id']}/identities", {"identity": {"type": "phone_number", "value": "+1555"}})
    own.made("user", name="Al", email="al@acme.example.com", role="agent")
    own.made("user", name="Spam", email=SPAMMER, suspended=True)
    for name, deeds in (("gone", 1), ("forgotten", 2)):
        number = own.made("user", name=name, email=f"{name}@customers.example.com")["id"]
        for path in ("/users", "/deleted_users")[:deeds]:
            _done(own, "DELETE", f"{path}/{number}")
    agent = _done(own, "GET", "/users/me")["user"]["id"]
    _done(own, "PUT", f"/users/{agent}", {"user": {"phone": "+1777"}})
    return int(ann["id"])


def _talk(own: Own) -> tuple[str, str, int]:
    """A ticket with all that may hang on one; the token and the address of its file."""
    _done(own, "POST", "/ticket_fields", {"ticket_field": {"type": "text", "title": "Size", "key": "size"}})
    forms = _done(own, "GET", "/ticket_forms")["ticket_forms"]
    _done(own, "PUT", f"/ticket_forms/{forms[0]['id']}", {"ticket_form": {"name": "The usual"}})
    statuses = _done(own, "GET", "/custom_statuses")["custom_statuses"]
    _done(own, "PUT", f"/custom_statuses/{statuses[0]['id']}", {"custom_status": {"agent_label": "Fresh"}})
    upload = _done(own, "POST", "/uploads?filename=a.txt", content=b"abc")["upload"]
    said = {"body": "It broke", "uploads": [upload["token"]]}
    ticket = own.made("ticket", subject="Help", comment=said, external_id="order-1", tags=["vip"], priority="high",
                      requester={"name": "Ann", "email": ANN}, collaborators=["al@acme.example.com"])  # fmt: skip
    path = f"/tickets/{ticket['id']}"
    _done(own, "PUT", path, {"ticket": {"comment": {"body": "Solved?"}, "status": "solved"}})
    rating = {"satisfaction_rating": {"score": "good", "comment": "Quick"}}
    _done(own.like(ANN), "POST", f"{path}/satisfaction_rating", rating)
    message = {"subject": "Parts", "body": "Do you have it?", "to": [{"email": "supplier@partners.example.com"}]}
    _done(own, "POST", f"{path}/side_conversations", {"message": message})
    return upload["token"], upload["attachment"]["content_url"], ticket["id"]


def _bin(own: Own) -> None:
    for deeds in (1, 2):
        number = own.made("ticket", **KEYED)["id"]
        for path in ("/tickets", "/deleted_tickets")[:deeds]:
            _done(own, "DELETE", f"{path}/{number}")


def seen(one: Busy, own: Own | None = None) -> dict[str, Any]:
    """What clients see of an account; `own` asks another account the same."""
    own = own or one.own
    paths = [*(f"/{each}" for each in LISTS), *(f"/tickets/{one.ticket}{each}" for each in OF_TICKET)]
    paths += [f"/users/{one.ann}/identities", f"/webhooks/{one.webhook}/invocations"]
    return {path: own.ask("GET", path).body for path in paths}
