"""The duplicate-contact race, made on purpose: two workers, a search that has not learnt yet, two outcomes."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from fakes.plugin import Fakes


class Worker:
    """A worker of a naive pipeline: search for the record, make it if there is none."""

    def __init__(self, served: Fakes, kind: str, name: str, value: str) -> None:
        token = {"authorization": f"Bearer {served.key('crm', 'token')}"}
        self._http = httpx.Client(base_url=served.url("crm"), headers=token, trust_env=False)
        self._path, self._name, self._value = f"/crm/v3/objects/{kind}", name, value

    def work(self) -> tuple[str, dict[str, Any]]:
        """`found`, `made` or `refused`, and the body."""
        wanted = [{"propertyName": self._name, "operator": "EQ", "value": self._value}]
        with self._http as http:
            found = http.post(f"{self._path}/search", json={"filterGroups": [{"filters": wanted}]}).json()
            if found["total"]:
                return "found", found["results"][0]
            made = http.post(self._path, json={"properties": {self._name: self._value}})
            return ("made" if made.status_code == 201 else "refused"), made.json()


def both(worker: Callable[[], Worker]) -> list[tuple[str, dict[str, Any]]]:
    """What came of two of them at once, those that made something first."""
    with ThreadPoolExecutor(2) as pool:
        told = [each.result() for each in [pool.submit(worker().work) for _ in range(2)]]
    return sorted(told, key=lambda each: each[0])


@contextmanager
def racing(served: Fakes, person: str) -> Iterator[None]:
    """Both searches are carried out before either worker goes on, and the index learns nothing meanwhile."""
    served.control("POST", "/acts", fake="crm", person=person, act="hold_search")
    barrier = {"person": person, "fake": "crm", "kind": "barrier", "calls": "reads", "seconds": 5.0}
    served.control("POST", "/faults", faults=[barrier])
    yield
    assert [each["event"] for each in served.records("barrier", person=person)] == ["held", "rival", "released"]


@pytest.fixture
def person(email: str) -> str:
    """Whose race it is."""
    return email.partition("@")[0]


def test_two_workers_that_find_nothing_make_two_deals(served: Fakes, person: str) -> None:
    """A deal has no unique value: the race leaves two, and the journal shows both."""
    with racing(served, person):
        told = both(lambda: Worker(served, "deals", "dealname", f"Order {person}"))
    assert [outcome for outcome, _ in told] == ["made", "made"]
    made = [each["object"] for each in served.effects("crm.deal", person=person) if each["op"] == "create"]
    assert sorted(made) == sorted(body["id"] for _, body in told)


def test_two_workers_that_find_nothing_make_one_contact(served: Fakes, email: str, person: str) -> None:
    """The e-mail is unique: the race ends in a 409 that names the other's contact."""
    with racing(served, person):
        (first, made), (second, refused) = both(lambda: Worker(served, "contacts", "email", email))
    assert (first, second) == ("made", "refused")
    assert refused["message"] == f"Contact already exists. Existing ID: {made['id']}"
    assert len(served.effects("crm.contact", person=person)) == 1


def test_a_search_that_has_learnt_ends_the_race(served: Fakes, person: str) -> None:
    """Released, the same worker finds the deal that the first one made: one deal."""
    served.control("POST", "/acts", fake="crm", person=person, act="hold_search")
    outcome, made = Worker(served, "deals", "dealname", f"Order {person}").work()
    served.control("POST", "/acts", fake="crm", person=person, act="release_search")
    again, found = Worker(served, "deals", "dealname", f"Order {person}").work()
    assert (outcome, again, found["id"]) == ("made", "found", made["id"])
    assert len(served.effects("crm.deal", person=person)) == 1


def test_only_the_persons_own_records_are_held(served: Fakes, person: str) -> None:
    """Others are found as ever while somebody's index is held."""
    served.control("POST", "/acts", fake="crm", person="hx" + "a" * 12, act="hold_search")
    served.control("PUT", "/settings/crm", settings={"search_lag_s": 0.0})
    try:
        told = [Worker(served, "deals", "dealname", f"Order {person}").work()[0] for _ in range(2)]
    finally:
        served.control("PUT", "/settings/crm", settings={"search_lag_s": 0.4})
    assert told == ["made", "found"]
