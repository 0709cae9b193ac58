"""A served helpdesk for each module, over TLS as well, and a bare one with a clock of its own for each test."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from zenpy import Zenpy

from fakes.helpdesk.state.account import Settings
from fakes.helpdesk.state.desk import Desk
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import ManualClock
from harness.rng import Rng
from tests.helpdesk.inside import Inside

LAG_S = 0.3


class Bare(Desk):
    """One account without HTTP, with a clock of its own."""

    def __init__(self, seed: int = 5) -> None:
        self.clock = ManualClock()
        super().__init__(Rng(seed), self.clock, Settings(), "agent@helpdesk.example.com")

    def group(self, name: str) -> int:
        """The id of the group with this name."""
        found = self.groups.named(name)
        assert found is not None
        return int(found["id"])

    def found(self, query: str, *kinds: str) -> list[int]:
        """The ids that a search finds."""
        return [number for _, number in self.search.find(query, kinds).found]


@pytest.fixture
def bare() -> Bare:
    """An empty account."""
    return Bare()


@pytest.fixture(scope="module")
def served() -> Iterator[Fakes]:
    """The helpdesk over HTTP and TLS, with a short lag of its search."""
    options = Options(only=["helpdesk"], seed=5, tls=True, settings={"helpdesk": {"search_lag_s": LAG_S}})
    with running(options) as fakes:
        yield fakes


@pytest.fixture(scope="module")
def client(served: Fakes) -> Iterator[Zenpy]:
    """A widespread client, unmodified: it insists on https and a subdomain, so `127` is the subdomain of `0.0.1`."""
    subdomain, _, domain = urlsplit(served.key("helpdesk", "tls_url")).netloc.partition(".")
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(served.public["ca_file"])
        yield Zenpy(
            domain=domain,
            subdomain=subdomain,
            email=served.key("helpdesk", "email"),
            token=served.key("helpdesk", "token"),
            session=session,
            disable_cache=True,
        )


@pytest.fixture
def http(served: Fakes) -> Iterator[requests.Session]:
    """A plain HTTP session with the API token."""
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (served.key("helpdesk", "email") + "/token", served.key("helpdesk", "token"))
        yield session


@pytest.fixture
def marker(request: pytest.FixtureRequest) -> str:
    """A marker that no other test uses."""
    return Rng(5).marker(request.node.nodeid)


@pytest.fixture
def inside() -> Inside:
    """A helpdesk without sockets, with a clock that the test moves."""
    return Inside()
