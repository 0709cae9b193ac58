"""Fakes that are where, and what, they were at an earlier start: for a pipeline that is up already."""

import argparse
import json
import subprocess
import sys
from typing import Any

import pytest

from fakes.__main__ import advertised
from harness.stack import ports

ROW = 12


def started(*words: str) -> dict[str, Any]:
    """The line that these fakes print."""
    command = [sys.executable, "-m", "fakes", "--json", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    return dict(json.loads(line))


def test_the_same_word_gives_the_same_places_and_keys() -> None:
    """Ports in a row and every key are as they were, whatever the seed; the control channel's token is fresh."""
    begin = str(ports.row(ROW))
    first, second = (started("--ports-from", begin, "--keys", "w", "--seed", seed) for seed in ("1", "1"))
    assert first["control"]["url"] == f"http://127.0.0.1:{begin}" == second["control"]["url"]
    assert first["control"]["token"] != second["control"]["token"]
    for fake in ("payments", "helpdesk", "push", "crm"):
        assert first[fake] == second[fake]
    for kept in ("slack_url", "smtp_port", "slack_token", "smtp_password"):
        assert first["alerts"][kept] == second["alerts"][kept]
    other = started("--keys", "another")
    assert other["payments"]["secret_key"] != first["payments"]["secret_key"]
    assert first["payments"]["secret_key"].startswith("sk_test_")


def test_an_advertised_host_is_told_and_control_stays_here() -> None:
    """Every address that a pipeline gets names the advertised host; the control channel is on loopback alone."""
    line = started("--advertise", "http://fakes.example.com", "--control-host", "127.0.0.1", "--host", "0.0.0.0")
    for fake in ("payments", "crm", "helpdesk", "alerts", "push"):
        assert line[fake]["url"].startswith("http://fakes.example.com:")
    assert line["alerts"]["slack_url"].startswith(line["alerts"]["url"] + "/")
    assert line["alerts"]["smtp_host"] == "fakes.example.com" == line["helpdesk"]["smtp"]["host"]
    assert line["control"]["url"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "text", ["fakes.example.com", "http://", "http://x:9", "http://x/there", "ftp://x", "http://a:b"]
)
def test_what_is_no_host_is_refused(text: str) -> None:
    """A port, a path, another scheme, nothing: each is told with what was expected."""
    with pytest.raises(argparse.ArgumentTypeError, match="is not http://HOST; each fake adds its own port"):
        advertised(text)
