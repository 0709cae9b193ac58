"""What a mail says, read from its bytes; no server.

Headers are decoded, the text is the plain part (or the HTML part if there is no other), attachments are told by size
and hash. A mail that is badly made is read as far as possible. Called by `smtp`.
"""

import hashlib
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any


def read(content: bytes, sender: str, recipients: list[str]) -> dict[str, Any]:
    """The mail as effects tell it; `to` are the recipients of the envelope."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    if not isinstance(message, EmailMessage):
        raise TypeError("the parser's policy makes EmailMessage")
    return {
        "to": recipients,
        "from": _header(message, "From") or sender,
        "subject": _header(message, "Subject"),
        "text": _text(message),
        "message_id": _header(message, "Message-ID"),
        "attachments": [_file(each) for each in message.iter_attachments()] if message.is_multipart() else [],
    }


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, "")).strip()
    except (ValueError, IndexError, AttributeError):
        # Headers that break the parser are shown as they came.
        return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        text = part.get_content()
    except (LookupError, KeyError):
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return str(text).replace("\r\n", "\n")


def _file(part: Any) -> dict[str, Any]:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else part.as_bytes()
    return {
        "name": part.get_filename() or "",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
