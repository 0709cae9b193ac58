"""No call costs more because more is stored: counted in function calls, which no busy machine changes."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.helpdesk.inside import Inside

FEW, MANY = 150, 3000


def _filled(number: int) -> Inside:
    """A helpdesk with so many tickets, each of somebody else."""
    inside = Inside()
    for place in range(number):
        inside.slice.desk.tickets.create(
            {
                "subject": f"Help {place}",
                "comment": {"body": f"It broke on phone {place}"},
                "external_id": f"t-{place}",
                "requester": {"name": "Ann", "email": f"p{place:05}@customers.example.com"},
                "tags": [f"tag{place % 5}"],
            }
        )
    inside.clock.advance(70)
    inside.ask("GET", "/search/count", query="external_id:none-such")
    return inside


def _work(inside: Inside, ask: Callable[[Inside, int], Any], ticket_id: int) -> int:
    """How many functions a call calls, once it has been made before."""
    ask(inside, ticket_id)
    counted = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        ask(inside, ticket_id)
    finally:
        sys.setprofile(before)
    return counted


ASKS: dict[str, Callable[[Inside, int], Any]] = {
    "create": lambda inside, one: inside.ticket(),
    "show": lambda inside, one: inside.ask("GET", f"/tickets/{one}"),
    "update": lambda inside, one: inside.ask("PUT", f"/tickets/{one}", {"ticket": {"comment": {"body": "x"}}}),
    "list by cursor": lambda inside, one: inside.ask("GET", "/tickets?page[size]=10"),
    "list backwards": lambda inside, one: inside.ask("GET", "/tickets?page[size]=10&sort=-id"),
    "list by number": lambda inside, one: inside.ask("GET", "/tickets?per_page=10&page=5"),
    "list by change": lambda inside, one: inside.ask("GET", "/tickets?per_page=10&sort=-updated_at"),
    "by external id": lambda inside, one: inside.ask("GET", "/tickets?external_id=t-77"),
    "by requester": lambda inside, one: inside.ask(
        "GET", f"/users/{inside.slice.desk.tickets.all.at(one).requester.id}/tickets/requested"
    ),
    "search by id": lambda inside, one: inside.ask("GET", "/search?query=external_id:t-77"),
    "search by person": lambda inside, one: inside.ask("GET", "/search?query=requester:p00077@customers.example.com"),
    "search by word": lambda inside, one: inside.ask("GET", "/search?query=type:ticket p00077"),
    "search by age": lambda inside, one: inside.ask("GET", "/search?query=type:ticket created>2026-01-02"),
    "export": lambda inside, one: inside.ask("GET", "/incremental/tickets/cursor?start_time=1&per_page=10"),
    "users": lambda inside, one: inside.ask("GET", "/users?page[size]=10"),
    "find a user": lambda inside, one: inside.ask("GET", "/users/search?query=p00077@customers.example.com"),
    "upsert": lambda inside, one: inside.ask(
        "POST", "/users/create_or_update", {"user": {"name": "A", "email": "p00077@customers.example.com"}}
    ),
    "audits": lambda inside, one: inside.ask("GET", "/ticket_audits?page[size]=10"),
    "throw away and take back": lambda inside, one: (
        inside.ask("DELETE", f"/tickets/{one}"), inside.ask("PUT", f"/deleted_tickets/{one}/restore")
    ),
    "tags": lambda inside, one: inside.ask("GET", "/tags"),
}  # fmt: skip


@pytest.fixture(scope="module")
def both() -> tuple[Inside, Inside]:
    """A helpdesk with few tickets and one with twenty times as many."""
    return _filled(FEW), _filled(MANY)


@pytest.mark.parametrize("name", ASKS)
def test_a_call_costs_the_same_with_twenty_times_as_many_tickets(both: tuple[Inside, Inside], name: str) -> None:
    """A fifth more is allowed for deeper searches in ordered lists."""
    few, many = (_work(one, ASKS[name], one.slice.desk.tickets.all.ids[77]) for one in both)
    assert many <= few * 1.2 + 20


def test_a_scan_would_be_seen(both: tuple[Inside, Inside]) -> None:
    """Planted: a look at every ticket."""
    few, many = (_work(one, lambda inside, _: list(inside.slice.desk.tickets.all), 0) for one in both)
    assert many > few * 1.2 + 20
