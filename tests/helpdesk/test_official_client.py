"""The helpdesk through zenpy, unmodified, over TLS with the throwaway authority; the rest over plain HTTP."""

import io
from typing import Any

import pytest
import requests
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Ticket, User
from zenpy.lib.exception import APIException, RecordNotFoundException

from fakes.plugin import Fakes
from harness.clock import block
from tests.helpdesk.conftest import LAG_S


def ticket(marker: str, **more: Any) -> dict[str, Any]:
    requester = {"name": f"Ann {marker}", "email": f"{marker}@customers.example.com"}
    return {"ticket": {"subject": "Help", "comment": {"body": "It broke"}, "requester": requester, **more}}


def test_a_ticket_with_a_file_is_made_read_answered_and_found(client: Zenpy, served: Fakes, marker: str) -> None:
    """Byte-exact, in the group that was looked up by name, one effect for each change."""
    groups = {each.name: each.id for each in client.groups()}
    assert list(groups) == ["Billing", "Technical", "Account access", "General"]
    upload = client.attachments.upload(io.BytesIO(b"\x00\xff" * 9), target_name="shot.png", content_type="image/png")
    given = Ticket(
        subject="Help", requester=User(name=f"Ann {marker}", email=f"{marker}@customers.example.com"),
        comment=Comment(body="It broke", uploads=[upload.token]), priority="urgent", group_id=groups["Account access"],
        external_id=marker, tags=["app"],
    )  # fmt: skip
    made = client.tickets.create(given).ticket
    assert (made.status, made.priority, made.external_id) == ("new", "urgent", marker)
    (comment,) = list(client.tickets.comments(made))
    (file,) = comment.attachments
    content = requests.get(file.content_url, timeout=10, proxies={"http": ""}).content
    assert (file.file_name, content) == ("shot.png", b"\x00\xff" * 9)
    made.comment = Comment(body="Me again", public=True)
    client.tickets.update(made)
    block(LAG_S)
    assert [each.id for each in client.search(type="ticket", external_id=marker)] == [made.id]
    created, updated = served.effects("helpdesk.ticket", object=str(made.id))
    assert (created["op"], created["person"], updated["op"]) == ("create", marker, "update")
    assert created["values"]["group"] == "Account access"
    assert created["values"]["attachments"][0]["size"] == 18
    assert created["ids"][0] == str(made.requester_id)


def test_errors_arrive_as_the_clients_own(client: Zenpy, marker: str) -> None:
    """404 is RecordNotFound, 422 carries details."""
    with pytest.raises(RecordNotFoundException):
        client.tickets(id=1)
    with pytest.raises(APIException) as refused:
        client.tickets.create(Ticket(subject=marker, comment=Comment(body="x"), priority="asap"))
    body = refused.value.response.json()
    assert refused.value.response.status_code == 422
    assert (body["error"], list(body["details"])) == ("RecordInvalid", ["priority"])


def test_users_are_made_or_updated(client: Zenpy, marker: str) -> None:
    """By e-mail; the search for users learns late as well."""
    email = f"{marker}@customers.example.com"
    first = client.users.create_or_update(User(name="Ann", email=email))
    again = client.users.create_or_update(User(name="Anna", email=email))
    assert (first.id, again.name) == (again.id, "Anna")
    block(LAG_S)
    assert [each.id for each in client.users.search(query=email)] == [first.id]


def test_an_idempotency_key_makes_one_ticket(served: Fakes, http: requests.Session, marker: str) -> None:
    """miss, then hit with the same body; another body is a 400; one effect in all."""
    url, key = f"{served.url('helpdesk')}/api/v2/tickets.json", {"Idempotency-Key": f"k-{marker}"}
    first, again = (http.post(url, json=ticket(marker), headers=key, timeout=10) for _ in range(2))
    other = http.post(url, json=ticket(marker, priority="low"), headers=key, timeout=10)
    assert [each.headers["x-idempotency-lookup"] for each in (first, again)] == ["miss", "hit"]
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert (other.status_code, other.json()["error"]) == (400, "IdempotentRequestError")
    assert len(served.effects("helpdesk.ticket", person=marker)) == 1


