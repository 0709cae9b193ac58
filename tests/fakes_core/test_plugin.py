"""The pytest fixtures that run fakes in-process, and many of them one after the other."""

from typing import Any

import httpx
import pytest

from fakes.plugin import Fakes, fakes, running  # noqa: F401 - a fixture is used by its name
from fakes.serve import Options
from harness.errors import ControlError, UsageError
from tests.fakes_core.bench import ADA


@pytest.fixture
def fakes_options() -> dict[str, Any]:
    """The tiny vendor alone."""
    return {"only": ["tests.fakes_core.tiny"]}


def test_urls_keys_and_records(fakes: Fakes) -> None:  # noqa: F811
    """A test finds its fakes' addresses and keys, and reads what they recorded."""
    answer = httpx.post(fakes.url("tiny") + "/things", json={"name": ADA}, trust_env=False)
    assert fakes.key("tiny", "webhook_secret").startswith("whsec_")
    (effect,) = fakes.effects("tiny.thing", person=ADA)
    assert effect["object"] == answer.json()["id"]
    assert fakes.records("received", key="none") == []
    fakes.settle()


def test_what_the_fakes_lack_is_listed(fakes: Fakes) -> None:  # noqa: F811
    """Calls that no fake has are counted, most frequent first, until a reset."""
    assert fakes.unknown_calls() == []
    for path in ("/nowhere", "/elsewhere", "/nowhere"):
        assert httpx.get(fakes.url("tiny") + path, trust_env=False).status_code == 404
    httpx.post(fakes.url("tiny") + "/things", json={"name": ADA}, trust_env=False)
    assert [(one["method"], one["path"], one["count"]) for one in fakes.unknown_calls()] == [
        ("GET", "/nowhere", 2),
        ("GET", "/elsewhere", 1),
    ]
    fakes.control("POST", "/reset")
    assert fakes.unknown_calls() == []


def test_fresh_for_each_test(fakes: Fakes) -> None:  # noqa: F811
    """Nothing is left of the test before."""
    assert fakes.effects("tiny.thing") == []


def test_faults_in_process(fakes: Fakes) -> None:  # noqa: F811
    """Faults can be planned from a plain test."""
    fault = {"person": ADA, "fake": "tiny", "kind": "lost_reply"}
    assert fakes.control("POST", "/faults", faults=[fault])["ids"] == ["f1"]
    with pytest.raises(httpx.ReadError):
        httpx.post(fakes.url("tiny") + "/things", json={"name": ADA}, trust_env=False)
    assert len(fakes.effects("tiny.thing")) == 1
    with pytest.raises(ControlError, match="422"):
        fakes.control("POST", "/faults", faults=[{**fault, "kind": "x"}])


def test_cannot_start() -> None:
    """What keeps fakes from starting is raised in the test's own thread."""
    with pytest.raises(UsageError, match="no fake 'acme'"), running(Options(only=["acme"])):
        pass
