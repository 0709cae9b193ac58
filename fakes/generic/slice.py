"""A declared vendor as one slice: manifest, keys, accounts, what its own side does, and what it tells.

`maker_of(declared)` gives the `make` that the fakes' entry point calls once. Settings: those of `state/settings.py`,
and `token` and `webhook_secret` at start only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from fakes.calls import Call, Manifest, News, Refusal, Reply, Route, Sink
from fakes.contents import copied, put_back, resume_all, state_of
from fakes.generic.problems import Problem
from fakes.generic.signing import forged, forgeries, signed
from fakes.generic.state.book import Book
from fakes.generic.state.places import joined, put
from fakes.generic.state.settings import Settings
from fakes.generic.state.shelf import Record, Shelf
from fakes.generic.wire import answers
from fakes.generic.wire.clerk import Clerk
from fakes.generic.wire.gate import MAIN, Gate
from fakes.tuning import given, tuned
from fakes.world import World
from harness.errors import UsageError
from harness.target.declared import Declared, Hooks

DONE = {"create": "created", "update": "updated", "delete": "deleted"}
ACTS = {
    "edit": "somebody changes `field` of the person's newest record to `value`, by hand",
    "remove": "somebody removes the person's newest record, by hand",
}
LIES = {"deleted": "says that the person's newest record was removed, which it was not"}


class GenericSlice:
    """Serves one declared vendor."""

    routes: Sequence[Route]

    def __init__(self, declared: Declared, world: World) -> None:
        self.name = world.fake
        self.hosts = tuple(declared.hosts)
        self._declared = declared
        self._world = world
        rate = {"calls": declared.rate.calls, "per_s": declared.rate.per_s} if declared.rate else {}
        self.settings = given(Settings, {"search_lag_s": declared.search_lag_s, **rate, **world.settings})
        self.token = world.secret("token", "key-")
        self._books: dict[str, Book] = {}
        self._gate = Gate(declared, self.token)
        self.routes = tuple(
            route
            for kind in declared.collections
            for route in Clerk(self.name, kind, declared, self.settings, self._book_of, self._changed).routes()
        )
        self.manifest = self._manifest()

    def _manifest(self) -> Manifest:
        keyed = self._declared.key != "none"
        sinks = tuple(
            Sink(name=f"{self.name}.{kind}", guarantee=one.guarantee(keyed), text=f"records at {one.path}")
            for kind, one in self._declared.collections.items()
        )
        return Manifest(sinks=sinks, acts=ACTS)

    def _book(self, account: str) -> Book:
        if account not in self._books:
            self._books[account] = Book(self._declared, self._world, self.settings)
        return self._books[account]

    def _book_of(self, call: Call) -> Book:
        return self._book(call.account)

    def _changed(self, call: Call, kind: str, done: str, record: Record) -> None:
        """Journal a change that a call made, then tell of it."""
        self._told(call, self._book(call.account).shelves[kind], done, record)

    def _told(self, call: Call | None, shelf: Shelf, done: str, record: Record) -> None:
        values = {} if done == "delete" else shelf.values(record)
        ids = tuple(dict.fromkeys((*record.above.values(), *(call.ids if call else ()))))
        self._world.ledger.effect(call, f"{self.name}.{shelf.kind}", done, record.id, values, ids)
        if self._declared.webhooks is not None:
            self._world.ledger.news(call, self._news(self._declared.webhooks, shelf, done, record))

    def _news(self, hooks: Hooks, shelf: Shelf, done: str, record: Record) -> News:
        event, kind = self._world.ident("evt"), f"{shelf.kind}.{DONE[done]}"
        body = joined({"id": event, "created": self._world.unix_s()}, put(hooks.type, kind))
        return News(
            id=event, type=kind, topic=kind, object_id=record.id, created_s=self._world.unix_s(),
            body=orjson.dumps(joined(body, put(hooks.data, shelf.shown(record)))), ids=tuple(record.above.values()),
        )  # fmt: skip

    # -- a call -----------------------------------------------------------------------------------------------------

    def read(self, call: Call) -> None:
        """Check the key and read what is said; changes nothing."""
        try:
            self._gate.read(call)
        except Problem as problem:
            raise Refusal(answers.refusal(self._declared, problem)) from None

    def unknown_route(self, call: Call) -> Reply:
        """What is answered to a path or method that is not declared."""
        code = "not_allowed" if call.allowed else "missing"
        return answers.refusal(self._declared, Problem(code, f"nothing is declared for {call.method} {call.path}"))

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """A planned failure, in the declared shape."""
        return answers.failed(self._declared, kind, status, retry_after_s)

    # -- powers -----------------------------------------------------------------------------------------------------

    def public(self) -> dict[str, Any]:
        """The key, who it belongs to, and what every path begins with."""
        user = {"user": self._declared.auth.user} if self._declared.auth.kind == "basic" else {}
        return {"token": self.token, "prefix": self._declared.prefix, **user}

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change lag and limit."""
        return tuned(self.settings, changes)

    def reset(self) -> None:
        """Forget all records of all accounts; the key stays."""
        self._books.clear()

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Let somebody edit or remove the person's newest record."""
        shelf, record = self._newest(person)
        if act == "remove":
            shelf.remove(record)
        else:
            field = str(args.get("field", ""))
            if not field or "value" not in args:
                raise ValueError("edit needs `field` and `value`")
            shelf.change(record, {**record.fields, field: args["value"]})
        self._told(None, shelf, "delete" if act == "remove" else "update", record)
        return record.id

    def _newest(self, person: str) -> tuple[Shelf, Record]:
        """The person's newest record and its shelf, whatever account it is in."""
        for one in reversed(self._world.objects_of(person)):
            for book in self._books.values():
                for shelf in book.shelves.values():
                    if one in shelf.records:
                        return shelf, shelf.records[one]
        raise LookupError(f"{person} has no record in {self.name}")

    def snapshot(self, account: str | None = None) -> bytes:
        """A copy of an account, by its name or its key."""
        return copied(self.name, self._book(self._named(account)))

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """Make an account what a copy of it, or of another, says; the time of the fake, which is everybody's, stays."""
        put_back(self.name, self._book(self._named(account)), kept)

    def _named(self, account: str | None) -> str:
        """The name of the account that a key opens or that is called so; `UsageError` for what is neither."""
        if account is None:
            return MAIN
        name = self._gate.opened(account) or account
        # No key ends with a name that has a dot.
        if not name or "." in name:
            raise UsageError("account: neither a key nor a name")
        return name

    def state(self) -> dict[str, Any]:
        """Everything it holds."""
        return state_of(self.name, self._books, self._world)

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on with what an earlier process held, as far as such records are still declared."""
        resume_all(self.name, state, self._book, self._world)


class TellingSlice(GenericSlice):
    """One that tells what happened by webhook."""

    def __init__(self, declared: Declared, world: World, hooks: Hooks) -> None:
        self._hooks = hooks
        self.secrets: Sequence[str] = (world.secret("webhook_secret", "whsec_"),)
        super().__init__(declared, world)

    def _manifest(self) -> Manifest:
        usual = super()._manifest()
        return Manifest(sinks=usual.sinks, acts=ACTS, forgeries=forgeries(self._hooks), lies=LIES)

    def public(self) -> dict[str, Any]:
        """The signing secret besides."""
        return {**super().public(), "webhook_secret": self.secrets[0]}

    def sign(self, body: bytes, t_s: int, secrets: Sequence[str]) -> dict[str, str]:
        """The declared signature."""
        return signed(self._hooks, body, t_s, secrets[0])

    def forge(self, name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
        """The declared signature, wrongly made."""
        return forged(name, self._hooks, body, t_s, secrets)

    def lie(self, person: str, name: str) -> News:
        """That the person's newest record was removed."""
        shelf, record = self._newest(person)
        return self._news(self._hooks, shelf, "delete", record)


def maker_of(declared: Declared) -> Callable[[World], GenericSlice]:
    """What makes the slice of this declaration."""

    def make(world: World) -> GenericSlice:
        if declared.webhooks is None:
            return GenericSlice(declared, world)
        return TellingSlice(declared, world, declared.webhooks)

    return make
