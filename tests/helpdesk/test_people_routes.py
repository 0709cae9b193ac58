"""Users, their addresses, organizations and suspended messages, as bare HTTP sees them."""

from typing import Any

import pytest

from tests.helpdesk.inside import Inside


def test_a_user_is_one_for_each_email_and_external_id(inside: Inside) -> None:
    """Taken values are refused with the vendor's details; create_or_update finds by either."""
    ann = inside.user("Ann", external_id="a-1")
    again = inside.ask("POST", "/users", {"user": {"name": "B", "email": "ANN@customers.example.com"}})
    assert (again.status, again.body["details"]["email"][0]["error"]) == (422, "DuplicateValue")
    twice = inside.ask("POST", "/users", {"user": {"name": "B", "external_id": "a-1"}})
    assert list(twice.body["details"]) == ["external_id"]
    by_email = {"user": {"name": "Anna", "email": ann["email"]}}
    by_external_id = {"user": {"external_id": "a-1", "phone": "+1"}}
    answers = [inside.ask("POST", "/users/create_or_update", each) for each in (by_email, by_external_id)]
    assert [(each.status, each.body["user"]["id"]) for each in answers] == [(200, ann["id"])] * 2
    assert answers[1].body["user"]["name"] == "Anna"
    assert inside.ask("POST", "/users/create_or_update", {"user": {"name": "C", "external_id": "c"}}).status == 201


def test_users_are_found_late_by_name_email_and_external_id(inside: Inside) -> None:
    """The search lags, the list by external id does not."""
    ann = inside.user("Ann", external_id="a-1", tags=["vip"])
    inside.user("Bob", role="agent")
    assert inside.ask("GET", "/users/search", query="ann").body["count"] == 0
    assert [each["id"] for each in inside.ask("GET", "/users", external_id="a-1").body["users"]] == [ann["id"]]
    inside.clock.advance(1)
    asked: list[dict[str, Any]] = [
        {"query": "Ann"}, {"query": ann["email"]}, {"external_id": "a-1"}, {"query": "tags:vip role:end-user"},
        {"query": "an*"},
    ]  # fmt: skip
    for query in asked:
        assert [each["id"] for each in inside.ask("GET", "/users/search", **query).body["users"]] == [ann["id"]], query
    assert [each["name"] for each in inside.ask("GET", "/users/autocomplete", name="bo").body["users"]] == ["Bob"]
    staff = inside.ask("GET", "/users?role[]=agent&role[]=admin").body["users"]
    assert [each["name"] for each in staff] == ["Support Agent", "Bob"]
    assert inside.ask("GET", "/users/count").body["count"]["value"] == 3


def test_many_users_in_one_call(inside: Inside) -> None:
    """Made, changed and deleted; one fault does not stop the others."""
    given = [{"name": "Ann", "email": "ann@x.example.com"}, {"name": ""}, {"name": "Bob", "external_id": "b"}]
    made = inside.done(inside.ask("POST", "/users/create_many", {"users": given}))
    assert [each.get("status") or each["error"] for each in made] == ["Created", "UserCreateFailed", "Created"]
    upsert = [{"name": "Anna", "email": "ann@x.example.com"}, {"name": "New"}]
    done = inside.done(inside.ask("POST", "/users/create_or_update_many", {"users": upsert}))
    assert [each["status"] for each in done] == ["Updated", "Created"]
    inside.done(inside.ask("PUT", "/users/update_many", {"user": {"notes": "n"}}, external_ids="b"))
    shown = inside.ask("GET", "/users/show_many", ids=f"{made[0]['id']},{made[2]['id']}").body["users"]
    assert [(each["name"], each["notes"]) for each in shown] == [("Anna", None), ("Bob", "n")]
    gone = inside.done(inside.ask("DELETE", "/users/destroy_many", ids=f"{made[0]['id']},1"))
    assert [each.get("status") or each["error"] for each in gone] == ["Deleted", "UserDeleteFailed"]


