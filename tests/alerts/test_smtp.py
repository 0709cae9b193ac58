"""The doors of the mail server with the clients of two languages: encryption, passwords, sizes, letters of any kind."""

import base64
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.alerts.state.mails import KEPT, Mails
from fakes.plugin import Fakes
from harness.clock import ManualClock
from tests.nodes import play

SCRIPT = Path(__file__).with_name("mailer.cjs")
PNG = bytes(range(256)) * 3
DOTTED = b".\r\n..\r\n.x\r\nend\r\n"


def tune(fakes: Fakes, **settings: Any) -> None:
    fakes.control("PUT", "/settings/alerts", settings=settings)


@contextmanager
def connected(fakes: Fakes) -> Iterator[smtplib.SMTP]:
    """A connection that began after the settings were changed."""
    place = fakes.public["alerts"]
    with smtplib.SMTP("localhost", place["smtp_port"], timeout=10) as client:
        yield client


def inbox(fakes: Fakes, address: str) -> list[dict[str, Any]]:
    """The mailbox as its owner sees it; nobody asks for a token."""
    url = fakes.public["control"]["url"]
    asked = httpx.get(f"{url}/inboxes/alerts", params={"handle": address}, trust_env=False)
    arrived: list[dict[str, Any]] = asked.json()["arrived"]
    return arrived


