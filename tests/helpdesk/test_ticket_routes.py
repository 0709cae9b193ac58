"""Routes of tickets, as bare HTTP sees them: bulk calls, deletion, merging, comments, audits, metrics, tags, fields."""

from typing import Any

import pytest

from tests.helpdesk.inside import Inside


def test_many_are_made_and_each_fault_is_its_own(inside: Inside) -> None:
    """The job counts all; one that cannot be made does not stop the others."""
    given = [{"subject": "A", "comment": {"body": "a"}}, {"subject": "B"}, {"comment": {"body": "c"}}]
    results = inside.done(inside.ask("POST", "/tickets/create_many", {"tickets": given}))
    assert [each.get("error") for each in results] == [None, "TicketCreateFailed", None]
    assert [op for op, *_ in inside.effects] == ["create", "create"]
    assert inside.ask("GET", f"/tickets/{results[2]['id']}").body["ticket"]["description"] == "c"


def test_more_than_a_hundred_are_refused(inside: Inside) -> None:
    """The vendor's own error, and nothing is made."""
    given = [{"comment": {"body": "a"}}] * 101
    refused = inside.ask("POST", "/tickets/create_many", {"tickets": given})
    assert (refused.status, refused.body["error"], refused.body["max_count"]) == (400, "TooManyValues", 100)
    assert not inside.effects


def test_many_are_changed_alike_or_each_in_its_own_way(inside: Inside) -> None:
    """By ids, by external ids, and by a list."""
    first, second = inside.ticket(external_id="a"), inside.ticket(external_id="b")
    ids = f"{first['id']},{second['id']}"
    done = inside.done(inside.ask("PUT", "/tickets/update_many", {"ticket": {"priority": "low"}}, ids=ids))
    assert [(each["action"], each["status"], each["success"]) for each in done] == [("update", "Updated", True)] * 2
    inside.done(inside.ask("PUT", "/tickets/update_many", {"ticket": {"status": "open"}}, external_ids="a"))
    own = [{"id": first["id"], "priority": "high"}, {"id": 1, "priority": "high"}]
    assert inside.done(inside.ask("PUT", "/tickets/update_many", {"tickets": own}))[1]["error"] == "TicketUpdateFailed"
    shown = inside.ask("GET", "/tickets/show_many", ids=ids).body["tickets"]
    assert [(each["priority"], each["status"]) for each in shown] == [("high", "open"), ("low", "new")]


def test_a_ticket_is_thrown_away_restored_and_deleted_for_good(inside: Inside) -> None:
    """It is found only among the deleted ones, comes back whole, and in the end nowhere."""
    ticket = inside.ticket()
    path = f"/tickets/{ticket['id']}"
    assert inside.ask("DELETE", path).status == 204
    assert inside.ask("GET", path).body == {"error": "RecordNotFound", "description": "Not found"}
    (deleted,) = inside.ask("GET", "/deleted_tickets").body["deleted_tickets"]
    assert (deleted["id"], deleted["previous_state"], deleted["actor"]["name"]) == (
        ticket["id"],
        "new",
        "Support Agent",
    )
    assert inside.ask("PUT", f"/deleted_tickets/{ticket['id']}/restore").body == {}
    assert inside.ask("GET", path).body["ticket"]["description"] == "It broke"
    assert inside.ask("DELETE", f"/deleted_tickets/{ticket['id']}").status == 404
    inside.done(inside.ask("DELETE", "/tickets/destroy_many", ids=ticket["id"]))
    assert inside.done(inside.ask("DELETE", f"/deleted_tickets/{ticket['id']}")) == {"success": True}
    assert inside.ask("PUT", f"/deleted_tickets/{ticket['id']}/restore").status == 404
    assert [op for op, *_ in inside.effects] == ["create", "delete", "update", "delete"]