def test_a_deleted_user_is_inactive_and_frees_the_address(inside: Inside) -> None:
    """Shown as inactive, listed among the deleted, forgotten for good in the end."""
    ann = inside.user("Ann")
    path = f"/users/{ann['id']}"
    assert inside.ask("DELETE", path).body["user"]["active"] is False
    assert inside.ask("GET", path).body["user"]["active"] is False
    assert inside.ask("PUT", path, {"user": {"name": "X"}}).status == 404
    assert inside.user("Ann")["id"] != ann["id"]
    assert [each["id"] for each in inside.ask("GET", "/deleted_users").body["deleted_users"]] == [ann["id"]]
    assert inside.ask("DELETE", f"/deleted_users/{ann['id']}").status == 200
    assert inside.ask("GET", path).status == 404


def test_an_export_tells_of_a_user_who_was_deleted_for_good(inside: Inside) -> None:
    """Shown as deleted, later as permanently deleted, with nothing of who they were."""
    ann = inside.user("Ann", notes="a secret")
    start = int(inside.clock.wall().timestamp()) - 3600
    inside.ask("DELETE", f"/users/{ann['id']}")

    def exported() -> list[dict[str, Any]]:
        inside.clock.advance(60)
        found = inside.ask("GET", "/incremental/users/cursor", start_time=start).body["users"]
        return [each for each in found if each["id"] == ann["id"]]

    assert [(each["active"], each["permanently_deleted"], each["notes"]) for each in exported()] == [
        (False, False, "a secret")
    ]
    inside.ask("DELETE", f"/deleted_users/{ann['id']}")
    assert [(each["active"], each["permanently_deleted"], each["notes"]) for each in exported()] == [
        (False, True, None)
    ]


def test_addresses_are_added_and_made_first(inside: Inside) -> None:
    """A ticket from the second address is the same person's."""
    ann, path = inside.user("Ann"), ""
    path = f"/users/{ann['id']}/identities"
    made = inside.ask("POST", path, {"identity": {"type": "email", "value": "A2@x.example.com"}}).body["identity"]
    assert (made["value"], made["primary"], made["verified"]) == ("a2@x.example.com", False, False)
    ticket = inside.ticket(requester={"name": "Someone", "email": "a2@x.example.com"})
    assert ticket["requester_id"] == ann["id"]
    taken = inside.ask("POST", path, {"identity": {"type": "email", "value": ann["email"]}})
    assert taken.status == 422
    listed = inside.ask("PUT", f"{path}/{made['id']}/make_primary").body["identities"]
    assert [each["primary"] for each in listed] == [False, True]
    assert inside.ask("GET", f"/users/{ann['id']}").body["user"]["email"] == "a2@x.example.com"
    assert inside.ask("PUT", f"{path}/{made['id']}/verify").body["identity"]["verified"] is True
    assert inside.ask("DELETE", f"{path}/{made['id']}").status == 204
    assert inside.ask("GET", f"/users/{ann['id']}").body["user"]["email"] == ann["email"]
    phone = inside.ask("POST", path, {"identity": {"type": "phone_number", "value": "+49"}})
    assert (phone.status, phone.body["identity"]["primary"]) == (201, False)


def test_merging_moves_tickets_and_addresses(inside: Inside) -> None:
    """What one asked for is the other's; the one is gone."""
    ann, bob = inside.user("Ann", external_id="a"), inside.user("Bob")
    ticket = inside.ticket(requester_id=ann["id"], requester=None)
    winner = inside.ask("PUT", f"/users/{ann['id']}/merge", {"user": {"id": bob["id"]}}).body["user"]
    assert (winner["id"], winner["external_id"]) == (bob["id"], "a")
    assert inside.ask("GET", f"/tickets/{ticket['id']}").body["ticket"]["requester_id"] == bob["id"]
    addresses = inside.ask("GET", f"/users/{bob['id']}/identities").body["identities"]
    assert {each["value"] for each in addresses} == {ann["email"], bob["email"]}
    assert inside.ask("GET", f"/users/{ann['id']}").body["user"]["active"] is False
    related = inside.ask("GET", f"/users/{bob['id']}/related").body["user_related"]
    assert related["requested_tickets"] == 1


