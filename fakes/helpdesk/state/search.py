"""The query language of the search: words and `name:value`, `name>value`, over what the catalogue has learnt.

Parts with the same name are alternatives, all others must hold; a minus in front excludes. Answers ids, newest first.
Called by the routes for search and for users.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.catalogue import AROUND, Catalogue, Document, words_of

KINDS = ("ticket", "user", "organization", "group")
ORDERS = {
    "status": ("new", "open", "pending", "hold", "solved", "closed"),
    "priority": ("low", "normal", "high", "urgent"),
}
MOMENTS = ("created", "updated", "solved", "due_date")
TEXTS = ("subject", "description", "comment", "name", "notes", "details")
ALIASES = {
    "id": "ticket_id", "requester_id": "requester", "assignee_id": "assignee", "group_id": "group",
    "submitter_id": "submitter", "organization_id": "organization", "role_type": "role", "fieldvalue": "",
    "ticket_form_id": "form",
}  # fmt: skip
SORTS = ("created_at", "updated_at", "priority", "status", "ticket_type", "relevance")
RELATIVE = re.compile(r"(\d{1,5})(minute|hour|day|week|month|year)s?$")
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query."""

    name: str
    operator: str
    value: str
    excluded: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """What a query found: kinds and ids in the order asked for."""

    found: tuple[tuple[str, int], ...]


class Search:
    """The search of one account."""

    def __init__(self, account: Account, catalogue: Catalogue) -> None:
        self._account = account
        self._catalogue = catalogue

    def find(self, query: str, kinds: Iterable[str] = (), *, me: int = 0, sort: str = "", order: str = "") -> Hits:
        """What a query finds; `me` is the id that the word `me` stands for."""
        terms = [_with_me(each, me) for each in _terms(query)]
        asked = {each.value.casefold() for each in terms if each.name == "type" and each.value.casefold() in KINDS}
        wanted = [each for each in KINDS if (not asked or each in asked) and each in (tuple(kinds) or KINDS)]
        sort, order, terms = _sorting(terms, sort, order)
        self._catalogue.catch_up()
        found = [hit for kind in wanted for hit in self._of_kind(kind, terms)]
        found.sort(key=_sort_key(sort), reverse=order != "asc")
        return Hits(tuple((each.kind, each.id) for each in found))

    def _of_kind(self, kind: str, terms: list[Term]) -> list[Document]:
        groups: dict[tuple[str, str, bool], list[Term]] = {}
        for place, term in enumerate(terms):
            # Words must all be there; of one property any value will do.
            key = (
                term.name or f"word {place}",
                "" if term.operator == ":" else f"{term.operator} {place}",
                term.excluded,
            )
            groups.setdefault(key, []).append(term)
        tests = [self._test(each) for each in groups.values()]
        documents = (self._catalogue.get(kind, each) for each in dict.fromkeys(self._candidates(kind, groups.values())))
        return [each for each in documents if each is not None and all(test(each) for test in tests)]

    def _candidates(self, kind: str, groups: Iterable[list[Term]]) -> Iterable[int]:
        """Ids among which all hits are: the shortest list that a part of the query has."""
        best: list[list[int]] | None = None
        since: int | None = None
        until: int | None = None
        for terms in groups:
            lists = None if terms[0].excluded else self._lists(kind, terms)
            if lists is not None and (best is None or sum(map(len, lists)) < sum(map(len, best))):
                best = lists
            if terms[0].name == "created" and not terms[0].excluded and len(terms) == 1:
                first, last = self._span(terms[0])
                since, until = _later(since, first), _earlier(until, last)
        if best is None:
            return self._catalogue.of_kind(kind, since, until)
        return (each for ids in best for each in ids)

    def _lists(self, kind: str, terms: list[Term]) -> list[list[int]] | None:
        found: list[list[int]] = []
        for term in terms:
            values = _values(term)
            if values is None:
                return None
            if term.name in ("", *TEXTS):
                found += self._word_lists(kind, term.value)
            else:
                found += [self._catalogue.with_value(kind, term.name, value) for value in values]
        return found

    def _word_lists(self, kind: str, value: str) -> list[list[int]]:
        """Ids for the first word of a value: words match by their beginning, as the vendor's do."""
        words = value.casefold().rstrip("*").split()
        if not words:
            return [list(self._catalogue.of_kind(kind))]
        first = words[0].strip(AROUND) or words[0]
        return [self._catalogue.with_word(kind, each) for each in self._catalogue.words_from(first)]

    def _test(self, terms: list[Term]) -> Callable[[Document], bool]:
        excluded = terms[0].excluded
        tests = [self._holds(each) for each in terms]
        return lambda document: any(test(document) for test in tests) is not excluded

    def _holds(self, term: Term) -> Callable[[Document], bool]:
        if term.name in ("", *TEXTS):
            return _text_test(term)
        if term.name in MOMENTS:
            first, last = self._span(term)
            return lambda document: _within(document.moments.get(term.name), first, last)
        return _value_test(term)

    def _span(self, term: Term) -> tuple[int | None, int | None]:
        """The seconds that a term about a moment allows."""
        first, last = self._moment(term.value)
        return {
            ":": (first, last), "<": (None, first - 1), "<=": (None, last), ">": (last + 1, None), ">=": (first, None),
        }[term.operator]  # fmt: skip

    def _moment(self, value: str) -> tuple[int, int]:
        """First and last second of what a value names: a day, a second, or so long ago."""
        ago = RELATIVE.fullmatch(value.casefold())
        try:
            if ago:
                number, unit = int(ago[1]), ago[2]
                days = timedelta(days=number * DAYS.get(unit, 0))
                back = days or timedelta(**{f"{unit}s": number})
                at = int((self._account.clock.wall() - back).timestamp())
                return at, at
            if len(value) == 10:
                day = datetime.fromisoformat(value).replace(tzinfo=UTC)
                return int(day.timestamp()), int((day + timedelta(days=1)).timestamp()) - 1
            at_time = datetime.fromisoformat(value)
            second = int((at_time if at_time.tzinfo else at_time.replace(tzinfo=UTC)).timestamp())
        except (ValueError, OverflowError):
            raise Problem("invalid", f"Invalid search: {value} is not a valid date") from None
        return second, second


