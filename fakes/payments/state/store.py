"""Where a provider keeps its accounts, and an account its objects, in the order in which they came to be.

Accounts share nothing. Objects are plain dictionaries in the shape of the API; what the API does not show is beside
them (`links`). Not safe for threads: one loop, and every behaviour runs without waiting.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from fakes.payments.state.idents import SHAPES
from fakes.payments.state.problem import missing
from fakes.payments.state.rules import Rules
from fakes.payments.state.searching import FIELDS, Lag, Searching
from fakes.payments.state.tables import Entry, Order, Table, held
from fakes.virtual import Agenda, Time

Thing = dict[str, Any]
DEFAULT = "default"
"""The account of the configured secret key."""
CONNECTED = "acct_"
"""How the names of connected accounts begin."""
Side = TypeVar("Side")
API_VERSION = "2026-10-28.endive"
"""The version pinned by the SDK this fake is checked with (stripe 16.1.0)."""

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LETTERS = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
"""A letter for each byte; that some letters have one byte more than others does no harm."""
_MARKER_LIKE = re.compile("hx", re.IGNORECASE)
DRAWN = 2000
"""How many letters are drawn at once, for some hundred ids."""


@dataclass(slots=True)
class Told:
    """An event as it was told: its bytes never change."""

    id: str
    type: str
    created: int
    body: bytes
    ids: tuple[str, ...] = ()
    to: str = ""
    """Only for the endpoint of this name; then it is no event that the account lists."""


NONE: Mapping[str, Any] = {}


class Events(dict[str, Told]):
    """The events of an account by id, in the order in which they were told, and by type."""

    def __init__(self, told: Mapping[str, Told] = NONE, state: Mapping[str, Any] = NONE) -> None:
        super().__init__(told)
        self.order = Order()
        self.of_type: dict[str, Order] = defaultdict(Order)
        self.straight = True
        """Whether time has never gone back from one event to the next; else places do not tell time."""
        self._latest = 0
        self._entries: dict[str, Entry] = {}
        vars(self).update(state)

    def tell(self, told: Told) -> None:
        """Keep one."""
        self[told.id] = told
        self.straight = self.straight and told.created >= self._latest
        self._latest = max(self._latest, told.created)
        entry = self._entries[told.id] = (self._latest, len(self), told.id)
        self.order.add(entry)
        self.of_type[told.type].add(entry)

    def __reduce__(self) -> tuple[Any, ...]:
        return Events, (dict(self), vars(self))

    def entry(self, name: object) -> Entry | None:
        """Where an event stands."""
        return self._entries.get(name) if isinstance(name, str) else None


@dataclass(slots=True)
class Links:
    """What belongs together though no object says so."""

    intent_of_invoice: dict[str, str] = field(default_factory=dict)
    invoice_of_intent: dict[str, str] = field(default_factory=dict)
    session_of_intent: dict[str, str] = field(default_factory=dict)
    invoice_lines: dict[str, list[Thing]] = field(default_factory=dict)
    price_of_key: dict[str, str] = field(default_factory=dict)
    card_of_method: dict[str, str] = field(default_factory=dict)
    last_effect: dict[str, Any] = field(default_factory=dict)


CONTENTS = ("agenda", "agendas", "tables", "events", "links", "_sides")
"""What of an account is copied and kept."""


class Account:
    """One test account: its objects, its events, its ids."""

    def __init__(self, name: str, chance: Random, now: Callable[[], int], rules: Rules | None = None) -> None:
        self.name = name
        self.rules = rules or Rules()
        self.time = Time(now)
        self.now: Callable[[], int] = self.time
        self.agenda = Agenda()
        self.agendas: dict[str, Agenda] = {}
        """Those of the test clocks."""
        self.identity = name
        """The account's id at the provider."""
        self.pages_url = "https://checkout.stripe.com"
        """Where people find the hosted pages of this account."""
        self.tables: dict[str, Table] = defaultdict(Table)
        self.events = Events()
        self.links = Links()
        self.lag = Lag()
        self._sides: dict[type[Any], Any] = {}
        self.chance = chance
        self.made: list[tuple[str, str]] | None = None
        """Kind and id of what the call under way has made, if somebody wants to know."""
        self._drawn, self._drawn_to = "", 0
        """Letters drawn ahead, and how many of them were given out."""

    def side(self, kind: type[Side]) -> Side:
        """What an area of the API keeps beside its objects: one `kind` for each account, made when first asked for."""
        found: Side | None = self._sides.get(kind)
        if found is None:
            found = self._sides[kind] = kind()
        return found

    def contents(self) -> dict[str, Any]:
        """All that was done in this account."""
        return {name: getattr(self, name) for name in CONTENTS}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold this instead."""
        for name in CONTENTS:
            setattr(self, name, contents[name])

    def draw_on(self, state: Any) -> None:
        """Let chance go on from a state of it, so that no id of before comes again."""
        self.chance.setstate(state)
        self._drawn, self._drawn_to = "", 0

    def fresh(self, kind: str) -> str:
        """An id nobody has yet."""
        prefix, length = SHAPES[kind]
        return prefix + self.letters(length)

    def letters(self, length: int) -> str:
        """Random letters and digits; never such as could be read as a person's marker."""
        at, end = self._drawn_to, self._drawn_to + length
        if end > len(self._drawn):
            self._drawn, at, end = _MARKER_LIKE.sub("qx", self._many_letters(length)), 0, length
        self._drawn_to = end
        return self._drawn[at:end]

    def _many_letters(self, length: int) -> str:
        many = max(DRAWN, length)
        return self.chance.getrandbits(8 * many).to_bytes(many, "little").translate(_LETTERS).decode()

    def put(self, thing: Thing) -> Thing:
        """Keep an object under its own kind and id."""
        kind, name = thing["object"], thing["id"]
        table = self.tables[kind]
        if self.made is not None and name not in table:
            self.made.append((kind, name))
        table[name] = thing
        if kind in FIELDS:
            self.side(Searching).changed(kind, name, self.lag)
        return thing

    def find(self, kind: str, name: object) -> Thing | None:
        """The object, or None."""
        return self.tables[kind].get(name) if isinstance(name, str) else None

    def get(self, kind: str, name: object, param: str = "id") -> Thing:
        """The object, or the provider's own "No such ..."."""
        thing = self.find(kind, name)
        if thing is None:
            raise missing(kind, str(name), param)
        return thing

    def noted(self, thing: Thing) -> None:
        """Say that an object has changed, so that it is found by what it refers to now."""
        kind = thing.get("object", "")
        table = self.tables.get(kind)
        if table is not None:
            table.note(thing)
            if kind in FIELDS:
                self.side(Searching).changed(kind, thing["id"], self.lag)

    def newest(self, kind: str) -> Iterator[Thing]:
        """All objects of a kind, newest first; look at no more of them than you need."""
        table = self.tables[kind]
        return (table[name] for _, _, name in table.order.newest() if name in table)

    def where(self, kind: str, **fields: str) -> list[Thing]:
        """The objects of a kind that hold these references, oldest first."""
        table = self.tables[kind]
        found = (table[name] for _, _, name in table.narrowed(fields).oldest())
        return [one for one in found if all(held(one, field) == value for field, value in fields.items())]


def outside(account: Account) -> str:
    """The account's name outside of this fake; the default one has none."""
    return "" if account.name == DEFAULT else account.name
