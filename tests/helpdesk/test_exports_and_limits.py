"""Idempotency keys, limits, incremental exports, side conversations and ratings, by the clock of the test."""

from typing import Any

import pytest

from tests.helpdesk.inside import Answer, Inside

BODY = {"ticket": {"subject": "Help", "comment": {"body": "It broke"}}}


def _keyed(inside: Inside, key: str, body: Any = BODY) -> Answer:
    return inside.ask("POST", "/tickets", body, headers={"idempotency-key": key})


def test_a_key_is_good_for_two_hours_of_the_clock(inside: Inside) -> None:
    """A second before it replays, at the end it makes a new ticket."""
    first = _keyed(inside, "k")
    inside.clock.advance(2 * 3600 - 1)
    again = _keyed(inside, "k")
    inside.clock.advance(1)
    new = _keyed(inside, "k")
    assert [each.headers["x-idempotency-lookup"] for each in (first, again, new)] == ["miss", "hit", "miss"]
    assert (first.raw, again.status) == (again.raw, 201)
    assert new.body["ticket"]["id"] != first.body["ticket"]["id"]
    assert len(inside.effects) == 2


def test_a_key_is_refused_for_another_body_and_not_kept_by_a_refusal(inside: Inside) -> None:
    """400 with the vendor's word; what was refused may be sent again with the same key."""
    refused = _keyed(inside, "k", {"ticket": {"subject": "no comment"}})
    assert (refused.status, "x-idempotency-lookup" in refused.headers) == (422, False)
    assert _keyed(inside, "k").status == 201
    other = _keyed(inside, "k", {"ticket": {**BODY["ticket"], "priority": "low"}})
    assert (other.status, other.body["error"]) == (400, "IdempotentRequestError")
    assert _keyed(inside, "k" * 256).status == 400
    assert len(inside.effects) == 1


def test_a_key_means_nothing_to_an_update(inside: Inside) -> None:
    """Only making a ticket takes keys: the same comment is added twice."""
    path = f"/tickets/{inside.ticket()['id']}"
    for _ in range(2):
        inside.ask("PUT", path, {"ticket": {"comment": {"body": "again"}}}, headers={"idempotency-key": "k"})
    assert len(inside.ask("GET", f"{path}/comments").body["comments"]) == 3


def test_the_account_has_so_many_calls_a_minute(inside: Inside) -> None:
    """429 says when to come back, and then the call goes through; the limit is set while it runs."""
    inside.slice.tune({"per_minute": 3})
    answers = [inside.ask("GET", "/groups") for _ in range(4)]
    assert [each.status for each in answers] == [200, 200, 200, 429]
    assert [each.headers["X-Rate-Limit-Remaining"] for each in answers] == ["2", "1", "0", "0"]
    assert (answers[3].headers["Retry-After"], answers[3].headers["X-Rate-Limit"]) == ("60", "3")
    assert answers[3].body["error"] == "APIRateLimitExceeded"
    inside.clock.advance(59)
    assert inside.ask("GET", "/groups").headers["Retry-After"] == "1"
    inside.clock.advance(1)
    assert inside.ask("GET", "/groups").status == 200


def test_a_ticket_is_changed_thirty_times_in_ten_minutes(inside: Inside) -> None:
    """Counted for each ticket; another one is not hindered."""
    inside.slice.tune({"own_limits": True})
    one, other = (f"/tickets/{inside.ticket()['id']}" for _ in range(2))
    answers = [inside.ask("PUT", one, {"ticket": {"tags": [f"t{n}"]}}) for n in range(31)]
    assert [each.status for each in answers].count(200) == 30
    assert answers[29].headers["Zendesk-RateLimit-per-ticket-updates"] == "total=30; remaining=0; resets=600"
    assert (answers[30].status, answers[30].headers["Retry-After"]) == (429, "600")
    assert inside.ask("PUT", other, {"ticket": {"tags": ["x"]}}).status == 200
    inside.clock.advance(600)
    assert inside.ask("PUT", one, {"ticket": {"tags": ["x"]}}).status == 200


