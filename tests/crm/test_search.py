"""The search that learns late: the race it opens, its operators, its pages and its limits."""

from typing import Any

import pytest

from fakes.crm.problems import Problem
from fakes.crm.state.records import Portal
from fakes.crm.state.search import Search
from harness.clock import ManualClock


def by(name: str, value: str, operator: str = "EQ") -> dict[str, Any]:
    return {"filterGroups": [{"filters": [{"propertyName": name, "operator": operator, "value": value}]}]}


@pytest.fixture
def search(portal: Portal, clock: ManualClock) -> Search:
    """The search over three indexed deals."""
    portal.settings.search_per_s = 0
    for name, amount in (("Alpha one", "9.00"), ("Beta two", "39"), ("Gamma", "")):
        portal.create("deals", {"dealname": name, "amount": amount})
    clock.advance(1)
    return Search(portal)


def test_search_then_create_is_a_race(portal: Portal, clock: ManualClock) -> None:
    """Within the lag the search finds nothing: deals are doubled, a contact's e-mail is refused."""
    search = Search(portal)
    portal.create("deals", {"dealname": "order 7"})
    contact = portal.create("contacts", {"email": "ann@x.example.com"}).record
    assert search.run("deals", by("dealname", "order 7"))[1] == 0
    portal.create("deals", {"dealname": "order 7"})
    assert search.run("contacts", by("email", "ann@x.example.com"))[1] == 0
    with pytest.raises(Problem, match=f"Existing ID: {contact.id}"):
        portal.create("contacts", {"email": "ann@x.example.com"})
    clock.advance(portal.settings.search_lag_s)
    assert search.run("deals", by("dealname", "order 7"))[1] == 2


def test_a_change_is_found_late_and_the_old_value_until_then(portal: Portal, clock: ManualClock) -> None:
    """The index lags behind for updates too, while the record shown is the new one."""
    portal.settings.search_per_s = 0
    search = Search(portal)
    record = portal.create("contacts", {"email": "a@x.example.com", "firstname": "Old"}).record
    clock.advance(1)
    search.run("contacts", {})
    portal.change(record, {"firstname": "New"})
    found, total, _ = search.run("contacts", by("firstname", "Old"))
    assert (total, found[0].values["firstname"]) == (1, "New")
    clock.advance(1)
    assert search.run("contacts", by("firstname", "Old"))[1] == 0


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"operator": "EQ", "propertyName": "amount", "value": "9"}, {"Alpha one"}),
    ({"operator": "NEQ", "propertyName": "amount", "value": "9"}, {"Beta two", "Gamma"}),
    ({"operator": "GT", "propertyName": "amount", "value": "10"}, {"Beta two"}),
    ({"operator": "BETWEEN", "propertyName": "amount", "value": "5", "highValue": "39"}, {"Alpha one", "Beta two"}),
    ({"operator": "IN", "propertyName": "dealname", "values": ["gamma", "beta two"]}, {"Gamma", "Beta two"}),
    ({"operator": "NOT_IN", "propertyName": "dealname", "values": ["gamma"]}, {"Alpha one", "Beta two"}),
    ({"operator": "HAS_PROPERTY", "propertyName": "amount"}, {"Alpha one", "Beta two"}),
    ({"operator": "NOT_HAS_PROPERTY", "propertyName": "amount"}, {"Gamma"}),
    ({"operator": "CONTAINS_TOKEN", "propertyName": "dealname", "value": "alp*"}, {"Alpha one"}),
]


@pytest.mark.parametrize(("wanted", "names"), FILTERS, ids=[str(each["operator"]) for each, _ in FILTERS])
def test_operators(search: Search, wanted: dict[str, Any], names: set[str]) -> None:
    """Each operator finds what it should and nothing else."""
    found, total, _ = search.run("deals", {"filterGroups": [{"filters": [wanted]}]})
    assert {each.values["dealname"] for each in found} == names
    assert total == len(names)


def test_sorts_and_pages(search: Search) -> None:
    """Falling by amount, two a page; the cursor leads to the rest."""
    asked = {"sorts": [{"propertyName": "amount", "direction": "DESCENDING"}], "limit": 2}
    first, total, after = search.run("deals", asked)
    assert ([each.values["dealname"] for each in first], total, after) == (["Beta two", "Alpha one"], 3, "2")
    rest, _, after = search.run("deals", {**asked, "after": after})
    assert ([each.values["dealname"] for each in rest], after) == (["Gamma"], None)


WRONG = [
    by("nosuch", "1"),
    by("dealname", "1", "LIKE"),
    {"filterGroups": [{}] * 6},
    {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "HAS_PROPERTY"}] * 7}]},
    {"limit": 201},
    {"after": "9999", "limit": 200},
]


@pytest.mark.parametrize("asked", WRONG, ids=["property", "operator", "groups", "filters", "limit", "hits"])
def test_a_wrong_search_is_refused(search: Search, asked: dict[str, Any]) -> None:
    """Unknown names and too much of anything are refused."""
    with pytest.raises(Problem, match="VALIDATION_ERROR"):
        search.run("deals", asked)


def test_an_archived_record_is_never_found(portal: Portal, search: Search) -> None:
    """Not even before the index would have learnt of it."""
    portal.archive("deals", next(iter(portal.records["deals"])))
    assert search.run("deals", {})[1] == 2


def test_the_search_has_a_limit_of_its_own(portal: Portal, clock: ManualClock) -> None:
    """Five a second; the sixth is refused, a second later it works again."""
    search = Search(portal)
    for _ in range(5):
        search.run("deals", {})
    with pytest.raises(Problem, match="secondly"):
        search.run("deals", {})
    clock.advance(1)
    assert search.run("deals", {})[1] == 0
