"""A vendor that a file declares: paths, ids, keys, errors and limits of its REST collections, as plain data.

What `[fake.NAME]` of a target file, or of a file for `harness fakes --declare`, may say. Not the fake: that is
`fakes/generic`, which serves any such declaration. Nothing here opens a connection.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from harness.errors import TargetError
from harness.model import Guarantee
from harness.target.parts import KEY, Seconds, Table, Texts
from harness.target.words import PLACEHOLDER, fill, names_in
from harness.target.wrong import Wrong, in_words, refuse

REPLACEABLE = ("crm", "helpdesk")
"""The fakes that come along and whose place a declared one may take; scenarios then disturb that one instead."""
TAKEN = ("payments", "alerts", "push", "control", "admin", "journal", "seed", "ca_file")
ERROR_WORDS = ("code", "message", "field", "status")
OF_THE_HEADER = ("missing", "empty", "garbage", "wrong_secret", "truncated_digest", "longer_digest")
OF_THE_BODY = ("altered_byte", "truncated", "reserialised")
OF_THE_TIME = ("expired", "no_time", "time_not_a_number", "other_time")
Status = Annotated[int, Field(ge=400, le=599)]


class Auth(Table):
    """How a client shows its key; the key is fresh in each run, `{fakes.NAME.token}`."""

    kind: Literal["bearer", "header", "query", "basic", "none"] = "bearer"
    name: str = "X-Api-Key"
    """The header, or the query parameter."""
    user: str = "api"
    """Who the key belongs to, with `basic`."""


class Refusals(Table):
    """What a refusal looks like, and its status by what is wrong."""

    body: dict[str, Any] = Field(default_factory=lambda: {"error": {"code": "{code}", "message": "{message}"}})
    invalid: Status = 400
    unauthorised: Status = 401
    missing: Status = 404
    not_allowed: Status = 405
    duplicate: Status = 409
    key_reused: Status = 409
    too_large: Status = 413
    locked: Status = 423
    rate_limited: Status = 429
    server_error: Status = 500
    unavailable: Status = 503

    def status_of(self, code: str) -> int:
        """The status of a refusal with this code."""
        return int(getattr(self, code))

    def filled(self, code: str, message: str, field: str, status: int) -> Any:
        """The body that says so."""
        known = {"code": code, "message": message, "field": field, "status": status}
        return fill(self.body, known.__getitem__)


class Pages(Table):
    """How lists come in pages."""

    style: Literal["cursor", "page", "offset", "all"] = "cursor"
    items: str = "items"
    """Where in the answer the records are; empty: the answer is the list itself."""
    at: str = "cursor"
    """The parameter that says where to go on: the last answer's cursor, a page's number from 1, or an offset."""
    size: str = "limit"
    """The parameter that says how many."""
    usual: int = Field(default=20, ge=1)
    most: int = Field(default=100, ge=1)
    next: str = "next"
    """Where the answer says how to go on; null at the end."""
    total: str = ""
    """Where the answer says how many there are in all; empty: nowhere."""


class Rate(Table):
    """How many calls a key may make in any span of so many seconds."""

    calls: int = Field(ge=1)
    per_s: float = Field(gt=0)


class Hooks(Table):
    """How the vendor tells what happened, and signs it."""

    header: str = "X-Signature"
    scheme: Literal["hmac_hex", "hmac_base64", "timestamped", "token"] = "hmac_hex"
    """An HMAC-SHA256 of the body; `t=TIME,v1=HMAC of "TIME.body"`; or the secret itself."""
    prefix: str = ""
    """What stands before the signature: `sha256=`, `Bearer `."""
    type: str = "type"
    """Where the body names what happened (`person.created`, `person.updated`, `person.deleted`)."""
    data: str = "data"
    """Where the body holds the record."""

    @property
    def forgeries(self) -> tuple[str, ...]:
        """The ways in which its signature can be wrong so that a receiver can tell."""
        body = () if self.scheme == "token" else OF_THE_BODY
        return (*OF_THE_HEADER, *body, *(OF_THE_TIME if self.scheme == "timestamped" else ()))


class Collection(Table):
    """One kind of record; the sink is `NAME.KIND`."""

    path: str = Field(pattern=r"^/")
    """A part in braces is the id of a record of that other collection: `/people/{person}/notes`."""
    id: str = "id"
    ids: Literal["text", "number", "uuid"] = "text"
    prefix: str = ""
    """What text ids begin with; else the kind."""
    wrap: str = ""
    """Under which key a record stands, asked and answered; empty: it is the whole body."""
    fields: str = ""
    """Under which key of a record its fields are (`properties`); empty: beside the id."""
    required: Texts = ()
    unique: Texts = ()
    duplicate: Literal["refuse", "update", "same"] = "refuse"
    """What comes of a second record with the same unique fields: refused, the first one changed, or returned as is."""
    update: Annotated[tuple[Literal["PATCH", "PUT", "POST"], ...], Field(strict=False)] = ("PATCH",)
    """PUT replaces what PATCH and POST merge."""
    delete: bool = True
    created: int = Field(default=201, ge=200, le=299)
    search: str = ""
    """A path that finds records by a part of any text: `/people/search?term=ann`."""
    term: str = "term"
    values: dict[str, str] = Field(default_factory=dict)
    """Further values of its effects, by their place in a record: `email = "emails.0.value"`."""
    created_at: str = ""
    updated_at: str = ""
    """Fields that hold these moments; empty: none does."""

    def guarantee(self, keyed: bool) -> Guarantee:
        """What it offers against repeats."""
        if keyed:
            return Guarantee.IDEMPOTENT
        return Guarantee.NATURAL_KEY if self.unique else Guarantee.NONE


class Declared(Table):
    """One vendor."""

    title: str = ""
    prefix: str = Field(default="", pattern=r"^(/.*[^/])?$")
    """What every path begins with: `/api/v1`."""
    hosts: Texts = ()
    """Where the vendor is really reached; for pipelines without a setting for it."""
    key: str = Field(default="none", pattern=KEY)
    """Where a client's idempotency key goes."""
    auth: Auth = Auth()
    errors: Refusals = Refusals()
    pages: Pages = Pages()
    rate: Rate | None = None
    search_lag_s: Seconds = 0.0
    """For how long lists and searches do not know what was just written."""
    webhooks: Hooks | None = None
    collections: dict[str, Collection] = Field(min_length=1)


