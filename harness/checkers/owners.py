"""Whose effect it is, recomputed from every id and every marker in the journals.

What the fakes wrote down as `person` only steered faults; here it is the last resort. An id that an effect created is
strong evidence; an id that is merely mentioned counts as long as only one person is ever mentioned with it (a price or
a queue is everybody's). What stays without an owner is collected by the history, never dropped.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

Record = Mapping[str, Any]
MARKER = re.compile(r"hx[a-km-np-z2-9]{12}")
"""The marker of a made-up person; the same pattern as `harness.rng.MARKER_PATTERN`, and a test keeps it so."""

NAMES_OWNERS = frozenset({"received", "effect", "news", "act"})
ROUNDS = 4


class Owners:
    """Who owns which id, learned from all records once; linear in their number."""

    def __init__(self, records: Sequence[Record], people: Iterable[str]) -> None:
        self._people = frozenset(people)
        self._created: dict[str, set[str]] = defaultdict(set)
        self._mentioned: dict[str, set[str]] = defaultdict(set)
        self._direct: dict[int, frozenset[str]] = {}
        self._calls: dict[str, frozenset[str]] = {}
        told = [record for record in records if record["k"] in NAMES_OWNERS]
        for record in told:
            self._learn(record, self.named_in(record))
        rest = [record for record in told if not self.named_in(record)]
        for _ in range(ROUNDS):
            if not sum(self._learn(record, self._by_ids(record)) for record in rest):
                break
        for record in told:
            if record["k"] == "received" and record.get("call"):
                self._calls[record["call"]] = self.of(record)

    def named_in(self, record: Record) -> frozenset[str]:
        """The known people whose markers stand in this very record."""
        known = self._direct.get(id(record))
        if known is None:
            names = set(record.get("markers") or ())
            if record["k"] == "act" and record.get("person"):
                names.add(record["person"])
            if record.get("values"):
                names |= markers_in(record["values"])
            known = self._direct[id(record)] = frozenset(names) & self._people
        return known

    def of(self, record: Record) -> frozenset[str]:
        """The owners of a record: several when it names several people, none when nothing tells."""
        found = self.named_in(record) | self._strong(record)
        if not found:
            found = self._by_ids(record)
        if not found and len(through := self._calls.get(record.get("call") or "", frozenset())) == 1:
            found = through
        if not found and record.get("person") in self._people:
            found = frozenset({record["person"]})
        return frozenset(found)

    def _learn(self, record: Record, owners: frozenset[str]) -> bool:
        if not owners:
            return False
        news = False
        for name in ids_in(record):
            if not owners <= self._mentioned[name]:
                self._mentioned[name] |= owners
                news = True
        made = record.get("object")
        if record["k"] == "effect" and record.get("op") == "create" and made and not owners <= self._created[made]:
            self._created[made] |= owners
            news = True
        return news

    def _strong(self, record: Record) -> frozenset[str]:
        return frozenset(owner for name in ids_in(record) for owner in self._created.get(name, ()))

    def _by_ids(self, record: Record) -> frozenset[str]:
        strong = self._strong(record)
        if strong:
            return strong
        weak = {owner for name in ids_in(record) if len(them := self._mentioned.get(name, ())) == 1 for owner in them}
        if len(weak) > 1 and record.get("person") in weak:
            return frozenset({record["person"]})
        return frozenset(weak) if len(weak) == 1 else frozenset()


def ids_in(record: Record) -> list[str]:
    """The objects a record names."""
    names = [str(name) for name in record.get("ids") or ()]
    made = record.get("object")
    return [*names, made] if made and made not in names else names


def markers_in(value: Any) -> set[str]:
    """Every marker that stands anywhere in a value."""
    return set(MARKER.findall(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode().lower()))
