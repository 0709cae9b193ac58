"""Triggers: their conditions, their actions, their order, and what they put into audits and webhooks."""

import json
from typing import Any

import pytest

from fakes.helpdesk.state.breaker import Breaker
from tests.helpdesk.inside import Inside

WEBHOOK = {"name": "Ours", "endpoint": "http://127.0.0.1:9/hook", "http_method": "POST", "request_format": "json",
           "status": "active", "subscriptions": ["conditional_ticket_events"]}  # fmt: skip


def _trigger(
    inside: Inside, conditions: list[dict[str, Any]], actions: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    asked = {"title": "T", "conditions": {"all": conditions}, "actions": actions, **more}
    made = inside.ask("POST", "/triggers", {"trigger": asked})
    assert made.status == 201, made.body
    found: dict[str, Any] = made.body["trigger"]
    return found


def _group(inside: Inside, name: str) -> int:
    return int(next(each["id"] for each in inside.ask("GET", "/groups").body["groups"] if each["name"] == name))


def test_a_tag_chooses_the_group_before_the_answer(inside: Inside) -> None:
    """The answer and the one effect show the group; the audit says which trigger it was."""
    billing = _group(inside, "Billing")
    trigger = _trigger(
        inside,
        [
            {"field": "update_type", "value": "Create"},
            {"field": "current_tags", "operator": "includes", "value": "paid"},
        ],
        [
            {"field": "group_id", "value": str(billing)},
            {"field": "priority", "value": "high"},
            {"field": "current_tags", "value": "routed"},
        ],
    )
    ticket, other = inside.ticket(tags=["paid"]), inside.ticket(tags=["free"])
    assert (ticket["group_id"], ticket["priority"], ticket["tags"]) == (billing, "high", ["paid", "routed"])
    assert (other["group_id"], other["priority"]) == (None, None)
    assert [values["group"] for _, _, _, values in inside.effects] == ["Billing", None]
    (audit,) = inside.ask("GET", f"/tickets/{ticket['id']}/audits").body["audits"]
    by_rule = [each for each in audit["events"] if each.get("via", {}).get("channel") == "rule"]
    assert {each["field_name"] for each in by_rule} == {"group_id", "priority", "tags"}
    assert by_rule[0]["via"]["source"]["from"]["id"] == trigger["id"]


def test_triggers_run_in_order_and_each_once(inside: Inside) -> None:
    """One that an other one's change meets fires too, even if it stands before; none fires twice."""
    _trigger(
        inside, [{"field": "priority", "operator": "is", "value": "urgent"}], [{"field": "current_tags", "value": "a"}]
    )
    _trigger(
        inside, [{"field": "status", "operator": "is", "value": "new"}], [{"field": "priority", "value": "urgent"}]
    )
    ticket = inside.ticket()
    assert (ticket["priority"], ticket["tags"]) == ("urgent", ["a"])
    (audit,) = inside.ask("GET", f"/tickets/{ticket['id']}/audits").body["audits"]
    assert len([each for each in audit["events"] if each.get("field_name") == "tags"]) == 1


CASES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"field": "status", "operator": "changed", "value": None}, {"status": "open"}, True),
    ({"field": "status", "operator": "changed", "value": None}, {"priority": "low"}, False),
    ({"field": "status", "operator": "value", "value": "open"}, {"status": "open"}, True),
    ({"field": "status", "operator": "value_previous", "value": "new"}, {"status": "open"}, True),
    ({"field": "status", "operator": "less_than", "value": "solved"}, {"status": "pending"}, True),
    ({"field": "priority", "operator": "greater_than", "value": "normal"}, {"priority": "low"}, False),
    ({"field": "priority", "operator": "is_not", "value": "low"}, {"priority": "high"}, True),
    ({"field": "current_tags", "operator": "not_includes", "value": "vip"}, {"tags": ["vip"]}, False),
    (
        {"field": "comment_includes_word", "operator": "includes", "value": "refund"},
        {"comment": {"body": "Refund!"}},
        True,
    ),
    (
        {"field": "comment_includes_word", "operator": "includes", "value": "refund money"},
        {"comment": {"body": "My money"}},
        True,
    ),
    (
        {"field": "comment_includes_word", "operator": "is", "value": "my money"},
        {"comment": {"body": "Where is My Money?"}},
        True,
    ),
    (
        {"field": "comment_includes_word", "operator": "is", "value": "my money"},
        {"comment": {"body": "The money is my own"}},
        False,
    ),
    (
        {"field": "comment_includes_word", "operator": "is_not", "value": "my money"},
        {"comment": {"body": "The money is my own"}},
        True,
    ),
    (
        {"field": "comment_is_public", "operator": "is", "value": "true"},
        {"comment": {"body": "x", "public": False}},
        False,
    ),
    ({"field": "role", "operator": "is", "value": "agent"}, {"priority": "low"}, True),
    ({"field": "update_type", "operator": "is", "value": "Create"}, {"priority": "low"}, False),
    ({"field": "assignee_id", "operator": "is", "value": "current_user"}, {"status": "solved"}, True),
    ({"field": "via_id", "operator": "is", "value": "5"}, {"priority": "low"}, True),
]


