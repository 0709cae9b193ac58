"""Mail over SMTP. A repeat after a lost answer carries the same Message-ID."""

import asyncio
from email.message import EmailMessage
from email.utils import formatdate

import aiosmtplib

from staging.pipeline.settings import Settings
from staging.pipeline.vendors import failures

VENDOR = "mail"
_settings: Settings


def open_client(settings: Settings) -> None:
    """Remember where the server is; every message has a connection of its own."""
    global _settings
    _settings = settings


def compose(sender: str, to: tuple[str, ...], subject: str, text: str, key: str) -> EmailMessage:
    """A plain message; line breaks cannot get into a header."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message.set_content(text)
    return message


async def send(to: tuple[str, ...], subject: str, text: str, key: str) -> None:
    """The message has been accepted."""
    message = compose(_settings.mail_from, to, subject, text, key)
    timeout = _settings.delays.message_timeout_s
    try:
        async with asyncio.timeout(timeout):
            client = aiosmtplib.SMTP(
                hostname=_settings.smtp_host, port=_settings.smtp_port, start_tls=False, timeout=timeout
            )
            await client.connect()
            try:
                await client.send_message(message)
            finally:
                # A goodbye that goes wrong would make an accepted message look lost, and be sent again.
                client.close()
    except TimeoutError:
        raise failures.Transient(VENDOR, f"no answer within {timeout:g} s") from None
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        raise _of_code(max(codes, default=550)) from None
    except aiosmtplib.SMTPResponseException as error:
        raise _of_code(error.code) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise failures.Transient(VENDOR, f"connection failed ({type(error).__name__})") from None


def _of_code(code: int) -> failures.VendorFailure:
    """5yz is for good, the rest may pass."""
    kind = failures.Invalid if 500 <= code < 600 else failures.Transient
    return kind(VENDOR, f"answered {code}")