def _terms(query: str) -> list[Term]:
    """The parts of a query; quotes keep blanks together."""
    try:
        parts = shlex.split(query.replace("'", "\\'"))
    except ValueError:
        parts = query.replace('"', " ").split()
    return [_term(part) for part in parts if part not in ("AND", "*")]


def _term(part: str) -> Term:
    excluded = part.startswith("-") and len(part) > 1
    part = part[1:] if excluded else part
    match = re.match(r"([A-Za-z_][\w]*)(>=|<=|:|>|<)(.*)$", part, re.DOTALL)
    if match is None:
        return Term("", ":", part, excluded)
    name = match[1].lower()
    return Term(ALIASES.get(name, name), match[2], match[3], excluded)


def _with_me(term: Term, me: int) -> Term:
    return Term(term.name, term.operator, str(me), term.excluded) if term.value == "me" else term


def _sorting(terms: list[Term], sort: str, order: str) -> tuple[str, str, list[Term]]:
    for term in terms:
        if term.name == "order_by":
            sort = term.value
        elif term.name == "sort":
            order = term.value
    sort = {"created": "created_at", "updated": "updated_at"}.get(sort, sort)
    rest = [each for each in terms if each.name not in ("order_by", "sort", "type") or _other_type(each)]
    return sort, order or "desc", [Term("ticket_type", *_tail(each)) if each.name == "type" else each for each in rest]


def _other_type(term: Term) -> bool:
    return term.name == "type" and term.value.casefold() not in KINDS


def _tail(term: Term) -> tuple[str, str, bool]:
    return term.operator, term.value, term.excluded


def _sort_key(sort: str) -> Callable[[Document], tuple[int, int]]:
    if sort in ORDERS:
        ranks = ORDERS[sort]
        return lambda each: (ranks.index(each.exact[sort][0]) if each.exact.get(sort) else -1, each.id)
    name = "updated" if sort == "updated_at" else "created"
    return lambda each: (each.moments.get(name, 0), each.id)


def _values(term: Term) -> list[str] | None:
    """The values that would do, None when they cannot be listed."""
    value = term.value.casefold()
    if term.name in MOMENTS or value == "none" or (value.endswith("*") and term.name not in ("", *TEXTS)):
        return None
    if term.name in ORDERS and term.operator != ":" and value in ORDERS[term.name]:
        order = ORDERS[term.name]
        place = order.index(value)
        return list(
            {
                ">": order[place + 1 :], ">=": order[place:], "<": order[:place], "<=": order[: place + 1],
            }[term.operator]
        )  # fmt: skip
    if term.name == "tags" and " " in value:
        return value.split()[:1]
    return [value]


def _value_test(term: Term) -> Callable[[Document], bool]:
    value, values = term.value.casefold(), _values(term)
    if value == "none":
        return lambda document: not document.exact.get(term.name)
    if values is None:
        start = value.rstrip("*")
        return lambda document: any(each.startswith(start) for each in document.exact.get(term.name, ()))
    if term.name == "tags" and " " in value:
        needed = set(value.split())
        return lambda document: needed <= set(document.exact.get("tags", ()))
    return lambda document: any(each in document.exact.get(term.name, ()) for each in values)


def _text_test(term: Term) -> Callable[[Document], bool]:
    wanted = term.value.casefold()

    def texts(document: Document) -> Iterator[str]:
        for name, text in document.texts.items():
            # A ticket's description is its first comment.
            if term.name in ("", name) or (term.name, name) == ("comment", "description"):
                yield text.casefold()

    if " " in wanted:
        phrase = wanted.rstrip("*")
        return lambda document: any(phrase in each for each in texts(document))
    start = wanted.rstrip("*").strip(AROUND) or wanted
    return lambda document: any(word.startswith(start) for each in texts(document) for word in words_of(each))


def _within(moment: int | None, first: int | None, last: int | None) -> bool:
    return moment is not None and (first is None or moment >= first) and (last is None or moment <= last)


def _later(one: int | None, other: int | None) -> int | None:
    return max(each for each in (one, other, -1) if each is not None) if (one, other) != (None, None) else None


def _earlier(one: int | None, other: int | None) -> int | None:
    known = [each for each in (one, other) if each is not None]
    return min(known) if known else None
