"""Lists: pages from cursors, filters by time and reference, and how little of a table is looked at for them."""

import json
from itertools import pairwise
from typing import Any

import pytest

from fakes.payments.state.tables import Table, held
from harness.rng import Rng
from tests.payments.conftest import Bare

CREATED = {"gt", "gte", "lt", "lte"}


@pytest.fixture(scope="module")
def many() -> Bare:
    """A shop with 60 intents of three customers and of nobody, five seconds apart."""
    bare = Bare()
    customers = [bare.post("customers", email=f"{name}@example.com")["id"] for name in "abc"]
    for number in range(60):
        bare.clock.advance(5)
        whose: dict[str, Any] = {"customer": customers[number % 4]} if number % 4 < 3 else {}
        bare.post("payment_intents", amount=100 + number, currency="usd", **whose)
    return bare


def everything(bare: Bare, path: str, **form: Any) -> list[dict[str, Any]]:
    """All pages, from the newest on."""
    found: list[dict[str, Any]] = []
    while True:
        cursor = {"starting_after": found[-1]["id"]} if found else {}
        page = bare.get(path, **form, **cursor)
        found += page["data"]
        if not page["has_more"]:
            return found


@pytest.mark.parametrize("limit", [1, 7, 60, 100])
def test_pages_hold_everything_once(many: Bare, limit: int) -> None:
    """Whatever the size of the pages, together they are all objects, newest first, each once."""
    found = everything(many, "payment_intents", limit=limit)
    assert [one["amount"] for one in found] == list(range(159, 99, -1))


def test_backwards(many: Bare) -> None:
    """Before a cursor stand the nearest newer ones, newest first; more of them are told."""
    found = everything(many, "payment_intents")
    page = many.get("payment_intents", limit=3, ending_before=found[10]["id"])
    assert [one["id"] for one in page["data"]] == [one["id"] for one in found[7:10]]
    assert page["has_more"]
    page = many.get("payment_intents", limit=3, ending_before=found[3]["id"])
    assert ([one["id"] for one in page["data"]], page["has_more"]) == ([one["id"] for one in found[:3]], False)


@pytest.mark.parametrize("seed", range(12))
def test_filters_find_what_a_search_through_everything_finds(many: Bare, seed: int) -> None:
    """A customer, a span of time and a cursor together give what looking at each object would give."""
    chance = Rng(seed).stream("filters")
    all_of_them = everything(many, "payment_intents")
    form: dict[str, Any] = {"limit": chance.randint(1, 12)}
    wanted = all_of_them
    if chance.random() < 0.7:
        form["customer"] = chance.choice(all_of_them[:4])["customer"] or "cus_none"
        wanted = [one for one in wanted if one["customer"] == form["customer"]]
    low, high = sorted(one["created"] for one in chance.sample(all_of_them, 2))
    if chance.random() < 0.7:
        form |= {"created[gt]": low, "created[lte]": high}
        wanted = [one for one in wanted if low < one["created"] <= high]
    cursor = chance.choice(all_of_them)
    place = all_of_them.index(cursor)
    if chance.random() < 0.5:
        form["starting_after"] = cursor["id"]
        expected = [one for one in wanted if all_of_them.index(one) > place]
        shown = expected[: form["limit"]]
    else:
        form["ending_before"] = cursor["id"]
        expected = [one for one in wanted if all_of_them.index(one) < place]
        shown = expected[-form["limit"] :]
    page = many.get("payment_intents", **form)
    assert [one["id"] for one in page["data"]] == [one["id"] for one in shown]
    assert page["has_more"] is (len(expected) > form["limit"])


