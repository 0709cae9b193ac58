"""The mails that were taken, by recipient, for whoever reads a mailbox.

Keeps the newest `KEPT` mails whole; older ones are only in the journal. A mail under way is spooled beside them, so
that a mail that is lost after DATA is never seen here.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

from fakes.alerts.state import mail
from fakes.contents import Part
from harness.clock import Clock

KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail as it came."""

    id: str
    at: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    content: bytes


class Mails(Part):
    """Every mailbox there is."""

    KEPT = ("_newest", "_of")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spool: dict[str, bytes] = {}
        self._spooled = 0
        self._newest: deque[Kept] = deque()
        self._of: dict[str, deque[Kept]] = {}

    def clear(self) -> None:
        """Empty every mailbox."""
        self._newest.clear()
        self._of.clear()

    def spool(self, content: bytes) -> str:
        """Hold a mail that is under way; answers its place."""
        self._spooled += 1
        place = str(self._spooled)
        self._spool[place] = content
        return place

    def unspool(self, place: str) -> None:
        """Forget a mail that was under way."""
        self._spool.pop(place, None)

    def keep(self, mail_id: str, place: str, values: dict[str, Any]) -> None:
        """Put a spooled mail into the mailboxes of its recipients."""
        content = self._spool.get(place)
        if content is None:
            return
        to = tuple(dict.fromkeys(str(one).lower() for one in values["to"]))
        kept = Kept(mail_id, self._clock.wall().isoformat(), values["from"], to, values["subject"], content)
        self._newest.append(kept)
        for address in to:
            self._of.setdefault(address, deque()).append(kept)
        if len(self._newest) > KEPT:
            self._let_go(self._newest.popleft())

    def _let_go(self, oldest: Kept) -> None:
        for address in oldest.recipients:
            mine = self._of[address]
            mine.popleft()
            if not mine:
                del self._of[address]

    def of(self, address: str) -> list[dict[str, Any]]:
        """The mails of this address, oldest first."""
        return [
            {"id": one.id, "at": one.at, "from": one.sender, "to": list(one.recipients), "subject": one.subject}
            | mail.whole(one.content)
            for one in self._of.get(address.lower(), ())
        ]
