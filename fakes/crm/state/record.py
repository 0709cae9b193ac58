"""One record and what a call did to it; no rules.

Made and changed by `records.Portal` alone; read by everybody in this fake.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fakes.crm.state.kinds import Kind
from fakes.crm.state.values import iso

VERSIONS_MAX = 45
"""How many writes a record remembers for its history."""


@dataclass(slots=True, kw_only=True)
class Record:
    """One contact, deal, note or the like."""

    kind: Kind
    id: str
    values: dict[str, str]
    """Every property that has a value; cleared ones are absent."""
    created: datetime
    updated: datetime
    archived_at: datetime | None = None
    merged: tuple[str, ...] = ()
    """The ids of the records that became this one."""
    versions: list[tuple[datetime, Mapping[str, str]]] = field(default_factory=list)
    """What each write set, oldest first; a cleared property is an empty text."""

    def shown(self) -> dict[str, str]:
        """All values including those that the CRM computes."""
        computed = {
            "hs_object_id": self.id,
            self.kind.made: iso(self.created),
            self.kind.modified: iso(self.updated),
        }
        if self.merged:
            computed["hs_merged_object_ids"] = ";".join(self.merged)
        return {**self.values, **computed}

    def remember(self, moment: datetime, changed: Mapping[str, str]) -> None:
        """Keep what a write set, and forget the oldest write when there are too many."""
        self.versions.append((moment, changed))
        if len(self.versions) > VERSIONS_MAX:
            del self.versions[0]

    def history(self, name: str) -> Iterator[tuple[datetime, str]]:
        """Every value that a property had, newest first."""
        for moment, changed in reversed(self.versions):
            if name in changed:
                yield moment, changed[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a call did to a record: `op` is create, update, delete, or None when everything was already so."""

    record: Record
    op: str | None
    ids: tuple[str, ...] = ()
    changed: Mapping[str, str] = field(default_factory=dict)
    """The properties that this write set, an empty text for those that it cleared."""

    @property
    def cleared(self) -> tuple[str, ...]:
        """Properties that had a value and have none any more."""
        return tuple(name for name, value in self.changed.items() if not value)
