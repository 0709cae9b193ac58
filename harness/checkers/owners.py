"""Whose effect it is, recomputed from every id and every marker in the journals.

What the fakes wrote down as `person` only steered faults; here it is the last resort. An id that an effect created is
strong evidence; an id that is merely mentioned counts as long as only one person is ever mentioned with it (a price or
a queue is everybody's). What stays without an owner is collected by the history, never dropped.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

Record = Mapping[str, Any]
Table = dict[str, frozenset[str]]
MARKER = re.compile(r"hx[a-km-np-z2-9]{12}")
"""The marker of a made-up person; the same pattern as `harness.rng.MARKER_PATTERN`, and a test keeps it so."""

NAMES_OWNERS = frozenset({"received", "effect", "news", "act"})
TELLS = ("k", "op", "object", "ids", "person")
"""What is remembered of a record that names nobody, until everything else was read."""
ROUNDS = 4
NOBODY: frozenset[str] = frozenset()


class Owners:
    """Who owns which id, learned from a stream of records, once; linear in their number, kept by ids."""

    def __init__(self, records: Iterable[Record], people: Iterable[str]) -> None:
        self._people = frozenset(people)
        self._groups: dict[frozenset[str], frozenset[str]] = {}
        self._created: Table = {}
        self._mentioned: Table = {}
        self._calls: Table = {}
        nameless = []
        for record in records:
            if record["k"] not in NAMES_OWNERS:
                continue
            if named := self.named_in(record):
                self._learn(record, named)
            else:
                nameless.append({name: record[name] for name in TELLS if name in record})
        for _ in range(ROUNDS):
            if not sum(self._learn(record, self._by_ids(record)) for record in nameless):
                break

    def named_in(self, record: Record) -> frozenset[str]:
        """The known people whose markers stand in this very record."""
        names = set(record.get("markers") or ())
        if record["k"] == "act" and record.get("person"):
            names.add(record["person"])
        if record.get("values"):
            names |= markers_in(record["values"])
        known = self._people & names
        return self._groups.setdefault(known, known)

    def of(self, record: Record) -> frozenset[str]:
        """The owners of a record: several when it names several people, none when nothing tells.

        Ask in the order of the journals: what a call left is its owner's once the call was asked about.
        """
        found = self.named_in(record) | self._strong(record) or self._by_ids(record)
        if not found and len(through := self._calls.get(record.get("call") or "", NOBODY)) == 1:
            found = through
        if not found and record.get("person") in self._people:
            found = frozenset({record["person"]})
        if record["k"] == "received" and record.get("call"):
            self._calls[record["call"]] = self._groups.setdefault(found, found)
        return found

    def _learn(self, record: Record, owners: frozenset[str]) -> bool:
        if not owners:
            return False
        news = [_add(self._mentioned, name, owners) for name in ids_in(record)]
        made = record.get("object")
        if record["k"] == "effect" and record.get("op") == "create" and made:
            news.append(_add(self._created, made, owners))
        return any(news)

    def _strong(self, record: Record) -> frozenset[str]:
        return NOBODY.union(*(self._created.get(name, NOBODY) for name in ids_in(record)))

    def _by_ids(self, record: Record) -> frozenset[str]:
        if strong := self._strong(record):
            return strong
        weak = {
            owner for name in ids_in(record) if len(them := self._mentioned.get(name, NOBODY)) == 1 for owner in them
        }
        if len(weak) > 1 and record.get("person") in weak:
            return frozenset({record["person"]})
        return frozenset(weak) if len(weak) == 1 else NOBODY


def _add(table: Table, name: str, owners: frozenset[str]) -> bool:
    """Add owners to an id; answers whether that was news."""
    known = table.get(name)
    if known is None:
        table[name] = owners
    elif owners <= known:
        return False
    else:
        table[name] = known | owners
    return True


def ids_in(record: Record) -> list[str]:
    """The objects a record names."""
    names = [str(name) for name in record.get("ids") or ()]
    made = record.get("object")
    return [*names, made] if made and made not in names else names


def markers_in(value: Any) -> set[str]:
    """Every marker that stands anywhere in a value."""
    return set(MARKER.findall(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode().lower()))
