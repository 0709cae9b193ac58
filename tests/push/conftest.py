"""A served push service for each module, and somebody with a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import block
from harness.rng import Rng

ARRIVES_S = 5.0


@dataclass
class Phone:
    """One phone with the app on it."""

    fakes: Fakes
    marker: str
    token: str

    def notifications(self) -> list[dict[str, Any]]:
        """What is on its screen, read as a phone reads: without any token of the control channel."""
        url = self.fakes.public["control"]["url"]
        asked = httpx.get(f"{url}/inboxes/push", params={"handle": self.token}, trust_env=False)
        arrived: list[dict[str, Any]] = asked.json()["arrived"]
        return arrived

    def titles(self, number: int) -> list[str]:
        """The titles on its screen, as soon as there are so many of them."""
        for _ in range(int(ARRIVES_S / 0.02)):
            if len(self.notifications()) >= number:
                break
            block(0.02)
        return [each["title"] for each in self.notifications()]

    def act(self, act: str, **args: Any) -> None:
        """Something happens to the phone."""
        self.fakes.control("POST", "/acts", fake="push", person=self.marker, act=act, **args)

    def rule(self, kind: str, **how: Any) -> None:
        """How notifications to it travel from now on."""
        rule = {"person": self.marker, "fake": "push", "kind": kind, **how}
        self.fakes.control("POST", "/rules", rules=[rule])


def call(fakes: Fakes, path: str, json: Any = None, **how: Any) -> httpx.Response:
    """A bare request to the service."""
    if json is not None:
        how["json"] = json
    return httpx.post(f"{fakes.url('push')}/--/api/v2/push/{path}", trust_env=False, **how)


def register(fakes: Fakes, phone: str, project: str = "@staging/app") -> str:
    """The token of the app on a phone, as the app itself asks for it."""
    asked = {
        "type": "fcm", "deviceId": phone, "deviceToken": "x", "appId": "com.example.app", "development": False,
        "projectId": project,
    }  # fmt: skip
    return str(call(fakes, "getExpoPushToken", asked).json()["data"]["expoPushToken"])


@pytest.fixture(scope="module")
def served() -> Iterator[Fakes]:
    """The push service, whose receipts are there at once."""
    with running(Options(only=["push"], seed=5, settings={"push": {"receipt_lag_s": 0}})) as fakes:
        yield fakes


@pytest.fixture
def tuned(served: Fakes) -> Iterator[Fakes]:
    """The same, whose settings go back to what they were after the test."""
    before = served.control("PUT", "/settings/push", settings={})["settings"]
    yield served
    served.control("PUT", "/settings/push", settings=before)


@pytest.fixture
def marker(request: pytest.FixtureRequest) -> str:
    """A marker that no other test uses."""
    return Rng(5).marker(request.node.nodeid)


@pytest.fixture
def phone(served: Fakes, marker: str) -> Phone:
    """Somebody's phone."""
    return Phone(served, marker, register(served, f"phone of {marker}"))
