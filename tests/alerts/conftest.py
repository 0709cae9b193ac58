"""Served alerts for each module: the chat webhook and API, and the mail server."""

import smtplib
from collections.abc import Iterator

import pytest

from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.rng import Rng


@pytest.fixture(scope="module")
def served() -> Iterator[Fakes]:
    """The alerts over HTTP and SMTP."""
    with running(Options(only=["alerts"], seed=5)) as fakes:
        yield fakes


@pytest.fixture
def tuned(served: Fakes) -> Iterator[Fakes]:
    """The same, whose settings go back to what they were after the test."""
    before = served.control("PUT", "/settings/alerts", settings={})["settings"]
    yield served
    served.control("PUT", "/settings/alerts", settings=before)


@pytest.fixture
def smtp(served: Fakes) -> Iterator[smtplib.SMTP]:
    """A fresh connection to the mail server."""
    place = served.public["alerts"]
    client = smtplib.SMTP(place["smtp_host"], place["smtp_port"], timeout=10)
    yield client
    client.close()


@pytest.fixture
def marker(request: pytest.FixtureRequest) -> str:
    """A marker that no other test uses."""
    return Rng(5).marker(request.node.nodeid)