def test_a_lost_reply_is_mended_by_the_key_and_doubled_without(
    served: Fakes, http: requests.Session, marker: str
) -> None:
    """The reason why keys exist."""
    url = f"{served.url('helpdesk')}/api/v2/tickets"
    fault = {"person": marker, "fake": "helpdesk", "kind": "lost_reply", "sink": "helpdesk.ticket", "times": 2}
    served.control("POST", "/faults", faults=[fault])
    for headers in ({"Idempotency-Key": marker}, {}):
        with pytest.raises(requests.ConnectionError):
            http.post(url, json=ticket(marker), headers=headers, timeout=10)
    assert http.post(url, json=ticket(marker), headers={"Idempotency-Key": marker}, timeout=10).status_code == 201
    assert len(served.effects("helpdesk.ticket", person=marker, op="create")) == 2


def test_lists_show_many_and_paths_with_and_without_json(served: Fakes, http: requests.Session, marker: str) -> None:
    """By external id, by ids, by page and by cursor."""
    base = f"{served.url('helpdesk')}/api/v2"
    made = [
        http.post(f"{base}/tickets", json=ticket(marker, external_id=marker), timeout=10).json()["ticket"]["id"]
        for _ in range(3)
    ]
    listed = http.get(f"{base}/tickets.json", params={"external_id": marker}, timeout=10).json()
    many = http.get(f"{base}/tickets/show_many.json", params={"ids": f"{made[0]},{made[2]},1"}, timeout=10).json()
    two: dict[str, str | int] = {"external_id": marker, "page[size]": 2}
    paged = http.get(f"{base}/tickets", params=two, timeout=10).json()
    shown = http.get(f"{base}/tickets/{made[1]}.json", timeout=10)
    one = shown.json()
    assert served.records("received", call=shown.headers["X-Request-Id"])[0]["path"].endswith(f"{made[1]}.json")
    assert ([each["id"] for each in listed["tickets"]], listed["count"]) == (made, 3)
    assert [each["id"] for each in many["tickets"]] == [made[0], made[2]]
    assert ([each["id"] for each in paged["tickets"]], paged["meta"]["has_more"]) == (made[:2], True)
    assert one["ticket"]["id"] == made[1]


def test_a_wrong_token_broken_json_and_unknown_paths(served: Fakes, http: requests.Session, marker: str) -> None:
    """401, 422, 400 and 404 in the vendor's words."""
    base = f"{served.url('helpdesk')}/api/v2"
    stranger = requests.post(f"{base}/tickets", json=ticket(marker), auth=("x", "y"), timeout=10, proxies={"http": ""})
    assert (stranger.status_code, stranger.json()) == (401, {"error": "Couldn't authenticate you"})
    answers = [
        http.post(f"{base}/tickets", data=b"{", timeout=10),
        http.post(f"{base}/tickets", json={"subject": "x"}, timeout=10),
        http.get(f"{base}/unicorns", timeout=10),
    ]
    assert [each.status_code for each in answers] == [422, 400, 404]
    assert not served.effects("helpdesk.ticket", person=marker)


FAILURES = [("rate_limited", 429, "3"), ("invalid", 422, None), ("server_error", 500, None)]


@pytest.mark.parametrize(("kind", "status", "wait"), FAILURES, ids=[kind for kind, _, _ in FAILURES])
def test_planned_failures_wear_the_vendors_clothes(
    served: Fakes, http: requests.Session, marker: str, kind: str, status: int, wait: str | None
) -> None:
    """The body is the helpdesk's own, 429 says when to come back, and nothing is made."""
    fault = {"person": marker, "fake": "helpdesk", "kind": kind, "retry_after_s": 3 if wait else None}
    served.control("POST", "/faults", faults=[fault])
    answer = http.post(f"{served.url('helpdesk')}/api/v2/tickets", json=ticket(marker), timeout=10)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, wait)
    assert answer.json()["error"]
    assert not served.effects("helpdesk.ticket", person=marker)


def test_an_agent_acts_on_a_persons_ticket(served: Fakes, http: requests.Session, marker: str) -> None:
    """A reply and a solution are effects without a call."""
    url = f"{served.url('helpdesk')}/api/v2/tickets"
    made = http.post(url, json=ticket(marker), timeout=10).json()["ticket"]["id"]
    for act in ("reply", "solve_ticket"):
        served.control("POST", "/acts", person=marker, fake="helpdesk", act=act)
    effects = served.effects("helpdesk.ticket", object=str(made))
    assert [each["values"]["status"] for each in effects] == ["new", "pending", "solved"]
