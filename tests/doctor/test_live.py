"""The doctor at real pipelines: a healthy one, and ones whose environment is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gate.conftest import ROOT, Gate

SHIPPED = (ROOT / "staging" / "target.toml").read_text()
TINY = (ROOT / "tests" / "generic" / "target.toml").read_text()


def seen(gate: Gate, tmp_path: Path, text: str, *words: str) -> dict[str, list[dict[str, Any]]]:
    """What the doctor says of the pipeline of this target file, by kind; `code` is its exit code."""
    file = tmp_path / "target.toml"
    file.write_text(text)
    code, said = gate.say("doctor", "--target", str(file), "--json", "--seed", "3", *words)
    told = json.loads(said[said.index("{\n") :])
    assert told["well"] == (code == 0), said
    found: dict[str, list[dict[str, Any]]] = {}
    for one in told["findings"]:
        found.setdefault(one["kind"], []).append(one)
    return found


def test_a_healthy_pipeline_has_nothing_wrong(gate: Gate, tmp_path: Path) -> None:
    """Every flow is taken, every vendor called, every event taken, and the first verdict is a pass."""
    code, said = gate.say("doctor", "--seed", "3", "--out", str(tmp_path))
    assert code == 0, said
    assert "first verdict of this walk: pass" in said
    assert "nothing is wrong" in said
    for word in ("POST /v1/orders 202", "the wallet: paid", "webhooks.payments", "CORS", "within 1 s"):
        assert word in said


def test_wrong_environment_values_are_explained(gate: Gate, tmp_path: Path) -> None:
    """A signing secret of another account, a base URL with a path too much, a misspelt place in an answer."""
    text = SHIPPED.replace(
        'STRIPE_WEBHOOK_SECRETS = "{secret:rolled},{fakes.payments.webhook_secret}"',
        'STRIPE_WEBHOOK_SECRETS = "of-another-account"',
    )
    assert text != SHIPPED
    text = text.replace('"{fakes.helpdesk.url}"', '"{fakes.helpdesk.url}/wrong"')
    text = text.replace('extract = { token = "access_token" }', 'extract = { token = "acess_token" }')
    found = seen(gate, tmp_path, text, "--out", str(tmp_path / "runs"))
    assert found["webhook_refused"][0]["about"] == "webhooks.payments"
    assert {one["about"] for one in found["route_lacking"]} == {"helpdesk"}
    assert "HELPDESK_BASE_URL" in found["route_lacking"][0]["where"]
    assert "acess_token" in found["answer_lacks"][0]["seen"]
    assert "it never said that it was done: status is " in found["flow_cut_short"][0]["seen"]
    assert {one["about"] for one in found["flow_cut_short"]} >= {"buy", "subscribe"}
    assert {one["about"] for one in found["effect_lost"]} >= {"help_text"}
    assert found["written_secret"][0]["where"].endswith("STRIPE_WEBHOOK_SECRETS")


def test_a_call_that_left_is_named(gate: Gate, tmp_path: Path) -> None:
    """The CRM's address is the vendor's own: nothing arrives, and the host that was called instead is told."""
    text = TINY.replace("{fakes.crm.url}{fakes.crm.prefix}", "http://crm.vendor.example")
    found = seen(gate, tmp_path, text, "--out", str(tmp_path / "runs"))
    assert found["base_url_not_set"][0]["about"] == "crm"
    assert found["vendor_never_called"][0]["about"] == "crm"
    assert {one["where"] for one in found["call_outside"]} == {"crm.vendor.example"}


def test_a_pipeline_that_does_not_stand_is_told_with_its_log(gate: Gate, tmp_path: Path) -> None:
    """The process, how it ended, and the last lines it wrote."""
    text = TINY.replace('command = ["{launcher}", "{port:api}"]', 'command = ["{launcher}", "no-port"]')
    found = seen(gate, tmp_path, text, "--out", str(tmp_path / "runs"))
    assert "invalid literal for int()" in found["did_not_stand"][0]["seen"]


def test_live_keys_are_named_and_nothing_is_started(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell that holds one: its name, never its value; and no walk."""
    monkeypatch.setenv("PAYMENTS_KEY", "sk_" + "live_" + "51Habcdefghijklmnop")
    found = seen(gate, tmp_path, TINY)
    assert "PAYMENTS_KEY holds a live key" in found["live_key"][0]["seen"]
    assert "51Habc" not in json.dumps(found)
    assert "flow_works" not in found


def test_a_webhook_that_is_not_registered(gate: Gate, tmp_path: Path) -> None:
    """A secret is given and nothing says where events go: told without starting anything."""
    found = seen(gate, tmp_path, SHIPPED.replace('[webhooks.payments]\npath = "/webhooks/payments"\n', ""), "--static")
    assert found["webhook_not_registered"][0]["about"] == "webhooks.payments"


def test_a_target_file_that_is_wrong(gate: Gate, tmp_path: Path) -> None:
    """The loader's message, and nothing else is tried."""
    found = seen(gate, tmp_path, TINY.replace("[truth]", "[trut]"))
    assert "trut: is not a key" in found["target"][0]["seen"]
