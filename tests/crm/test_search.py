"""The search that learns late: the race it opens, its operators, its pages and its limits."""

from typing import Any

import pytest

from fakes.crm.problems import Problem
from fakes.crm.state.associations import Associations
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


EVERY = {"propertyName": "amount", "operator": "HAS_PROPERTY"}
WRONG: list[tuple[dict[str, Any], str]] = [
    (by("nosuch", "1"), "nosuch"),
    (by("dealname", "1", "LIKE"), "LIKE"),
    (by("amount", "much", "GT"), "no number"),
    ({"filterGroups": [{}] * 6}, "exceed 5"),
    ({"filterGroups": [{"filters": [EVERY] * 7}]}, "exceed 6"),
    ({"filterGroups": [{"filters": [EVERY] * 5}] * 4}, "exceed 18"),
    ({"filterGroups": [{"filters": [{**EVERY, "operator": "IN"}]}]}, "requires values"),
    ({"filterGroups": [{"filters": [{**EVERY, "operator": "BETWEEN", "value": "1"}]}]}, "highValue"),
    ({"limit": 201}, "limit"),
    ({"after": "9999", "limit": 200}, "10000"),
    ({"sorts": ["amount", "dealname"]}, "one sort"),
    ({"sorts": [{"propertyName": "nosuch"}]}, "nosuch"),
    ({"query": "x" * 3001}, "3000"),
]


@pytest.mark.parametrize(("asked", "said"), WRONG, ids=[f"{n}-{said}" for n, (_, said) in enumerate(WRONG)])
def test_a_wrong_search_is_refused(search: Search, asked: dict[str, Any], said: str) -> None:
    """Unknown names and too much of anything are refused, and the refusal says why."""
    with pytest.raises(Problem, match=said) as refused:
        search.run("deals", asked)
    assert refused.value.category == "VALIDATION_ERROR"


def test_the_largest_search_is_carried_out(search: Search) -> None:
    """Eighteen filters in five groups, two hundred a page."""
    groups = [{"filters": [EVERY] * count} for count in (6, 6, 4, 1, 1)]
    assert search.run("deals", {"filterGroups": groups, "limit": 200})[1] == 2


def test_capital_letters_in_a_list_never_fit_a_text(search: Search) -> None:
    """Texts are kept in lower case for IN; for EQ case does not matter."""
    wanted = {"propertyName": "dealname", "operator": "IN", "values": ["Gamma"]}
    assert search.run("deals", {"filterGroups": [{"filters": [wanted]}]})[1] == 0
    assert search.run("deals", by("dealname", "GAMMA"))[1] == 1


def test_free_text_needs_every_word(search: Search) -> None:
    """Words in any order and case, parts of words too; a page without hits has no cursor."""
    assert search.run("deals", {"query": "ONE alph"})[1] == 1
    assert search.run("deals", {"query": "one gamma"})[1:] == (0, None)


def test_what_belongs_to_a_contact_is_found_by_it(portal: Portal, clock: ManualClock) -> None:
    """`associations.contact` as the name of a filter."""
    links = Associations(portal)
    search = Search(portal, links.ids_of)
    ann = portal.create("contacts", {"firstname": "Ann"}).record
    deals = [portal.create("deals", {"dealname": name}).record for name in "ab"]
    links.link(deals[0], ann)
    clock.advance(1)
    assert search.run("deals", by("associations.contact", ann.id))[0] == deals[:1]
    assert search.run("deals", by("associations.contact", ann.id, "NEQ"))[0] == deals[1:]


def test_a_changed_value_is_found_by_its_new_value_alone(portal: Portal, clock: ManualClock) -> None:
    """The keys of the index follow changes and archiving."""
    portal.settings.search_per_s = portal.settings.search_lag_s = 0
    search = Search(portal)
    ann = portal.create("contacts", {"email": "a@x.example.com"}).record
    assert search.run("contacts", by("email", "a@x.example.com"))[1] == 1
    portal.change(ann, {"email": "b@x.example.com"})
    assert [search.run("contacts", by("email", f"{each}@x.example.com"))[1] for each in "ab"] == [0, 1]
    portal.archive("contacts", ann.id)
    assert search.run("contacts", by("email", "b@x.example.com"))[1] == 0


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
