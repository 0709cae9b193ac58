"""Reads a mail as it comes over the wire into what the helpdesk takes of it.

Broken mail is read as far as it goes. Called by the route for inbound mail.
"""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses, parseaddr

from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.arriving import Mail
from fakes.helpdesk.state.identities import looks_right

IDS = re.compile(r"<[^<>\s]+>")
TAGS = re.compile(r"<[^>]+>")


def read(raw: bytes) -> Mail:
    """The mail; refused when nobody sent it."""
    message = message_from_bytes(raw, policy=policy.default)
    name, sender = parseaddr(_header(message, "from"))
    if not looks_right(sender.strip().lower()):
        raise one_invalid("from", "From: is not an address", "InvalidFormat")
    body, files = _parts(message)
    references = [*IDS.findall(_header(message, "in-reply-to")), *reversed(IDS.findall(_header(message, "references")))]
    ids = IDS.findall(_header(message, "message-id"))
    machine = _header(message, "auto-submitted").strip().lower() not in ("", "no")
    return Mail(
        sender=sender.strip().lower(), name=name or None, to=_first_address(_header(message, "to")),
        subject=_header(message, "subject") or None, body=body, message_id=ids[0] if ids else None,
        answers=tuple(dict.fromkeys(references)), by_machine=machine, files=files,
    )  # fmt: skip


def _header(message: Message, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, TypeError):
        return ""


def _first_address(text: str) -> str:
    found = getaddresses([text])
    return found[0][1] if found else ""


def _parts(message: EmailMessage) -> tuple[str, tuple[tuple[str, str, bytes], ...]]:
    """The text, plain if there is plain text, and the files."""
    plain: list[str] = []
    marked: list[str] = []
    files: list[tuple[str, str, bytes]] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        name, kind = part.get_filename(), part.get_content_type()
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if name or part.get_content_disposition() == "attachment":
            files.append((name or "attachment", kind, content))
        elif kind in ("text/plain", "text/html"):
            (plain if kind == "text/plain" else marked).append(_decoded(content, part.get_content_charset()))
    text = "\n".join(plain) if plain else TAGS.sub("", "\n".join(marked))
    return text.strip(), tuple(files)


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
