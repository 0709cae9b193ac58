"""What a target file consists of, one model for each table: frozen, strict, no unknown keys.

Only data and the few words to read it; how a file is found wrong is in `file`, what a run makes of it in `resolve`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.target.words import dig

Texts = Annotated[tuple[str, ...], Field(strict=False)]
Numbers = Annotated[tuple[int, ...], Field(strict=False)]
Env = dict[str, str]
Seconds = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, lt=1)]
KEY = r"^(none|header:[A-Za-z0-9-]+|body:[A-Za-z0-9_.]+)$"


class Table(BaseModel):
    """A table of the file: what it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Launcher(Table):
    """How the pipeline that ships is started: as it is, or with a planted flaw."""

    normal: Texts = Field(min_length=1)
    flawed: Texts = ()


class Process(Table):
    """One process of the pipeline, or one step that must end well before the next begins."""

    name: str = Field(min_length=1)
    command: Texts = Field(min_length=1)
    env: Env = Field(default_factory=dict)
    shared_env: bool = True
    ready: str = "started"
    ready_s: Seconds = 60.0
    stop_s: Seconds = 5.0
    order: int = 0
    may_crash: bool = False
    """Whether `harness explore` may kill it (kill -9) and start it again."""


class Operation(Table):
    """One request that an app sends."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = Field(pattern=r"^/")
    auth: bool = True
    repeatable: bool = False
    """Sending it twice does nothing twice, even without a key."""
    key: str = Field(default="none", pattern=KEY)
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] | None = None
    accept: Numbers = Field(default=(200,), min_length=1)
    extract: dict[str, str] = Field(default_factory=dict)
    state: str | None = None
    timeout_s: Seconds = 10.0

    @property
    def keyed(self) -> bool:
        """Whether it takes a client's key."""
        return self.key != "none"

    @property
    def may_repeat(self) -> bool:
        """Whether a phone that never heard the answer may send it again."""
        return self.method == "GET" or self.repeatable or self.keyed


class Effect(Table):
    """An effect that a flow should leave once; `when` says for which choices, by placeholder name."""

    sink: str = Field(pattern=r"^[a-z]+\.[a-z_]+$")
    match: dict[str, Any] = Field(default_factory=dict)
    values: dict[str, Any] = Field(default_factory=dict)
    per: Literal["intent", "person"] = "intent"
    within_s: Seconds | None = None
    when: dict[str, Any] = Field(default_factory=dict)


class Done(Table):
    """Where a poll's answer says that it is over, and which words mean what."""

    field: str
    ok: Annotated[tuple[Any, ...], Field(strict=False, min_length=1)]
    failed: Annotated[tuple[Any, ...], Field(strict=False)] = ()


class Flow(Table):
    """One thing people do: the request that says so, how to see it through, and what it leaves downstream."""

    request: str
    poll: str | None = None
    handle: str | None = None
    done: Done | None = None
    poll_every_s: Seconds = 0.4
    poll_within_s: Seconds = 60.0
    effects: Annotated[tuple[Effect, ...], Field(strict=False)] = ()


class Product(Table):
    """Something that can be bought once; `amount` in minor units, `decimal` as vendors say who count in major units."""

    id: str
    amount: int = Field(gt=0)
    currency: str = Field(pattern=r"^[a-z]{3}$")
    decimal: str = Field(pattern=r"^\d+(\.\d+)?$")
    credits: int = 0


class Plan(Table):
    """Something that can be subscribed to."""

    id: str
    amount: int = Field(gt=0)
    currency: str = Field(pattern=r"^[a-z]{3}$")
    decimal: str = Field(pattern=r"^\d+(\.\d+)?$")


class Category(Table):
    """A kind of question: the queue it belongs in, and its priority by the plan of who asks (`any` for all others)."""

    queue: str
    priority: dict[str, str] = Field(min_length=1)

    def priority_of(self, plan: str) -> str:
        """The priority of a question of somebody on this plan."""
        return self.priority.get(plan, self.priority.get("any", next(iter(self.priority.values()))))


class PaymentMethod(Table):
    """A way to pay: what the wallet calls it (nothing: the phone does not pay), and what comes of it."""

    wallet: str | None = None
    result: Literal["paid", "declined", "none"]


class Payment(Table):
    """How people pay."""

    default: str
    methods: dict[str, PaymentMethod] = Field(min_length=1)


class Webhook(Table):
    """Where a vendor's webhooks arrive."""

    path: str = Field(pattern=r"^/")


class Truth(Table):
    """How the app's own state is read, and where its parts are in the answer."""

    read: str
    state: str | None = None
    plan: str | None = None
    credits: str | None = None
    orders: str | None = None
    payments: str | None = None
    tickets: str | None = None


class Agree(Table):
    """Something that app, payment provider and CRM must all say, once it is quiet."""

    name: str
    app: dict[str, Any]
    payments: dict[str, Any] | None = None
    crm: dict[str, Any] | None = None


class Pending(Table):
    """Where the pipeline tells what it still has to do."""

    path: str = Field(pattern=r"^/")
    token: str | None = None
    total: str = "total"
    by_person: str = "by_person"

    def total_in(self, answer: Any) -> int:
        """How much is pending by this answer; what cannot be read counts as one thing."""
        total = dig(answer, self.total)
        return int(total) if isinstance(total, int | float) else 1

    def by_person_in(self, answer: Any) -> dict[str, int]:
        """Pending by whatever text names a person."""
        named = dig(answer, self.by_person)
        if not isinstance(named, Mapping):
            return {}
        return {str(name): int(count) for name, count in named.items() if isinstance(count, int | float)}


class Auth(Table):
    """How the pipeline knows who asks, as far as a harness must know it to try what is not right."""

    jwt_secret: str | None = None
    """The `{secret:NAME}` that signs access tokens (HS256): then expired ones that are signed well can be tried."""


class Ops(Table):
    """Routes for those who run the pipeline."""

    token: str | None = None
    health: str | None = None
    metrics: str | None = None
    dead_letters: str | None = None
    retry: str | None = None


class Errors(Table):
    """How the pipeline says no: where the code is, and which codes mean "the same request is still being served"."""

    code: str = "error.code"
    in_progress: Texts = ()


class Slo(Table):
    """A limit in time, the share that must keep it, and what is measured."""

    name: str
    measure: Literal["acknowledgement", "sync", "support"]
    limit_s: float = Field(gt=0)
    quantile: Share
    text: str = ""


class Limits(Table):
    """What this target can take, and how long things take here."""

    cells_at_once: int = Field(default=40, ge=1)
    strained_per_fake: int = Field(default=4, ge=1)
    cell_s: Seconds = 180.0
    settle_s: Seconds = 30.0
    retry_horizon_s: Seconds = 60.0
    load_people_per_s: Seconds = 0.0
    load_s: Seconds = 60.0


class Safety(Table):
    """What must never appear in a value: regular expressions for keys that move real money or touch real people."""

    live_keys: Texts = ()


class Scan(Table):
    """What clients and the public can see of this product, and how it is built: for `harness scan`."""

    public: Texts = ()
    """Files and folders that ship; `{work}` is a folder made for the scan."""
    build: Texts = ()
    """The command that makes them, run with canaries in place of every secret of the server."""
    folder: str = "."
    env: Env = Field(default_factory=dict)
    build_s: Seconds = 900.0
    not_secret: Texts = ()
    """Names of `env` whose values clients may know."""
    allow: Texts = ()
    """Regular expressions for texts that look like keys and may be there."""
    shapes: Annotated[tuple[dict[str, Any], ...], Field(strict=False)] = ()
