"""The rules of tickets: requesters, tags, uploads, keys, the late search."""

from typing import Any

import pytest

from fakes.helpdesk.problems import Problem
from tests.helpdesk.conftest import Bare

ANN = {"name": "Ann", "email": "ann@customers.example.com"}
TICKET: dict[str, Any] = {"subject": "Help", "comment": {"body": "It broke"}, "requester": ANN}


def test_a_requester_is_made_once(bare: Bare) -> None:
    """Two tickets with the same e-mail, however spelt, are one person's."""
    first = bare.tickets.create(TICKET).ticket
    second = bare.tickets.create({**TICKET, "requester": {"name": "A.", "email": " ANN@customers.example.com"}}).ticket
    assert first.requester is second.requester
    assert first.requester.name == "Ann"


def test_an_external_id_is_not_unique(bare: Bare) -> None:
    """The helpdesk makes a second ticket without a word."""
    made = [bare.tickets.create({**TICKET, "external_id": "t-1"}).ticket.id for _ in range(2)]
    assert len(set(made)) == 2


def test_values_are_what_effects_tell(bare: Bare) -> None:
    """The group by name, tags in order, the file by size and hash."""
    group = bare.group("Billing")
    token = bare.uploads.add("a.txt", "text/plain", b"\x00\xffabc", None).token
    given = {
        **TICKET,
        "comment": {"body": "It broke", "uploads": [token]},
        "priority": "high",
        "group_id": group,
        "tags": ["Plan_Pro", "app"],
        "external_id": 7,
    }
    values = bare.tickets.values_of(bare.tickets.create(given).ticket)
    (file,) = values.pop("attachments")
    assert (file["name"], file["size"], file["content_type"]) == ("a.txt", 5, "text/plain")
    assert values == {
        "subject": "Help",
        "body": "It broke",
        "priority": "high",
        "group": "Billing",
        "tags": ["plan_pro", "app"],
        "requester_email": ANN["email"],
        "status": "new",
        "external_id": "7",
    }


def test_an_upload_is_used_once(bare: Bare) -> None:
    """A second ticket with the token gets no file; where the switch says so, it is refused."""
    token = bare.uploads.add("a.txt", "text/plain", b"abc", None).token
    given = {**TICKET, "comment": {"body": "See file", "uploads": [token]}}
    first, second = (bare.tickets.create(given).ticket for _ in range(2))
    assert [len(each.comments[0].attachments) for each in (first, second)] == [1, 0]
    bare.account.settings.unknown_upload = "refuse"
    with pytest.raises(Problem, match="RecordInvalid"):
        bare.tickets.create(given)


def test_an_upload_expires(bare: Bare) -> None:
    """After an hour the token brings nothing."""
    token = bare.uploads.add("a.txt", "text/plain", b"abc", None).token
    bare.clock.advance(3600)
    assert not bare.uploads.knows(token)


def test_unknown_custom_fields_are_dropped_silently(bare: Bare) -> None:
    """Only fields that exist are kept."""
    known = bare.fields.create({"type": "text", "title": "Order"})["id"]
    fields = [{"id": known, "value": "o-1"}, {"id": 4711, "value": "lost"}]
    assert bare.tickets.create({**TICKET, "custom_fields": fields}).ticket.custom == {known: "o-1"}


def test_tags_are_replaced_added_and_removed(bare: Bare) -> None:
    """`tags` replaces; the other two do not."""
    ticket = bare.tickets.create({**TICKET, "tags": ["a", "b"]}).ticket
    bare.tickets.update(ticket, {"tags": ["c", "b"]})
    bare.tickets.update(ticket, {"additional_tags": ["d"], "remove_tags": ["b"]})
    assert ticket.tags == ["c", "d"]


def test_an_update_that_changes_nothing_is_none(bare: Bare) -> None:
    """The same priority again is no change; a comment is one."""
    ticket = bare.tickets.create({**TICKET, "priority": "low"}).ticket
    assert bare.tickets.update(ticket, {"priority": "low"}).op is None
    assert bare.tickets.update(ticket, {"comment": {"body": "More", "public": False}}).op == "update"


