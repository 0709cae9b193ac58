"""The official command line client's `trigger` scenarios, played against the payment fake on loopback.

What a scenario came to is told as data (`Outcome`); the table is `tools.conformance`'s. The client is an optional
dependency of `tests/node` (Linux on x86-64 only). It is kept from reaching any other host.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import stripe

from fakes.payments.wire.parameters import table
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import block
from tools.gate import ROOT
from tools.listening import Answer, Taken, listening

CLIENT = ROOT / "tests/node/node_modules/@stripe/cli-linux-x64/bin/stripe"
PATIENCE_S = 60
WAIT_S = 3.0
"""How long an event may take to be listed, and then to arrive, after its scenario ended."""
NOWHERE = "http://127.0.0.1:9"
OTHER_HOSTS = dict.fromkeys(
    ("v1.billing.meter.error_report_triggered", "v1.billing.meter.no_meter_found"),
    "its last step calls the host meter-events.stripe.com, whatever `--api-base` says",
)
"""The scenarios that cannot run on loopback, and why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one scenario came to."""

    name: str
    clean: bool
    said: str
    """Why it did not end clean, in the fake's words; empty when it did."""
    literal: bool
    """Whether the name is a type of event, so that this very event must be told."""
    listed: bool
    delivered: bool
    """Whether the event arrived and the official library found its signature right."""
    made: tuple[str, ...]
    """The types of all events it made, each once."""

    @property
    def good(self) -> bool:
        """Clean, and the event that it is named after was listed and delivered."""
        return self.clean and (not self.literal or (self.listed and self.delivered))

    @property
    def reason(self) -> str:
        """Why it is not good, in one line; empty when it is."""
        if self.good:
            return ""
        if self.name in OTHER_HOSTS:
            return OTHER_HOSTS[self.name]
        if not self.clean:
            return self.said
        missing = "listed but did not arrive" if self.listed else "was not made"
        return f"the event {missing}; made: {', '.join(self.made) or 'none'}"


@dataclass
class Receiver:
    """A webhook endpoint on loopback: keeps the ids of events whose signature the official library accepts."""

    url: str = ""
    secret: str = ""
    signed: set[str] = field(default_factory=set)

    def take(self, body: bytes, signature: str) -> bool:
        """Keep a delivery if it is signed as it should be."""
        try:
            event = stripe.Webhook.construct_event(body, signature, self.secret)
        except (stripe.SignatureVerificationError, ValueError):
            return False
        self.signed.add(event.id)
        return True


@contextmanager
def received() -> Iterator[Receiver]:
    """A receiver on a free port while inside."""
    receiver = Receiver()

    def take(request: Taken) -> Answer:
        return 200 if receiver.take(request.body, request.headers.get("stripe-signature", "")) else 400, {}

    with listening(take) as receiver.url:
        yield receiver


class Bench:
    """The fakes, a receiver that is registered there, and the client that plays scenarios."""

    def __init__(self, fakes: Fakes, receiver: Receiver, home: Path) -> None:
        self._url, self._key = fakes.url("payments"), fakes.key("payments", "secret_key")
        self._receiver, self._home = receiver, home
        asked = {"url": receiver.url, "enabled_events[]": "*"}
        receiver.secret = self._ask("POST", "/v1/webhook_endpoints", asked)["secret"]
        self._last: str | None = None

    def _ask(self, method: str, path: str, fields: dict[str, str]) -> Any:
        query, body = (fields, None) if method == "GET" else (None, fields)
        answer = requests.request(
            method, self._url + path, auth=(self._key, ""), timeout=PATIENCE_S, params=query, data=body
        )
        answer.raise_for_status()
        return answer.json()

    def play(self, name: str) -> Outcome:
        """Play one scenario, to its end."""
        literal = name in event_types()
        clean, said = self._run(name)
        fresh: list[dict[str, Any]] = []
        for _ in range(int(WAIT_S / 0.05)):
            fresh = self._fresh()
            named = [one for one in fresh if one["type"] == name]
            if not clean or not literal or any(one["id"] in self._receiver.signed for one in named):
                break
            block(0.05)
        if fresh:
            self._last = fresh[0]["id"]
        made = tuple(dict.fromkeys(one["type"] for one in reversed(fresh)))
        arrived = any(one["type"] == name and one["id"] in self._receiver.signed for one in fresh)
        return Outcome(name, clean, said, literal, name in made, arrived, made)

    def _run(self, name: str) -> tuple[bool, str]:
        words = [str(CLIENT), "trigger", name, "--api-key", self._key, "--api-base", self._url]
        done = subprocess.run(
            words, env=_surroundings(self._home), capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        if done.returncode == 0:
            return True, ""
        return False, complaint(done.stderr) or f"exit code {done.returncode}"

    def _fresh(self) -> list[dict[str, Any]]:
        """The events since the last scenario, newest first."""
        cursor = {"ending_before": self._last} if self._last else {}
        found: list[dict[str, Any]] = self._ask("GET", "/v1/events", {"limit": "100", **cursor})["data"]
        return found


def _surroundings(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "PATH": os.environ.get("PATH", ""),
        "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
        "HTTPS_PROXY": NOWHERE,
        "NO_PROXY": "127.0.0.1",
    }


def complaint(stderr: str) -> str:
    """What the fake said to the step that failed, in one line."""
    begin = stderr.find("{")
    if begin >= 0:
        try:
            told: dict[str, Any] = json.JSONDecoder().raw_decode(stderr[begin:])[0]
            return " ".join(str(told["error"]["message"]).partition(" Please see https:")[0].split())
        except (ValueError, KeyError, TypeError):
            pass
    return " ".join(stderr.split())[:300]


def event_types() -> frozenset[str]:
    """Every type of event that an endpoint can be registered for."""
    choices: str = table()["POST /v1/webhook_endpoints"]["of"]["enabled_events"][0]
    return frozenset(choices.removeprefix("=").split("|"))


def names() -> list[str]:
    """The names of all scenarios, from the client's own help."""
    done = subprocess.run([str(CLIENT), "trigger", "--help"], capture_output=True, text=True, check=True)
    listed = done.stdout.partition("Supported events:")[2].partition("Usage:")[0]
    return listed.split()


@contextmanager
def bench(home: Path) -> Iterator[Bench]:
    """The fakes and a receiver, started; `home` is an empty folder for the client."""
    with running(Options(only=["payments"], seed=5, journal=home / "fakes.jsonl")) as fakes, received() as receiver:
        yield Bench(fakes, receiver, home)


def play(chosen: Sequence[str], home: Path) -> Iterator[Outcome]:
    """The scenarios, one after the other, in one account."""
    with bench(home) as one:
        for name in chosen:
            yield one.play(name)