def to(marker: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "billing@shop.example.com", f"{marker}@customers.example.com"
    for name, value in headers.items():
        message[name] = value
    message.set_content("hello")
    return message


def test_starttls(tuned: Fakes, marker: str) -> None:
    """Offered it may be used, required it must be; the authority's file verifies the certificate."""
    with connected(tuned) as client:
        client.ehlo()
        assert not client.has_extn("starttls")
    tune(tuned, smtp_starttls="required")
    with connected(tuned) as client:
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            client.send_message(to(marker))
        assert refused.value.smtp_code == 530
        client.starttls(context=ssl.create_default_context(cafile=tuned.key("alerts", "smtp_ca_file")))
        client.send_message(to(marker))
    assert len(tuned.effects("alerts.mail", person=marker)) == 1


def test_a_reset_under_tls(tuned: Fakes, marker: str) -> None:
    """The mail is kept, the encrypted connection breaks."""
    tune(tuned, smtp_starttls="offered")
    tuned.control("POST", "/faults", faults=[{"person": marker, "fake": "alerts", "kind": "lost_reply"}])
    with connected(tuned) as client:
        client.starttls(context=ssl.create_default_context(cafile=tuned.key("alerts", "smtp_ca_file")))
        with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
            client.send_message(to(marker))
        client.close()
    assert len(tuned.effects("alerts.mail", person=marker)) == 1


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_auth(tuned: Fakes, marker: str, mechanism: str) -> None:
    """A wrong password is 535, none at all 530 where it is required; right ones get through."""
    place = tuned.public["alerts"]
    tune(tuned, smtp_auth="required")
    with connected(tuned) as client:
        client.ehlo()
        assert client.esmtp_features["auth"].split() == ["LOGIN", "PLAIN"]
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            client.send_message(to(marker))
        assert refused.value.smtp_code == 530
    with connected(tuned) as client:
        client.ehlo()
        client.user, client.password = place["smtp_user"], "wrong"
        way = client.auth_plain if mechanism == "PLAIN" else client.auth_login
        with pytest.raises(smtplib.SMTPAuthenticationError) as wrong:
            client.auth(mechanism, way)
        assert wrong.value.smtp_code == 535
        client.password = place["smtp_password"]
        assert client.auth(mechanism, way)[0] == 235
        client.send_message(to(marker))
    assert len(tuned.effects("alerts.mail", person=marker)) == 1


def test_auth_is_not_offered_unless_asked_for(served: Fakes) -> None:
    """Without the setting there is no AUTH at all."""
    with connected(served) as client:
        client.ehlo()
        assert not client.esmtp_features.get("auth", "").split()
        with pytest.raises(smtplib.SMTPNotSupportedError):
            client.login("a", "b")


def test_size(tuned: Fakes, marker: str) -> None:
    """Told in advance it is refused at MAIL, untold after DATA; both 552, and nothing is kept."""
    tune(tuned, smtp_size_max=1000)
    with connected(tuned) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "1000"
        assert client.mail("a@shop.example.com", ["SIZE=1001"])[0] == 552
        client.rset()
        client.mail("a@shop.example.com")
        client.rcpt(f"{marker}@customers.example.com")
        assert client.data(b"Subject: x\r\n\r\n" + b"y" * 900 + b"\r\n" + b"z" * 900)[0] == 552
        client.send_message(to(marker))
    assert len(tuned.effects("alerts.mail", person=marker)) == 1


def test_attachments_byte_for_byte(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """Any bytes, leading dots, an attached mail and a picture in the text: each as it was."""
    message = to(marker, Subject="Grüße", **{"Reply-To": "help@shop.example.com", "X-Order": "7"})
    message.add_alternative("<p>hello</p>", subtype="html")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="größe.png")
    message.add_attachment(DOTTED, maintype="application", subtype="octet-stream", filename="dots", cte="8bit")
    message.add_attachment(to(marker, Subject="inner"))
    smtp.send_message(message)
    (mail,) = inbox(served, f"{marker}@customers.example.com")
    files = mail["attachments"]
    assert [(each["name"], each["type"]) for each in files] == [
        ("größe.png", "image/png"), ("dots", "application/octet-stream"), ("", "message/rfc822"),
    ]  # fmt: skip
    assert [base64.b64decode(each["content_base64"]) for each in files][:2] == [PNG, DOTTED]
    assert b"Subject: inner" in base64.b64decode(files[2]["content_base64"])
    assert (mail["subject"], mail["text"], mail["html"]) == ("Grüße", "hello\n", "<p>hello</p>\n")
    headers = dict(mail["headers"])
    assert (headers["Reply-To"], headers["X-Order"]) == ("help@shop.example.com", "7")
    (effect,) = served.effects("alerts.mail", person=marker)
    assert [each["size"] for each in effect["values"]["attachments"]][:2] == [len(PNG), len(DOTTED)]


def test_dots_and_eight_bits(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """A line that begins with a dot, and raw UTF-8 in body and address."""
    address = f"{marker}-jürgen@customers.example.com"
    body = "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n.hidden\r\n..two\r\n€\r\n".encode()
    smtp.sendmail("a@shop.example.com", [address], body, ["SMTPUTF8", "BODY=8BITMIME"])
    (effect,) = served.effects("alerts.mail", person=marker)
    assert (effect["values"]["to"], effect["values"]["text"]) == ([address], ".hidden\n..two\n€\n")
    smtp.ehlo()
    assert {"8bitmime", "smtputf8"} <= set(smtp.esmtp_features)


def test_many_recipients(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """One mail, one effect, in the mailbox of each; blind copies are in the envelope alone."""
    addresses = [f"{marker}@customers.example.com", f"{marker}-cc@example.com", f"{marker}-bcc@example.com"]
    message = to(marker, Cc=addresses[1])
    smtp.send_message(message, to_addrs=addresses)
    (effect,) = served.effects("alerts.mail", person=marker)
    assert effect["values"]["to"] == addresses
    assert [len(inbox(served, address)) for address in addresses] == [1, 1, 1]
    assert inbox(served, "nobody@example.com") == []


@pytest.mark.parametrize(("kind", "kept"), [("lost_reply", 1), ("refuse", 0), ("server_error", 0)])
def test_a_mailbox_holds_what_was_taken(smtp: smtplib.SMTP, served: Fakes, marker: str, kind: str, kept: int) -> None:
    """A mail whose reply was lost has arrived; one that was lost has not."""
    served.control("POST", "/faults", faults=[{"person": marker, "fake": "alerts", "kind": kind}])
    with pytest.raises((smtplib.SMTPException, OSError)):
        smtp.send_message(to(marker))
    assert len(inbox(served, f"{marker}@customers.example.com")) == kept


def test_nodemailer(tuned: Fakes, marker: str) -> None:
    """With STARTTLS and a password: an attachment, a refused recipient, a limit, and a wrong password as EAUTH."""
    place = tuned.public["alerts"]
    tune(tuned, smtp_starttls="required", smtp_auth="required")
    way = {
        "host": "127.0.0.1", "port": place["smtp_port"], "requireTLS": True,
        "auth": {"user": place["smtp_user"], "pass": place["smtp_password"]},
    }  # fmt: skip
    good, bad = f"{marker}@customers.example.com", f"{marker}x@customers.example.com"
    mail = {"from": "a@shop.example.com", "to": [good], "subject": "Grüße", "text": ".dot\n"}
    attached = {"filename": "a.bin", "content": base64.b64encode(PNG).decode(), "encoding": "base64"}
    told = play(
        SCRIPT,
        {"transport": way, "ca_file": place["smtp_ca_file"], "mails": [{**mail, "attachments": [attached]}]},
    )
    assert (told[0]["accepted"], told[0]["rejected"]) == ([good], [])
    (arrived,) = inbox(tuned, good)
    assert base64.b64decode(arrived["attachments"][0]["content_base64"]) == PNG
    assert (arrived["subject"], arrived["text"]) == ("Grüße", ".dot\n")
    faults = [{"person": marker, "fake": "alerts", "kind": kind} for kind in ("server_error", "invalid")]
    tuned.control("POST", "/faults", faults=[{**faults[1], "calls": "reads"}, faults[0]])
    told = play(
        SCRIPT, {"transport": way, "ca_file": place["smtp_ca_file"], "mails": [{**mail, "to": [bad, good]}, mail]}
    )
    assert (told[0]["code"], told[0]["responseCode"]) == ("EMESSAGE", 451)
    assert told[1]["accepted"] == [good]
    way["auth"] = {"user": place["smtp_user"], "pass": "wrong"}
    (refused,) = play(SCRIPT, {"transport": way, "ca_file": place["smtp_ca_file"], "mails": [mail]})
    assert (refused["code"], refused["responseCode"]) == ("EAUTH", 535)


def test_the_newest_mails_are_kept() -> None:
    """An old mail leaves the mailboxes when there are too many; mails under way are not in them."""
    mails = Mails(ManualClock())
    for number in range(KEPT + 1):
        place = mails.spool(b"Subject: x\r\n\r\nx")
        values = {"to": ["All@x.example", f"{number}@x.example"], "from": "a@x.example", "subject": "x"}
        mails.keep(f"m{number}", place, values)
        mails.unspool(place)
    assert [len(mails.of(f"{number}@x.example")) for number in (0, 1, KEPT)] == [0, 1, 1]
    assert len(mails.of("all@x.example")) == KEPT
    mails.keep("m", "never spooled", values)
    mails.clear()
    assert mails.of("all@x.example") == []


def test_a_setting_that_is_no_choice_is_refused(tuned: Fakes) -> None:
    """And nothing changes."""
    where = tuned.public["control"]
    answer = httpx.put(
        f"{where['url']}/settings/alerts",
        json={"settings": {"smtp_auth": "maybe", "per_second": 3}},
        headers={"Authorization": f"Bearer {where['token']}"},
        trust_env=False,
    )
    assert (answer.status_code, "off, offered, required" in answer.json()["error"]) == (422, True)
    assert tuned.control("PUT", "/settings/alerts", settings={})["settings"]["per_second"] == 0
