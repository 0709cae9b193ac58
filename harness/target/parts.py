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
ADAPTER = r"^[^:\s]+:[A-Za-z_]\w*$"
Soft = Literal["acknowledged", "synced", "shown", "polite", "converges"]
Share = Annotated[float, Field(gt=0, lt=1)]
KEY = r"^(none|header:[A-Za-z0-9-]+|body:[A-Za-z0-9_.]+)$"


class Table(BaseModel):
    """A table of the file: what it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class Launcher(Table):
    """How the pipeline is started: as it is, or with a planted flaw; `{launcher}` in a command stands for it."""

    normal: Texts = Field(min_length=1)
    """The first words of each command of the pipeline."""
    flawed: Texts = ()
    """The same when `--flaw NAME` is asked for; `{flaw}` is the name."""


class Process(Table):
    """One process of the pipeline, or one step that must end well before the next begins."""

    name: str = Field(min_length=1)
    """What logs and messages call it."""
    command: Texts = Field(min_length=1)
    """Program and arguments, one text each."""
    env: Env = Field(default_factory=dict)
    """What is added to its environment, over `[env]`."""
    shared_env: bool = True
    """Whether it gets `[env]`."""
    ready: str = "started"
    """`tcp:HOST:PORT`, a URL that answers 2xx, `exit` (a step), `line` (its first line), or `started`."""
    ready_s: Seconds = 60.0
    """How long that may take."""
    stop_s: Seconds = 5.0
    """How long it has to end when asked, before it is killed."""
    order: int = 0
    """Processes start in this order."""
    may_crash: bool = False
    """Whether `harness explore` may kill it (kill -9) and start it again."""
    when_attached: bool = False
    """Whether this step (`ready = "exit"`) is taken as well when the pipeline is up already: one that sets up at the
    vendors what the pipeline needs there, since the fakes begin empty in each run."""
    count: int = Field(default=1, ge=1, le=8)
    """How many of it run at once: two workers find what one would never do to itself."""


class Containers(Table):
    """How to start the pipeline in containers, for `--stack docker`."""

    compose: str
    """A compose file, seen from the target file's folder; its `${NAME}`s are those of [env]."""
    entrance: str = Field(pattern=r"^[A-Za-z0-9_.-]+:\d+$")
    """The service and port where `base_url` and webhooks arrive, as in `api:8000`."""
    may_crash: Texts = ()
    """Services of a project that is up already which a run may kill, pause and restart; else those whose [[process]]
    says so."""


class Product(Table):
    """Something that can be bought once; `amount` in minor units, `decimal` as vendors say who count in major units."""

    id: str
    """What the pipeline calls it."""
    amount: int = Field(gt=0)
    """Its price in minor units."""
    currency: str = Field(pattern=r"^[a-z]{3}$")
    """Three small letters; `{product.currency_upper}` are large ones."""
    decimal: str = Field(pattern=r"^\d+(\.\d+)?$")
    """Its price in major units, as text."""
    credits: int = 0
    """How many credits it gives."""


class Plan(Table):
    """Something that can be subscribed to; prices as a product's."""

    id: str
    """What the pipeline calls it."""
    amount: int = Field(gt=0)
    """Its price in minor units."""
    currency: str = Field(pattern=r"^[a-z]{3}$")
    """Three small letters."""
    decimal: str = Field(pattern=r"^\d+(\.\d+)?$")
    """Its price in major units, as text."""


class Category(Table):
    """A kind of question: the queue it belongs in, and its priority by the plan of who asks (`any` for all others)."""

    queue: str
    """The helpdesk's name for it."""
    priority: dict[str, str] = Field(min_length=1)
    """Plan to priority; `any` is everybody else."""

    def priority_of(self, plan: str) -> str:
        """The priority of a question of somebody on this plan."""
        return self.priority.get(plan, self.priority.get("any", next(iter(self.priority.values()))))


class PaymentMethod(Table):
    """A way to pay."""

    wallet: str | None = None
    """What the wallet calls it: it pays the flow's `handle`; nothing: the phone does not pay."""
    token: str | None = None
    """What the app sends with the request, where the pipeline itself charges: `{payment.token}`."""
    result: Literal["paid", "declined", "none"]
    """What comes of it."""


class Payment(Table):
    """How people pay."""

    default: str
    """The method of everybody who does not choose."""
    methods: dict[str, PaymentMethod] = Field(min_length=1)
    """By name; scenarios ask for `card`, `declined_card`, `insufficient_funds` and `walk_away`."""


class Webhook(Table):
    """Where a vendor's webhooks arrive."""

    path: str = Field(pattern=r"^/")
    """The path under `base_url`."""


class Truth(Table):
    """How the app's own state is read, and where its parts are in the answer."""

    read: str
    """The operation that reads it."""
    state: str | None = None
    """The word that the app shows."""
    plan: str | None = None
    """The plan that is in force."""
    credits: str | None = None
    """What was bought."""
    orders: str | None = None
    """The list of orders."""
    payments: str | None = None
    """The list of payments."""
    tickets: str | None = None
    """The list of questions."""