def test_other_numbers_for_a_limit(inside: Inside) -> None:
    """By the name of its header."""
    limits = "Zendesk-RateLimit-incremental-exports=1"
    inside.slice.tune({"own_limits": True, "limits": limits})
    answers = [inside.ask("GET", "/incremental/tickets", start_time=0) for _ in range(2)]
    assert [each.status for each in answers] == [200, 429]


@pytest.mark.parametrize("wrong", [{"speed": 1}, {"per_minute": "many"}, {"search_lag_s": -1}, {"limits": "x=y"}])
def test_wrong_settings_are_refused(inside: Inside, wrong: dict[str, Any]) -> None:
    """Nothing is changed by a wrong word."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        inside.slice.tune(wrong)


def _second(inside: Inside) -> int:
    return int(inside.clock.wall().timestamp())


def test_an_export_by_cursor_shows_each_change_once(inside: Inside) -> None:
    """A minute late, by pages; a ticket that changes comes again, a deleted one says so."""
    start = _second(inside) - 3600
    made = [inside.ticket()["id"] for _ in range(3)]
    early = inside.ask("GET", "/incremental/tickets/cursor", start_time=start).body
    assert (early["tickets"], early["end_of_stream"]) == ([], True)
    inside.clock.advance(60)
    first = inside.ask("GET", "/incremental/tickets/cursor", start_time=start, per_page=2).body
    rest = inside.ask("GET", first["after_url"].removeprefix("http://helpdesk.example.com")).body
    assert ([each["id"] for each in first["tickets"]], first["end_of_stream"]) == (made[:2], False)
    assert ([each["id"] for each in rest["tickets"]], rest["end_of_stream"]) == (made[2:], True)
    inside.ask("PUT", f"/tickets/{made[0]}", {"ticket": {"priority": "low"}})
    inside.ask("DELETE", f"/tickets/{made[1]}")
    inside.clock.advance(60)
    later = inside.ask("GET", "/incremental/tickets/cursor", cursor=rest["after_cursor"]).body
    assert [(each["id"], each["status"]) for each in later["tickets"]] == [(made[0], "new"), (made[1], "deleted")]
    end = inside.ask("GET", "/incremental/tickets/cursor", cursor=later["after_cursor"]).body
    assert (end["tickets"], end["after_cursor"]) == ([], later["after_cursor"])
    without = inside.ask("GET", "/incremental/tickets/cursor", start_time=start, exclude_deleted="true").body
    assert made[1] not in [each["id"] for each in without["tickets"]]


def test_an_export_by_time_shows_the_last_second_again(inside: Inside) -> None:
    """A page ends with a whole second; asked again from there, its last records come twice."""
    start = _second(inside) - 3600
    made = []
    for _ in range(3):
        made.append(inside.ticket()["id"])
        inside.clock.advance(1)
    inside.clock.advance(60)
    first = inside.ask("GET", "/incremental/tickets", start_time=start, per_page=2).body
    assert ([each["id"] for each in first["tickets"]], first["end_of_stream"]) == (made[:2], False)
    second = inside.ask("GET", first["next_page"].removeprefix("http://helpdesk.example.com")).body
    assert ([each["id"] for each in second["tickets"]], second["end_of_stream"]) == (made[1:], True)
    assert second["end_time"] == second["tickets"][-1]["generated_timestamp"]


def test_an_export_does_not_begin_in_the_last_minute(inside: Inside) -> None:
    """422 in the vendor's words; no start at all is a 400."""
    refused = inside.ask("GET", "/incremental/tickets/cursor", start_time=_second(inside) - 59)
    assert (refused.status, refused.body["error"]) == (422, "StartTimeTooRecent")
    assert inside.ask("GET", "/incremental/tickets/cursor", start_time=_second(inside) - 60).status == 200
    assert inside.ask("GET", "/incremental/tickets").status == 400
    assert inside.ask("GET", "/incremental/tickets/cursor", cursor="zz").status == 400


