"""What the relay saw, in the journal's words: each request of a page as an attempt of the intent it is for.

A page sends what it likes, so each request is recognised: by the target's operations, by the key it carries, else by
what the person wanted last. Journals; decides nothing about the network but what was planned for the next request.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from harness.clock import SYSTEM
from harness.model import Person
from harness.phone.browser.wire import Asked
from harness.phone.dialect import Dialect
from harness.phone.exchange import Exchanged, fate_of, ms_between
from harness.phone.ledger import Ledger
from harness.phone.outcomes import OK, Fate
from harness.phone.steps import Answer
from harness.target import Operation, Target
from harness.target.words import PLACEHOLDER, dig

UNASKED = "unasked"


@dataclass(slots=True)
class Wish:
    """An intent as the wire knows it."""

    id: str
    flow: str
    request: str
    keys: set[str] = field(default_factory=set)
    sent: int = 0
    """Requests that carried it or asked about it."""
    mains: list["Passing"] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Passing:
    """One request on its way through the relay."""

    watch: "Watcher"
    attempt: str
    wish: Wish | None
    name: str | None
    path: str
    operation: Operation | None
    main: bool
    key: str | None
    began: int
    loss: str | None = None
    kind: str = ""
    """The kind of weather that its loss belongs to."""
    told: list[str] = field(default_factory=list)
    told_at: int | None = None
    fate: Fate | None = None
    answer: Answer | None = None

    def telling(self, body: bytes) -> None:
        """Note which of the target's words the page is about to read."""
        self.told_at = SYSTEM.at_ns()
        self.told = self.watch.words_in(body)

    def heard(self, exchanged: Exchanged) -> None:
        """Learn from what the page learned."""
        self.watch.heard(self, exchanged)


class Watcher:
    """The eye on one page's wire."""

    def __init__(
        self, dialect: Dialect, target: Target, ledger: Ledger, person: Person,
        learn: Callable[[Operation, Exchanged, Any], None],
    ) -> None:  # fmt: skip
        self._dialect = dialect
        self.target = target
        self._ledger = ledger
        self._person = person
        self._learn = learn
        self._patterns = [(name, one, _pattern(one.path)) for name, one in target.operations.items()]
        self._unasked = 0
        self.wishes: list[Wish] = []
        self.answers: dict[tuple[str, str], Answer] = {}
        """(operation, path) -> the newest answer since the last wish."""
        self.elsewhere = 0
        """Answers of other servers than the pipeline."""
        self.loss: tuple[str, str] | None = None
        """(`request_lost` or `reply_lost`, kind of weather): for the next request of an intent."""
        self.oddities: list[str] = []

    def wish(self, intent: str, flow: str) -> Wish:
        """Somebody wants something from now on."""
        wish = Wish(intent, flow, self.target.flow(flow).request)
        self.answers.clear()
        self.wishes.append(wish)
        return wish

    # -- what the relay tells -------------------------------------------------------------------------------------

    def asked(self, asked: Asked) -> Passing:
        """A request came from the page: write it down before anything is done for it."""
        name, operation = self._recognised(asked)
        key = _key_of(operation, asked) if operation else None
        main = operation is not None and operation.method != "GET" and any(w.request == name for w in self.wishes)
        wish = self._wish_of(name, key) if main else (self.wishes[-1] if self.wishes else None)
        if wish is not None:
            wish.sent += 1
            attempt = f"{wish.id}.{wish.sent}"
        else:
            self._unasked += 1
            attempt = f"{self._person.marker}-{UNASKED}.{self._unasked}"
        passing = Passing(
            watch=self, attempt=attempt, wish=wish, name=name, path=asked.path, operation=operation,
            main=main, key=key, began=SYSTEM.at_ns(),
        )  # fmt: skip
        if main and wish is not None:
            if key:
                wish.keys.add(key)
            wish.mains.append(passing)
            if self.loss:
                passing.loss, passing.kind = self.loss
                self.loss = None
        self._ledger.attempt(
            attempt, wish.id if wish else None, self._person.marker,
            operation=name, method=asked.method, path=asked.path, key=key, scheduled=None, main=main,
        )  # fmt: skip
        return passing

    def gone(self, problem: str) -> None:
        """Something arrived that is no whole request."""
        self.oddities.append(problem)

    def heard(self, passing: Passing, exchanged: Exchanged) -> None:
        """Write down what the page learned of it."""
        operation = passing.operation
        if passing.name:
            fate, body = self._dialect.hear(passing.name, exchanged)
        else:
            fate, body = fate_of(exchanged, tuple(range(200, 300)))
        state = dig(body, operation.state) if operation and operation.state else None
        state = state if isinstance(state, str) else None
        if passing.loss and exchanged.error == passing.loss:
            self._weather(passing, passing.kind, {"does": passing.loss, **exchanged.detail})
        elif exchanged.error == "reply_lost" and exchanged.detail:
            self._weather(passing, "reply_lost", exchanged.detail)
        self._ledger.outcome(
            passing.attempt, passing.wish.id if passing.wish else None, self._person.marker,
            outcome=fate.outcome, status=exchanged.status, error=exchanged.error,
            ms=ms_between(passing.began, exchanged.ended_ns), state=state,
            told=passing.told if exchanged.status is not None else [], told_at=passing.told_at,
        )  # fmt: skip
        passing.fate = fate
        passing.answer = Answer(outcome=fate.outcome, status=exchanged.status, body=body, state=state)
        if passing.name and exchanged.status is not None:
            self.answers[passing.name, passing.path] = passing.answer
        self.elsewhere += passing.name is None
        if fate is OK and operation:
            self._learn(operation, exchanged, body)

    def words_in(self, body: bytes) -> list[str]:
        """Which of the target's words stand somewhere in an answer."""
        try:
            return self.words_in_data(orjson.loads(body))
        except orjson.JSONDecodeError:
            return []

    def words_in_data(self, data: Any) -> list[str]:
        """The same of what was read already."""
        found = set(_texts(data))
        return [word for word in self.target.words if word in found]

    # -- small parts ----------------------------------------------------------------------------------------------

    def _recognised(self, asked: Asked) -> tuple[str | None, Operation | None]:
        for name, operation, pattern in self._patterns:
            if operation.method == asked.method and pattern.fullmatch(asked.path):
                return name, operation
        return None, None

    def _wish_of(self, name: str | None, key: str | None) -> Wish | None:
        """The intent that a request carries: the one that used this key before, else the newest of its kind."""
        fitting = [wish for wish in self.wishes if wish.request == name]
        return next((wish for wish in fitting if key and key in wish.keys), fitting[-1] if fitting else None)

    def _weather(self, passing: Passing, kind: str, detail: Mapping[str, Any]) -> None:
        self._ledger.weather(passing.attempt, self._person.marker, kind, detail)


def _pattern(path: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(path)[:: PLACEHOLDER.groups + 1]
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def _key_of(operation: Operation, asked: Asked) -> str | None:
    where, _, name = operation.key.partition(":")
    if where == "header":
        return asked.headers.get(name.lower())
    if where == "body":
        try:
            return str(dig(orjson.loads(asked.body), name) or "") or None
        except orjson.JSONDecodeError:
            return None
    return None


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    inner = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
    return [text for one in inner for text in _texts(one)]
