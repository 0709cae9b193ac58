"""The control channel's own document, and Schemathesis playing by it: nothing breaks, nothing committed is lost."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fakes.control import WISHES
from fakes.plugin import running
from fakes.serve import Options
from fakes.view import Fakes
from harness.journal import read

EXAMPLES, SPOILT = 4, 2
FORGETTING = ("/reset", "/snapshots/{name}/restore")
"""What is there to make everything forgotten."""
PEOPLE = ("hxadaadaada222", "hxbenbenben333", "*")
NOWHERE = "http://127.0.0.1:9/hook"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def fakes() -> Iterator[Fakes]:
    """All fakes, each person's customer in one of them."""
    with running(Options(seed=9)) as view:
        yield view


def _customer(fakes: Fakes, person: str) -> str:
    headers = {"Authorization": f"Bearer {fakes.key('payments', 'secret_key')}"}
    body = {"email": f"{person}@example.com"}
    return str(
        httpx.post(f"{fakes.url('payments')}/v1/customers", data=body, headers=headers, trust_env=False).json()["id"]
    )


def _there(fakes: Fakes, customer: str) -> bool:
    headers = {"Authorization": f"Bearer {fakes.key('payments', 'secret_key')}"}
    url = f"{fakes.url('payments')}/v1/customers/{customer}"
    return httpx.get(url, headers=headers, trust_env=False, timeout=20).status_code == 200


def test_says_all_that_there_is(fakes: Fakes) -> None:
    """Every wish is in the document, with its sentence, its fields and its refusals; the token is asked for."""
    made = fakes.control("GET", "/openapi.json")
    told = {(method.upper(), path) for path, methods in made["paths"].items() for method in methods}
    assert told == {(wish.method, wish.path) for wish in WISHES}
    plan = made["paths"]["/faults"]["post"]
    assert plan["summary"] == "Plan faults, all or none"
    assert set(plan["responses"]) == {"200", "400", "401", "404", "409", "422"}
    fault = made["components"]["schemas"]["Fault"]
    assert (fault["additionalProperties"], fault["required"]) == (False, ["person", "fake", "kind"])
    assert fault["properties"]["key"]["description"] == "Only calls with this idempotency key."
    assert "payments" in fault["properties"]["fake"]["enum"]
    assert made["paths"]["/health"]["get"]["security"] == []


def test_every_wish_needs_the_token(fakes: Fakes) -> None:
    """Without the token nothing is answered but what a phone may ask; a path that is not there says where to look."""
    url = fakes.public["control"]["url"]
    with httpx.Client(trust_env=False) as stranger:
        for wish in WISHES:
            answer = stranger.request(wish.method, url + wish.path.replace("{", "").replace("}", ""), json={})
            assert (answer.status_code == 401) == (not wish.open), wish.path
        lost = stranger.get(f"{url}/nowhere")
        assert (lost.status_code, "/openapi.json" in lost.json()["error"]) == (404, True)
        wrong = stranger.put(f"{url}/calm")
        assert (wrong.status_code, "Method Not Allowed" in wrong.json()["error"]) == (405, True)


def _at_home(value: Any, person: str, at: str = "") -> Any:
    """The same wish about somebody whom there is, and nowhere but here."""
    if isinstance(value, dict):
        return {name: _at_home(inner, person, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_at_home(inner, person, at) for inner in value]
    if at == "person" and isinstance(value, str):
        return person
    if at == "url" and isinstance(value, str):
        return NOWHERE
    if at in ("seconds", "lasts_s") and isinstance(value, int | float) and not isinstance(value, bool):
        return min(value, 0.01) if at == "seconds" and isinstance(value, float) else value
    return value


def _played(fakes: Fakes, operation: Any) -> set[int]:
    """Ask a wish in a few ways; the statuses that answered."""
    headers = {"Authorization": f"Bearer {fakes.public['control']['token']}"}
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(), person=st.sampled_from(PEOPLE))
    def play(case: Any, person: str) -> None:
        case.body = _at_home(case.body, person)
        answer = case.call(base_url=fakes.public["control"]["url"], headers=headers, timeout=10)
        case.validate_response(answer, checks=CHECKS)
        statuses.add(answer.status_code)

    play()
    return statuses


def _spoilt(fakes: Fakes, operation: Any) -> set[int]:
    """Ask a wish wrongly in a few ways; the statuses that answered, each with a reason unless all was well."""
    headers = {"Authorization": f"Bearer {fakes.public['control']['token']}"}
    statuses: set[int] = set()

    @settings(
        max_examples=SPOILT, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def play(case: Any) -> None:
        case.body = _at_home(case.body, PEOPLE[0])
        answer = case.call(base_url=fakes.public["control"]["url"], headers=headers, timeout=10)
        assert answer.status_code < 500, answer.text
        if answer.status_code != 200:
            assert answer.json()["error"], answer.text
        statuses.add(answer.status_code)

    play()
    return statuses


def test_spoilt(fakes: Fakes) -> None:
    """Whatever the document does not allow is refused with a reason, and never breaks anything."""
    made = fakes.control("GET", "/openapi.json")
    customer = _customer(fakes, PEOPLE[1])
    statuses: set[int] = set()
    for found in schemathesis.openapi.from_dict(made).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path not in FORGETTING and (operation.body or operation.query or operation.path_parameters):
            statuses |= _spoilt(fakes, operation)
    assert {400, 422} <= statuses
    assert _there(fakes, customer)
    assert not [one for one in read(fakes.journal) if one["k"] == "bug"]


def test_fuzzed(fakes: Fakes) -> None:
    """Whatever the document allows: no 500, no answer that it does not know, and every customer is still there."""
    made = fakes.control("GET", "/openapi.json")
    customers = [_customer(fakes, person) for person in PEOPLE[:2] for _ in range(3)]
    asked: dict[str, set[int]] = {}
    for found in schemathesis.openapi.from_dict(made).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path not in FORGETTING:
            asked[operation.label] = _played(fakes, operation)
    fakes.control("PUT", "/retries", schedule="none")
    fakes.control("POST", "/calm")
    assert all(_there(fakes, customer) for customer in customers)
    assert not [one for one in read(fakes.journal) if one["k"] == "bug"]
    assert len([label for label, statuses in asked.items() if 200 in statuses]) > len(WISHES) / 2, asked
