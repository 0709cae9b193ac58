"""What the search knows: one document for each record, learnt late, found by its values and words without a scan.

Lists of ids by value only grow; a hit is checked against the document itself, so that an entry that is out of date does
no harm. Written by the modules that keep records, read by `search`.
"""

import heapq
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.part import Part

Posting = int | list[int]
"""The ids under a key; most keys have one, and a list for each would be most of what the catalogue weighs."""
Postings = dict[str, Posting]
"""By value or word: plain texts as keys, since a tuple for each would keep the search for garbage busy."""
WORDS = ""
"""Where a property's name stands, for the words of all texts."""
WORD = re.compile(r"\w+")
STARTS = (3, 5, 8, 11)
"""By beginnings of these lengths words are kept together."""
AROUND = ".,;:!?()[]<>\"'"
CATCH_UP = 3
"""How many overdue documents each write takes in, so that a search after many writes is not the one who pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A record as the search knows it."""

    kind: str
    id: int
    exact: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By property: its values in lower case."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """By property: text whose words are found."""
    moments: Mapping[str, int] = field(default_factory=dict)
    """By property: seconds since 1970."""

    def words(self) -> set[str]:
        """Every word of the texts."""
        return words_of("\n".join(self.texts.values()))


class Catalogue(Part):
    """The documents of one account."""

    KEPT = (
        "_coming", "_numbered", "_asked", "_known", "_by_value", "_ids", "_by_start", "_tiny", "_words",
    )  # fmt: skip

    def __init__(self, account: Account) -> None:
        self._account = account
        self._coming: list[tuple[int, int, str, int, Document | None]] = []
        self._numbered = 0
        self._asked = False
        """Whether anybody has searched; as long as nobody has, what comes only waits."""
        self._known: dict[tuple[str, int], Document] = {}
        self._by_value: dict[str, defaultdict[str, Postings]] = {}
        """By kind and property; under no property by word."""
        self._ids: dict[str, list[int]] = {}
        self._by_start: dict[str, list[str]] = {}
        self._tiny: list[str] = []
        self._words: set[str] = set()

    def clear(self) -> None:
        """Forget all documents."""
        for each in (self._coming, self._known, self._by_value, self._ids, self._by_start):
            each.clear()
        self._tiny.clear()
        self._words.clear()
        self._asked = False

    def learn(self, document: Document) -> None:
        """Let a record be found as this, a moment from now."""
        self._later(document.kind, document.id, document)

    def forget(self, kind: str, record_id: int) -> None:
        """Let a record not be found any more, a moment from now."""
        self._later(kind, record_id, None)

    def _later(self, kind: str, record_id: int, document: Document | None) -> None:
        now = self._account.clock.at_ns()
        due = now + int(self._account.settings.search_lag_s * 1e9)
        self._numbered += 1
        heapq.heappush(self._coming, (due, self._numbered, kind, record_id, document))
        if self._asked:
            self._take_in(CATCH_UP, now)

    def catch_up(self) -> None:
        """Take in all that is due."""
        self._asked = True
        self._take_in(len(self._coming), self._account.clock.at_ns())

    def _take_in(self, most: int, now: int) -> None:
        while most and self._coming and self._coming[0][0] <= now:
            _, _, kind, record_id, document = heapq.heappop(self._coming)
            most -= 1
            if document is None:
                self._known.pop((kind, record_id), None)
            else:
                self._put(document)

    def _put(self, document: Document) -> None:
        kind, record_id = document.kind, document.id
        before = self._known.get((kind, record_id))
        self._known[(kind, record_id)] = document
        ids = self._ids.setdefault(kind, [])
        if not ids or ids[-1] < record_id:
            ids.append(record_id)
        elif ids[place := bisect_left(ids, record_id)] != record_id:
            ids.insert(place, record_id)
        words, by_value = document.words(), self._by_value.get(kind)
        if by_value is None:
            by_value = self._by_value[kind] = defaultdict(dict)
        if before is not None:
            words -= before.words()
        for name, values in document.exact.items():
            fresh = values if before is None else [each for each in values if each not in before.exact.get(name, ())]
            if fresh:
                _post(by_value[name], fresh if len(fresh) == 1 else dict.fromkeys(fresh), record_id)
        for word in _post(by_value[WORDS], words, record_id):
            self._remember(word)

    def _remember(self, word: str) -> None:
        """Let a word be found by its beginning; another kind may have brought it already."""
        if word in self._words:
            return
        self._words.add(word)
        if len(word) < STARTS[0]:
            self._tiny.append(word)
        for length in STARTS:
            if length <= len(word):
                self._by_start.setdefault(word[:length], []).append(word)

    # -- looking ------------------------------------------------------------------------------------------------

    def get(self, kind: str, record_id: int) -> Document | None:
        """The document of a record, as far as the search has learnt of it."""
        return self._known.get((kind, record_id))

    def with_value(self, kind: str, name: str, value: str) -> list[int]:
        """Ids that have or had this value."""
        return _ids(self._of(kind, name).get(value))

    def with_word(self, kind: str, word: str) -> list[int]:
        """Ids that have or had this word."""
        return _ids(self._of(kind, WORDS).get(word))

    def _of(self, kind: str, name: str) -> Postings:
        # Looking leaves nothing behind, whatever is looked for.
        return self._by_value[kind][name] if kind in self._by_value and name in self._by_value[kind] else {}

    def words_from(self, start: str) -> Iterator[str]:
        """Every known word that begins so; cheap from three letters on."""
        length = next((each for each in reversed(STARTS) if each <= len(start)), None)
        if length is None:
            short = (words for key, words in self._by_start.items() if len(key) == STARTS[0] and key.startswith(start))
            found: Iterable[str] = chain(self._tiny, *short)
        else:
            found = self._by_start.get(start[:length], ())
        return (word for word in found if word.startswith(start))

    def of_kind(self, kind: str, since: int | None = None, until: int | None = None) -> Iterable[int]:
        """Ids of this kind, oldest first, made between two seconds; ids are in the order of their making."""
        ids = self._ids.get(kind, [])

        def made(record_id: int) -> int:
            document = self._known.get((kind, record_id))
            return document.moments.get("created", 0) if document else self._made_before(ids, record_id, kind)

        first = 0 if since is None else bisect_left(ids, since, key=made)
        last = len(ids) if until is None else bisect_left(ids, until + 1, key=made)
        return (ids[place] for place in range(first, last))

    def _made_before(self, ids: list[int], record_id: int, kind: str) -> int:
        # A forgotten record has no document: the next one that has stands for it.
        for place in range(bisect_left(ids, record_id), len(ids)):
            document = self._known.get((kind, ids[place]))
            if document is not None:
                return document.moments.get("created", 0)
        return self._account.second()


def _post(postings: Postings, keys: Iterable[str], record_id: int) -> list[str]:
    """Put an id under each of these keys; the keys that nothing was under."""
    new = []
    for key in keys:
        known = postings.get(key)
        if known is None:
            postings[key] = record_id
            new.append(key)
        elif type(known) is list:
            known.append(record_id)
        else:
            postings[key] = [known, record_id]  # type: ignore[list-item]
    return new


def _ids(posting: Posting | None) -> list[int]:
    if posting is None:
        return []
    return [posting] if isinstance(posting, int) else posting


def words_of(text: str) -> set[str]:
    """The words of a text in lower case: between blanks, and the parts between punctuation."""
    words = set(text.lower().split())
    # Only what has something besides letters in it, an address say, is more than its parts.
    mixed = [part for part in words if not part.isalnum()]
    if mixed:
        words.difference_update(mixed)
        words.update(WORD.findall(" ".join(mixed)), [part.strip(AROUND) for part in mixed])
        words.discard("")
    return words
