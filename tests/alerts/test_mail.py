"""The mail server with smtplib: what a mail tells, and every planned fault as SMTP shows it."""

import hashlib
import smtplib
from email.message import EmailMessage

import pytest

from fakes.alerts import mail
from fakes.plugin import Fakes
from harness.clock import SYSTEM

Lost = (smtplib.SMTPServerDisconnected, ConnectionError)


def receipt(marker: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Billing <billing@shop.example.com>"
    message["To"] = f"{marker}@customers.example.com"
    message["Subject"] = "Receipt for order ö-1"
    message["Message-ID"] = f"<{marker}@shop.example.com>"
    message.set_content("Paid: 9,00 €\nThank you\n")
    message.add_attachment(b"%PDF\x00\xff", maintype="application", subtype="pdf", filename="receipt.pdf")
    return message


def test_a_mail_is_told_decoded(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """Headers and text decoded, attachments by hash, whose it is found even in base64."""
    smtp.send_message(receipt(marker))
    (effect,) = served.effects("alerts.mail", person=marker)
    assert effect["values"] == {
        "to": [f"{marker}@customers.example.com"],
        "from": "Billing <billing@shop.example.com>",
        "subject": "Receipt for order ö-1",
        "text": "Paid: 9,00 €\nThank you\n",
        "message_id": f"<{marker}@shop.example.com>",
        "attachments": [
            {"name": "receipt.pdf", "size": 6, "sha256": hashlib.sha256(b"%PDF\x00\xff").hexdigest()},
        ],
    }


def test_a_mail_is_journaled_like_a_call(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """received, effect, answered; two mails over one connection are two calls."""
    for _ in range(2):
        smtp.send_message(receipt(marker))
    received = served.records("received", person=marker)
    assert [(each["operation"], each["sink"], each["writes"]) for each in received] == [
        ("SMTP DATA", "alerts.mail", True)
    ] * 2
    assert [each["status"] for each in served.records("answered", call=received[0]["call"])] == [200]


def test_nothing_is_an_effect_before_data(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """A client that leaves before DATA has sent nothing."""
    smtp.ehlo()
    smtp.mail("billing@shop.example.com")
    smtp.rcpt(f"{marker}@customers.example.com")
    smtp.close()
    assert not served.records("received", person=marker)


def plan(served: Fakes, marker: str, kind: str, **more: float) -> None:
    served.control("POST", "/faults", faults=[{"person": marker, "fake": "alerts", "kind": kind, **more}])


@pytest.mark.parametrize(
    ("kind", "code"), [("server_error", 451), ("rate_limited", 451), ("invalid", 550), ("html", 451)]
)
def test_refusals_have_smtp_codes(smtp: smtplib.SMTP, served: Fakes, marker: str, kind: str, code: int) -> None:
    """Temporary or permanent, and nothing is kept; the next mail of the same client goes through."""
    plan(served, marker, kind)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(receipt(marker))
    assert refused.value.smtp_code == code
    assert not served.effects("alerts.mail", person=marker)
    smtp.send_message(receipt(marker))
    assert len(served.effects("alerts.mail", person=marker)) == 1


@pytest.mark.parametrize(("kind", "kept"), [("lost_reply", 1), ("cut_reply", 1), ("refuse", 0)])
def test_a_connection_is_dropped(smtp: smtplib.SMTP, served: Fakes, marker: str, kind: str, kept: int) -> None:
    """After the mail was taken, or before; either way the client learns nothing."""
    plan(served, marker, kind)
    with pytest.raises(Lost):
        smtp.send_message(receipt(marker))
    assert len(served.effects("alerts.mail", person=marker)) == kept
    (fault,) = served.records("fault", person=marker)
    assert fault["committed"] is bool(kept)


def test_a_delayed_mail_is_answered_late(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """The reply to DATA waits."""
    plan(served, marker, "delay", seconds=0.3)
    began = SYSTEM.at_ns()
    smtp.send_message(receipt(marker))
    assert SYSTEM.at_ns() - began >= 0.3e9


@pytest.mark.parametrize(("kind", "kept"), [("hang", 0), ("hang_after", 1)])
def test_silence_lasts_until_the_client_leaves(
    smtp: smtplib.SMTP, served: Fakes, marker: str, kind: str, kept: int
) -> None:
    """The client's own time-out ends it, and the call ends with it."""
    plan(served, marker, kind, seconds=30)
    assert smtp.sock is not None
    smtp.ehlo()
    smtp.sock.settimeout(0.3)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        smtp.send_message(receipt(marker))
    smtp.close()
    served.settle(5)
    assert len(served.effects("alerts.mail", person=marker)) == kept
    assert [each["lost"] for each in served.records("answered") if each["lost"] == "hang"]


def test_a_badly_made_mail_is_read_as_far_as_possible() -> None:
    """No header, an unknown charset, HTML alone: never an error."""
    assert mail.read(b"just text\r\n", "a@x.example", ["b@x.example"])["from"] == "a@x.example"
    odd = b"Subject: x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nhello\r\n"
    assert mail.read(odd, "", [])["text"].strip() == "hello"
    html = b"Subject: =?utf-8?q?=C3=A4?=\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n"
    assert (mail.read(html, "", [])["subject"], mail.read(html, "", [])["text"].strip()) == ("ä", "<p>hi</p>")
