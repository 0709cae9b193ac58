"""Nothing grows with the number of stored records: the same work takes the same steps with few of them and with many.

Steps of the interpreter are counted, not time, so a busy machine changes nothing.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tests.crm.bare import Bare

FEW, MANY, HUGE = 500, 8_000, 100_000
CONTACTS = "/crm/v3/objects/contacts"
Call = tuple[str, str, Any]


def steps(work: Callable[[], object]) -> int:
    """How many instructions of Python the work takes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def filled(count: int) -> Bare:
    """A portal with so many contacts and deals, each deal with its contact, all of them found by the search."""
    bare = Bare(search_per_s=0, search_lag_s=0.0)
    portal, links = bare.slice.portal, bare.slice.links
    for number in range(count):
        contact = portal.create("contacts", {"email": f"{number}@x.example.com", "firstname": "Ann"}).record
        deal = portal.create("deals", {"dealname": f"Order {number}", "dealstage": "closedwon"}).record
        links.link(deal, contact)
    portal.index.of("contacts")
    return bare


def searched(name: str, value: str) -> dict[str, Any]:
    return {"filterGroups": [{"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}]}


def calls(bare: Bare) -> dict[str, Call]:
    """One call of each kind, about a record in the middle."""
    contacts = list(bare.slice.portal.records["contacts"])
    deals = list(bare.slice.portal.records["deals"])
    middle, deal = contacts[len(contacts) // 2], deals[len(deals) // 2]
    email = f"{len(contacts) // 2}@x.example.com"
    upsert = {"inputs": [{"id": email, "idProperty": "email", "properties": {"firstname": "Bo"}}]}
    return {
        "create": ("POST", CONTACTS, {"properties": {"email": "new@x.example.com"}}),
        "duplicate": ("POST", CONTACTS, {"properties": {"email": email}}),
        "read": ("GET", f"{CONTACTS}/{email}?idProperty=email", None),
        "list": ("GET", f"{CONTACTS}?limit=5&after={middle}", None),
        "archived": ("GET", f"{CONTACTS}?limit=5&archived=true", None),
        "patch": ("PATCH", f"{CONTACTS}/{middle}", {"properties": {"firstname": "Cy"}}),
        "upsert": ("POST", f"{CONTACTS}/batch/upsert", upsert),
        "search by e-mail": ("POST", f"{CONTACTS}/search", searched("email", email)),
        "search by name": ("POST", "/crm/v3/objects/deals/search", searched("dealname", "order 7")),
        "search for all": ("POST", f"{CONTACTS}/search", {"limit": 5}),
        "associations": ("GET", f"/crm/v4/objects/deals/{deal}/associations/contacts", None),
        "stage in use": ("DELETE", "/crm/v3/pipelines/deals/default/stages/closedwon", None),
        "merge": ("POST", f"{CONTACTS}/merge", {"primaryObjectId": contacts[1], "objectIdToMerge": contacts[2]}),
        "archive": ("DELETE", f"{CONTACTS}/{contacts[3]}", None),
        "erase": ("POST", f"{CONTACTS}/gdpr-delete", {"objectId": contacts[4]}),
    }


def counted(count: int) -> dict[str, int]:
    """The steps of each kind of call with so many records; the search's keys are made before."""
    bare = filled(count)
    for kind, name in (("contacts", "email"), ("deals", "dealname")):
        bare.call("POST", f"/crm/v3/objects/{kind}/search", searched(name, "x"))
    return {name: asked(bare, call) for name, call in calls(bare).items()}


def asked(bare: Bare, call: Call) -> int:
    """The steps that one call takes; it must be answered."""
    answers: list[int] = []
    taken = steps(lambda: answers.append(bare.call(*call).status))
    assert answers[0] < 500
    return taken


def grown(few: dict[str, int], many: dict[str, int]) -> dict[str, tuple[int, int]]:
    """The calls that take more steps than before, beyond a little that ids of other lengths make."""
    return {name: (few[name], many[name]) for name in few if many[name] > few[name] * 1.1 + 20}


def test_the_same_work_takes_the_same_steps_with_sixteen_times_the_records() -> None:
    """Of every kind of call."""
    assert not grown(counted(FEW), counted(MANY))


def test_a_scan_would_be_noticed() -> None:
    """Planted: looking at every record takes more steps with more records; a filter that is no equality does that."""
    wanted = {"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "7@*"}
    scan: Call = ("POST", f"{CONTACTS}/search", {"filterGroups": [{"filters": [wanted]}]})
    few, many = (asked(filled(count), scan) for count in (50, 400))
    assert grown({"scan": few}, {"scan": many})


@pytest.mark.slow
def test_a_hundred_thousand_records_are_no_more_work() -> None:
    """The same with two hundred times the records."""
    assert not grown(counted(FEW), counted(HUGE))
