"""What the checks of the suite hold in their hands: one running fake, and how its vendor is spoken to.

A `Case` knows the vendor; the checks know only the case. Calls go without sockets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from fakes.calls import Slice
from fakes.core import Snapshot
from fakes.view import Fakes
from harness.clock import block
from harness.journal import Record
from harness.rng import Rng
from harness.target.declared import Declared

PATIENCE_S = 1.0
SOON_S = 10.0
NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How one vendor is spoken to."""

    name: str
    module: str
    sink: str
    credentials: Callable[[Fakes], Mapping[str, str]]
    create: Callable[[str, int], Ask]
    """Creates one object for the person of a marker; the number makes it unlike the others."""
    id_of: Callable[[httpx.Response], str]
    show: Callable[[Fakes, str], Ask]
    """Reads one object."""
    is_shown: Callable[[httpx.Response, str], bool]
    is_refusal: Callable[[httpx.Response], bool]
    """Whether an answer is one of the vendor's own errors, by status and body."""
    unknown: Ask
    """Something that the vendor's host does not have."""
    malformed: Ask
    """A creation whose body cannot be read."""
    wrong_type: Ask
    """A creation whose body is of a kind that the vendor does not read."""
    content_type: str = "application/json"
    wrong_credentials: Mapping[str, str] = field(default_factory=dict)
    accounts: tuple[Mapping[str, str], Mapping[str, str]] | None = None
    """Headers of two accounts that must not see one another; None: the vendor serves one account here."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    has_fidelity: bool = True
    declared: Declared | None = None
    """For the fake of vendors that a file declares: what is declared."""


class Stand:
    """One running fake and its case."""

    def __init__(self, case: Case, fakes: Fakes, slice_: Slice) -> None:
        self.case = case
        self.fakes = fakes
        self.core = fakes._running.core
        self.slice = slice_
        self._rng = Rng(11)
        self._numbered = 0

    def somebody(self) -> str:
        """The marker of a person whom no other check has."""
        self._numbered += 1
        return self._rng.marker(f"somebody {self._numbered}")

    def number(self) -> int:
        """A number that no other object has."""
        self._numbered += 1
        return self._numbered

    def ask(self, ask: Ask, headers: Mapping[str, str] = NONE, patience_s: float = PATIENCE_S) -> httpx.Response:
        """The answer to a request with the right credentials, unless headers say otherwise."""
        given = {**self.case.credentials(self.fakes), **ask.headers, **headers}
        if ask.content and "content-type" not in given:
            given["content-type"] = self.case.content_type
        with self.fakes.client(self.case.name, timeout=patience_s) as client:
            return client.request(ask.method, ask.path, content=ask.content, headers=given)

    def create(self, marker: str, headers: Mapping[str, str] = NONE, patience_s: float = PATIENCE_S) -> httpx.Response:
        """Create an object for a person."""
        return self.ask(self.case.create(marker, self.number()), headers, patience_s)

    def created(self, marker: str, headers: Mapping[str, str] = NONE) -> str:
        """The id of an object that was created for a person."""
        answer = self.create(marker, headers)
        assert answer.status_code < 300, answer.text
        return self.case.id_of(answer)

    def sees(self, object_id: str, headers: Mapping[str, str] = NONE) -> bool:
        """Whether an object can be read."""
        answer = self.ask(self.case.show(self.fakes, object_id), headers)
        assert answer.status_code < 500, answer.text
        return self.case.is_shown(answer, object_id)

    def take(self, account: str | None = None) -> str:
        """The name of a snapshot of an account as it is now."""
        self.fakes.settle()
        return str(self.fakes.control("POST", "/snapshots", fake=self.case.name, account=account)["name"])

    def restore(self, snapshot: str, account: str | None = None) -> None:
        """Put a snapshot back, or into another account."""
        self.fakes.control("POST", f"/snapshots/{snapshot}/restore", account=account)

    def copy(self, snapshot: str) -> bytes:
        """The bytes of a snapshot."""
        found = self.core.snapshots.get(snapshot)
        assert found is not None
        return found.kept

    def kept(self, copy: bytes) -> str:
        """The name of a snapshot that has these bytes, as no wish of the control channel could make it."""
        return self.core.snapshots.keep(Snapshot(self.case.name, None, copy), 100)

    def effects(self, marker: str) -> list[Record]:
        """What was created for a person."""
        return self.fakes.effects(self.case.sink, person=marker, op="create")

    def records(self, kind: str | None, **fields: Any) -> list[Record]:
        """The journal's records of a kind with these fields."""
        return self.fakes.records(kind, **fields)

    def soon(self, ready: Callable[[], Any]) -> None:
        """Wait until it is so, or fail."""
        for _ in range(int(SOON_S / 0.01)):
            if ready():
                return
            block(0.01)
        raise AssertionError("it never came to be")

    def bugs(self) -> list[Record]:
        """What broke inside the fake so far."""
        return self.records("bug")
