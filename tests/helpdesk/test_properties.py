"""Whatever is called in whatever order: no bug, no answer of 500, and nothing that was committed is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.helpdesk.acting import ACTS
from harness.rng import Rng
from tests.helpdesk.guessing import JUNK, Guesser
from tests.helpdesk.inside import EMAIL, Inside

CALLS = 120
ASYNC = "/api/v2/webhooks/test"


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32))
def test_no_sequence_of_calls_is_a_bug_or_loses_a_ticket(seed: int) -> None:
    """Every route, with bodies that fit and that do not; the clock moves; in the end all is where it must be."""
    inside, chance = Inside(), Rng(seed).stream("guesses")
    routes = [each for each in inside.slice.routes if not each.template.endswith(".json") and each.template != ASYNC]
    guesser = Guesser(chance, routes)
    guesser.learn({"ticket": inside.ticket(type="problem", tags=["a"]), "user": inside.user("Bob", role="agent")})
    for path in ("/groups", "/users", "/ticket_fields", "/custom_statuses"):
        guesser.learn(inside.ask("GET", path).body)
    for _ in range(CALLS):
        method, path, body, query = guesser.call()
        user = chance.choice((*[EMAIL] * 8, "ann@customers.example.com", None))
        answer = inside.ask(method, path, body, user=user, **query)
        assert answer.status < 500, (method, path, body, answer.body)
        guesser.learn(answer.body)
        inside.clock.advance(chance.choice((0, 0, 0, 1, 61, 7200)))
    _nothing_is_lost(inside)


def _nothing_is_lost(inside: Inside) -> None:
    """What was made and not thrown away is listed once, shown, and known to search and export; what was, is not."""
    alive: dict[str, bool] = {}
    for op, ticket_id, _, _ in inside.effects:
        alive[ticket_id] = op != "delete"
    live = sorted(int(each) for each, is_alive in alive.items() if is_alive)
    shown: list[int] = []
    link = "/api/v2/tickets?page[size]=7"
    while link:
        page = inside.ask("GET", link.removeprefix("http://helpdesk.example.com")).body
        shown += [each["id"] for each in page["tickets"]]
        link = page["links"]["next"] if page["meta"]["has_more"] else ""
    assert shown == live
    inside.clock.advance(3600)
    found = inside.ask("GET", "/search/export?filter[type]=ticket&page[size]=1000&query=*").body["results"]
    assert [each["id"] for each in found] == live
    exported = inside.ask("GET", "/incremental/tickets/cursor?start_time=1").body["tickets"]
    assert sorted(each["id"] for each in exported if each["status"] != "deleted") == live
    for number in live:
        assert inside.ask("GET", f"/tickets/{number}/comments").body["comments"], number


PERSON = "hxabcabcabcabc"
WORDS = ("email", "name", "subject", "body", "lines", "answers", "message_id", "to", "tags")


@pytest.mark.parametrize("act", sorted(ACTS))
def test_an_act_with_whatever_words_does_it_or_says_why_not(act: str) -> None:
    """Only the two errors that the control channel understands, and a helpdesk that goes on."""
    inside = Inside()
    done = 0
    for name in (None, *WORDS):
        for junk in JUNK if name else (None,):
            inside.ticket(requester={"name": "Ann", "email": f"{PERSON}@customers.example.com"})
            try:
                inside.slice.act(PERSON, act, {name: junk} if name else {})
                done += 1
            except (LookupError, ValueError):
                continue
    assert done
    _nothing_is_lost(inside)


def test_settings_with_whatever_values_are_set_or_refused() -> None:
    """All or none, and a helpdesk that goes on."""
    inside = Inside()
    for name in inside.slice.tune({}):
        for junk in JUNK:
            before = inside.slice.tune({})
            try:
                inside.slice.tune({name: junk})
            except ValueError:
                assert inside.slice.tune({}) == before
            assert inside.ask("GET", "/groups").status in (200, 429)
            inside.slice.tune(before)
