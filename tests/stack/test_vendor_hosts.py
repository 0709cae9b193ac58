"""The vendors' own hosts lead to the fakes, for pipelines whose clients have no setting for an address.

Real processes, unmodified clients of the vendors, in a network of the run's own; as root and as an ordinary user.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gate.conftest import ROOT
from tests.nodes import CLIENTS, NODE

LESSER = str(Path(__file__).with_name("lesser.py"))
TARGET = ROOT / "tests/stack/plain/target.toml"
STRANGER = "collect.tracker-that-nobody-fakes.com"


def in_node(folder: Path) -> Path:
    """The target whose pipeline is Node's."""
    text = TARGET.read_text().replace('"{python}", "tests/stack/plain/pipeline.py"', f'"{NODE}", "{{script}}"')
    text = text.replace("{script}", "tests/stack/plain/pipeline.cjs")
    text = text.replace("[process.env]", f'[process.env]\nNODE_PATH = "{CLIENTS}"')
    path = folder / "node.toml"
    path.write_text(text)
    return path


def run(folder: Path, target: Path, *before: str) -> tuple[int, str, dict[str, Any]]:
    """Play sign-up and a purchase; answers the exit code, what was said, and the verdict."""
    words = [sys.executable, "-m", "harness", "run", "double_tap[buy-server_guard_0ms]", "--target", str(target)]
    done = subprocess.run(
        [*before, *words, "--seed", "7", "--out", str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    found = sorted(folder.glob("*/verdict.json"))
    return done.returncode, done.stdout + done.stderr, json.loads(found[0].read_text()) if found else {}


def held(verdict: dict[str, Any]) -> list[str]:
    """What became of the promise that everything is there once."""
    promises = [one for cell in verdict["cells"] if cell["origin"] == "scenario" for one in cell["promises"]]
    return [one["ruling"] for one in promises if one["promise"] == "exactly_once"]


def assert_intercepted(said: str, verdict: dict[str, Any]) -> None:
    """Both vendors were met at their own names, the stranger was blocked, and every record was there once."""
    assert held(verdict) == ["pass"], said
    hosts = {one["host"]: one for one in verdict["hosts"]}
    assert hosts["api.stripe.com"]["fake"] == "payments"
    assert hosts["api.hubapi.com"]["fake"] == "crm"
    assert min(hosts[name]["calls"] for name in ("api.stripe.com", "api.hubapi.com")) >= 1
    assert hosts[STRANGER]["fake"] is None
    assert hosts[STRANGER]["asked"][0].startswith("POST /v1/events")
    assert "api.stripe.com → payments" in said
    assert f"{STRANGER}: POST /v1/events" in said.partition("called the real internet: blocked")[2]


def test_pythons_clients_reach_the_fakes_at_the_vendors_hosts(tmp_path: Path) -> None:
    """One brings its own list of authorities and looks at no setting, the other trusts a package's."""
    _, said, verdict = run(tmp_path, TARGET)
    assert_intercepted(said, verdict)


def test_nodes_clients_do_as_an_ordinary_user(tmp_path: Path) -> None:
    """Node brings its authorities in its program; no root is needed, and nobody becomes it."""
    _, said, verdict = run(tmp_path, in_node(tmp_path), sys.executable, LESSER)
    assert_intercepted(said, verdict)


def test_where_no_network_can_be_made_it_says_what_is_missing(tmp_path: Path) -> None:
    """Exit code 2, the reason, the setting that would allow it, and the other way; nothing was started."""
    code, said, _ = run(tmp_path, TARGET, sys.executable, LESSER, "--forbidden")
    assert code == 2
    told = " ".join(said.split())
    assert 'vendor_hosts = "intercept" needs a network of its own' in told
    assert "sysctl user.max_user_namespaces" in told
    assert "--stack docker" in told
    assert "Traceback" not in said
    assert not list(tmp_path.glob("*/stack.jsonl"))


@pytest.mark.parametrize("of", ["the machine", "the run"])
def test_nothing_of_it_is_left_on_the_machine(of: str) -> None:
    """What is covered is covered for the run alone: another process sees the machine's own files."""
    if of == "the machine":
        assert "192.0.2.1" not in Path("/etc/resolv.conf").read_text()
        return
    looked = "from harness.stack import seclusion; seclusion.enter(); print(open('/etc/resolv.conf').read())"
    said = subprocess.run([sys.executable, "-c", looked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "192.0.2.1" in said.stdout
