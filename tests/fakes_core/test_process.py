"""The fakes as a process of their own: the line they print, how they end, and what a kill leaves."""

import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.journal import read

REPO = Path(__file__).parents[2]
TINY = "tests.fakes_core.tiny"


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fakes", "--json", "--only", TINY, *arguments]


@contextmanager
def _process(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    process = subprocess.Popen(
        _command(*arguments), cwd=REPO, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate(timeout=10)


def _create(public: dict[str, Any], **more: Any) -> Any:
    return httpx.post(
        public["tiny"]["url"] + "/things", json={"name": "hxadaadaada222", **more}, trust_env=False
    ).json()


def test_line_and_clean_stop(tmp_path: Path) -> None:
    """One line of JSON says where everything is; SIGTERM ends the process cleanly, keeping the journal."""
    journal = tmp_path / "deep" / "fakes.jsonl"
    with _process("--seed", "5", "--journal", str(journal)) as (process, public):
        assert set(public) == {"tiny", "admin", "control", "journal", "seed"}
        assert public["admin"] == public["control"]
        assert (public["seed"], public["journal"]) == (5, str(journal))
        assert set(public["tiny"]) == {"url", "webhook_secret"}
        _create(public)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
    assert "effect" in [one["k"] for one in read(journal)]


def test_what_was_lacking_is_told_at_the_end(tmp_path: Path) -> None:
    """Whoever called what the fakes lack reads it when they stop."""
    with _process("--journal", str(tmp_path / "fakes.jsonl")) as (process, public):
        httpx.get(public["tiny"]["url"] + "/nowhere", trust_env=False)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    assert err == "your pipeline called what the fakes lack:\n  tiny: GET /nowhere (x 1)\n"


def test_interrupt_ends_it_with_a_call_hanging(tmp_path: Path) -> None:
    """SIGINT ends the process although a call hangs."""
    with _process("--journal", str(tmp_path / "j.jsonl")) as (process, public):
        admin = {"Authorization": f"Bearer {public['admin']['token']}"}
        fault = {"person": "*", "fake": "tiny", "kind": "hang", "seconds": 60}
        httpx.post(public["admin"]["url"] + "/faults", json={"faults": [fault]}, headers=admin, trust_env=False)
        where = httpx.URL(public["tiny"]["url"])
        with socket.create_connection((where.host, where.port or 0)) as hanging:
            hanging.sendall(b"POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}")
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == 0


def test_kill_leaves_a_readable_journal(tmp_path: Path) -> None:
    """After kill -9 everything that was answered is in the journal; even a torn last line does not spoil it."""
    journal = tmp_path / "fakes.jsonl"
    with _process("--journal", str(journal)) as (process, public):
        things = [_create(public)["id"] for _ in range(20)]
        process.kill()
        process.wait(timeout=10)
    assert [one["object"] for one in read(journal) if one["k"] == "effect"] == things
    with journal.open("ab") as file:
        file.write(b'{"k":"effect","torn')
    assert [one["object"] for one in read(journal) if one["k"] == "effect"] == things


def test_equal_seeds_equal_ids(tmp_path: Path) -> None:
    """Ids depend on the seed; secrets never do (planted violation: another seed, other ids)."""
    made = []
    for number, seed in enumerate(("5", "5", "6")):
        with _process("--seed", seed, "--journal", str(tmp_path / f"{number}.jsonl")) as (_, public):
            made.append((_create(public)["id"], public["tiny"]["webhook_secret"]))
    assert made[0][0] == made[1][0] != made[2][0]
    assert len({secret for _, secret in made}) == 3


def test_port_taken(tmp_path: Path) -> None:
    """A taken port is one clear line and exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = _command("--port-control", port, "--journal", str(tmp_path / "j.jsonl"))
        done = subprocess.run(command, cwd=REPO, text=True, capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"control: cannot listen on 127.0.0.1:{port}" in done.stderr


def test_unknown_fake() -> None:
    """An unknown fake is one clear line and exit code 2."""
    command = [sys.executable, "-m", "fakes", "--only", "acme"]
    done = subprocess.run(command, cwd=REPO, text=True, capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "fakes: there is no fake 'acme'; there are payments, crm, helpdesk, alerts, push\n",
    )


def test_tls(tmp_path: Path) -> None:
    """With --tls the same fake answers over TLS, trusted by the printed authority and by nobody else."""
    with _process("--tls", "--journal", str(tmp_path / "j.jsonl")) as (_, public):
        thing = _create(public)["id"]
        trusting = ssl.create_default_context(cafile=public["ca_file"])
        url = f"{public['tiny']['tls_url']}/things/{thing}"
        assert httpx.get(url, verify=trusting, trust_env=False).json()["id"] == thing
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(url, trust_env=False)
