"""What stands at the vendors' hosts: names, certificates made as they are asked for, fakes, and a wall for the rest."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from fakes.names import answer
from fakes.serve import Options, served
from harness.errors import MachineError
from harness.journal import read
from harness.stack import bundles
from tests.gate.conftest import ROOT

CERTIFICATE = "-----BEGIN CERTIFICATE-----\n" + "A" * 1000 + "\n-----END CERTIFICATE-----\n"


def test_clients_with_hosts_of_their_own_are_met(tmp_path: Path) -> None:
    """A host below a vendor's name is its fake's; a stranger, a bare address and another port get nothing."""
    journal = tmp_path / "fakes.jsonl"
    done = subprocess.run(
        [sys.executable, "-m", "tests.stack.plain.inside", str(journal)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "ticket": "Where is it?", "chat": 200, "blocked": 421, "address": 421, "port": "ConnectionRefusedError",
    }  # fmt: skip
    records = list(read(journal))
    met = {(one["host"], one["fake"]) for one in records if one["k"] == "received" and "host" in one}
    assert met == {("any-name-at-all.zendesk.com", "helpdesk"), ("hooks.slack.com", "alerts")}
    events = {(one["host"], one["event"]) for one in records if one["k"] == "host" and one["fake"] is None}
    assert events == {
        ("nobody.example.org", "looked_up"), ("nobody.example.org", "greeted"), ("nobody.example.org", "blocked"),
        ("8.8.8.8", "blocked"), ("mail.example.org", "looked_up"),
    }  # fmt: skip
    assert "k" * 40 not in journal.read_text(), "what may be a key is not journaled"


def test_every_name_is_here_and_nothing_else_is_known() -> None:
    """An A question gets the address and is told; AAAA gets nothing, one's own names do not exist."""
    asked: list[str] = []

    def ask(name: str, kind: str = "A") -> dns.message.Message:
        said = answer(dns.message.make_query(name, kind).to_wire(), "192.0.2.1", asked.append)
        assert said is not None
        return dns.message.from_wire(said)

    assert str(ask("API.Vendor.com").answer[0][0]) == "192.0.2.1"
    assert not ask("api.vendor.com", "AAAA").answer
    assert ask("machine").rcode() == dns.rcode.NXDOMAIN
    assert ask("1.0.0.127.in-addr.arpa", "PTR").rcode() == dns.rcode.NXDOMAIN
    assert asked == ["api.vendor.com"]
    assert answer(b"no question", "192.0.2.1", asked.append) is None


async def test_outside_a_network_of_its_own_it_says_so(tmp_path: Path) -> None:
    """An address that is not this machine's is refused with what is missing."""
    with pytest.raises(MachineError, match="own"):
        async with asyncio.timeout(20), served(Options(journal=tmp_path / "j.jsonl", stand_in="192.0.2.1")):
            pass


def test_bundles_are_found_by_what_is_in_them(tmp_path: Path) -> None:
    """A list of authorities is one, whatever its name; one certificate, a key or a huge file is none."""
    package = tmp_path / "lib" / "python3.11" / "site-packages" / "client" / "data"
    package.mkdir(parents=True)
    (package / "authorities.crt").write_text(CERTIFICATE * 8)
    (package / "own.pem").write_text(CERTIFICATE)
    (package / "server.pem").write_text(CERTIFICATE * 8 + "-----BEGIN PRIVATE KEY-----\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("")
    places = bundles.places_of([[str(tmp_path / "bin" / "python")]], [])
    assert bundles.find(places)[-1:] == [package / "authorities.crt"]
    assert package / "own.pem" not in bundles.find(places)
    assert package / "server.pem" not in bundles.find(places)
    elsewhere = tmp_path / "elsewhere" / "ca.txt"
    elsewhere.parent.mkdir()
    elsewhere.write_text(CERTIFICATE * 6)
    assert elsewhere in bundles.find([], [str(tmp_path / "else*" / "*.txt")])