def test_merging_closes_the_sources_and_tells_the_target(inside: Inside) -> None:
    """The sources are closed with a tag, the target has a note and the others in copy."""
    target = inside.ticket()
    other = inside.ticket(requester={"name": "Bob", "email": "bob@customers.example.com"}, tags=["paid"])
    body = {"ids": [other["id"]], "target_comment": "Joined", "source_comment": "Closed"}
    inside.done(inside.ask("POST", f"/tickets/{target['id']}/merge", body))
    merged = inside.ask("GET", f"/tickets/{target['id']}").body["ticket"]
    closed = inside.ask("GET", f"/tickets/{other['id']}").body["ticket"]
    said = inside.ask("GET", f"/tickets/{target['id']}/comments").body["comments"][-1]
    assert (closed["status"], closed["tags"]) == ("closed", ["paid", "closed_by_merge"])
    assert (said["body"], said["public"]) == ("Joined", False)
    assert (merged["email_cc_ids"], merged["tags"]) == ([other["requester_id"]], ["paid"])
    again = inside.ask("POST", f"/tickets/{target['id']}/merge", body)
    assert (again.status, list(again.body["details"])) == (422, ["status"])


def test_comments_are_hidden_blacked_out_and_told_in_audits(inside: Inside) -> None:
    """Public and internal, with authors beside them, the last first where asked."""
    ticket = inside.ticket()
    path = f"/tickets/{ticket['id']}"
    inside.ask("PUT", path, {"ticket": {"comment": {"body": "card 4242", "public": True}, "status": "pending"}})
    inside.ask("PUT", path, {"ticket": {"comment": {"body": "note", "public": False}}})
    shown = inside.ask("GET", f"{path}/comments", sort_order="desc", include="users").body
    assert [(each["body"], each["public"]) for each in shown["comments"]] == [
        ("note", False), ("card 4242", True), ("It broke", True)
    ]  # fmt: skip
    assert {each["name"] for each in shown["users"]} == {"Ann", "Support Agent"}
    reply = shown["comments"][1]["id"]
    assert inside.ask("PUT", f"{path}/comments/{reply}/make_private").status == 200
    redacted = inside.ask("PUT", f"{path}/comments/{reply}/redact", {"text": "4242"}).body["comment"]
    assert (redacted["body"], redacted["public"]) == ("card ▇▇▇▇", False)
    audits = inside.ask("GET", f"{path}/audits").body["audits"]
    assert [each["events"][0]["type"] for each in audits] == ["Comment", "Comment", "Comment", "CommentPrivacyChange"]
    change = audits[1]["events"][1]
    assert (change["type"], change["field_name"], change["previous_value"]) == ("Change", "status", "new")
    assert inside.ask("GET", f"{path}/audits/{audits[0]['id']}").body["audit"] == audits[0]
    assert len(inside.ask("GET", "/ticket_audits?page[size]=2").body["audits"]) == 2
    assert inside.ask("GET", f"{path}/comments/count").body["count"]["value"] == 3


def test_metrics_count_what_happened(inside: Inside) -> None:
    """Replies, reopenings, stations and minutes."""
    ticket = inside.ticket()
    path = f"/tickets/{ticket['id']}"
    inside.clock.advance(120)
    inside.ask("PUT", path, {"ticket": {"comment": {"body": "Done"}, "status": "solved"}})
    customer = inside.ask("PUT", path, {"ticket": {"status": "open"}}).body["ticket"]
    metric = inside.ask("GET", f"{path}/metrics").body["ticket_metric"]
    assert (metric["replies"], metric["reopens"], metric["assignee_stations"], metric["solved_at"]) == (1, 1, 1, None)
    assert metric["reply_time_in_minutes"] == {"calendar": 2, "business": 2}
    assert inside.ask("GET", f"/ticket_metrics/{metric['id']}").body["ticket_metric"] == [metric]
    assert customer["assignee_id"] is not None