def test_organizations_have_names_domains_and_people(inside: Inside) -> None:
    """A name is taken once, a domain brings its people, and their tickets name the organization."""
    asked = {"name": "Acme", "domain_names": ["acme.example.com"], "external_id": "o-1", "tags": ["big"]}
    made = inside.ask("POST", "/organizations", {"organization": asked})
    acme = made.body["organization"]
    assert (made.status, made.headers["Location"]) == (201, acme["url"])
    taken = inside.ask("POST", "/organizations", {"organization": {"name": "ACME"}})
    assert (taken.status, taken.body["details"]["name"][0]["error"]) == (422, "DuplicateValue")
    ann = inside.user("Ann", email="ann@acme.example.com")
    ticket = inside.ticket(requester_id=ann["id"], requester=None)
    assert (ann["organization_id"], ticket["organization_id"]) == (acme["id"], acme["id"])
    path = f"/organizations/{acme['id']}"
    assert [each["id"] for each in inside.ask("GET", f"{path}/users").body["users"]] == [ann["id"]]
    assert [each["id"] for each in inside.ask("GET", f"{path}/tickets").body["tickets"]] == [ticket["id"]]
    assert inside.ask("GET", f"{path}/related").body["organization_related"] == {"tickets_count": 1, "users_count": 1}
    found = inside.ask("GET", "/organizations/search", external_id="o-1").body["organizations"]
    assert [each["id"] for each in found] == [acme["id"]]
    upsert = inside.ask("POST", "/organizations/create_or_update", {"organization": {"name": "acme", "notes": "n"}})
    assert (upsert.status, upsert.body["organization"]["notes"]) == (200, "n")
    assert inside.ask("PUT", f"{path}/tags", {"tags": ["old"]}).body["tags"] == ["big", "old"]
    inside.done(inside.ask("DELETE", "/organizations/destroy_many", ids=acme["id"]))
    assert inside.ask("GET", f"/users/{ann['id']}").body["user"]["organization_id"] is None
    assert inside.ask("GET", f"/tickets/{ticket['id']}").body["ticket"]["organization_id"] is None


def test_fields_of_users_are_known_by_key(inside: Inside) -> None:
    """Known keys are checked and kept, unknown ones dropped."""
    field = {"user_field": {"type": "integer", "title": "Seats", "key": "seats"}}
    assert inside.ask("POST", "/user_fields", field).status == 201
    ann = inside.user("Ann", user_fields={"seats": 3, "lost": "x"})
    assert ann["user_fields"] == {"seats": 3}
    wrong = inside.ask("PUT", f"/users/{ann['id']}", {"user": {"user_fields": {"seats": "many"}}})
    assert wrong.status == 422


def test_a_suspended_requester_is_refused(inside: Inside) -> None:
    """An agent cannot make a ticket for somebody who is suspended."""
    ann = inside.user("Ann", suspended=True)
    for given in ({"requester_id": ann["id"]}, {"requester": {"name": "Ann", "email": ann["email"]}}):
        refused = inside.ask("POST", "/tickets", {"ticket": {"comment": {"body": "x"}, **given}})
        assert (refused.status, list(refused.body["details"])) == (422, ["requester"])


def test_customers_do_not_see_what_agents_see(inside: Inside) -> None:
    """403 in the vendor's words; an unknown address is not let in at all."""
    ann = inside.user("Ann")
    assert inside.ask("GET", "/users/me", user=ann["email"]).body["user"]["id"] == ann["id"]
    refused = inside.ask("GET", "/tickets", user=ann["email"])
    assert (refused.status, refused.body["error"]["title"]) == (403, "Forbidden")
    assert inside.ask("GET", "/tickets", user="nobody@x.example.com").status == 401


