"""A core part of the official client's scenarios, and the tool that plays all of them (`make conformance`).

Needs the client's binary, an optional dependency of tests/node that exists for Linux on x86-64 only.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from harness.clock import SYSTEM
from tools import conformance, triggers
from tools.conformance import TABLE, rendered, totals
from tools.triggers import CLIENT, Bench, Outcome, Receiver, complaint, event_types

CORE = (
    "customer.created",
    "payment_method.detached",
    "price.updated",
    "payment_intent.succeeded",
    "payment_intent.requires_action",
    "payment_intent.payment_failed",
    "charge.captured",
    "charge.refunded",
    "checkout.session.expired",
    "charge.dispute.closed",
    "setup_intent.setup_failed",
    "customer.source.updated",
    "payment_intent.partially_funded",
    "transfer.reversed",
    "payout.updated",
    "account.application.deauthorized",
    "subscription.payment_succeeded",
)
needs_client = pytest.mark.skipif(not CLIENT.exists(), reason=f"there is no {CLIENT.name} for this platform: make node")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The fakes, and an endpoint that listens."""
    with triggers.bench(tmp_path_factory.mktemp("client")) as one:
        yield one


@needs_client
@pytest.mark.parametrize("name", CORE)
def test_a_scenario_of_the_official_client(bench: Bench, name: str) -> None:
    """It ends clean, and the event it is named after is listed and delivered, rightly signed."""
    outcome = bench.play(name)
    assert outcome.reason == ""
    assert outcome.good
    assert outcome.literal is (name != "subscription.payment_succeeded")


@needs_client
def test_a_scenario_that_fails_is_seen(bench: Bench) -> None:
    """The client's own refusal is no clean end."""
    outcome = bench.play("no.such.scenario")
    assert (outcome.clean, outcome.good) == (False, False)
    assert "not supported" in outcome.reason


@needs_client
def test_the_client_names_its_scenarios() -> None:
    """There are 123 of them, and 113 are types of events."""
    found = triggers.names()
    assert (len(found), len(event_types() & set(found))) == (123, 113)


def test_a_delivery_signed_wrongly_does_not_count() -> None:
    """Only what the official library accepts is kept."""
    receiver = Receiver(secret="whsec_right")
    body = json.dumps({"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}})
    now = int(SYSTEM.wall().timestamp())
    signed = {
        secret: stripe.WebhookSignature._compute_signature(f"{now}.{body}", secret)
        for secret in ("whsec_right", "whsec_wrong")
    }
    assert not receiver.take(body.encode(), f"t={now},v1={signed['whsec_wrong']}")
    assert not receiver.take(body.encode(), "")
    assert receiver.signed == set()
    assert receiver.take(body.encode(), f"t={now},v1={signed['whsec_right']}")
    assert receiver.signed == {"evt_1"}


def _outcome(name: str, *, clean: bool = True, listed: bool = True, delivered: bool = True, said: str = "") -> Outcome:
    return Outcome(name, clean, said, name in event_types(), listed, delivered, ("customer.created",))


def test_misses_are_told_with_their_reasons() -> None:
    """Each way to miss has its own reason, and the totals count none of them."""
    refused = _outcome("plan.created", clean=False, listed=False, delivered=False, said="No such | thing")
    silent = _outcome("coupon.created", listed=False, delivered=False)
    lost = _outcome("customer.updated", delivered=False)
    far = _outcome("v1.billing.meter.no_meter_found", clean=False, listed=False, delivered=False, said="no route")
    fine = _outcome("customer.created")
    all_of_them = [refused, silent, lost, far, fine]
    assert [one.good for one in all_of_them] == [False, False, False, False, True]
    assert silent.reason == "the event was not made; made: customer.created"
    assert lost.reason.startswith("the event listed but did not arrive")
    assert "meter-events" in far.reason
    assert [line.split(" ")[0] for line in totals(all_of_them)] == ["3", "2", "1"]
    text = rendered(all_of_them, "version 0")
    assert "| `plan.created` | **no** | **no** | **no** | No such \\| thing |" in text
    assert "| `customer.created` | yes | yes | yes |  |" in text


def test_what_the_fake_said_is_found_in_what_the_client_prints() -> None:
    """The error's message, or the text as it is."""
    body = json.dumps({"error": {"message": "Unrecognized request URL. Please see https://x"}}, indent=1)
    assert complaint(f"Trigger failed: Request failed, status=404, body={body}\n") == "Unrecognized request URL."
    assert complaint("the event  is not\nsupported") == "the event is not supported"


def test_a_client_that_names_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where no scenario was found nothing was shown: it ends 2, and the table stays as it is."""
    (tmp_path / "client").write_text("#!/bin/sh\necho of another shape\n")
    (tmp_path / "client").chmod(0o700)
    monkeypatch.setattr(triggers, "CLIENT", tmp_path / "client")
    monkeypatch.setattr(conformance, "CLIENT", tmp_path / "client")
    monkeypatch.setattr(conformance, "TABLE", tmp_path / "table.md")
    assert conformance.main([]) == 2
    assert not (tmp_path / "table.md").exists()


def test_the_table_names_every_scenario() -> None:
    """The committed table is whole; how current it is, `make conformance` says."""
    lines = TABLE.read_text().splitlines()
    assert len([line for line in lines if line.startswith("| `")]) == 123
