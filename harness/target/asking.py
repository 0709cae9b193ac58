"""What an app sends and what it leaves: operations, flows and effects of a target file, and how yes and no are told.

Only data; what the phone makes of it is in `harness.phone`. The other tables are in `parts`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from harness.target.parts import Numbers, Seconds, Table, Texts

CLIENT_KEY = r"^(none|natural:.+|header:[A-Za-z0-9-]+|query:[A-Za-z0-9_-]+|body:[A-Za-z0-9_.]+)$"
TOKEN = r"^(bearer|header:[A-Za-z0-9-]+|cookie:[A-Za-z0-9_-]+|query:[A-Za-z0-9_-]+|body:[A-Za-z0-9_.]+)$"


class Operation(Table):
    """One request that an app sends."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    """The HTTP method."""
    path: str = Field(pattern=r"^/")
    """The path, with placeholders; what is filled in is quoted."""
    auth: bool = True
    """Whether it carries the person's token, as `[auth]` says."""
    repeatable: bool = False
    """Sending it twice does nothing twice, even without a key."""
    key: str = Field(default="none", pattern=CLIENT_KEY)
    """Where the client's key goes: `header:NAME`, `body:a.b`, `query:NAME`; `none`; or `natural:{...}` when the request
    itself says which thing is meant (the placeholders that make it one)."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Headers of its own."""
    query: dict[str, Any] = Field(default_factory=dict)
    """What follows the `?`."""
    body: dict[str, Any] | None = None
    """The body's fields."""
    encoding: Literal["json", "form", "multipart"] = "json"
    """How the body is written; in `multipart`, a table with `content_base64` becomes a file."""
    graphql: str | None = None
    """A GraphQL document, sent as it is (its braces are no placeholders), with `variables`; instead of `body`."""
    variables: dict[str, Any] = Field(default_factory=dict)
    """The variables of `graphql`."""
    accept: Numbers = Field(default=(200,), min_length=1)
    """The statuses that mean yes."""
    extract: dict[str, str] = Field(default_factory=dict)
    """What the app remembers of the answer, `token` among it: `a.b.0` in its JSON, `cookie:NAME` or `header:NAME`."""
    state: str | None = None
    """Where the answer has the word that the app shows."""
    timeout_s: Seconds = 10.0
    """How long the app waits."""

    @property
    def keyed(self) -> bool:
        """Whether it takes a client's key."""
        return self.key != "none" and self.natural_key is None

    @property
    def natural_key(self) -> str | None:
        """The template of the natural key, None when there is none."""
        return self.key.removeprefix("natural:") if self.key.startswith("natural:") else None

    @property
    def may_repeat(self) -> bool:
        """Whether a phone that never heard the answer may send it again."""
        return self.method == "GET" or self.repeatable or self.key != "none"

    @property
    def templates(self) -> tuple[Any, ...]:
        """Everything of it in which placeholders are filled."""
        return (self.path, self.query, self.headers, self.variables if self.graphql else self.body, self.key)


class Effect(Table):
    """An effect that a flow should leave once."""

    sink: str = Field(pattern=r"^[a-z]+\.[a-z_]+$")
    """Which kind of record: `crm.contact`, `payments.charge`, ..."""
    match: dict[str, Any] = Field(default_factory=dict)
    """Which of that kind is meant; several of one person are told apart by it."""
    values: dict[str, Any] = Field(default_factory=dict)
    """What it must hold in the end: the mapping of fields."""
    per: Literal["intent", "person"] = "intent"
    """One for each intent, or one for each person however often they ask."""
    within_s: Seconds | None = None
    """How soon it must be there."""
    when: dict[str, Any] = Field(default_factory=dict)
    """For which choices it is expected, by placeholder name."""


class Done(Table):
    """Where a poll's answer says that it is over, and which words mean what."""

    field: str
    """The path in the answer."""
    ok: Annotated[tuple[Any, ...], Field(strict=False, min_length=1)]
    """What it holds when it went well."""
    failed: Annotated[tuple[Any, ...], Field(strict=False)] = ()
    """What it holds when it did not."""


class Flow(Table):
    """One thing people do: the request that says so, how to see it through, and what it leaves downstream."""

    request: str
    """The operation that carries the intent."""
    poll: str | None = None
    """The operation that is asked until it is over."""
    handle: str | None = None
    """What the wallet pays: where the request's answer, or else the poll's, has the client secret or the page's URL."""
    done: Done | None = None
    """When the poll is over."""
    poll_every_s: Seconds = 0.4
    """How often, at first."""
    poll_within_s: Seconds = 60.0
    """How long."""
    effects: Annotated[tuple[Effect, ...], Field(strict=False)] = ()
    """What it leaves downstream."""


class Errors(Table):
    """How the pipeline says no."""

    code: str = "error.code"
    """Where an answer has its error code."""
    in_progress: Texts = ()
    """Codes that mean: the same request is still being served."""
    field: str | None = None
    """Where an answer with a good status says no all the same, as GraphQL does in `errors`; empty is yes."""
    statuses: dict[str, Annotated[int, Field(ge=400, le=599)]] = Field(default_factory=dict)
    """Which HTTP status such a code stands for; one that is not named stands for 500: nobody knows what was done."""


class Auth(Table):
    """How an app says whose request it is."""

    token: str = Field(default="bearer", pattern=TOKEN)
    """`bearer`, `header:NAME`, `cookie:NAME`, `query:NAME` or `body:a.b`."""
    jwt_secret: str | None = None
    """The `{secret:NAME}` that signs access tokens (HS256): then expired ones that are signed well can be tried."""