@pytest.mark.parametrize(("condition", "change", "fires"), CASES, ids=[str(place) for place in range(len(CASES))])
def test_conditions(inside: Inside, condition: dict[str, Any], change: dict[str, Any], fires: bool) -> None:
    """Each condition holds when it should, on a change of a ticket that exists."""
    ticket = inside.ticket()
    _trigger(inside, [condition], [{"field": "current_tags", "value": "fired"}])
    changed = inside.ask("PUT", f"/tickets/{ticket['id']}", {"ticket": change}).body["ticket"]
    assert ("fired" in changed["tags"]) is fires


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": {"all": []}, "actions": [{"field": "priority", "value": "low"}]},
        {"conditions": {"all": [{"field": "mood", "value": "x"}]}, "actions": [{"field": "priority", "value": "low"}]},
        {
            "conditions": {"all": [{"field": "status", "operator": "likes"}]},
            "actions": [{"field": "type", "value": ""}],
        },
        {"conditions": {"all": [{"field": "status", "value": "new"}]}, "actions": []},
        {"conditions": {"all": [{"field": "status", "value": "new"}]}, "actions": [{"field": "sing", "value": "x"}]},
        {"title": "", "conditions": {"all": [{"field": "status", "value": "new"}]}},
    ],
)
def test_wrong_triggers_are_refused(inside: Inside, wrong: dict[str, Any]) -> None:
    """422 with details, and none is made."""
    refused = inside.ask("POST", "/triggers", {"trigger": {"title": "T", **wrong}})
    assert (refused.status, refused.body["error"]) == (422, "RecordInvalid")
    assert inside.ask("GET", "/triggers").body["count"] == 0


def test_triggers_are_changed_ordered_and_removed(inside: Inside) -> None:
    """An inactive one does not act; positions decide."""
    new = [{"field": "status", "operator": "is", "value": "new"}]
    first = _trigger(inside, new, [{"field": "priority", "value": "low"}])
    second = _trigger(inside, new, [{"field": "priority", "value": "high"}])
    assert inside.ticket()["priority"] == "high"
    inside.ask("PUT", "/triggers/reorder", {"trigger_ids": [second["id"], first["id"]]})
    assert inside.ticket()["priority"] == "low"
    inside.ask("PUT", f"/triggers/{first['id']}", {"trigger": {"active": False}})
    assert inside.ticket()["priority"] == "high"
    assert [each["id"] for each in inside.ask("GET", "/triggers/active").body["triggers"]] == [second["id"]]
    assert inside.ask("DELETE", f"/triggers/{second['id']}").status == 204
    assert inside.ticket()["priority"] is None