def test_users_organizations_and_events_are_exported(inside: Inside) -> None:
    """What was done to tickets with what it changed; comments where asked."""
    ann = inside.user("Ann")
    inside.ask("POST", "/organizations", {"organization": {"name": "Acme"}})
    ticket = inside.ticket(requester_id=ann["id"], requester=None)
    inside.ask("PUT", f"/tickets/{ticket['id']}", {"ticket": {"priority": "high", "comment": {"body": "yes"}}})
    inside.ask("DELETE", f"/users/{ann['id']}")
    inside.clock.advance(61)
    users = inside.ask("GET", "/incremental/users", start_time=0).body
    assert [(each["id"], each["active"]) for each in users["users"]][-1] == (ann["id"], False)
    assert inside.ask("GET", "/incremental/users/cursor", start_time=0).body["users"] == users["users"]
    organizations = inside.ask("GET", "/incremental/organizations", start_time=0).body["organizations"]
    assert [each["name"] for each in organizations] == ["Acme"]
    events = inside.ask("GET", "/incremental/ticket_events", start_time=0).body
    (change,) = events["ticket_events"][1]["child_events"]
    assert (change["event_type"], change["priority"], change["previous_value"]) == ("Change", "high", None)
    said = inside.ask("GET", "/incremental/ticket_events", start_time=0, include="comment_events").body["ticket_events"]
    assert [each["event_type"] for each in said[1]["child_events"]] == ["Comment", "Change"]
    assert events["end_of_stream"] is True


def test_a_side_conversation_runs_beside_the_ticket(inside: Inside) -> None:
    """Begun, answered, closed and opened again by an answer; the customer's ticket has no word of it."""
    ticket = inside.ticket()
    path = f"/tickets/{ticket['id']}/side_conversations"
    message = {"subject": "Spare part", "body": "Have you got one?", "to": [{"email": "parts@x.example.com"}]}
    made = inside.ask("POST", path, {"message": message, "external_ids": {"shop": "7"}})
    side = made.body["side_conversation"]
    assert (made.status, side["state"], side["external_ids"]) == (201, "open", {"shop": "7"})
    one = f"{path}/{side['id']}"
    closed = inside.ask("PUT", one, {"side_conversation": {"state": "closed"}}).body["side_conversation"]
    assert closed["state"] == "closed"
    again = inside.ask("POST", f"{one}/reply", {"message": {"body": "Well?"}}).body
    assert (again["side_conversation"]["state"], again["event"]["message"]["to"][0]["email"]) == (
        "open",
        "parts@x.example.com",
    )
    events = inside.ask("GET", f"{one}/events").body["events"]
    assert [each["type"] for each in events] == ["create", "update", "update", "reply"]
    assert inside.ask("GET", path).body["count"] == 1
    assert inside.ask("POST", path, {"message": {"body": "x"}}).status == 422
    assert len(inside.ask("GET", f"/tickets/{ticket['id']}/comments").body["comments"]) == 1


def test_a_customer_rates_a_solved_ticket(inside: Inside) -> None:
    """Only who asked, only once it is solved; the last word counts."""
    ticket = inside.ticket()
    rate = f"/tickets/{ticket['id']}/satisfaction_rating"
    ann, good = "ann@customers.example.com", {"satisfaction_rating": {"score": "good", "comment": "Quick"}}
    assert inside.ask("POST", rate, good, user=ann).status == 422
    inside.ask("PUT", f"/tickets/{ticket['id']}", {"ticket": {"status": "solved"}})
    assert inside.ask("POST", rate, good).status == 403
    made = inside.ask("POST", rate, good, user=ann).body["satisfaction_rating"]
    inside.ask("POST", rate, {"satisfaction_rating": {"score": "bad"}}, user=ann)
    assert inside.ask("GET", f"/satisfaction_ratings/{made['id']}").body["satisfaction_rating"]["score"] == "bad"
    assert inside.ask("GET", f"/tickets/{ticket['id']}").body["ticket"]["satisfaction_rating"]["score"] == "bad"
    counts = [
        inside.ask("GET", "/satisfaction_ratings", score=each).body["count"] for each in ("good", "bad", "received")
    ]
    assert counts == [0, 1, 1]
