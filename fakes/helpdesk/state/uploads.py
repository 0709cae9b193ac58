"""Files on their way into a comment: uploaded for a token, used once, kept byte for byte.

A token may collect several files. Used, expired and unknown tokens bring nothing. Called by `tickets` and the routes.
"""

import hashlib
import mimetypes
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fakes.helpdesk.problems import not_found
from fakes.helpdesk.state.account import Account, stamp
from fakes.helpdesk.state.part import Part

REDACTED = "redacted.txt"


@dataclass(slots=True, kw_only=True)
class Attachment:
    """One file."""

    id: int
    name: str
    content_type: str
    content: bytes
    token: str
    """Opens the file for anybody who has the address."""
    inline: bool = False
    deleted: bool = False

    def told(self) -> dict[str, Any]:
        """The file as effects tell it."""
        return {
            "name": self.name,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "content_type": self.content_type,
        }


@dataclass(slots=True)
class Upload:
    """The files of one token."""

    token: str
    expires_ns: int
    expires_at: str
    files: list[Attachment] = field(default_factory=list)


class Uploads(Part):
    """All uploads and attachments of one account."""

    KEPT = ("_open", "_by_id", "_by_token")

    def __init__(self, account: Account) -> None:
        self._account = account
        self._open: dict[str, Upload] = {}
        self._by_id: dict[int, Attachment] = {}
        self._by_token: dict[str, Attachment] = {}

    def clear(self) -> None:
        """Forget all files."""
        self._open.clear()
        self._by_id.clear()
        self._by_token.clear()

    def add(self, name: str, content_type: str, content: bytes, token: str | None, *, inline: bool = False) -> Upload:
        """Keep a file for later; with a live token it joins that token's files."""
        upload = self._live(token) if token else None
        if token and upload is None:
            raise not_found()
        if upload is None:
            lives = self._account.settings.upload_s
            expires = self._account.clock.at_ns() + int(lives * 1e9)
            until = stamp(self._account.clock.wall() + timedelta(seconds=lives))
            upload = Upload(self._account.new_token("upload"), expires, until)
            self._open[upload.token] = upload
        upload.files.append(self.keep(name, content_type, content, inline=inline))
        return upload

    def keep(self, name: str, content_type: str, content: bytes, *, inline: bool = False) -> Attachment:
        """Keep a file that needs no token; a type that says nothing is guessed from the name."""
        if content_type in ("", "application/binary"):
            content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        made = Attachment(
            id=self._account.new_id("attachment"), name=name, content_type=content_type, content=content,
            token=self._account.new_token("attachment"), inline=inline,
        )  # fmt: skip
        self._by_id[made.id] = self._by_token[made.token] = made
        return made

    def knows(self, token: str) -> bool:
        """Whether the token would bring files now."""
        return self._live(token) is not None

    def take(self, token: str) -> list[Attachment]:
        """The files of this token, which is used up by it; none if it is unknown, used or expired."""
        upload = self._live(token)
        if upload is None:
            return []
        del self._open[token]
        return upload.files

    def drop(self, token: str) -> None:
        """Throw an unused upload away."""
        if self._live(token) is None:
            raise not_found()
        for each in self._open.pop(token).files:
            self._by_id.pop(each.id)
            self._by_token.pop(each.token)

    def redact(self, file: Attachment) -> None:
        """Put an empty file in the place of this one; the old address opens nothing more."""
        self._by_token.pop(file.token, None)
        file.name, file.content_type, file.content = REDACTED, "text/plain", b""
        file.token = self._account.new_token("attachment")
        self._by_token[file.token] = file

    def by_id(self, attachment_id: str) -> Attachment:
        """The file with this id."""
        found = self._by_id.get(int(attachment_id)) if attachment_id.isascii() and attachment_id.isdigit() else None
        if found is None:
            raise not_found()
        return found

    def shows(self, token: str) -> bool:
        """Whether there is a file behind this address."""
        return token in self._by_token

    def by_token(self, token: str) -> Attachment:
        """The file behind this address."""
        if token not in self._by_token:
            raise not_found()
        return self._by_token[token]

    def _live(self, token: str) -> Upload | None:
        upload = self._open.get(token)
        if upload is not None and upload.expires_ns <= self._account.clock.at_ns():
            del self._open[token]
            return None
        return upload