def test_a_closed_ticket_cannot_change(bare: Bare) -> None:
    """Closed is for good."""
    ticket = bare.tickets.create(TICKET).ticket
    bare.tickets.update(ticket, {"status": "closed"})
    with pytest.raises(Problem, match="RecordInvalid") as refused:
        bare.tickets.update(ticket, {"priority": "low"})
    assert refused.value.details["status"][0][0] == "Status: closed prevents ticket update"


def test_a_safe_update_is_refused_when_somebody_was_faster(bare: Bare) -> None:
    """The stamp must be the ticket's own."""
    ticket = bare.tickets.create(TICKET).ticket
    stamp = ticket.updated_at
    bare.clock.advance(2)
    bare.tickets.update(ticket, {"priority": "low"})
    with pytest.raises(Problem, match="UpdateConflict"):
        bare.tickets.update(ticket, {"priority": "high", "safe_update": True, "updated_stamp": stamp})


WRONG: list[tuple[dict[str, Any], str]] = [
    ({**TICKET, "comment": {"body": "  "}}, "base"),
    ({**TICKET, "priority": "asap"}, "priority"),
    ({**TICKET, "type": "bug"}, "type"),
    ({**TICKET, "group_id": 1}, "group"),
    ({**TICKET, "requester": {"name": "", "email": "new@x.example.com"}}, "requester"),
    ({**TICKET, "requester": {"email": None}}, "requester-email"),
    ({**TICKET, "requester": {"name": "X", "email": "nonsense"}}, "requester-format"),
]


@pytest.mark.parametrize(("given", "field"), WRONG, ids=[field for _, field in WRONG])
def test_a_wrong_ticket_is_refused_and_leaves_nothing(bare: Bare, given: dict[str, Any], field: str) -> None:
    """The details name the field; neither ticket nor requester is made."""
    with pytest.raises(Problem) as refused:
        bare.tickets.create(given)
    assert list(refused.value.details) == [field.partition("-")[0]]
    assert not len(bare.tickets.all)
    assert list(bare.people.users) == [bare.people.agent]


def test_a_key_answers_the_first_answer_for_two_hours(bare: Bare) -> None:
    """Same parameters replay, other ones are refused, and the key expires by the clock."""
    bare.keys.keep("k", {"ticket": {"a": 1, "b": 2}}, b"first")
    assert bare.keys.replay("k", {"ticket": {"b": 2, "a": 1}}) == b"first"
    with pytest.raises(Problem, match="IdempotentRequestError"):
        bare.keys.replay("k", {"ticket": {"a": 2}})
    bare.clock.advance(2 * 3600)
    assert bare.keys.replay("k", {"ticket": {"a": 2}}) is None


QUERIES = [
    ("type:ticket external_id:t-1", 1),
    ("type:ticket external_id:t-9", 0),
    ("type:ticket status:new priority>low", 1),
    ("type:ticket status<solved", 2),
    ("requester:ann@customers.example.com", 2),
    ("tags:pro", 1),
    ('group:"Account access"', 1),
    ("broke", 2),
    ("created>2025-12-31", 2),
]


@pytest.mark.parametrize(("query", "hits"), QUERIES, ids=[query for query, _ in QUERIES])
def test_queries(bare: Bare, query: str, hits: int) -> None:
    """Each part narrows what is found."""
    group = bare.group("Account access")
    bare.tickets.create({**TICKET, "external_id": "t-1", "priority": "high", "tags": ["pro"]})
    bare.tickets.create({**TICKET, "group_id": group})
    bare.clock.advance(1)
    assert len(bare.found(query, "ticket")) == hits


def test_search_learns_late(bare: Bare) -> None:
    """Search-then-create is a race here too."""
    bare.tickets.create({**TICKET, "external_id": "t-1"})
    assert not bare.found("external_id:t-1", "ticket")
    bare.clock.advance(bare.account.settings.search_lag_s)
    assert len(bare.found("external_id:t-1", "ticket")) == 1
