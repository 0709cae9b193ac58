"""The search: its language, its lag, its pages, and how little it looks at."""

import json
from typing import Any

import pytest
import stripe

from fakes.payments.state.searching import FIELDS, RESOURCES, Query
from fakes.payments.wire.operations import OPERATIONS
from fakes.plugin import Fakes
from tests.payments.conftest import Bare


@pytest.fixture(scope="module")
def people() -> Bare:
    """A shop with forty customers, searched without a lag; every fourth is called Ann, every other one has a plan."""
    bare = Bare(search_lag_s=0)
    for number in range(40):
        bare.clock.advance(10)
        form: dict[str, Any] = {"name": "Ann Lee" if number % 4 == 0 else f"Person {number}"}
        form["email"] = f"p{number}@example.com"
        if number % 2:
            form["metadata[plan]"] = "pro" if number % 3 else "Starter"
        bare.post("customers", **form)
    return bare


def found(bare: Bare, query: str, resource: str = "customers", **form: Any) -> list[dict[str, Any]]:
    """What a search finds on its first page of a hundred."""
    answer = bare.get(f"{resource}/search", query=query, limit=100, **form)
    assert "data" in answer, answer
    return list(answer["data"])


def names(bare: Bare, query: str) -> list[int]:
    """The numbers in the addresses of the customers that a search finds."""
    return [int(one["email"][1:].partition("@")[0]) for one in found(bare, query)]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ('name:"ann lee"', [n for n in range(40) if n % 4 == 0]),
        ("name:'Ann Lee'", [n for n in range(40) if n % 4 == 0]),
        ('name:"ann"', []),
        ('name~"ann"', [n for n in range(40) if n % 4 == 0]),
        ('email~"p3@"', [3]),
        ('email:"P3@EXAMPLE.com"', [3]),
        ('metadata["plan"]:"pro"', [n for n in range(40) if n % 2 and n % 3]),
        ("metadata['plan']:'starter'", [n for n in range(40) if n % 2 and not n % 3]),
        ('-metadata["plan"]:"pro"', [n for n in range(40) if not (n % 2 and n % 3)]),
        ('metadata["plan"]:null', [n for n in range(40) if not n % 2]),
        ('-metadata["plan"]:null', [n for n in range(40) if n % 2]),
        ("phone:null", list(range(40))),
        ('name:"ann lee" email:"p8@example.com"', [8]),
        ('name:"ann lee" AND -email:"p8@example.com"', [n for n in range(40) if n % 4 == 0 and n != 8]),
        ('email:"p1@example.com" OR email:"p5@example.com" or email:"p1@example.com"', [1, 5]),
        ('email:"p1@example.com" OR -metadata["plan"]:null', [n for n in range(40) if n % 2]),
    ],
)
def test_language(people: Bare, query: str, numbers: list[int]) -> None:
    """Exact, part of it, not, null; all of several or any of them; in capital letters or not; newest first."""
    assert names(people, query) == sorted(numbers, reverse=True)


@pytest.mark.parametrize(("operator", "count"), [(">", 19), (">=", 20), ("<", 20), ("<=", 21), (":", 1)])
def test_numbers(people: Bare, operator: str, count: int) -> None:
    """Numbers are compared, quoted or not."""
    middle = found(people, "phone:null")[19]["created"]
    assert len(found(people, f"created{operator}{middle}")) == count
    assert len(found(people, f'created{operator}"{middle}"')) == count


def test_what_is_escaped(bare: Bare) -> None:
    """Quotes and backslashes in a value are meant as they are when a backslash stands before them."""
    bare.slice.tune({"search_lag_s": 0})
    bare.post("products", name='The "Sea" and \\ more', description="x")
    assert len(found(bare, r'name:"the \"sea\" and \\ more"', "products")) == 1
    assert len(found(bare, "active:'true' AND description:\"x\"", "products")) == 1
    assert len(found(bare, "active:false", "products")) == 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (" ", "unable to parse"),
        ('email~"p3"', "at least 3 characters"),
        ("ann", "unable to parse"),
        ("name:ann", "unable to parse"),
        ('name:"ann', "unable to parse"),
        ('name["x"]:"ann"', "unable to parse"),
        ('name:"ann" AND', "unable to parse"),
        ('(name:"ann")', "unable to parse"),
        ('nickname:"ann"', "Field `nickname` is an unsupported search field for resource `customers`."),
        ("created:yesterday", "needs a number"),
        ('created~"123"', "does not support the operator `~`"),
        ('name>"a"', "does not support the operator `>`"),
        ('metadata["a"]~"abc"', "does not support the operator `~`"),
        ('name:"a" AND name:"b" OR name:"c"', "cannot use AND and OR"),
        (" ".join(f'name:"{n}"' for n in range(11)), "up to 10 clauses"),
    ],
)
def test_what_is_no_query(people: Bare, query: str, words: str) -> None:
    """What cannot be read, a field that there is not, an operator it has not, and too much of it are refused."""
    reply = people.raw("GET", "/v1/customers/search", {"query": query})
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["type"], error["param"]) == (400, "invalid_request_error", "query")
    assert words in error["message"]