QUERIES = [
    ("type:ticket status<solved", ["first", "second"]),
    ("type:ticket status:solved status:open", ["solved"]),
    ("tags:vip", ["second"]),
    ("-tags:vip type:ticket", ["first", "solved"]),
    ("requester:bob@customers.example.com", ["second"]),
    ("requester:Bob", ["second"]),
    ("priority>=high", ["second"]),
    ('subject:"printer is"', ["first"]),
    ("print*", ["first", "second"]),
    ("print", ["first", "second"]),
    ("rinter", []),
    ("subject:sl", ["first"]),
    ("created>2025-12-31 type:ticket", ["first", "second", "solved"]),
    ("created<2025-12-31 type:ticket", []),
    ("created:2026-01-01 type:ticket", ["first", "second", "solved"]),
    ("created>1hour type:ticket", ["first", "second", "solved"]),
    ("external_id:ext-1", ["first"]),
    ("external_id:ext*", ["first"]),
    ("assignee:none type:ticket", ["first", "second"]),
    ("assignee:me", ["solved"]),
    ('tags:"vip gold"', []),
    ("commenter:bob", ["second"]),
    ("has_attachment:true", []),
    ("solved>2025-12-31", ["solved"]),
    ("ticket_type:incident", ["second"]),
    ("type:incident", ["second"]),
    ("printer burning", ["second"]),
]


@pytest.mark.parametrize(("query", "found"), QUERIES, ids=[query for query, _ in QUERIES])
def test_the_query_language(inside: Inside, query: str, found: list[str]) -> None:
    """Each part of a query narrows, alternatives widen."""
    bob = {"name": "Bob", "email": "bob@customers.example.com"}
    inside.ticket(subject="The printer is slow", external_id="ext-1")
    inside.ticket(subject="Burning", comment={"body": "the printer"}, requester=bob, tags=["vip"], priority="urgent",
                  type="incident")  # fmt: skip
    solved = inside.ticket(subject="Done")
    inside.ask("PUT", f"/tickets/{solved['id']}", {"ticket": {"status": "solved"}})
    inside.clock.advance(1)
    names = {"The printer is slow": "first", "Burning": "second", "Done": "solved"}
    answer = inside.ask("GET", "/search", query=query, sort_by="created_at", sort_order="asc")
    assert [names[each["subject"]] for each in answer.body["results"]] == found
    assert answer.body["count"] == len(found) == inside.ask("GET", "/search/count", query=query).body["count"]


def test_the_search_is_late_by_as_much_as_is_set(inside: Inside) -> None:
    """Until it has learnt of a change a ticket is found as it was."""
    inside.slice.tune({"search_lag_s": 60})
    ticket = inside.ticket(tags=["old"])
    inside.clock.advance(60)
    inside.ask("PUT", f"/tickets/{ticket['id']}", {"ticket": {"tags": ["new"]}})
    for seconds, old, new in ((1, 1, 0), (58, 1, 0), (2, 0, 1)):
        inside.clock.advance(seconds)
        assert [inside.ask("GET", "/search/count", query=f"tags:{tag}").body["count"] for tag in ("old", "new")] == [
            old,
            new,
        ]


def test_the_search_ends_at_a_thousand_and_its_export_does_not(inside: Inside) -> None:
    """Page eleven is refused; the export goes on by cursor and shows each once."""
    for _ in range(1003):
        inside.slice.desk.tickets.create({"comment": {"body": "x"}, "tags": "many"})
    inside.clock.advance(1)
    tenth = inside.ask("GET", "/search", query="tags:many", page=10, per_page=100)
    assert (len(tenth.body["results"]), tenth.body["count"]) == (100, 1003)
    refused = inside.ask("GET", "/search", query="tags:many", page=11, per_page=100)
    assert (refused.status, refused.body["error"]) == (422, "invalid")
    first = inside.ask("GET", "/search/export?filter[type]=ticket&page[size]=1000", query="tags:many").body
    rest = inside.ask("GET", first["links"]["next"].removeprefix("http://helpdesk.example.com")).body
    assert [len(first["results"]), len(rest["results"]), rest["meta"]["has_more"]] == [1000, 3, False]
    assert len({each["id"] for each in first["results"] + rest["results"]}) == 1003
    assert inside.ask("GET", "/search/export", query="x").status == 400


