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
from harness.target.declared import Fakes
from harness.target.parts import (
    Agree,
    Auth,
    Category,
    Errors,
    Flow,
    Launcher,
    Limits,
    Operation,
    Ops,
    Payment,
    Pending,
    Plan,
    Process,
    Product,
    Safety,
    Scan,
    Slo,
    Table,
    Texts,
    Truth,
    Webhook,
)
from harness.target.words import PLACEHOLDER, names_in

if TYPE_CHECKING:
    from harness.target.resolve import Resolved

T = TypeVar("T")
Offer = TypeVar("Offer", Product, Plan)
HIDDEN = "(hidden)"
PLAIN = re.compile(r"[\d.]*|true|false")


class Target(Table):
    """The contract with one pipeline."""

    name: str = Field(min_length=1)
    base_url: str
    allow_hosts: Texts = ()
    vendor_hosts: Literal["as set", "intercept"] = "as set"
    """`intercept`: the vendors' own host names lead to the fakes, over TLS, and every other host is blocked."""
    ca_bundles: Texts = ()
    """Files or folders (shell patterns) with authorities that the pipeline trusts, where they are not found."""
    openapi: str = ""
    fuzz_exclude_paths: Texts = ()
    launcher: Launcher | None = None
    env: dict[str, str] = Field(default_factory=dict)
    processes: Annotated[tuple[Process, ...], Field(strict=False, alias="process")] = ()
    operations: dict[str, Operation] = Field(min_length=1)
    flows: dict[str, Flow] = Field(default_factory=dict)
    products: Annotated[tuple[Product, ...], Field(strict=False)] = ()
    plans: Annotated[tuple[Plan, ...], Field(strict=False)] = ()
    free_plan: str = "free"
    tickets: dict[str, Category] = Field(default_factory=dict)
    payment: Payment | None = None
    webhooks: dict[str, Webhook] = Field(default_factory=dict)
    fake: Fakes = Field(default_factory=dict)
    truth: Truth
    agree: Annotated[tuple[Agree, ...], Field(strict=False)] = ()
    words: Texts = ()
    errors: Errors = Errors()
    pending: Pending | None = None
    ops: Ops = Ops()
    auth: Auth = Auth()
    slo: Annotated[tuple[Slo, ...], Field(strict=False)] = ()
    limits: Limits = Limits()
    policies: dict[str, str] = Field(default_factory=dict)
    safety: Safety = Safety()
    scan: Scan = Scan()
    _flaw: str | None = PrivateAttr(default=None)

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
        """The operations whose path names a thing that belongs to somebody."""
        return [name for name, one in self.operations.items() if one.auth and any(names_in(one.path))]

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