def test_a_webhook_is_told_with_placeholders_filled_in(inside: Inside) -> None:
    """After the effect, with the ticket's words escaped; what is unknown is nothing."""
    hook = inside.ask("POST", "/webhooks", {"webhook": WEBHOOK}).body["webhook"]
    body = (
        '{"id": {{ticket.id}}, "who": "{{ticket.requester.email}}", "what": "{{ticket.title}}", "x": "{{moon.phase}}"}'
    )
    _trigger(
        inside,
        [{"field": "update_type", "value": "Create"}],
        [{"field": "notification_webhook", "value": [hook["id"], body]}],
    )
    ticket = inside.ticket(subject='He said "no"')
    (news,) = inside.ledger.told
    assert json.loads(news.body) == {
        "id": ticket["id"],
        "who": "ann@customers.example.com",
        "what": 'He said "no"',
        "x": "",
    }
    assert (news.account, news.object_id, news.headers["X-Zendesk-Webhook-Id"]) == (
        hook["id"],
        str(ticket["id"]),
        hook["id"],
    )
    assert inside.ask("GET", f"/webhooks/{hook['id']}/invocations").body["invocations"][0]["status"] == "pending"


def test_webhooks_are_made_changed_cloned_and_removed(inside: Inside) -> None:
    """Passwords are not shown, secrets are and can be reset; an inactive one is told nothing."""
    secret = {"type": "basic_auth", "data": {"username": "u", "password": "p"}, "add_position": "header"}
    made = inside.ask("POST", "/webhooks", {"webhook": {**WEBHOOK, "authentication": secret}})
    hook = made.body["webhook"]
    assert (made.status, hook["authentication"]["data"]) == (201, {"username": "u"})
    path = f"/webhooks/{hook['id']}"
    first = inside.ask("GET", f"{path}/signing_secret").body["signing_secret"]
    reset = inside.ask("POST", f"{path}/signing_secret")
    assert (reset.status, first["algorithm"]) == (201, "SHA256")
    assert reset.body["signing_secret"] == inside.ask("GET", f"{path}/signing_secret").body["signing_secret"] != first
    clone = inside.ask("POST", "/webhooks", clone_webhook_id=hook["id"]).body["webhook"]
    assert clone["id"] != hook["id"]
    assert inside.ask("PATCH", path, {"webhook": {"status": "inactive"}}).status == 204
    assert inside.ask("GET", path).body["webhook"]["status"] == "inactive"
    told = [{"field": "notification_webhook", "value": [hook["id"], "{}"]}]
    _trigger(inside, [{"field": "status", "operator": "is", "value": "new"}], told)
    inside.ticket()
    assert not inside.ledger.told
    assert inside.ask("PUT", path, {"webhook": {"name": "x"}}).status == 400
    assert inside.ask("DELETE", path).status == 204
    assert inside.ask("GET", path).status == 404
    assert [each["id"] for each in inside.ask("GET", "/webhooks").body["webhooks"]] == [clone["id"]]


@pytest.mark.parametrize(
    ("kind", "data", "name"),
    [
        ("basic_auth", {"username": "u", "password": "p-secret"}, "Authorization"),
        ("bearer_token", {"token": "p-secret"}, "Authorization"),
        ("api_key", {"name": "X-Our-Key", "value": "p-secret"}, "X-Our-Key"),
    ],
)
def test_attempts_do_not_show_what_a_request_was_authenticated_by(
    inside: Inside, kind: str, data: dict[str, str], name: str
) -> None:
    """The request carried it; who asks for the attempts sees every other header."""
    asked = {**WEBHOOK, "authentication": {"type": kind, "data": data, "add_position": "header"}}
    hook = inside.ask("POST", "/webhooks", {"webhook": asked}).body["webhook"]
    told = [{"field": "notification_webhook", "value": [hook["id"], "{}"]}]
    _trigger(inside, [{"field": "status", "operator": "is", "value": "new"}], told)
    inside.ticket()
    (news,) = inside.ledger.told
    assert name in news.headers
    inside.slice.desk.webhooks.heard(news.id, 200, "ok")
    (attempt,) = inside.ask("GET", f"/webhooks/{hook['id']}/invocations/{news.id}/attempts").body["attempts"]
    shown = {each["key"] for each in attempt["request"]["headers"]}
    assert shown == set(news.headers) - {name}


