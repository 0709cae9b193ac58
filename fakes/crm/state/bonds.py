"""The types that an association may have: the CRM's own between its types of record, and labels that users made.

Each type goes one way and has an inverse. Between custom types and others a default type is made when a schema asks for
it. Called by `associations` and by the routes of labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.crm.problems import Problem, malformed, not_found

HUBSPOT, USER = "HUBSPOT_DEFINED", "USER_DEFINED"
LABELS_MAX = 50
"""User-defined labels between two types of record."""
ACTIVITIES = ("notes", "tasks", "calls", "emails", "meetings")
Pair = tuple[str, str]

ONE_WAY = {
    ("contacts", "companies"): (279, 280), ("deals", "contacts"): (3, 4), ("deals", "companies"): (341, 342),
    ("contacts", "contacts"): (449, 449), ("companies", "companies"): (450, 450), ("deals", "deals"): (451, 451),
    ("contacts", "tickets"): (15, 16), ("companies", "tickets"): (340, 339), ("deals", "tickets"): (27, 28),
    ("tickets", "tickets"): (452, 452), ("deals", "line_items"): (19, 20),
    ("contacts", "calls"): (193, 194), ("contacts", "emails"): (197, 198), ("contacts", "meetings"): (199, 200),
    ("contacts", "notes"): (201, 202), ("contacts", "tasks"): (203, 204), ("companies", "calls"): (181, 182),
    ("companies", "emails"): (185, 186), ("companies", "meetings"): (187, 188), ("companies", "notes"): (189, 190),
    ("companies", "tasks"): (191, 192), ("deals", "calls"): (205, 206), ("deals", "emails"): (209, 210),
    ("deals", "meetings"): (211, 212), ("deals", "notes"): (213, 214), ("deals", "tasks"): (215, 216),
    ("tickets", "calls"): (219, 220), ("tickets", "emails"): (223, 224), ("tickets", "meetings"): (225, 226),
    ("tickets", "notes"): (227, 228), ("tickets", "tasks"): (229, 230),
    ("communications", "contacts"): (81, 82), ("communications", "companies"): (87, 88),
    ("communications", "deals"): (85, 86), ("communications", "tickets"): (83, 84),
    ("postal_mail", "contacts"): (453, 454), ("postal_mail", "companies"): (459, 460),
    ("postal_mail", "deals"): (457, 458), ("postal_mail", "tickets"): (455, 456),
    ("leads", "contacts"): (578, 579), ("leads", "companies"): (610, 611), ("quotes", "deals"): (64, 63),
    ("quotes", "line_items"): (67, 68), ("quotes", "contacts"): (69, 70), ("quotes", "companies"): (71, 72),
    ("invoices", "contacts"): (177, 178), ("invoices", "companies"): (179, 180), ("invoices", "deals"): (175, 176),
    ("invoices", "line_items"): (409, 410), ("orders", "contacts"): (507, 508), ("orders", "companies"): (509, 510),
    ("orders", "deals"): (512, 511), ("orders", "line_items"): (513, 514), ("carts", "contacts"): (586, 587),
    ("carts", "line_items"): (590, 591),
}  # fmt: skip
DEFAULT_TYPES: dict[Pair, int] = {
    **{pair: there for pair, (there, _) in ONE_WAY.items()},
    **{(right, left): back for (left, right), (_, back) in ONE_WAY.items()},
}
PRIMARY: dict[Pair, int] = {
    ("contacts", "companies"): 1, ("companies", "contacts"): 2, ("deals", "companies"): 5, ("companies", "deals"): 6,
    ("tickets", "companies"): 26, ("companies", "tickets"): 25,
}  # fmt: skip
"""The types that mark the primary one."""


@dataclass(slots=True)
class Type:
    """One type of association from one type of record to another."""

    id: int
    category: str
    label: str | None
    inverse: int
    """The type that the other side has; the same one for a label without a direction."""
    most: int | None = None
    """How many records one may lead to by this type; None for no limit of its own."""
    gone: bool = False
    """Whether it was taken away; records that had it show it no more."""

    def as_json(self) -> dict[str, Any]:
        """The type as lists of associations and labels show it."""
        return {"category": self.category, "typeId": self.id, "label": self.label}


@dataclass(slots=True)
class Types:
    """The association types of one portal."""

    _by_pair: dict[Pair, dict[int, Type]] = field(default_factory=dict)
    _default: dict[Pair, int] = field(default_factory=lambda: dict(DEFAULT_TYPES))
    _numbered: int = 0

    def __post_init__(self) -> None:
        for pair, number in DEFAULT_TYPES.items():
            self._put(pair, Type(number, HUBSPOT, None, DEFAULT_TYPES[pair[::-1]]))
        for pair, number in PRIMARY.items():
            self._put(pair, Type(number, HUBSPOT, "Primary", PRIMARY[pair[::-1]]))

    def contents(self) -> dict[str, Any]:
        """All types, labels and limits."""
        return {"_by_pair": self._by_pair, "_default": self._default, "_numbered": self._numbered}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Have these instead; no number is given twice."""
        self._by_pair, self._default = contents["_by_pair"], contents["_default"]
        self._numbered = max(self._numbered, contents["_numbered"])

    def _put(self, pair: Pair, one: Type) -> None:
        self._by_pair.setdefault(pair, {})[one.id] = one

    def allow(self, left: str, right: str) -> Type:
        """Let two types of record belong together; answers their default type."""
        if (left, right) not in self._default:
            there = self._next()
            back = there if left == right else self._next()
            self._default |= {(right, left): back, (left, right): there}
            self._put((right, left), Type(back, USER, None, there))
            self._put((left, right), Type(there, USER, None, back))
        return self.default((left, right))

    def forbid(self, left: str, right: str) -> None:
        """Two types of record belong together no more."""
        for pair in ((left, right), (right, left)):
            self._default.pop(pair, None)
            self._by_pair.pop(pair, None)

    def _next(self) -> int:
        self._numbered += 1
        return self._numbered

    def between(self, pair: Pair) -> dict[int, Type]:
        """Every type between two types of record; refused when they cannot be associated."""
        if pair not in self._default:
            raise malformed(f"{pair[0]} and {pair[1]} cannot be associated")
        return {number: one for number, one in self._by_pair[pair].items() if not one.gone}

    def known(self, pair: Pair, number: int) -> Type:
        """The type of this number, also one that was taken away."""
        return self._by_pair[pair][number]

    def limited(self) -> list[tuple[Pair, Type]]:
        """Every type that has a limit of its own."""
        every = ((pair, one) for pair, known in self._by_pair.items() for one in known.values())
        return [(pair, one) for pair, one in every if one.most is not None and not one.gone]

    def default(self, pair: Pair) -> Type:
        """The type without a label."""
        self.between(pair)
        return self._by_pair[pair][self._default[pair]]

    def get(self, pair: Pair, number: Any) -> Type:
        """The type of this number, or the default one for None."""
        known = self.between(pair)
        if number is None:
            return self.default(pair)
        if isinstance(number, bool) or not isinstance(number, int) or number not in known:
            raise malformed(f"Association type {number} between {pair[0]} and {pair[1]} does not exist")
        return known[number]

    def spoken(self, pair: Pair, name: str) -> Type:
        """The type that the older API calls by name (`contact_to_company`) or by number."""
        if name.isdecimal():
            return self.get(pair, int(name))
        words = "_to_".join(_one(each) for each in pair)
        if name.lower() not in (words, words.replace("_", "")):
            raise malformed(f"Unable to infer association type from: {name}")
        return self.default(pair)

    def name(self, pair: Pair) -> str:
        """How the older API calls the default type."""
        return "_to_".join(_one(each) for each in pair)

    def exclusive(self, pair: Pair, one: Type) -> bool:
        """Whether a record leads to one other record at most by this type: the primary company."""
        return PRIMARY.get(pair) == one.id and pair[1] == "companies"

    # -- labels -------------------------------------------------------------------------------------------------

    def create(self, pair: Pair, given: Mapping[str, Any]) -> list[Type]:
        """Make a label: one type for both directions, or one for each when an inverse label is given."""
        known, label, inverse = self.between(pair), _text(given, "label"), _text(given, "inverseLabel")
        if not label or not _text(given, "name"):
            raise malformed("Invalid input JSON on line 1, column 1: some of required attributes are not set [label]")
        if any(each.label == label for each in known.values()):
            raise Problem("VALIDATION_ERROR", f"An association label {label} already exists", "DUPLICATE_LABEL")
        if sum(1 for each in known.values() if each.category == USER and each.label) >= LABELS_MAX:
            raise malformed(f"At most {LABELS_MAX} labels between two object types are possible")
        there = self._next()
        back = self._next() if inverse else there
        self._put(pair[::-1], Type(back, USER, inverse or label, there))
        self._put(pair, Type(there, USER, label, back))
        made = [self._by_pair[pair][there]]
        return made if back == there else [*made, self._by_pair[pair[::-1]][back]]

    def rename(self, pair: Pair, given: Mapping[str, Any]) -> None:
        """Give a user's label another text."""
        found = self._users(pair, given.get("associationTypeId"))
        label, inverse = _text(given, "label"), _text(given, "inverseLabel")
        if not label:
            raise malformed("Invalid input JSON on line 1, column 1: some of required attributes are not set [label]")
        found.label = label
        other = self._by_pair[pair[::-1]][found.inverse]
        if other.id == found.id or inverse:
            other.label = inverse or label

    def drop(self, pair: Pair, number: Any) -> None:
        """Take a user's label away, in both directions."""
        found = self._users(pair, number)
        found.gone = self._by_pair[pair[::-1]][found.inverse].gone = True

    def _users(self, pair: Pair, number: Any) -> Type:
        found = self.between(pair).get(number) if isinstance(number, int) else None
        if found is None:
            raise not_found(f"Association type {number} does not exist")
        if found.category != USER or found.label is None:
            raise malformed(f"Association type {number} is defined by the CRM and cannot be changed")
        return found


def _one(kind: str) -> str:
    return {"companies": "company"}.get(kind, kind.removesuffix("s"))


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str):
        raise malformed(f"Invalid input JSON on line 1, column 1: {name} must be a text")
    return value
