"""The mail server with smtplib: what a mail tells, and every planned fault as SMTP shows it."""

import hashlib
import smtplib
from email.message import EmailMessage
from typing import Any

import pytest

from fakes.alerts.state import mail
from fakes.plugin import Fakes
from harness.clock import SYSTEM
from harness.rng import Rng

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
    received = served.records("received", person=marker, writes=True)
    assert [(each["operation"], each["sink"], each["writes"]) for each in received] == [
        ("SMTP DATA", "alerts.mail", True)
    ] * 2
    assert [each["status"] for each in served.records("answered", call=received[0]["call"])] == [200]


def test_nothing_is_an_effect_before_data(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """A client that leaves before DATA has only asked about a recipient."""
    smtp.ehlo()
    smtp.mail("billing@shop.example.com")
    smtp.rcpt(f"{marker}@customers.example.com")
    smtp.close()
    asked = served.records("received", person=marker)
    assert [(each["operation"], each["writes"]) for each in asked] == [("SMTP RCPT", False)]
    assert not served.effects("alerts.mail", person=marker)


def plan(served: Fakes, marker: str, kind: str, **more: Any) -> None:
    served.control("POST", "/faults", faults=[{"person": marker, "fake": "alerts", "kind": kind, **more}])


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("server_error", 500, 451), ("server_error", 507, 452), ("rate_limited", 500, 451), ("html", 500, 451),
        ("invalid", 400, 550), ("invalid", 413, 552), ("invalid", 403, 554),
    ],
)  # fmt: skip
def test_refusals_have_smtp_codes(
    smtp: smtplib.SMTP, served: Fakes, marker: str, kind: str, status: int, code: int
) -> None:
    """Temporary or permanent, and nothing is kept; the next mail of the same client goes through."""
    plan(served, marker, kind, status=status)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(receipt(marker))
    assert refused.value.smtp_code == code
    assert not served.effects("alerts.mail", person=marker)
    smtp.send_message(receipt(marker))
    assert len(served.effects("alerts.mail", person=marker)) == 1


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("server_error", 500, 450), ("rate_limited", 500, 450), ("invalid", 400, 550), ("server_error", 507, 452),
        ("invalid", 403, 554),
    ],
)  # fmt: skip
def test_refusals_before_data_meet_one_recipient(
    smtp: smtplib.SMTP, served: Fakes, marker: str, kind: str, status: int, code: int
) -> None:
    """Aimed at reads, a fault refuses that person at RCPT; the others get the mail."""
    plan(served, marker, kind, status=status, calls="reads")
    other = Rng(6).marker(marker)
    refused = smtp.sendmail("a@shop.example.com", [f"{marker}@c.example", f"{other}@c.example"], b"Subject: x\r\n\r\n")
    assert {address: said[0] for address, said in refused.items()} == {f"{marker}@c.example": code}
    (effect,) = served.effects("alerts.mail", person=other)
    assert effect["values"]["to"] == [f"{other}@c.example"]
    assert not served.effects("alerts.mail", person=marker)


@pytest.mark.parametrize("calls", ["reads", "writes"])
def test_421_is_the_last_word(smtp: smtplib.SMTP, served: Fakes, marker: str, calls: str) -> None:
    """The server says that it goes away, and goes."""
    plan(served, marker, "server_error", status=503, calls=calls)
    with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused)) as refused:
        smtp.send_message(receipt(marker))
    assert "421" in str(refused.value)
    with pytest.raises(Lost):
        smtp.sendmail("a@b.example", ["b@c.example"], b"Subject: again\r\n\r\n")
    assert not served.effects("alerts.mail", person=marker)


@pytest.mark.parametrize("kind", ["refuse", "lost_reply"])
def test_a_connection_is_dropped_before_data(smtp: smtplib.SMTP, served: Fakes, marker: str, kind: str) -> None:
    """At RCPT there is nothing yet that could have been kept."""
    plan(served, marker, kind, calls="reads")
    with pytest.raises(Lost):
        smtp.send_message(receipt(marker))
    assert [each["committed"] for each in served.records("fault", person=marker)] == [False]
    assert not served.effects("alerts.mail", person=marker)


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
    (call,) = [each["call"] for each in served.records("received", person=marker, writes=True)]
    assert [each["lost"] for each in served.records("answered", call=call)] == ["hang"]


def test_a_badly_made_mail_is_read_as_far_as_possible() -> None:
    """No header, an unknown charset, HTML alone: never an error."""
    assert mail.read(b"just text\r\n", "a@x.example", ["b@x.example"])["from"] == "a@x.example"
    odd = b"Subject: x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nhello\r\n"
    assert mail.read(odd, "", [])["text"].strip() == "hello"
    html = b"Subject: =?utf-8?q?=C3=A4?=\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n"
    assert (mail.read(html, "", [])["subject"], mail.read(html, "", [])["text"].strip()) == ("ä", "<p>hi</p>")


def test_a_mail_server_cannot_ask_to_wait(smtp: smtplib.SMTP, served: Fakes, marker: str) -> None:
    """SMTP has no word for when to come back, so the journal does not claim that the pipeline was told."""
    plan(served, marker, "rate_limited", retry_after_s=3)
    with pytest.raises(smtplib.SMTPDataError):
        smtp.send_message(receipt(marker))
    (call,) = [each["call"] for each in served.records("received", person=marker) if each["operation"] == "SMTP DATA"]
    (answered,) = served.records("answered", call=call)
    assert (answered["status"], "wait" in answered) == (429, False)