@pytest.mark.parametrize(
    "wrong",
    [{"endpoint": "ftp://x"}, {"http_method": "TEAPOT"}, {"name": None}, {"subscriptions": ["zen:event-type:x"]},
     {"authentication": {"type": "basic_auth", "data": {}}}],
)  # fmt: skip
def test_wrong_webhooks_are_refused(inside: Inside, wrong: dict[str, Any]) -> None:
    """400, and none is made."""
    assert inside.ask("POST", "/webhooks", {"webhook": {**WEBHOOK, **wrong}}).status == 400
    assert inside.ask("GET", "/webhooks").body["webhooks"] == []


def test_the_breaker_trips_at_seventy_percent_and_tries_once(inside: Inside) -> None:
    """Open for five seconds, then one request; a good answer closes it, a bad one keeps it open."""
    account, breaker = inside.slice.desk.account, Breaker()
    for good in [True] * 30 + [False] * 69:
        assert breaker.admits(account)
        breaker.heard(account, not good)
    assert breaker.admits(account)
    breaker.heard(account, True)
    assert not breaker.admits(account)
    inside.clock.advance(5)
    assert (breaker.admits(account), breaker.admits(account)) == (True, False)
    breaker.heard(account, True)
    inside.clock.advance(5)
    assert breaker.admits(account)
    breaker.heard(account, False)
    assert (breaker.admits(account), breaker.admits(account)) == (True, True)


def test_old_errors_do_not_trip_the_breaker(inside: Inside) -> None:
    """Only five minutes count."""
    account, breaker = inside.slice.desk.account, Breaker()
    for _ in range(99):
        breaker.heard(account, True)
    inside.clock.advance(300)
    breaker.heard(account, True)
    assert breaker.admits(account)


def test_a_webhook_that_subscribes_hears_what_it_asked_for(inside: Inside) -> None:
    """The vendor's envelope; nothing that was not asked for; no trigger is needed."""
    wanted = [f"zen:event-type:{kind}" for kind in (
        "ticket.created", "ticket.status_changed", "ticket.comment_added", "ticket.soft_deleted", "ticket.undeleted",
        "user.created", "user.deleted", "organization.created")]  # fmt: skip
    made = inside.ask("POST", "/webhooks", {"webhook": {**WEBHOOK, "subscriptions": wanted}})
    assert made.status == 201
    ticket = inside.ticket()
    path = f"/tickets/{ticket['id']}"
    inside.ask("PUT", path, {"ticket": {"status": "solved", "priority": "low", "comment": {"body": "Done"}}})
    inside.ask("DELETE", path)
    inside.ask("PUT", f"/deleted_tickets/{ticket['id']}/restore")
    inside.ask("POST", "/organizations", {"organization": {"name": "Acme"}})
    inside.ask("DELETE", f"/users/{ticket['requester_id']}")
    told = [json.loads(each.body) for each in inside.ledger.told]
    assert [each["type"].removeprefix("zen:event-type:") for each in told] == [
        "user.created", "ticket.created", "ticket.comment_added", "ticket.status_changed", "ticket.soft_deleted",
        "ticket.undeleted", "organization.created", "user.deleted",
    ]  # fmt: skip
    assert told[3]["event"] == {"current": "SOLVED", "previous": "NEW"}
    assert (told[1]["subject"], told[1]["detail"]["status"]) == (f"zen:ticket:{ticket['id']}", "NEW")
    assert told[7]["detail"]["id"] == str(ticket["requester_id"])
    assert {each.account for each in inside.ledger.told} == {made.body["webhook"]["id"]}


@pytest.mark.parametrize(
    "wrong",
    [["zen:event-type:moon.rises"], ["conditional_ticket_events", "zen:event-type:user.created"], "all", [[]]],
)
def test_wrong_subscriptions_are_refused(inside: Inside, wrong: Any) -> None:
    """Unknown events, both ways at once, and what is no list."""
    assert inside.ask("POST", "/webhooks", {"webhook": {**WEBHOOK, "subscriptions": wrong}}).status == 400
    get = {**WEBHOOK, "http_method": "GET", "subscriptions": ["zen:event-type:user.created"]}
    assert inside.ask("POST", "/webhooks", {"webhook": get}).status == 400
