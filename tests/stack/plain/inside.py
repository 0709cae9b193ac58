"""In a network of its own: the fakes at the vendors' hosts, and unmodified clients that call them. Prints JSON.

Started by `tests.stack.test_standing_in`, in a process of its own because there is no way back.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from harness.stack import bundles, seclusion


def clients(fakes: dict[str, Any]) -> dict[str, Any]:
    """What clients that name the vendors' hosts, and others, came to."""
    from slack_sdk.webhook import WebhookClient
    from zenpy import Zenpy
    from zenpy.lib.api_objects import Ticket

    desk = Zenpy(subdomain="any-name-at-all", email=fakes["helpdesk"]["email"], token=fakes["helpdesk"]["token"])
    ticket = desk.tickets.create(Ticket(subject="Where is it?", description="It did not come."))
    path = fakes["alerts"]["slack_url"].partition("/services/")[2]
    chat = WebhookClient(f"https://hooks.slack.com/services/{path}").send(text="hello")
    return {"ticket": ticket.ticket.subject, "chat": chat.status_code, **elsewhere()}


def elsewhere() -> dict[str, Any]:
    """What nobody stands for: a host, an address without a name, another port."""
    said: dict[str, Any] = {}
    try:
        urllib.request.urlopen("https://nobody.example.org/secret/" + "k" * 40, timeout=3)
    except urllib.error.HTTPError as problem:
        said["blocked"] = problem.code
    try:
        urllib.request.urlopen("http://8.8.8.8/dns", timeout=3)
    except urllib.error.HTTPError as problem:
        said["address"] = problem.code
    try:
        socket.create_connection(("mail.example.org", 587), 3)
    except OSError as problem:
        said["port"] = type(problem).__name__
    return said


def main() -> None:
    """Enter, serve, call, stop."""
    journal = sys.argv[1]
    seclusion.enter()
    command = [sys.executable, "-m", "fakes", "--json", "--journal", journal, "--stand-in", seclusion.ADDRESS]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert serving.stdout
        fakes = json.loads(serving.stdout.readline())
        with tempfile.TemporaryDirectory() as work:
            places = bundles.places_of([[sys.executable]], [])
            os.environ.update(seclusion.trusting(fakes["vendor_hosts"]["ca_pem"], Path(work), places, ()))
            sys.stdout.write(json.dumps(clients(fakes)) + "\n")
    finally:
        serving.terminate()
        serving.wait(10)


if __name__ == "__main__":
    main()