def test_tags_are_set_added_and_removed(inside: Inside) -> None:
    """201 for a new list, 200 for the others; closed tickets refuse."""
    path = f"/tickets/{inside.ticket(tags=['a'])['id']}/tags"
    added = inside.ask("PUT", path, {"tags": ["b"]})
    removed = inside.ask("DELETE", path, {"tags": ["a"]})
    replaced = inside.ask("POST", path, {"tags": ["c", "D"]})
    assert [(each.status, each.body["tags"]) for each in (added, removed, replaced)] == [
        (200, ["a", "b"]), (200, ["b"]), (201, ["c", "d"])
    ]  # fmt: skip
    counted = inside.ask("GET", "/tags").body["tags"]
    assert counted == [{"name": "c", "count": 1}, {"name": "d", "count": 1}]


def test_problems_have_incidents(inside: Inside) -> None:
    """An incident names a problem, and only a problem."""
    problem = inside.ticket(type="problem")
    incident = inside.ticket(type="incident", problem_id=problem["id"])
    found = inside.ask("GET", f"/tickets/{problem['id']}/incidents").body["tickets"]
    assert [each["id"] for each in found] == [incident["id"]]
    assert inside.ask("GET", f"/tickets/{problem['id']}").body["ticket"]["has_incidents"] is True
    wrong = {"ticket": {"comment": {"body": "x"}, "problem_id": incident["id"]}}
    assert list(inside.ask("POST", "/tickets", wrong).body["details"]) == ["problem"]
    assert [each["id"] for each in inside.ask("GET", "/problems").body["tickets"]] == [problem["id"]]
    inside.clock.advance(1)
    completed = inside.ask("POST", "/problems/autocomplete", {"text": "hel"}).body["tickets"]
    assert [each["id"] for each in completed] == [problem["id"]]


def test_a_closed_ticket_takes_tags_in_bulk_and_nothing_else(inside: Inside) -> None:
    """The one way that the vendor names."""
    ticket = inside.ticket()
    inside.ask("PUT", f"/tickets/{ticket['id']}", {"ticket": {"status": "closed"}})
    for wanted, word in (({"additional_tags": ["late"]}, "Updated"), ({"priority": "low"}, None)):
        (done,) = inside.done(inside.ask("PUT", "/tickets/update_many", {"ticket": wanted}, ids=ticket["id"]))
        assert done.get("status") == word
    assert inside.ask("PUT", f"/tickets/{ticket['id']}/tags", {"tags": ["x"]}).status == 422
    assert inside.ask("GET", f"/tickets/{ticket['id']}").body["ticket"]["tags"] == ["late"]


def test_fields_check_their_values_and_bring_their_tags(inside: Inside) -> None:
    """An option that does not exist is refused with the field's number; one that does is a tag too."""
    options = [{"name": "Pro", "value": "plan_pro"}, {"name": "Free", "value": "plan_free"}]
    asked = {"ticket_field": {"type": "tagger", "title": "Plan", "custom_field_options": options}}
    field = inside.ask("POST", "/ticket_fields", asked).body["ticket_field"]
    ticket = inside.ticket(custom_fields=[{"id": field["id"], "value": "plan_pro"}, {"id": 47, "value": "lost"}])
    assert (ticket["custom_fields"], ticket["tags"]) == ([{"id": field["id"], "value": "plan_pro"}], ["plan_pro"])
    path = f"/tickets/{ticket['id']}"
    changed = inside.ask("PUT", path, {"ticket": {"custom_fields": [{"id": field["id"], "value": "plan_free"}]}})
    assert changed.body["ticket"]["tags"] == ["plan_free"]
    refused = inside.ask("PUT", path, {"ticket": {"custom_fields": [{"id": field["id"], "value": "gold"}]}})
    assert (refused.status, refused.body["details"]["base"][0]["ticket_field_id"]) == (422, field["id"])
    assert inside.ask("DELETE", f"/ticket_fields/{field['id']}").status == 204
    assert inside.ask("GET", path).body["ticket"]["custom_fields"] == []


