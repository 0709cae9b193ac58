"""The helpdesk through `node-zendesk`, unmodified, in Node."""

from pathlib import Path
from typing import Any

from fakes.plugin import Fakes
from harness.clock import block
from tests.helpdesk.conftest import LAG_S
from tests.nodes import play

SCRIPT = Path(__file__).parent / "client.cjs"


def said(served: Fakes, *steps: list[Any], **settings: Any) -> list[Any]:
    """What came of each step; a call with an answer says `result`."""
    client = {
        "username": served.key("helpdesk", "email"), "token": served.key("helpdesk", "token"),
        "endpointUri": f"{served.url('helpdesk')}/api/v2", **settings,
    }  # fmt: skip
    answer: list[Any] = play(SCRIPT, {"client": client, "steps": steps})
    return answer


def test_tickets_are_made_changed_listed_and_thrown_away(served: Fakes, marker: str) -> None:
    """One effect for each change; the client reads tickets, comments, tags and audits out of the answers."""
    ticket = {"subject": marker, "comment": {"body": "It broke"}, "external_id": marker,
              "requester": {"name": "Ann", "email": f"{marker}@customers.example.com"}}  # fmt: skip
    made, changed, comments, _, audits, listed, gone = said(
        served,
        ["tickets.create", {"ticket": ticket}],
        [
            "tickets.update",
            "$0.result.id",
            {"ticket": {"priority": "high", "comment": {"body": "Soon", "public": False}}},
        ],
        ["tickets.getComments", "$0.result.id"],
        ["tickets.addTags", "$0.result.id", {"tags": ["seen"]}],
        ["tickets.exportAudit", "$0.result.id"],
        ["tickets.listByUserRequested", "$0.result.requester_id"],
        ["tickets.delete", "$0.result.id"],
    )
    number = made["result"]["id"]
    assert (changed["result"]["priority"], [each["public"] for each in comments]) == ("high", [True, False])
    assert len(audits) == 3
    assert [(each["id"], each["tags"]) for each in listed] == [(number, ["seen"])]
    assert "error" not in gone
    ops = [each["op"] for each in served.effects("helpdesk.ticket", object=str(number))]
    assert ops == ["create", "update", "update", "delete"]


def test_people_organizations_and_jobs(served: Fakes, marker: str) -> None:
    """Made or changed by e-mail, suspended, merged; a job is watched by the client until it is completed."""
    email = f"{marker}@customers.example.com"
    user, again, organization, tagged, job, watched = said(
        served,
        ["users.createOrUpdate", {"user": {"name": "Ann", "email": email}}],
        ["users.createOrUpdate", {"user": {"name": "Anna", "email": email}}],
        ["organizations.create", {"organization": {"name": marker}}],
        ["users.setTags", "$0.result.id", {"tags": ["vip"]}],
        ["tickets.createMany", {"tickets": [{"subject": marker, "comment": {"body": "a"}}, {"subject": marker}]}],
        ["jobstatuses.watch", "$4.result.job_status.id", 50, 40],
    )
    assert (again["result"]["id"], again["result"]["name"]) == (user["result"]["id"], "Anna")
    assert (organization["result"]["name"], job["result"]["job_status"]["status"]) == (marker, "queued")
    assert tagged["result"]["tags"] == ["vip"]
    assert [sorted(each) for each in watched["results"]] == [
        ["account_id", "id", "index"],
        ["details", "error", "index"],
    ]


def test_what_was_made_is_found_and_exported(served: Fakes, marker: str) -> None:
    """By the search once it has learnt of it, by its export and by the incremental one."""
    made = said(served, ["tickets.create", {"ticket": {"subject": marker, "comment": {"body": "x"}}}])[0]["result"][
        "id"
    ]
    block(LAG_S)
    served.tune("helpdesk", export_delay_s=0)
    found, every, exported, changed = said(
        served,
        ["search.query", marker],
        ["search.queryAll", f"type:ticket {marker}"],
        ["search.exportResults", marker, "ticket"],
        ["tickets.incremental", 1],
    )
    assert [each["id"] for each in found["result"]] == [made]
    assert [each["id"] for each in every] == [made]
    assert [each["id"] for each in exported] == [made]
    assert made in [each["id"] for each in changed]


def test_the_documented_errors_are_the_clients_own(served: Fakes, marker: str) -> None:
    """Its error carries the status and the vendor's body: 404, 422 with details, 409, 429."""
    fault = {"person": marker, "fake": "helpdesk", "kind": "rate_limited", "retry_after_s": 2, "calls": "reads"}
    served.control("POST", "/faults", faults=[fault])
    safe = {"priority": "low", "safe_update": True, "updated_stamp": "2020-01-01T00:00:00Z"}
    missing, invalid, made, conflict, limited = said(
        served,
        ["tickets.show", 1],
        ["tickets.create", {"ticket": {"subject": "x"}}],
        ["tickets.create", {"ticket": {"subject": marker, "comment": {"body": "x"}}}],
        ["tickets.update", "$2.result.id", {"ticket": safe}],
        ["tickets.show", "$2.result.id"],
        throwOriginalException=True,
    )
    assert (missing["status"], missing["result"]["error"]) == (404, "RecordNotFound")
    assert (invalid["status"], list(invalid["result"]["details"])) == (422, ["base"])
    assert (conflict["status"], conflict["result"]["error"]) == (409, "UpdateConflict")
    # The client does not throw this one: it answers what it was told.
    assert (limited["response"]["status"], limited["result"]["result"]["error"]) == (429, "APIRateLimitExceeded")
    assert made["result"]["priority"] is None


def test_a_plain_error_says_what_went_wrong(served: Fakes) -> None:
    """Without its original exception the client says the status in words."""
    (refused,) = said(served, ["tickets.show", 1])
    assert (refused["error"], "Item not found" in refused["message"]) == ("Error", True)


def test_a_webhook_by_the_node_client(served: Fakes, marker: str) -> None:
    """Made, shown, its secret reset, removed."""
    webhook = {"name": marker, "endpoint": "http://127.0.0.1:9/x", "http_method": "POST", "request_format": "json",
               "status": "active", "subscriptions": ["conditional_ticket_events"]}  # fmt: skip
    made, first, second, gone = said(
        served,
        ["webhooks.create", {"webhook": webhook}],
        ["webhooks.getSigningSecret", "$0.result.id"],
        ["webhooks.resetSigningSecret", "$0.result.id"],
        ["webhooks.delete", "$0.result.id"],
    )
    assert made["result"]["name"] == marker
    assert first["result"] != second["result"]
    assert "error" not in gone
