"""The provider's search: an index beside the objects that lags behind them, and finds them by single fields.

Per account and kind, made when that kind is searched for the first time; from then on it follows each change once the
object has been left alone for the lag. Exact clauses are looked up; ranges, substrings and negations are tried from the
newest object on until the page is full. Not for reading what was written just now, exactly as at the provider.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Any, Literal

from fakes.payments.state.tables import Entry, Merged, Order, Table, held

Thing = dict[str, Any]
TEXT, TOKEN, NUMBER = "text", "token", "number"
METADATA = "metadata."
TIDIED_EVERY = 100
"""So many changes are taken note of before those that have settled are forgotten."""
FIELDS: dict[str, dict[str, str]] = {
    "charge": {
        "amount": NUMBER, "billing_details.address.postal_code": TOKEN, "created": NUMBER, "currency": TOKEN,
        "customer": TOKEN, "disputed": TOKEN, "payment_method_details.card.brand": TOKEN,
        "payment_method_details.card.exp_month": TOKEN, "payment_method_details.card.exp_year": TOKEN,
        "payment_method_details.card.fingerprint": TOKEN, "payment_method_details.card.last4": TOKEN,
        "refunded": TOKEN, "status": TOKEN,
    },
    "customer": {"created": NUMBER, "email": TEXT, "name": TEXT, "phone": TEXT},
    "invoice": {
        "created": NUMBER, "currency": TOKEN, "customer": TOKEN, "last_finalization_error_code": TOKEN,
        "last_finalization_error_type": TOKEN, "number": TEXT, "receipt_number": TEXT, "status": TEXT,
        "subscription": TEXT, "total": NUMBER,
    },
    "payment_intent": {
        "amount": NUMBER, "created": NUMBER, "currency": TOKEN, "customer": TOKEN, "status": TOKEN,
    },
    "price": {"active": TOKEN, "currency": TOKEN, "lookup_key": TEXT, "product": TEXT, "type": TOKEN},
    "product": {"active": TOKEN, "description": TEXT, "name": TEXT, "shippable": TOKEN, "url": TEXT},
    "subscription": {"canceled_at": NUMBER, "created": NUMBER, "status": TOKEN},
}  # fmt: skip
"""What each kind can be searched by besides its metadata, and what may be asked of it."""
RESOURCES = {f"{kind}s": kind for kind in FIELDS}


def kind_of(resource: str, name: str) -> str | None:
    """What may be asked of a field; None when it cannot be searched by."""
    return TOKEN if name.startswith(METADATA) else FIELDS[RESOURCES[resource]].get(name)


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: text is compared in small letters, `value` None asks for what is not set."""

    field: str
    operator: str
    value: str | float | None
    negated: bool = False

    @property
    def exact(self) -> bool:
        """Whether the index knows by itself what this holds of."""
        return self.operator == ":" and not self.negated and self.value is not None

    def holds(self, document: Thing) -> bool:
        """Whether it is true of a document."""
        return self._holds(document.get(self.field)) is not self.negated

    def _holds(self, found: Any) -> bool:
        if self.value is None:
            return found is None
        if found is None:
            return False
        if self.operator == ":":
            return bool(found == self.value)
        if self.operator == "~":
            return str(self.value) in found
        return _COMPARED[self.operator](found, self.value)


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
}