def test_forms_are_made_cloned_and_checked(inside: Inside) -> None:
    """A ticket names a form that exists; the default form stays."""
    made = inside.ask("POST", "/ticket_forms", {"ticket_form": {"name": "Refund"}})
    form = made.body["ticket_form"]
    assert made.status == 201
    assert inside.ticket(ticket_form_id=form["id"])["ticket_form_id"] == form["id"]
    assert inside.ask("POST", "/tickets", {"ticket": {"comment": {"body": "x"}, "ticket_form_id": 5}}).status == 422
    clone = inside.ask("POST", f"/ticket_forms/{form['id']}/clone").body["ticket_form"]
    listed = inside.ask("GET", "/ticket_forms").body["ticket_forms"]
    assert [each["name"] for each in listed] == ["Default Ticket Form", "Refund", "Copy of Refund"]
    assert inside.ask("DELETE", f"/ticket_forms/{clone['id']}").status == 204
    assert inside.ask("DELETE", f"/ticket_forms/{listed[0]['id']}").status == 422


def _pages(inside: Inside, **query: Any) -> list[list[int]]:
    """The ids on each page, following the vendor's own links."""
    pages, answer = [], inside.ask("GET", "/tickets", **query)
    while True:
        pages.append([each["id"] for each in answer.body["tickets"]])
        meta = answer.body.get("meta")
        link = answer.body["links"]["next"] if meta else answer.body["next_page"]
        if not link or len(pages) > 9 or (meta and not meta["has_more"]):
            return pages
        answer = inside.ask("GET", link.removeprefix("http://helpdesk.example.com"))


@pytest.mark.parametrize("query", [{"page[size]": 2}, {"per_page": 2}], ids=["cursor", "offset"])
def test_pages_show_each_ticket_once(inside: Inside, query: dict[str, Any]) -> None:
    """Both ways, both directions; the links are the vendor's."""
    made = [inside.ticket()["id"] for _ in range(5)]
    assert _pages(inside, **query) == [made[:2], made[2:4], made[4:]]
    backwards = made[::-1]
    assert _pages(inside, sort="-id", **query) == [backwards[:2], backwards[2:4], backwards[4:]]


def test_the_last_page_by_cursor_has_a_next_one_that_is_empty(inside: Inside) -> None:
    """Who follows links instead of `has_more` asks once too often, as with the real one, and then ends."""
    inside.ticket()
    last = inside.ask("GET", "/tickets?page[size]=2").body
    assert (last["meta"]["has_more"], last["links"]["next"] is not None) == (False, True)
    beyond = inside.ask("GET", last["links"]["next"][27:]).body
    assert (beyond["tickets"], beyond["meta"], beyond["links"]) == (
        [], {"has_more": False, "after_cursor": None, "before_cursor": None}, {"prev": None, "next": None}
    )  # fmt: skip


def test_a_custom_status_moves_a_ticket_into_its_category(inside: Inside) -> None:
    """Each category has one from the start; a plain status sets it back to that."""
    wanted = {"custom_status": {"agent_label": "Waiting for parts", "status_category": "hold"}}
    made = inside.ask("POST", "/custom_statuses", wanted).body["custom_status"]
    ticket = inside.ticket()
    path = f"/tickets/{ticket['id']}"
    held = inside.ask("PUT", path, {"ticket": {"custom_status_id": made["id"]}}).body["ticket"]
    assert (held["status"], held["custom_status_id"]) == ("hold", made["id"])
    plain = inside.ask("PUT", path, {"ticket": {"status": "new"}}).body["ticket"]
    assert (plain["status"], plain["custom_status_id"]) == ("new", ticket["custom_status_id"])
    assert inside.ask("PUT", path, {"ticket": {"custom_status_id": 5}}).status == 422
    listed = inside.ask("GET", "/custom_statuses").body["custom_statuses"]
    assert [each["status_category"] for each in listed] == ["new", "open", "pending", "hold", "solved", "hold"]
    renamed = {"custom_status": {"agent_label": "Parts"}}
    assert (
        inside.ask("PUT", f"/custom_statuses/{made['id']}", renamed).body["custom_status"]["raw_agent_label"] == "Parts"
    )


