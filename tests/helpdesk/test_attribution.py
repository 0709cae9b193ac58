"""Whose call is it: also when it names a person's objects by id alone, on every route that can."""

from typing import Any

import pytest

from tests.helpdesk.inside import Inside

ANN, BOB = "hxaaaaaaaaaaaa", "hxbbbbbbbbbbbb"


def _person(inside: Inside, marker: str) -> dict[str, Any]:
    """Somebody's records; every call that makes them carries the marker or an id of theirs."""
    email = f"{marker}@customers.example.com"
    upload = inside.ask("POST", "/uploads", filename=f"{marker}.txt", content=b"a").body["upload"]
    asked = {"subject": "Help", "comment": {"body": "It broke", "uploads": [upload["token"]]}, "tags": ["a"],
             "requester": {"name": "Somebody", "email": email}}  # fmt: skip
    ticket = inside.ask("POST", "/tickets", {"ticket": asked}).body["ticket"]
    path = f"/tickets/{ticket['id']}"
    comment = inside.ask("GET", f"{path}/comments").body["comments"][0]
    message = {"body": "Have you got one?", "to": [{"email": "parts@x.example.com"}]}
    side = inside.ask("POST", f"{path}/side_conversations", {"message": message}).body["side_conversation"]
    job = inside.ask("PUT", "/tickets/update_many", {"ticket": {"priority": "low"}}, ids=ticket["id"]).body[
        "job_status"
    ]
    found = inside.ask("POST", f"/users/{ticket['requester_id']}/identities",
                       {"identity": {"type": "email", "value": f"2.{email}"}}).body["identity"]  # fmt: skip
    suspended = inside.user("Mallory", email=f"mallory.{email}", suspended=True)
    kept = inside.ask("POST", "/requests", {"request": {"comment": {"body": marker}}}, user=suspended["email"])
    second = inside.ask("POST", "/uploads", filename=f"{marker}.txt", content=b"b").body["upload"]
    organization = inside.ask("POST", "/organizations", {"organization": {"name": marker}}).body["organization"]
    joining = {"user_id": ticket["requester_id"], "organization_id": organization["id"]}
    joined = inside.ask("POST", "/organization_memberships", {"organization_membership": joining})
    return {
        "ticket": ticket["id"], "user": ticket["requester_id"], "audit": comment["audit_id"], "comment": comment["id"],
        "file": comment["attachments"][0]["id"], "side": side["id"], "job": job["id"], "identity": found["id"],
        "suspended": kept.body["suspended_ticket"]["id"], "token": second["token"], "organization": organization["id"],
        "membership": joined.body["organization_membership"]["id"], "metric": ticket["id"] + 10**11,
    }  # fmt: skip


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/tickets/{ticket}", None),
    ("PUT", "/tickets/{ticket}", {"ticket": {"priority": "high"}}),
    ("GET", "/tickets/show_many?ids={ticket},1", None),
    ("PUT", "/tickets/update_many?ids=1,{ticket}", {"ticket": {"priority": "low"}}),
    ("PUT", "/tickets/update_many", {"tickets": [{"id": "{ticket}", "priority": "low"}]}),
    ("POST", "/tickets", {"ticket": {"comment": {"body": "x"}, "requester_id": "{user}"}}),
    ("POST", "/tickets", {"ticket": {"comment": {"body": "x", "uploads": ["{token}"]}}}),
    ("POST", "/tickets/1/merge", {"ids": ["{ticket}"]}),
    ("GET", "/tickets/{ticket}/comments", None),
    ("PUT", "/tickets/{ticket}/comments/{comment}/make_private", None),
    ("GET", "/tickets/{ticket}/audits/{audit}", None),
    ("GET", "/ticket_metrics/{metric}", None),
    ("GET", "/attachments/{file}", None),
    ("DELETE", "/uploads/{token}", None),
    ("GET", "/job_statuses/{job}", None),
    ("GET", "/job_statuses/show_many?ids={job}", None),
    ("GET", "/users/{user}", None),
    ("GET", "/users/show_many?ids={user}", None),
    ("PUT", "/users/1/merge", {"user": {"id": "{user}"}}),
    ("GET", "/users/{user}/tickets/requested", None),
    ("GET", "/users/1/identities/{identity}", None),
    ("POST", "/organization_memberships", {"organization_membership": {"user_id": "{user}", "organization_id": 1}}),
    ("GET", "/organization_memberships/{membership}", None),
    ("GET", "/organizations/{organization}", None),
    ("GET", "/suspended_tickets/{suspended}", None),
    ("PUT", "/suspended_tickets/recover_many?ids={suspended}", None),
    ("POST", "/tickets/{ticket}/side_conversations", {"message": {"body": "x", "to": [{"email": "p@x.example.com"}]}}),
    ("GET", "/tickets/1/side_conversations/{side}", None),
    ("GET", "/search?query=requester:{user}", None),
    ("GET", "/search?query=type:ticket+{ticket}", None),
    ("GET", "/requests/{ticket}", None),
    ("PUT", "/requests/{ticket}", {"request": {"solved": True}}),
    ("DELETE", "/tickets/{ticket}", None),
    ("PUT", "/deleted_tickets/{ticket}/restore", None),
    ("GET", "/tickets/{ticket}.json", None),
]


def _with(value: Any, names: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _with(inner, names) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with(inner, names) for inner in value]
    if isinstance(value, str) and value.startswith("{"):
        return names[value.strip("{}")]
    return value


def test_ids_alone_say_whose_call_it_is(inside: Inside) -> None:
    """Ann's ids are Ann's calls and Bob's are Bob's, whatever the route; nobody's are nobody's."""
    people = {marker: _person(inside, marker) for marker in (ANN, BOB)}
    for method, path, body in CALLS:
        for marker, names in people.items():
            call = inside.ask(method, path.format(**names), _with(body, names)).call
            assert call.person == marker, (method, path, marker, call.ids)
    assert inside.ask("GET", "/tickets/1").call.person is None
    assert inside.ask("GET", "/groups").call.person is None


@pytest.mark.parametrize("reply", ["<{ticket}@helpdesk>", "<{ticket}_sent@helpdesk.example.com>"])
def test_a_mail_without_a_marker_is_the_persons_whose_ticket_it_answers(inside: Inside, reply: str) -> None:
    """The message id that it answers says so."""
    ticket = _person(inside, ANN)["ticket"]
    raw = f"From: agent@helpdesk.example.com\nTo: x@y.example.com\nIn-Reply-To: {reply.format(ticket=ticket)}\n\nSoon"
    answer = inside.ask("POST", "/inbound_email", content=raw.encode(), user=None)
    assert (answer.call.person, answer.body["ticket_id"]) == (ANN, ticket)
    assert inside.effects[-1][2] == ANN


def test_effects_without_a_marker_belong_to_the_owner(inside: Inside) -> None:
    """A bulk call over two people's tickets leaves each their own effect."""
    tickets = [_person(inside, marker)["ticket"] for marker in (ANN, BOB)]
    given = [{"id": each, "priority": "urgent"} for each in tickets]
    answer = inside.ask("PUT", "/tickets/update_many", {"tickets": given})
    assert answer.call.owners == (ANN, BOB)
    assert [person for _, _, person, _ in inside.effects[-2:]] == [ANN, BOB]