@dataclass(frozen=True, slots=True)
class Query:
    """Clauses, all or any of which must hold."""

    clauses: tuple[Clause, ...]
    joint: Literal["and", "or"]

    def holds(self, document: Thing) -> bool:
        """Whether it is true of a document."""
        together = all if self.joint == "and" else any
        return together(clause.holds(document) for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Lag:
    """The real clock, and how far behind it the search is."""

    at_ns: Callable[[], int] = lambda: 0
    seconds: Callable[[], float] = lambda: 0.0

    @property
    def ns(self) -> int:
        """The lag in nanoseconds."""
        return int(self.seconds() * 1e9)


def _document(thing: Thing) -> Thing:
    """What of an object can be searched for, in small letters."""
    kind = thing["object"]
    found = {name: _field(thing, name, what) for name, what in FIELDS[kind].items()}
    for key, value in (thing.get("metadata") or {}).items():
        found[METADATA + key] = str(value).lower()
    return {name: value for name, value in found.items() if value is not None}


def _field(thing: Thing, name: str, what: str) -> Any:
    value: Any
    if name == "subscription":
        value = held(thing, name)
    elif name.startswith("last_finalization_error_"):
        value = (thing.get("last_finalization_error") or {}).get(name.rpartition("_")[2])
    else:
        value = thing
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if value is None or what == NUMBER:
        return value
    return str(value).lower()


class _Index:
    """The documents of one kind, and where each value stands."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[Entry, Thing]] = {}
        self.order = Order()
        self._of: dict[tuple[str, Any], Order] = {}

    def put(self, entry: Entry, thing: Thing) -> None:
        self.drop(entry[2])
        document = _document(thing)
        self.documents[entry[2]] = (entry, document)
        self.order.add(entry)
        for place in document.items():
            self._of.setdefault(place, Order()).add(entry)

    def drop(self, name: str) -> None:
        entry, document = self.documents.pop(name, (None, {}))
        if entry is None:
            return
        self.order.drop(entry)
        for place in document.items():
            order = self._of[place]
            order.drop(entry)
            if not order:
                del self._of[place]

    def exactly(self, clause: Clause) -> Order:
        return self._of.get((clause.field, clause.value)) or Order()


@dataclass(slots=True)
class Searching:
    """The search of one account."""

    _indexes: dict[str, _Index] = field(default_factory=dict)
    # Not plain dictionaries: those get slow at their beginning when much was taken from there.
    _changed: dict[str, OrderedDict[str, int]] = field(default_factory=lambda: {kind: OrderedDict() for kind in FIELDS})
    """By kind, when each object changed last that may not be found as it is yet; in the order of these times."""
    _until_tidied: int = TIDIED_EVERY

    def changed(self, kind: str, name: str, lag: Lag) -> None:
        """An object was made, changed or deleted."""
        changed = self._changed[kind]
        changed[name] = now = lag.at_ns()
        changed.move_to_end(name)
        self._until_tidied -= 1
        if not self._until_tidied:
            self._tidy(now - lag.ns)

    def _tidy(self, until_ns: int) -> None:
        """As long as nobody searches, only what is too fresh to be found needs to be known."""
        self._until_tidied = TIDIED_EVERY
        for kind, changed in self._changed.items():
            if kind not in self._indexes:
                for old in list(_settled(changed, until_ns, 2 * TIDIED_EVERY)):
                    del changed[old]

    def find(
        self, table: Table, kind: str, query: Query, lag: Lag, below: Entry | None = None
    ) -> Iterator[tuple[Entry, Thing]]:
        """The objects of a kind that fit, newest first, as they were when they had last been left alone."""
        index = self._index(table, kind, lag.at_ns() - lag.ns)
        last: str | None = None
        for entry in _narrowed(index, query).newest(below):
            name = entry[2]
            # What fits two alternatives stands in both orders, one behind the other.
            if name != last and name in table and query.holds(index.documents[name][1]):
                yield entry, table[name]
            last = name

    def _index(self, table: Table, kind: str, until_ns: int) -> _Index:
        index, changed = self._indexes.get(kind), self._changed[kind]
        if index is None:
            index = self._indexes[kind] = _Index()
            for entry in table.order.oldest():
                if entry[2] not in changed:
                    _renewed(index, table, entry[2])
        for name in list(_settled(changed, until_ns, len(changed))):
            del changed[name]
            _renewed(index, table, name)
        return index


def _settled(changed: OrderedDict[str, int], until_ns: int, most: int) -> Iterator[str]:
    """The first of them, at most so many, that have been left alone since then."""
    return (name for name, _ in takewhile(lambda one: one[1] <= until_ns, islice(changed.items(), most)))


def _renewed(index: _Index, table: Table, name: str) -> None:
    entry, thing = table.entry(name), table.get(name)
    if entry is None or thing is None or thing.get("deleted"):
        index.drop(name)
    else:
        index.put(entry, thing)


def _narrowed(index: _Index, query: Query) -> Order | Merged:
    """The fewest places that have all that can fit."""
    exact = [index.exactly(clause) for clause in query.clauses if clause.exact]
    if query.joint == "and":
        return min(exact, key=len, default=index.order)
    return Merged(exact) if len(exact) == len(query.clauses) else index.order