Fakes = dict[str, Declared]


def contradictions(fakes: Mapping[str, Declared]) -> Iterator[Wrong]:
    """Names that cannot be, and where the parts of a declaration do not fit each other."""
    for name, one in fakes.items():
        if name in TAKEN:
            can = " and ".join(REPLACEABLE)
            yield Wrong(
                ("fake", name), f"is a fake of our own, or a word of ours; a declared one may replace only {can}"
            )
        elif not _is_word(name) or "_" in name:
            yield Wrong(("fake", name), "is no name for a fake; expected small letters alone, as in [fake.leads]")
        for word in names_in(one.errors.body):
            if word not in ERROR_WORDS:
                choices = ", ".join(f"{{{known}}}" for known in ERROR_WORDS)
                yield Wrong(
                    ("fake", name, "errors", "body"),
                    f"the placeholder {{{word}}} stands for nothing; there are {choices}",
                )
        yield from _collections(("fake", name, "collections"), one.collections)


def _collections(place: tuple[str, ...], collections: Mapping[str, Collection]) -> Iterator[Wrong]:
    paths: dict[str, str] = {}
    for kind, collection in collections.items():
        if not _is_word(kind) or kind == "id":
            yield Wrong((*place, kind), "is no name for a kind of record; expected small letters and _, as in a sink")
        for key, path in (("path", collection.path), ("search", collection.search)):
            if not path:
                continue
            shape = PLACEHOLDER.sub("{}", path.rstrip("/"))
            if shape in paths:
                yield Wrong((*place, kind, key), f'"{path}" is that of {paths[shape]} too; each needs its own')
            paths[shape] = kind
            for parent in names_in(path):
                if parent not in collections or parent == kind:
                    others = ", ".join(other for other in collections if other != kind) or "none"
                    yield Wrong(
                        (*place, kind, key), f"{{{parent}}} is no other collection of this fake; there are {others}"
                    )


def _is_word(name: str) -> bool:
    return bool(name) and set(name) <= set("abcdefghijklmnopqrstuvwxyz_")


def read_declared(path: Path) -> Fakes:
    """The `[fake.*]` tables of a TOML file, or of a run's JSON; raises `TargetError` with each mistake and its line."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as problem:
        raise TargetError(f"cannot read {path}: {problem.strerror}") from problem
    except ValueError as problem:
        raise TargetError(f"{path}: is not {'JSON' if path.suffix == '.json' else 'TOML'}: {problem}") from None
    if not isinstance(data, dict) or not isinstance(data.get("fake"), dict) or not data["fake"]:
        raise TargetError(
            f'{path}: declares no fake; add a table such as [fake.leads.collections.person] with path = "/people"'
        )
    return declared_of({"fake": data["fake"]}, text, str(path))


class _File(Table):
    fake: Fakes


def declared_of(data: Mapping[str, Any], text: str, file: str) -> Fakes:
    """What these tables declare; `text` and `file` are for messages."""
    try:
        fakes = TypeAdapter(_File).validate_python(data).fake
    except ValidationError as problem:
        raise refuse(file, text, data, [in_words(one, _File) for one in problem.errors(include_url=False)]) from None
    if wrongs := list(contradictions(fakes)):
        raise refuse(file, text, data, wrongs)
    return fakes
