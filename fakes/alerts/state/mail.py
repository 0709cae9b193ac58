"""What a mail says, read from its bytes; no server.

Headers are decoded, the text is the plain part (or the HTML part if there is no other), attachments are told by size
and hash, or whole and byte for byte. A mail that is badly made is read as far as possible. Called by `smtp.listener`
and by `mails`.
"""

import base64
import hashlib
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any


def read(content: bytes, sender: str, recipients: list[str]) -> dict[str, Any]:
    """The mail as effects tell it; `to` are the recipients of the envelope."""
    message = _parsed(content)
    return {
        "to": recipients,
        "from": _header(message, "From") or sender,
        "subject": _header(message, "Subject"),
        "text": _text(message, "plain", "html"),
        "message_id": _header(message, "Message-ID"),
        "attachments": [_told(each) for each in _files(message)],
    }


def whole(content: bytes) -> dict[str, Any]:
    """What a reader of the mailbox sees beyond that: all headers, both texts, and the attachments' own bytes."""
    message = _parsed(content)
    return {
        "headers": [[name, _header(message, name, place)] for name, place in _places(message)],
        "text": _text(message, "plain"),
        "html": _text(message, "html"),
        "attachments": [
            {
                **_told(each),
                "type": each.get_content_type(),
                "content_base64": base64.b64encode(_bytes(each)).decode(),
            }
            for each in _files(message)
        ],
    }


def _parsed(content: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(content)
    if not isinstance(message, EmailMessage):
        raise TypeError("the parser's policy makes EmailMessage")
    return message


def _places(message: EmailMessage) -> Iterator[tuple[str, int]]:
    """Each header's name, with how many of that name came before."""
    seen: dict[str, int] = {}
    for name, _ in message.raw_items():
        place = seen[name.lower()] = seen.get(name.lower(), -1) + 1
        yield name, place


def _header(message: EmailMessage, name: str, place: int = 0) -> str:
    try:
        found = message.get_all(name, [])
        return str(found[place]).strip() if place < len(found) else ""
    except (ValueError, IndexError, AttributeError, KeyError, TypeError):
        # Headers that break the parser are shown as they came.
        raw = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
        return raw[place] if place < len(raw) else ""


def _text(message: EmailMessage, *wanted: str) -> str:
    try:
        part = message.get_body(preferencelist=wanted)
    except (AttributeError, KeyError, TypeError):
        return ""
    if part is None:
        return ""
    try:
        text = part.get_content()
    except (LookupError, KeyError, ValueError):
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return str(text).replace("\r\n", "\n")


def _files(message: EmailMessage) -> Iterator[Any]:
    """Every part that is attached or carries a file's name, in order; not what is inside an attached mail."""
    if not message.is_multipart():
        return
    for part in message.iter_parts():
        if part.get_content_disposition() == "attachment" or part.get_filename():
            yield part
        elif part.is_multipart() and isinstance(part, EmailMessage):
            yield from _files(part)


def _told(part: Any) -> dict[str, Any]:
    content = _bytes(part)
    return {
        "name": part.get_filename() or "",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _bytes(part: Any) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else bytes(part.as_bytes())