def test_a_cursor_goes_back_and_survives_a_deletion(inside: Inside) -> None:
    """What lay on the page before is found again although its last ticket is gone."""
    made = [inside.ticket()["id"] for _ in range(5)]
    second = inside.ask("GET", inside.ask("GET", "/tickets?page[size]=2").body["links"]["next"][27:])
    inside.ask("DELETE", f"/tickets/{made[1]}")
    before = inside.ask("GET", second.body["links"]["prev"][27:])
    assert [each["id"] for each in before.body["tickets"]] == made[:1]
    assert before.body["meta"]["has_more"] is False


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"page[size]": 101}, "InvalidPaginationParameter"),
        ({"page[size]": 2, "page[after]": "zz"}, "InvalidCursor"),
        ({"sort": "wishes"}, "InvalidPaginationParameter"),
        ({"page": 200}, "InvalidPaginationDepth"),
    ],
    ids=["size", "cursor", "order", "depth"],
)
def test_wrong_pages_are_refused(inside: Inside, query: dict[str, Any], error: str) -> None:
    """Each with its own word."""
    refused = inside.ask("GET", "/tickets", **query)
    assert (refused.status, refused.body["error"]) == (400, error)


def test_people_are_put_in_copy_and_taken_out(inside: Inside) -> None:
    """Those who are new by e-mail are made; the whole list replaces, actions do not."""
    ticket = inside.ticket(email_ccs=[{"user_email": "bob@customers.example.com", "user_name": "Bob", "action": "put"}])
    path = f"/tickets/{ticket['id']}"
    (bob,) = inside.ask("GET", f"{path}/email_ccs").body["users"]
    assert (bob["name"], ticket["email_cc_ids"]) == ("Bob", [bob["id"]])
    assert [each["id"] for each in inside.ask("GET", f"/users/{bob['id']}/tickets/ccd").body["tickets"]] == [
        ticket["id"]
    ]
    gone = {"ticket": {"email_ccs": [{"user_id": bob["id"], "action": "delete"}]}}
    assert inside.ask("PUT", path, gone).body["ticket"]["email_cc_ids"] == []


def test_who_is_assigned_is_in_the_group(inside: Inside) -> None:
    """An assignee opens a new ticket and brings their group; a group without them takes them away."""
    bob = inside.user("Bob", role="agent")
    ticket = inside.ticket(assignee_id=bob["id"])
    assert (ticket["status"], ticket["group_id"]) == ("open", bob["default_group_id"])
    groups = {each["name"]: each["id"] for each in inside.ask("GET", "/groups").body["groups"]}
    moved = inside.ask("PUT", f"/tickets/{ticket['id']}", {"ticket": {"group_id": groups["Billing"]}}).body["ticket"]
    assert (moved["group_id"], moved["assignee_id"]) == (groups["Billing"], None)
    both = {"ticket": {"group_id": groups["Technical"], "assignee_id": bob["id"]}}
    assert list(inside.ask("PUT", f"/tickets/{ticket['id']}", both).body["details"]) == ["assignee"]


def test_tickets_are_listed_by_their_last_change(inside: Inside) -> None:
    """Both directions, by number."""
    made = [inside.ticket()["id"] for _ in range(4)]
    inside.ask("PUT", f"/tickets/{made[1]}", {"ticket": {"priority": "low"}})
    order = [made[0], made[2], made[3], made[1]]
    for sort, expected in (("updated_at", order), ("-updated_at", order[::-1])):
        assert _pages(inside, sort=sort, per_page=3) == [expected[:3], expected[3:]]
