"""The phone's own side of the two ledgers: what was wanted, before it was sent; what was learned, afterwards.

Writes records and decides nothing. One for all phones of a process: the phones' journal, or a load process's own.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from harness.journal import Journal
from harness.model import Expectation, Person

PROBE_BODY_BYTES = 2048
SECRET_FIELDS = re.compile(r"secret|token|password|authorization", re.IGNORECASE)
HIDDEN = "(hidden)"


class Ledger:
    """Writes the records of phones; secrets in answers are hidden on the way, those of the run's own by `hide`."""

    def __init__(self, journal: Journal, hide: Callable[[str], str] = str) -> None:
        self._journal = journal
        self._hide = hide

    def person(self, person: Person, cell: str | None) -> None:
        """Somebody has an app in their hand; never their password."""
        self._journal.write(
            "person",
            person=person.marker,
            cell=cell,
            origin=person.origin,
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            phone=person.phone,
            company=person.company,
            lead=dict(person.lead),
            device=person.device,
        )

    def intent(
        self,
        intent: str,
        person: str,
        cell: str | None,
        flow: str,
        key: str,
        expects: tuple[Expectation, ...],
        values: Mapping[str, Any],
    ) -> None:
        """Somebody wants something; written before anything is sent for it."""
        self._journal.write(
            "intent",
            intent=intent,
            person=person,
            cell=cell,
            flow=flow,
            key=key,
            expects=[_as_data(one) for one in expects],
            values=hidden(values),
        )

    def attempt(self, attempt: str, intent: str | None, person: str, **what: Any) -> None:
        """A request is about to be sent: operation, method, path, key, scheduled, main."""
        self._journal.write("attempt", attempt=attempt, intent=intent, person=person, **what)

    def weather(self, attempt: str, person: str, kind: str, detail: Mapping[str, Any]) -> None:
        """What the phone's network did to an attempt."""
        self._journal.write("weather", attempt=attempt, person=person, kind=kind, detail=dict(detail))

    def outcome(self, attempt: str, intent: str | None, person: str, **what: Any) -> None:
        """What was learned of an attempt: outcome, status, error, ms, state."""
        self._journal.write("outcome", attempt=attempt, intent=intent, person=person, **what)

    def tap(
        self, intent: str, person: str, cell: str | None, number: int, gap_ms: int, sent: bool, **more: Any
    ) -> None:
        """A finger on the button; `sent` is False when the app's own guard swallowed it."""
        self._journal.write(
            "tap", intent=intent, person=person, cell=cell, number=number, gap_ms=gap_ms, sent=sent, **more
        )

    def pay(self, intent: str, person: str, handle: str, method: str, outcome: str, result: str | None) -> None:
        """The wallet was asked to pay; the handle is a secret, so only its hash is kept."""
        self._journal.write(
            "pay",
            intent=intent,
            person=person,
            handle_sha=hashlib.sha256(handle.encode()).hexdigest()[:16],
            method=method,
            outcome=outcome,
            result=result,
        )

    def concluded(self, intent: str, person: str, outcome: str) -> None:
        """What the whole intent came to."""
        self._journal.write("concluded", intent=intent, person=person, outcome=outcome)

    def read(self, person: str, cell: str | None, phase: str, status: int | None, values: Any) -> None:
        """The app's whole state as the pipeline tells it."""
        self._journal.write(
            "read", person=person, cell=cell, what="state", phase=phase, status=status, values=hidden(values)
        )

    def indiscreet(self, person: str, cell: str | None, kind: str, what: str, method: str, path: str) -> None:
        """An answer allows others to keep or to read what is for this person alone."""
        self._journal.write("indiscreet", person=person, cell=cell, kind=kind, what=what, method=method, path=path)

    def shown(self, person: str, intent: str | None, state: str, **more: Any) -> None:
        """What the app shows from now on; of a page also at which `place`, and when by its own clock (`page_ms`)."""
        self._journal.write("shown", person=person, intent=intent, state=state, **more)

    def page(self, person: str, cell: str | None, event: str, **what: Any) -> None:
        """What befell the page that somebody holds, or what it shows as a whole."""
        self._journal.write("page", person=person, cell=cell, event=event, **hidden(what))

    def probe(self, person: str, cell: str | None, body: bytes, **what: Any) -> None:
        """A request that is meant to be refused, and what came back: name, method, path, status, ms, expect."""
        text = self._hide(body[:PROBE_BODY_BYTES].decode(errors="replace"))
        self._journal.write("probe", person=person, cell=cell, body=text, **what)


def hidden(data: Any) -> Any:
    """The same data with the values of secret-looking fields hidden."""
    if isinstance(data, Mapping):
        return {
            name: HIDDEN if SECRET_FIELDS.search(str(name)) and isinstance(inner, str) else hidden(inner)
            for name, inner in data.items()
        }
    return [hidden(inner) for inner in data] if isinstance(data, list | tuple) else data


def _as_data(one: Expectation) -> dict[str, Any]:
    return {
        "sink": one.sink,
        "match": dict(one.match),
        "values": dict(one.values),
        "per": one.per,
        "within_s": one.within_s,
    }
