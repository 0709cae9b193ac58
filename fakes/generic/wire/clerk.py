"""The routes of a declared vendor, and what each does: unwrap, ask the shelf, journal the effect, answer.

One clerk for each kind of record. No rules: what may be is the shelf's to say.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fakes.attribution import leaves
from fakes.calls import Call, Handler, Refusal, Reply, Route, come_back
from fakes.generic.problems import Problem
from fakes.generic.state.book import Book
from fakes.generic.state.places import dig, put
from fakes.generic.state.settings import Settings
from fakes.generic.state.shelf import Fields, Record, Shelf
from fakes.generic.wire import answers
from harness.target.declared import Declared

Told = Callable[[Call, str, str, Record], None]
"""What hears of a change: the call, the kind, what was done, the record."""
DIGITS_MAX = 9


class Clerk:
    """Serves one kind of record."""

    def __init__(
        self, fake: str, kind: str, declared: Declared, settings: Settings, book_of: Callable[[Call], Book], tell: Told
    ) -> None:
        self._declared = declared
        self._kind = kind
        self._settings = settings
        self._collection = declared.collections[kind]
        self._book_of = book_of
        self._tell = tell
        self._sink = f"{fake}.{kind}"

    def routes(self) -> Iterator[Route]:
        """Create, list, show, change, remove, and search as far as declared."""
        many = self._declared.prefix + self._collection.path.rstrip("/")
        one = many + "/{id}"
        yield self._route("POST", many, self._create)
        yield self._route("GET", many, self._list)
        yield self._route("GET", one, self._show)
        for method in self._collection.update:
            yield self._route(method, one, self._update)
        if self._collection.delete:
            yield self._route("DELETE", one, self._remove)
        if self._collection.search:
            yield self._route("GET", self._declared.prefix + self._collection.search, self._search)

    def _route(self, method: str, template: str, handler: Handler) -> Route:
        writes = method != "GET"
        return Route(
            method=method, template=template, operation=f"{method} {template}", handler=self._limited(handler),
            writes=writes, sink=self._sink if writes else None,
        )  # fmt: skip

    def _limited(self, handler: Handler) -> Handler:
        """The handler within the key's limit, with refusals in the vendor's shape and keys that repeat an answer."""

        def serve(call: Call) -> Reply:
            book = self._book_of(call)
            try:
                if wait_s := book.admit():
                    reply = answers.failed(self._declared, "rate_limited", None, None)
                    reply.headers |= come_back(wait_s)
                    return reply
                return self._once(book, call, handler)
            except Problem as problem:
                raise Refusal(answers.refusal(self._declared, problem)) from None

        return serve

    def _once(self, book: Book, call: Call, handler: Callable[[Call], Any]) -> Reply:
        if call.key is None or call.route is None or not call.route.writes:
            return _reply(handler(call))
        asked = hashlib.sha256(f"{call.method} {call.path}\n".encode() + call.body).hexdigest()
        earlier = book.earlier(call.key, asked)
        if earlier is not None:
            return Reply(*earlier)
        reply = _reply(handler(call))
        book.answered(call.key, asked, (reply.status, reply.body))
        return reply

    # -- what the routes do -----------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Reply:
        book = self._book_of(call)
        done, record = book.shelves[self._kind].make(self._fields(call), book.above(call.at))
        if done != "same":
            self._tell(call, self._kind, done, record)
        return self._told(book, record, self._collection.created if done == "create" else 200)

    def _show(self, call: Call) -> Reply:
        book = self._book_of(call)
        return self._told(book, self._named(book, call), 200)

    def _update(self, call: Call) -> Reply:
        book = self._book_of(call)
        record, fields = self._named(book, call), self._fields(call)
        kept = {self._collection.created_at: record.fields.get(self._collection.created_at)}
        base = kept if call.method == "PUT" and self._collection.created_at else record.fields
        whole = fields if call.method == "PUT" and base is not kept else {**base, **fields}
        book.shelves[self._kind].change(record, whole)
        self._tell(call, self._kind, "update", record)
        return self._told(book, record, 200)

    def _remove(self, call: Call) -> Reply:
        book = self._book_of(call)
        record = self._named(book, call)
        book.shelves[self._kind].remove(record)
        self._tell(call, self._kind, "delete", record)
        return answers.gone()

    def _list(self, call: Call) -> Reply:
        book, pages = self._book_of(call), self._declared.pages
        wanted = {name: text for name, text in call.params.items() if name not in (pages.at, pages.size)}
        shelf = book.shelves[self._kind]
        return self._page(call, shelf, [one for one in self._known(book, call) if _fits(one.fields, wanted)])

    def _search(self, call: Call) -> Reply:
        book = self._book_of(call)
        term = str(call.params.get(self._collection.term, "")).strip().lower()
        if not term:
            raise Problem("invalid", f"{self._collection.term} is required", self._collection.term)
        found = [one for one in self._known(book, call) if any(term in text.lower() for _, text in leaves(one.fields))]
        return self._page(call, book.shelves[self._kind], found)

    # -- parts ------------------------------------------------------------------------------------------------------

    def _known(self, book: Book, call: Call) -> Iterator[Record]:
        return book.shelves[self._kind].known(book.above(call.at), self._settings.search_lag_s)

    def _named(self, book: Book, call: Call) -> Record:
        above, record = book.above(call.at), book.shelves[self._kind].get(call.at["id"])
        if not above.items() <= record.above.items():
            raise Problem("missing", f"there is no {self._kind} {record.id} here")
        return record

    def _fields(self, call: Call) -> Fields:
        place = ".".join(filter(None, (self._collection.wrap, self._collection.fields)))
        inner = dig(call.params, place)
        if not isinstance(inner, Mapping):
            raise Problem("invalid", f'the fields of a {self._kind} must be in "{place}"', place)
        return dict(inner)

    def _told(self, book: Book, record: Record, status: int) -> Reply:
        return answers.told(put(self._collection.wrap, book.shelves[self._kind].shown(record)), status)

    def _page(self, call: Call, shelf: Shelf, found: list[Record]) -> Reply:
        pages = self._declared.pages
        size = min(pages.most, _number(call, pages.size, pages.usual)) if pages.style != "all" else len(found)
        start = 0
        if pages.style == "cursor" and (cursor := str(call.params.get(pages.at) or "")):
            start = next((place for place, one in enumerate(found, 1) if one.id == cursor), -1)
            if start < 0:
                raise Problem("invalid", f"{pages.at} is no cursor of this list", pages.at)
        elif pages.style == "page":
            start = (max(1, _number(call, pages.at, 1)) - 1) * size
        elif pages.style == "offset":
            start = _number(call, pages.at, 0)
        some = found[start : start + size]
        more = start + size < len(found)
        after: Any = None
        if more and some:
            after = {"cursor": some[-1].id, "page": start // max(1, size) + 2, "offset": start + size}.get(pages.style)
        return answers.page(pages, [shelf.shown(one) for one in some], after, len(found))


def _reply(answer: Any) -> Reply:
    assert isinstance(answer, Reply)
    return answer


def _fits(fields: Fields, wanted: Mapping[str, Any]) -> bool:
    return all(_plain(dig(fields, name)) == _plain(text) for name, text in wanted.items())


def _plain(value: Any) -> str | None:
    return None if value is None else str(value).strip().lower()


def _number(call: Call, name: str, usual: int) -> int:
    text = str(call.params.get(name, "") or usual)
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise Problem("invalid", f"{name} must be a whole number", name)
    return int(text)