@pytest.mark.parametrize("word", sorted(CREATED))
def test_each_bound_of_time(many: Bare, word: str) -> None:
    """`gt`, `gte`, `lt`, `lte` bound the time of creation as they say; a bare number is that second alone."""
    middle = everything(many, "payment_intents")[30]["created"]
    found = [one["created"] for one in everything(many, "payment_intents", **{f"created[{word}]": middle})]
    assert len(found) == {"gt": 30, "gte": 31, "lt": 29, "lte": 30}[word]
    assert [one["created"] for one in many.get("payment_intents", created=middle)["data"]] == [middle]


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"limit": "0"}, "parameter_invalid_integer", "limit"),
        ({"limit": "101"}, "parameter_invalid_integer", "limit"),
        ({"limit": "many"}, "parameter_invalid_integer", "limit"),
        ({"starting_after": "pi_none"}, "resource_missing", "starting_after"),
        ({"ending_before": "pi_none"}, "resource_missing", "ending_before"),
        ({"starting_after": "pi_1", "ending_before": "pi_2"}, None, None),
        ({"created[before]": "1"}, "parameter_unknown", "created[before]"),
    ],
)
def test_what_is_no_page(many: Bare, form: dict[str, str], code: str | None, param: str | None) -> None:
    """Limits out of bounds, cursors of nothing and two cursors at once are refused."""
    reply = many.raw("GET", "/v1/payment_intents", form)
    error = json.loads(reply.body)["error"]
    assert (reply.status, error.get("code"), error.get("param")) == (400, code, param)


def test_events_by_type(many: Bare) -> None:
    """Several types and a family of types are one list, in the order in which they were told."""
    both = everything(many, "events", **{"types[0]": "customer.created", "types[1]": "payment_intent.*"})
    assert len(both) == 63
    assert all(newer["created"] >= older["created"] for newer, older in pairwise(both))
    assert len(everything(many, "events", type="customer.created")) == 3


def test_a_page_looks_at_little(many: Bare, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page reads one object more than it shows, wherever it begins, and with an index only those that fit."""
    every = everything(many, "payment_intents")
    whose = every[0]["customer"] or every[1]["customer"]
    many.get("payment_intents", customer=whose)
    read: list[str] = []

    def counted(table: Table, name: str) -> dict[str, Any]:
        read.append(name)
        return dict.__getitem__(table, name)

    monkeypatch.setattr(Table, "__getitem__", counted)
    many.get("payment_intents", limit=5, starting_after=every[40]["id"])
    assert len(read) == 6
    read.clear()
    many.get("payment_intents", limit=5, ending_before=every[40]["id"])
    assert len(read) == 6
    read.clear()
    many.get("payment_intents", customer=whose, limit=15)
    assert len(read) == 15
    read.clear()
    many.get("payment_intents", limit=5, **{"created[lte]": every[50]["created"]})
    assert len(read) == 6


def test_what_changes_its_reference_is_found_by_the_new_one(bare: Bare) -> None:
    """A payment method is in its customer's list while it is attached, and only then."""
    ann, bob = (bare.post("customers")["id"] for _ in "ab")
    method = bare.post("payment_methods", type="card", **{"card[token]": "tok_visa"})["id"]

    def whose() -> list[int]:
        return [len(bare.get(f"customers/{name}/payment_methods")["data"]) for name in (ann, bob)]

    assert whose() == [0, 0]
    bare.post(f"payment_methods/{method}/attach", customer=ann)
    assert whose() == [1, 0]
    bare.post(f"payment_methods/{method}/detach")
    assert whose() == [0, 0]
    assert len(bare.get("payment_methods", customer=ann, type="card")["data"]) == 0


@pytest.mark.parametrize("seed", range(5))
def test_tables_keep_their_order_and_indexes(seed: int) -> None:
    """Random additions, changes and deletions leave an order by time of creation and indexes that miss nothing."""
    chance, table = Rng(seed).stream("tables"), Table()
    for number in range(300):
        name = f"x{number}"
        table[name] = {"id": name, "created": chance.randint(0, 50), "customer": chance.choice("abc")}
        if number == 20:
            list(table.narrowed({"customer": "a"}).oldest())
        if chance.random() < 0.3:
            thing = table[chance.choice(list(table))]
            thing["customer"] = chance.choice("abcd")
            table.note(thing)
        if chance.random() < 0.2:
            del table[chance.choice(list(table))]
    ordered = sorted(table.values(), key=lambda one: one["created"])
    assert [table[entry[2]]["created"] for entry in table.order.oldest()] == [one["created"] for one in ordered]
    for value in "abcd":
        narrow = table.narrowed({"customer": value})
        found = {entry[2] for entry in narrow.newest()}
        assert found == {name for name, one in table.items() if held(one, "customer") == value}
