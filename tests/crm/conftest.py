"""A served CRM for each module, and a bare portal with a clock of its own for each test."""

import re
from collections.abc import Iterator

import httpx
import pytest
from hubspot import Client

from fakes.crm.state.records import Portal
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import ManualClock
from harness.rng import Rng

LAG_S = 0.4


@pytest.fixture(scope="module")
def served() -> Iterator[Fakes]:
    """The CRM over HTTP, with a short lag of its search and no limit on it."""
    options = Options(only=["crm"], seed=5, settings={"crm": {"search_lag_s": LAG_S, "search_per_s": 0}})
    with running(options) as fakes:
        yield fakes


@pytest.fixture(scope="module")
def client(served: Fakes) -> Client:
    """The official client, pointed at the fake."""
    return Client.create(access_token=served.key("crm", "token"), host=served.url("crm"))


@pytest.fixture
def http(served: Fakes) -> Iterator[httpx.Client]:
    """Bare HTTP with the right token."""
    token = {"authorization": f"Bearer {served.key('crm', 'token')}"}
    with httpx.Client(base_url=served.url("crm"), headers=token, trust_env=False) as one:
        yield one


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when told."""
    return ManualClock()


@pytest.fixture
def portal(clock: ManualClock) -> Portal:
    """An empty portal."""
    return Portal(Rng(5), clock)


@pytest.fixture
def email(request: pytest.FixtureRequest) -> str:
    """An address that no other test uses, with a marker in it."""
    name = Rng(5).marker(request.node.nodeid)
    assert re.fullmatch(r"hx\w{12}", name)
    return f"{name}@customers.example.com"
