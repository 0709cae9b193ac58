"""A whole target: every table of the file together, and the questions a run asks of it.

Frozen data, checked within itself (an unknown operation in a flow is found here). Never holds a secret: those are
made for each run, see `resolve`.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import Field, PrivateAttr

from harness.errors import UsageError
from harness.target.app import App
from harness.target.asking import Auth, Errors, Flow, Operation
from harness.target.declared import Fakes
from harness.target.parts import (
    ADAPTER,
    Agree,
    Category,
    Containers,
    Launcher,
    Limits,
    NotCovered,
    Ops,
    Payment,
    Pending,
    Plan,
    Process,
    Product,
    Promises,
    Safety,
    Scan,
    Slo,
    Table,
    Texts,
    Truth,
    Webhook,
)
from harness.target.reached import NOT_IN_PROJECT, NOT_OURS, Reached
from harness.target.safety import refuse_foreign
from harness.target.words import PLACEHOLDER, names_in

if TYPE_CHECKING:
    from harness.target.resolve import Resolved

T = TypeVar("T")
Offer = TypeVar("Offer", Product, Plan)
HIDDEN = "(hidden)"
PROCESSES, DOCKER = "processes", "docker"
PLAIN = re.compile(r"[\d.]*|true|false")


class Target(Table):
    """The contract with one pipeline."""

    name: str = Field(min_length=1)
    """What reports call the pipeline."""
    base_url: str
    """Where it is reached; `{port:NAME}` is a free port of this run."""
    allow_hosts: Texts = ()
    """Hosts that may be driven although they are not this machine."""
    vendor_hosts: Literal["as set", "intercept"] = "as set"
    """`intercept`: the vendors' own host names lead to the fakes, over TLS, and every other host is blocked."""
    ca_bundles: Texts = ()
    """Files or folders (shell patterns) with authorities that the pipeline trusts, where they are not found."""
    openapi: str = ""
    """Where it serves its OpenAPI document, for `harness fuzz`."""
    fuzz_exclude_paths: Texts = ()
    """Paths of that document that are not fuzzed."""
    adapter: str | None = Field(default=None, pattern=ADAPTER)
    """The escape hatch: `module:Class` of a Python file beside this one, which sees each request and each answer."""
    launcher: Launcher | None = None
    env: dict[str, str] = Field(default_factory=dict)
    """The environment of its processes, by its own names."""
    processes: Annotated[tuple[Process, ...], Field(strict=False, alias="process")] = ()
    auth: Auth = Auth()
    operations: dict[str, Operation] = Field(min_length=1)
    """What an app sends, by names of your own."""
    flows: dict[str, Flow] = Field(default_factory=dict)
    """What people do: `sign_up`, `sign_in`, `buy`, `subscribe`, `change_plan`, `cancel`, `help_text`, `read_state`,
    `help_attachment`, `open_notice`. The cells of a flow that is absent are not covered."""
    products: Annotated[tuple[Product, ...], Field(strict=False)] = ()
    """What can be bought once; the first is the default."""
    plans: Annotated[tuple[Plan, ...], Field(strict=False)] = ()
    """What can be subscribed to; the first is the default."""
    free_plan: str = "free"
    """What the plan of everybody else is called."""
    tickets: dict[str, Category] = Field(default_factory=dict)
    """The kinds of questions."""
    payment: Payment | None = None
    app: App | None = None
    """The app in people's hands, for pages."""
    webhooks: dict[str, Webhook] = Field(default_factory=dict)
    """By fake: `payments`, `crm`, `helpdesk`."""
    fake: Fakes = Field(default_factory=dict)
    truth: Truth
    agree: Annotated[tuple[Agree, ...], Field(strict=False)] = ()
    words: Texts = ()
    """Every word that the app may show."""
    errors: Errors = Errors()
    pending: Pending | None = None
    ops: Ops = Ops()
    promises: Promises = Promises()
    slo: Annotated[tuple[Slo, ...], Field(strict=False)] = ()
    limits: Limits = Limits()
    policies: dict[str, str] = Field(default_factory=dict)
    """What correct products do differently; `not judged` is the default."""
    not_covered: Annotated[tuple[NotCovered, ...], Field(strict=False)] = ()
    safety: Safety = Safety()
    scan: Scan = Scan()
    containers: Containers | None = None
    _flaw: str | None = PrivateAttr(default=None)
    _here: Path = PrivateAttr(default_factory=Path.cwd)
    _stack: str = PrivateAttr(default=PROCESSES)
    _reached: Reached | None = PrivateAttr(default=None)

    # -- what people can do ---------------------------------------------------------------------------------------

    def operation(self, name: str) -> Operation:
        """The operation of this name; raises `UsageError` when the target has none."""
        return _named(self.operations, name, f"{self.name}: operation")

    def flow(self, name: str) -> Flow:
        """The flow of this name; raises `UsageError` when the target has none."""
        return _named(self.flows, name, f"{self.name}: flow")

    def product(self, name: str | None = None) -> Product:
        """The product of this id, or the first one."""
        return _chosen(self.products, name, f"{self.name}: product")

    def plan(self, name: str | None = None) -> Plan:
        """The plan of this id, or the first one."""
        return _chosen(self.plans, name, f"{self.name}: plan")

    def protected_routes(self) -> list[str]:
        """The operations that need a token."""
        return [name for name, one in self.operations.items() if one.auth]

    def routes_of_things(self) -> list[str]:
        """The operations that name a thing which belongs to somebody: one that an earlier answer gave."""
        things = {thing for one in self.operations.values() for thing in one.extract} - {"token"}
        return [
            name
            for name, one in self.operations.items()
            if one.auth and things & {part.partition(".")[0] for part in names_in(one.templates)}
        ]

    # -- what it has to do with ------------------------------------------------------------------------------------

    def sinks_of(self, flow: str) -> frozenset[str]:
        """Where this flow leaves something."""
        return frozenset(effect.sink for effect in self.flow(flow).effects)

    @property
    def sinks(self) -> frozenset[str]:
        """Everywhere it leaves something, the team's alerts included."""
        return frozenset(self.ops.alerts).union(*(self.sinks_of(name) for name in self.flows))

    @property
    def intercepts(self) -> bool:
        """Whether the run needs a network of its own, in which the vendors' hosts are the fakes."""
        return self.vendor_hosts == "intercept"

    # -- for one run ----------------------------------------------------------------------------------------------

    @property
    def flaw(self) -> str | None:
        """The flaw planted in this run's pipeline, if any."""
        return self._flaw

    def with_flaw(self, flaw: str | None) -> "Target":
        """The same target with its pipeline started flawed; raises `UsageError` if it has no such launcher."""
        if flaw and not (self.launcher and self.launcher.flawed):
            raise UsageError(f"{self.name} has no `launcher.flawed`, so no flaw can be planted in it")
        target = self.model_copy()
        target._flaw = flaw
        return target

    @property
    def reached(self) -> Reached | None:
        """How a pipeline is reached that was up before the run; None where the run starts it."""
        return self._reached

    @property
    def shared(self) -> bool:
        """Whether it was up before and is on another machine, where others may be at work."""
        return self._reached is not None and self._reached.shared

    @property
    def crashable(self) -> tuple[str, ...]:
        """The members that may be hit, in the order in which they start; none of what cannot be had again."""
        named = [one.name for one in sorted(self.processes, key=lambda one: one.order) if one.may_crash]
        if self._reached is None:
            return tuple(named)
        own = self.containers.may_crash if self.containers and self.containers.may_crash else named
        return tuple(name for name in own if name in self._reached.services)

    @property
    def why_not_crashable(self) -> str:
        """Why none may be hit, where that is so."""
        if self._reached is None:
            return "no process says `may_crash`"
        return NOT_IN_PROJECT if self._reached.project else NOT_OURS

    def reach(self, reached: Reached) -> "Target":
        """The same target, up already; raises `UsageError` for what then cannot be, `RefusedError` for its host."""
        for asked, what in (
            (self._flaw, "--flaw plants a flaw in a pipeline that the run starts"),
            (self.in_containers, "--stack docker starts the pipeline"),
            (self.intercepts, 'vendor_hosts = "intercept" needs a pipeline that the run starts'),
        ):
            if asked:
                raise UsageError(f"{what}, and --attach goes to one that is up already; take one of them out")
        refuse_foreign(self.allow_hosts, "--attach", "URL", reached.base_url)
        target = self.model_copy()
        target._reached = reached
        return target

    @property
    def here(self) -> Path:
        """The folder of the target file, `{here}` in it; the working directory for a text without a file."""
        return self._here

    def read_in(self, here: Path) -> "Target":
        """The same target as it was read in this folder: its adapter is named by its file from now on."""
        module, _, name = (self.adapter or "").partition(":")
        named = module if module.endswith(".py") else str(here / (module.replace(".", "/") + ".py"))
        target = self.model_copy(update={"adapter": f"{named}:{name}"} if self.adapter else {})
        target._here = here
        return target

    @property
    def in_containers(self) -> bool:
        """Whether this run's pipeline is started in containers."""
        return self._stack == DOCKER

    def on(self, stack: str) -> "Target":
        """The same target started in this way; raises `UsageError` if it cannot be."""
        if stack not in (PROCESSES, DOCKER):
            raise UsageError(f"--stack {stack}: expected {PROCESSES} or {DOCKER}")
        if stack == DOCKER and self.containers is None:
            raise UsageError(
                f"{self.name} has no [containers] table, so it cannot run with --stack docker; add one with "
                'compose = "compose.yaml" and entrance = "SERVICE:PORT"'
            )
        if stack == DOCKER and self._flaw:
            raise UsageError("a flaw is planted by the launcher, which containers do not use; leave out --stack docker")
        target = self.model_copy()
        target._stack = stack
        return target

    def resolve(
        self, *, fakes: Mapping[str, Any], work: Path | str, python: str, secret: Callable[[], str]
    ) -> "Resolved":
        """What to start and where things are, for one run; raises `RefusedError` for a live key or a foreign host."""
        from harness.target.resolve import resolve

        return resolve(self, fakes=fakes, work=work, python=python, secret=secret)

    def as_data(self) -> dict[str, Any]:
        """The target as JSON data without any secret: what a run keeps as `target.json`."""
        data = self.model_dump(mode="json", by_alias=True)
        data["env"] = _shown(self.env)
        for process in data["process"]:
            process["env"] = _shown(process["env"])
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Target":
        """The target that `as_data` wrote; its environments are hidden there and stay so."""
        return cls.model_validate(data)


def _shown(env: Mapping[str, str]) -> dict[str, str]:
    """Values that are only placeholders, numbers or addresses of placeholders; others could be secrets."""
    return {name: text if PLAIN.fullmatch(PLACEHOLDER.sub("", text)) else HIDDEN for name, text in env.items()}


def _named(table: Mapping[str, T], name: str, what: str) -> T:
    if name not in table:
        raise UsageError(f"{what} {name!r} is not in the target file; it has {', '.join(table) or 'none'}")
    return table[name]


def _chosen(choices: tuple[Offer, ...], name: str | None, what: str) -> Offer:
    if name is None and choices:
        return choices[0]
    return _named({one.id: one for one in choices}, str(name), what)
