"""Fakes that are where, and what, they were at an earlier start: for a pipeline that is up already."""

import argparse
import json
import subprocess
import sys
from typing import Any

import httpx
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
    first, second = (started("--ports-from", begin, "--keys", "w", "--seed", seed) for seed in ("1", "2"))
    assert first["control"]["url"] == f"http://127.0.0.1:{begin}" == second["control"]["url"]
    assert first["control"]["token"] != second["control"]["token"]
    for fake in ("payments", "helpdesk", "push", "crm"):
        assert first[fake] == second[fake]
    for kept in ("slack_url", "smtp_port", "slack_token", "smtp_password", "slack_channel"):
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


def met(seed: str) -> tuple[list[str], str, list[int], int]:
    """Owners, a new contact's id, groups and a new ticket's id of fakes that were started with one word."""
    command = [sys.executable, "-m", "fakes", "--json", "--keys", "w", "--seed", seed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        crm, helpdesk = line["crm"], line["helpdesk"]
        with httpx.Client(headers={"Authorization": f"Bearer {crm['token']}"}, trust_env=False) as client:
            owners = client.get(f"{crm['url']}/crm/v3/owners").json()["results"]
            contact = client.post(
                f"{crm['url']}/crm/v3/objects/contacts", json={"properties": {"email": "a@b.example"}}
            )
        with httpx.Client(auth=(f"{helpdesk['email']}/token", helpdesk["token"]), trust_env=False) as client:
            groups = client.get(f"{helpdesk['url']}/api/v2/groups").json()["groups"]
            asked = {"ticket": {"subject": "s", "comment": {"body": "b"}}}
            ticket = client.post(f"{helpdesk['url']}/api/v2/tickets", json=asked)
        process.terminate()
    return [one["id"] for one in owners], contact.json()["id"], [g["id"] for g in groups], ticket.json()["ticket"]["id"]


def test_what_clients_remember_is_there_again_and_no_id_is_given_twice() -> None:
    """A pipeline that is up remembers owners and groups; contacts and tickets have new ids in each run."""
    (owners, contact, groups, ticket), later = met("1"), met("2")
    assert owners
    assert groups
    assert (owners, groups) == (later[0], later[2])
    assert contact != later[1]
    assert ticket != later[3]