def test_pages(people: Bare) -> None:
    """Pages go on by their token, hold everything once, and count when asked to."""
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        page = people.get("customers/search", query='-name:"ann lee"', limit=7, **token)
        pages.append([one["id"] for one in page["data"]])
        if not page["has_more"]:
            break
        token = {"page": page["next_page"]}
    assert page["next_page"] is None
    assert [len(one) for one in pages] == [7, 7, 7, 7, 2]
    assert len({name for one in pages for name in one}) == 30
    counted = people.get("customers/search", query="phone:null", limit=1, **{"expand[]": "total_count"})
    assert counted["total_count"] == 40
    assert "total_count" not in people.get("customers/search", query="phone:null")
    refused = people.raw("GET", "/v1/customers/search", {"query": "phone:null", "page": "nonsense"})
    assert (refused.status, json.loads(refused.body)["error"]["param"]) == (400, "page")


def test_the_index_lags(bare: Bare) -> None:
    """What was made, changed or deleted is found as it is only after the lag; a list knows it at once."""
    bare.slice.tune({"search_lag_s": 5})

    def plans() -> list[int]:
        return [len(found(bare, f'metadata["plan"]:"{plan}"')) for plan in ("a", "b")]

    name = bare.post("customers", **{"metadata[plan]": "a"})["id"]
    assert (plans(), len(bare.get("customers")["data"])) == ([0, 0], 1)
    bare.clock.advance(4.9)
    assert plans() == [0, 0]
    bare.clock.advance(0.1)
    assert plans() == [1, 0]
    bare.post(f"customers/{name}", **{"metadata[plan]": "b"})
    assert plans() == [1, 0]
    bare.clock.advance(5)
    assert plans() == [0, 1]
    bare.raw("DELETE", f"/v1/customers/{name}")
    bare.clock.advance(5)
    assert plans() == [0, 0]
    bare.slice.tune({"search_lag_s": 0})
    bare.post("customers", **{"metadata[plan]": "a"})
    assert plans() == [1, 0]


def test_the_first_search_lags_as_well(bare: Bare) -> None:
    """Who searches for the first time finds what is old enough, and nothing newer."""
    bare.slice.tune({"search_lag_s": 5})
    bare.post("customers", name="Ann")
    bare.clock.advance(6)
    bare.post("customers", name="Ann")
    assert len(found(bare, 'name:"ann"')) == 1


@pytest.fixture(scope="module")
def stocked() -> Bare:
    """A shop in which there is one of everything that can be searched for."""
    bare = Bare(search_lag_s=0)
    bare.subscribed(bare.plan())
    return bare


@pytest.mark.parametrize(
    ("resource", "query"),
    [
        ("charges", 'amount>100 AND currency:"usd" AND status:"succeeded" AND refunded:"false"'),
        ("charges", 'payment_method_details.card.last4:"4242" AND payment_method_details.card.brand:"visa"'),
        ("invoices", 'status:"paid" AND total:900 AND -subscription:null AND -number:null'),
        ("payment_intents", 'status:"succeeded" AND amount>=900 AND -customer:null'),
        ("prices", 'active:"true" AND lookup_key:"starter" AND type:"recurring" AND -product:null'),
        ("products", 'name~"start" AND shippable:null'),
        ("subscriptions", 'status:"active" AND canceled_at:null'),
    ],
)
def test_every_kind(stocked: Bare, resource: str, query: str) -> None:
    """Each kind is found by the fields that the provider lists for it."""
    assert len(found(stocked, query, resource)) == 1
    (one,) = found(stocked, query, resource, **{"expand[]": "data.customer" if resource == "charges" else "data"})
    assert resource != "charges" or one["customer"]["object"] == "customer"


def test_every_searchable_kind_has_its_operation() -> None:
    """The operations of the search are those of the kinds that have fields."""
    assert {f"GET /v1/{one}/search" for one in RESOURCES} == {one for one in OPERATIONS if one.endswith("/search")}
    assert set(RESOURCES.values()) == set(FIELDS)


def test_an_exact_clause_is_looked_up(people: Bare, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an exact clause only what fits it is looked at, and never more than a page needs."""
    looked: list[Query] = []
    holds = Query.holds

    def counted(query: Query, document: dict[str, Any]) -> bool:
        looked.append(query)
        return holds(query, document)

    monkeypatch.setattr(Query, "holds", counted)
    people.get("customers/search", query='name:"ann lee" AND -email:"x@example.com"', limit=3)
    assert len(looked) == 4
    looked.clear()
    people.get("customers/search", query='email:"p8@example.com" AND name:"ann lee"')
    assert len(looked) == 1


def test_the_official_client(client: stripe.StripeClient, shop: Fakes, marker: str) -> None:
    """The official client searches and turns pages; the lag can be set while the fakes run."""
    for _ in range(3):
        client.v1.customers.create({"email": f"{marker}@example.com", "metadata": {"m": marker}})
    shop.control("PUT", "/settings/payments", settings={"search_lag_s": 60})
    assert not client.v1.customers.search({"query": f'metadata["m"]:"{marker}"'}).data
    shop.control("PUT", "/settings/payments", settings={"search_lag_s": 0})
    pages = client.v1.customers.search({"query": f'metadata["m"]:"{marker}"', "limit": 2})
    assert len(list(pages.auto_paging_iter())) == 3
