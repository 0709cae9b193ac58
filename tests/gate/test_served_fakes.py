"""`harness fakes --json` as a user meets it: one line, official SDKs with only address and key changed, the journal.

Each SDK gets a script of its own against one process that serves all fakes; what the script did is then looked up in
the journal that the line names. What the fakes can do beyond that is tested beside each of them.
"""

import json
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hubspot
import pytest
import requests
import stripe
from hubspot.crm.contacts import BatchInputSimplePublicObjectBatchInputUpsert as Upserts
from hubspot.crm.contacts import SimplePublicObjectBatchInputUpsert as Upsert
from slack_sdk.webhook import WebhookClient
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Ticket, User

from harness.clock import block
from harness.journal import Record, read
from harness.rng import Rng
from tests.gate.conftest import ROOT

ENDS_WITHIN_S = 5.0
README_S = 60.0
Line = dict[str, Any]


@contextmanager
def serving(*words: str) -> Iterator[tuple[subprocess.Popen[str], Line]]:
    """The command, running, and the line it printed."""
    command = [sys.executable, "-m", "harness", "fakes", "--json", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Where everything is, of one process for all scripts, over TLS as well."""
    journal = tmp_path_factory.mktemp("served") / "fakes.jsonl"
    with serving("--tls", "--journal", str(journal)) as (_, line):
        yield line


@pytest.fixture
def marker(request: pytest.FixtureRequest) -> str:
    """A marker that no other test uses."""
    return Rng(5).marker(request.node.nodeid)


def effects(line: Line, marker: str, sink: str) -> list[Record]:
    """What the journal says of one person in one sink."""
    return [
        one
        for one in read(Path(line["journal"]))
        if one["k"] == "effect" and one["sink"] == sink and one["person"] == marker
    ]


def test_payments_sdk(line: Line, marker: str) -> None:
    """The payment provider's SDK makes a customer and, with a key sent twice, one charge."""
    part = line["payments"]
    client = stripe.StripeClient(part["secret_key"], base_addresses={"api": part["url"]})
    customer = client.v1.customers.create({"email": f"{marker}@customers.example.com", "name": "Ann"})
    for _ in range(2):
        intent = client.v1.payment_intents.create(
            {
                "amount": 1200,
                "currency": "jpy",
                "customer": customer.id,
                "payment_method": "pm_card_visa",
                "confirm": True,
                "return_url": "https://example.com",
            },
            {"idempotency_key": f"order-{marker}"},
        )
    assert intent.status == "succeeded"
    assert client.v1.payment_intents.retrieve(intent.id).amount_received == 1200
    assert [one["object"] for one in effects(line, marker, "payments.customer")] == [customer.id]
    (charge,) = effects(line, marker, "payments.charge")
    assert charge["object"] == intent.latest_charge
    assert charge["values"].items() >= {"amount": 1200, "currency": "jpy", "captured": True}.items()


def test_crm_sdk(line: Line, marker: str) -> None:
    """The CRM's SDK, its host set in the configuration, upserts one contact by e-mail and changes it."""
    client = hubspot.Client.create(access_token=line["crm"]["token"])
    api = client.crm.contacts.batch_api
    api.api_client.configuration.host = line["crm"]["url"]
    email = f"{marker}@customers.example.com"
    for name in ("Ann", "Anna", "Anna"):
        upsert = Upsert(id=email, id_property="email", properties={"firstname": name, "lifecyclestage": "lead"})
        (contact,) = api.upsert(Upserts(inputs=[upsert])).results
    found = effects(line, marker, "crm.contact")
    assert [(one["op"], one["object"]) for one in found] == [("create", contact.id), ("update", contact.id)]
    assert found[-1]["values"] == {"email": email, "firstname": "Anna", "lifecyclestage": "lead"}


def test_helpdesk_sdk_over_tls(line: Line, marker: str) -> None:
    """A widespread helpdesk client insists on https and a subdomain, trusts the throwaway authority, makes a ticket."""
    part = line["helpdesk"]
    # It builds https://{subdomain}.{domain}, so `127` is the subdomain of `0.0.1`.
    subdomain, _, domain = urlsplit(part["tls_url"]).netloc.partition(".")
    with requests.Session() as session:
        session.trust_env = False
        session.verify = line["ca_file"]
        client = Zenpy(
            subdomain=subdomain, domain=domain, email=part["email"], token=part["token"], session=session,
            disable_cache=True,
        )  # fmt: skip
        asked = Ticket(
            subject="I paid and see nothing", comment=Comment(body="Please look"), priority="high",
            requester=User(name="Ann", email=f"{marker}@customers.example.com"),
        )  # fmt: skip
        made = client.tickets.create(asked).ticket
        assert client.tickets(id=made.id).subject == "I paid and see nothing"
    (ticket,) = effects(line, marker, "helpdesk.ticket")
    assert (ticket["op"], ticket["object"]) == ("create", str(made.id))
    wanted = {"subject": "I paid and see nothing", "body": "Please look", "priority": "high"}
    assert ticket["values"].items() >= wanted.items()
    assert ticket["values"]["requester_email"] == f"{marker}@customers.example.com"


def test_chat_sdk(line: Line, marker: str) -> None:
    """The chat's SDK posts to the webhook's address; the text is the effect."""
    answer = WebhookClient(line["alerts"]["slack_url"]).send(text=f"Dead letter: crm for {marker}")
    assert (answer.status_code, answer.body) == (200, "ok")
    (message,) = effects(line, marker, "alerts.chat")
    assert message["values"] == {"text": f"Dead letter: crm for {marker}"}


def test_mail_by_the_standard_library(line: Line, marker: str) -> None:
    """A mail is an effect as soon as it was accepted."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "app@example.com", f"{marker}@customers.example.com"
    mail["Subject"] = "Receipt for order 17"
    mail.set_content("Thank you. 9.00 USD\n")
    with smtplib.SMTP(line["alerts"]["smtp_host"], line["alerts"]["smtp_port"], timeout=10) as smtp:
        assert smtp.send_message(mail) == {}
    (sent,) = effects(line, marker, "alerts.mail")
    assert (sent["values"]["subject"], sent["values"]["to"]) == ("Receipt for order 17", [mail["To"]])
    assert "9.00 USD" in sent["values"]["text"]


def test_a_push_and_the_phone_that_gets_it(line: Line, marker: str) -> None:
    """One request, one effect, and the phone shows it without any key."""
    token = f"ExponentPushToken[{marker}]"
    with requests.Session() as session:
        session.trust_env = False
        message = {"to": token, "title": "Paid"}
        answer = session.post(f"{line['push']['url']}/--/api/v2/push/send", json=message, timeout=10)
        assert answer.json()["data"]["status"] == "ok"

        def shown() -> list[str]:
            where = f"{line['control']['url']}/inboxes/push"
            return [one["title"] for one in session.get(where, params={"handle": token}, timeout=10).json()["arrived"]]

        for _ in range(100):
            if shown():
                break
            block(0.05)
        assert shown() == ["Paid"]
    assert len(effects(line, marker, "push.notification")) == 1


def test_the_line_says_all_that_is_needed(line: Line) -> None:
    """Address and key of every fake, the control channel, the journal, the seed and the authority's file."""
    assert {
        "payments",
        "crm",
        "helpdesk",
        "alerts",
        "push",
        "admin",
        "control",
        "journal",
        "seed",
        "ca_file",
    } <= line.keys()
    for name in ("payments", "crm", "helpdesk", "push"):
        assert urlsplit(line[name]["url"]).hostname == "127.0.0.1"
        assert urlsplit(line[name]["tls_url"]).scheme == "https"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals, marker: str) -> None:
    """It ends with 0 and without a word within five seconds, although a client keeps its connection."""
    with serving() as (process, line), requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"{line['payments']['url']}/v1/customers", data={"email": f"{marker}@customers.example.com"},
            auth=(line["payments"]["secret_key"], ""), timeout=10,
        )  # fmt: skip
        assert answer.status_code == 200
        process.send_signal(number)
        output, said = process.communicate(timeout=ENDS_WITHIN_S)
        assert (process.returncode, output, said) == (0, "", "")
    assert len(effects(line, marker, "payments.customer")) == 1


def test_the_example_of_the_readme_works_as_printed() -> None:
    """The Python block under "Only the fakes" pays, says so, and leaves no process behind."""
    section = (ROOT / "README.md").read_text().partition("## Only the fakes")[2].partition("\n## ")[0]
    (block,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    # Its fakes share its stderr: the pipe is not at its end before they are gone too.
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, timeout=README_S, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"pi_\w+ succeeded\n", done.stdout)
