"""A served helpdesk for each module, over TLS as well, and a bare one with a clock of its own for each test."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import requests
from zenpy import Zenpy

from fakes.helpdesk.state.account import Account, Settings
from fakes.helpdesk.state.idempotency import Keys
from fakes.helpdesk.state.people import People
from fakes.helpdesk.state.search import Search
from fakes.helpdesk.state.tickets import Tickets
from fakes.helpdesk.state.uploads import Uploads
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import ManualClock
from harness.rng import Rng

LAG_S = 0.3


@dataclass(frozen=True)
class Bare:
    """The parts of one account, without HTTP."""

    clock: ManualClock
    account: Account
    people: People
    uploads: Uploads
    tickets: Tickets
    keys: Keys
    search: Search


@pytest.fixture
def bare() -> Bare:
    """An empty account."""
    clock = ManualClock()
    account = Account(Rng(5), clock, Settings())
    people, uploads = People(account, "agent@helpdesk.example.com"), Uploads(account)
    tickets = Tickets(account, people, uploads)
    return Bare(clock, account, people, uploads, tickets, Keys(account), Search(account, tickets))


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