class Agree(Table):
    """Something that app, payment provider and CRM must all say, once it is quiet."""

    name: str
    """What findings call it."""
    app: dict[str, Any]
    """`{ path }`, for money `{ path, amount, currency }`; `unit`, `when`, `otherwise`, `map`, `compare` if needed."""
    payments: dict[str, Any] | None = None
    """`{ sink, field }`, or for money `{ sink, amount, currency, unit }`."""
    crm: dict[str, Any] | None = None
    """The same for the CRM."""


class Pending(Table):
    """Where the pipeline tells what it still has to do; without it, the retry horizon is waited for."""

    path: str = Field(pattern=r"^/")
    """The route."""
    token: str | None = None
    """The name of the `{secret:NAME}` that it wants as a bearer token."""
    total: str = "total"
    """Where the answer has the number of all that is pending."""
    by_person: str = "by_person"
    """Where it has a table from a text that names a person to their number."""

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


class Ops(Table):
    """Routes for those who run the pipeline, and where it calls them."""

    token: str | None = None
    """The name of the `{secret:NAME}` that these want as a bearer token."""
    health: str | None = None
    """Answers 2xx when it is well."""
    metrics: str | None = None
    """What it measures."""
    dead_letters: str | None = None
    """What was given up."""
    retry: str | None = None
    """Tries one of those again; `{id}` is which."""
    alerts: Texts = ()
    """Sinks by which the team is told, where no flow's effects name them: `alerts.chat`, `alerts.mail`."""


class Slo(Table):
    """A limit in time, and the share that must keep it."""

    name: str
    """What reports call it."""
    measure: Literal["acknowledgement", "sync", "support"]
    """The request's answer; the effect downstream; the ticket."""
    limit_s: float = Field(gt=0)
    """The limit."""
    quantile: Share
    """The share: 0.95 needs 59 samples without a late one, 0.99 needs 299."""
    text: str = ""
    """In words."""


class Limits(Table):
    """What this target can take, and how long things take here."""

    cells_at_once: int = Field(default=40, ge=1)
    """Cells in flight at once."""
    strained_per_fake: int = Field(default=4, ge=1)
    """Cells that make the same vendor slow or hang, at a time."""
    cell_s: Seconds = 180.0
    """When a cell is given up."""
    settle_s: Seconds = 30.0
    """How long a wait for quiet may stand still."""
    retry_horizon_s: Seconds = 60.0
    """How long to watch for late duplicates where `pending` is not told; longer than any pause between retries."""
    requests_per_s: float = Field(default=5.0, gt=0)
    """How many requests may come in a second where the pipeline is up already on another machine."""
    load_people_per_s: Seconds = 0.0
    """The load of a whole run; nobody by default."""
    load_s: Seconds = 60.0
    """How long people keep coming."""


class Promises(Table):
    """What this pipeline promises otherwise than the scenarios ask, where correct products differ."""

    acknowledged_s: float | None = Field(default=None, gt=0)
    """How soon the app has its answer, instead of 2 s."""
    synced_s: float | None = Field(default=None, gt=0)
    """How soon effects are downstream, instead of 30 s."""
    shown: dict[str, Texts] = Field(default_factory=dict)
    """The scenarios' words for what the app shows, each with this pipeline's own for it."""
    not_judged: Annotated[tuple[Soft, ...], Field(strict=False)] = ()
    """Promises that it does not make; each report lists them as not covered. Records are always judged."""


class NotCovered(Table):
    """Cells that are not played on this target, and why; they are listed in every report, and never passed."""

    cells: Texts = Field(min_length=1)
    """Names or shell patterns, as for `harness run`."""
    why: str = Field(min_length=1)
    """The reason, for the report."""


class Safety(Table):
    """What must never be done to this target."""

    live_keys: Texts = ()
    """Regular expressions of keys that move real money or touch real people; any value that matches is refused."""
    erase: str | None = None
    """The operation by which a person is erased: a run that goes to a pipeline which is up already cleans up by it."""


class Scan(Table):
    """What clients and the public can see of this product, and how it is built: for `harness scan`."""

    public: Texts = ()
    """Files and folders that ship; `{work}` is a folder made for the scan."""
    build: Annotated[tuple[Texts, ...], Field(strict=False)] = ()
    """The commands that make them, run with canaries for every secret of the server; what they say is public too."""
    folder: str = "."
    env: Env = Field(default_factory=dict)
    build_s: Seconds = 900.0
    not_secret: Texts = ()
    """Names of `env` whose values clients may know."""
    allow: Texts = ()
    """Regular expressions for texts that look like keys and may be there."""
    shapes: Annotated[tuple[dict[str, Any], ...], Field(strict=False)] = ()