def test_files_are_kept_and_opened_byte_for_byte(inside: Inside) -> None:
    """Several on one token, with their types, inline or not, used once, gone after an hour, blacked out for good."""
    first = inside.ask(
        "POST", "/uploads", filename="a b.png", content=b"\x00\xff", headers={"content-type": "image/png"}
    )
    token = first.body["upload"]["token"]
    both = inside.ask("POST", "/uploads", filename="c.txt", token=token, inline="true", content=b"c").body["upload"]
    assert (both["token"], [each["content_type"] for each in both["attachments"]]) == (
        token,
        ["image/png", "text/plain"],
    )
    assert (both["attachment"]["inline"], both["expires_at"]) == (True, "2026-01-01T01:00:00Z")
    ticket = inside.ticket(comment={"body": "see", "uploads": [token]})
    (comment,) = inside.ask("GET", f"/tickets/{ticket['id']}/comments").body["comments"]
    assert [each["file_name"] for each in comment["attachments"]] == ["a b.png", "c.txt"]
    path = comment["attachments"][0]["content_url"].removeprefix("http://helpdesk.example.com")
    assert inside.ask("GET", path, user=None).raw == b"\x00\xff"
    assert inside.ask("DELETE", f"/uploads/{token}").status == 404
    again = inside.ticket(comment={"body": "see", "uploads": [token]})
    assert inside.ask("GET", f"/tickets/{again['id']}/comments").body["comments"][0]["attachments"] == []
    file = f"/tickets/{ticket['id']}/comments/{comment['id']}/attachments/{comment['attachments'][0]['id']}/redact"
    assert inside.ask("PUT", file).status == 200
    assert inside.ask("GET", path, user=None).status == 404


def test_a_token_of_an_upload_expires(inside: Inside) -> None:
    """After an hour it brings nothing, and nothing can be added to it."""
    token = inside.ask("POST", "/uploads", filename="a.txt", content=b"a").body["upload"]["token"]
    inside.clock.advance(3600)
    assert inside.ask("POST", "/uploads", filename="b.txt", token=token, content=b"b").status == 404
    ticket = inside.ticket(comment={"body": "see", "uploads": [token]})
    assert inside.ask("GET", f"/tickets/{ticket['id']}/comments").body["comments"][0]["attachments"] == []


def test_the_account_has_a_brand_and_languages(inside: Inside) -> None:
    """A ticket's brand is found; languages need no password, one's own does."""
    brand = inside.ask("GET", f"/brands/{inside.ticket()['brand_id']}").body["brand"]
    assert (brand["default"], inside.ask("GET", "/brands").body["brands"]) == (True, [brand])
    assert inside.ask("GET", "/brands/5").status == 404
    ann = inside.user("Anna", locale="de")
    assert inside.ask("GET", "/locales/current", user=ann["email"]).body["locale"]["id"] == 8
    assert [each["locale"] for each in inside.ask("GET", "/locales", user=None).body["locales"]][:2] == ["en-US", "de"]
    assert inside.ask("GET", "/locales/de", user=None).body["locale"]["default"] is False
    assert inside.ask("GET", "/locales/xx").status == 404
    assert inside.ask("GET", "/locales/current", user=None).status == 401


def test_a_ticket_has_the_tags_of_its_requester_and_their_organization(inside: Inside) -> None:
    """Added to its own when it is made, and not again later."""
    acme = inside.ask("POST", "/organizations", {"organization": {"name": "Acme", "tags": ["big"]}}).body[
        "organization"
    ]
    ann = inside.user("Ann", tags=["vip"], organization_id=acme["id"])
    ticket = inside.ticket(requester_id=ann["id"], requester=None, tags=["own"])
    assert ticket["tags"] == ["own", "vip", "big"]
    changed = inside.ask("PUT", f"/tickets/{ticket['id']}", {"ticket": {"tags": ["new"]}}).body["ticket"]
    assert changed["tags"] == ["new"]


def test_a_ticket_takes_five_thousand_comments(inside: Inside) -> None:
    """One more is refused; anything else may still be changed."""
    ticket = inside.slice.desk.tickets.get(inside.ticket()["id"])
    ticket.comments.extend(ticket.comments[:1] * 4999)
    path = f"/tickets/{ticket.id}"
    assert inside.ask("PUT", path, {"ticket": {"comment": {"body": "x"}}}).status == 422
    assert inside.ask("PUT", path, {"ticket": {"priority": "low"}}).status == 200
