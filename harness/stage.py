"""Everything that stands while a run lasts: fakes, pipeline, control channel, the watcher of quiet, journals.

`Stage.open` starts it all in order and stops it all on the way out, whatever happened. Cells and the driver stand on
it; it decides nothing about scenarios and judges nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from harness import lag
from harness.clock import pause
from harness.control import Control
from harness.documented import Documented, routes
from harness.errors import ControlError, HarnessError, StackError
from harness.faults import PHASE_OF, Blow
from harness.folder import MANIFEST, OPEN_ROUTES, RunFolder
from harness.journal import Journal
from harness.manners import CELLS_AT_ONCE, LOOK_EVERY_S, Manners
from harness.model import Person
from harness.people import People
from harness.phone import Ledger, Phone, Urls
from harness.phone.steps import FlowMaker
from harness.protected import open_ones
from harness.rng import Rng
from harness.scan.lookover import RunScan
from harness.settle import Look, Quiet, by_marker
from harness.stack import Stack
from harness.stack.crew import Crew, deal
from harness.standing import standing
from harness.target import Target

NEGATIVE_WINDOW_S = 3.0
BLOW_S = 8.0
"""How long a pipeline is paused, cut off or slow: longer than it waits for a vendor."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """What cells stand on."""

    target: Target
    folder: RunFolder
    seed: int
    at_once: int
    stack: Stack
    crew: Crew
    """Who plays the pipeline."""
    control: Control
    urls: Urls
    client: httpx.AsyncClient
    ledger: Ledger
    people: People
    rng: Rng
    journal: Journal
    secrets: dict[str, str]
    flows: Mapping[str, FlowMaker]
    proxies: Mapping[str, str] = field(default_factory=dict)
    hands: Callable[[Person, str | None], Phone] | None = None
    """Who makes the phones of a scenario's people, if not the stage: pages, when the run was asked for them."""
    manners: Manners | None = None
    """How to behave where others are at work too; None at home."""
    quiet: Quiet = field(init=False)
    _documented: list[Documented] | None = None

    def __post_init__(self) -> None:
        self.quiet = Quiet(self._look, self.journal)

    @property
    def settle_s(self) -> float:
        """How long a wait for one person may stand still before it gives up."""
        return self.target.limits.settle_s

    @property
    def negative_window_s(self) -> float:
        """How long to watch that nothing more happens: short where the pipeline tells what is pending."""
        return NEGATIVE_WINDOW_S if self.target.pending else self.target.limits.retry_horizon_s

    def phone(self, person: Person, cell: str | None) -> Phone:
        """The phone of this person, journaled as theirs."""
        if self.hands is not None and person.origin == "scenario":
            return self.hands(person, cell)
        turn = self.manners.turn if self.manners else None
        return Phone(self.target, self.urls, self.ledger, person, cell, self.client, self.rng, self.flows, turn)

    def note(self, phase: str, event: str, **more: Any) -> None:
        """Journal that a phase of the run begins or ends."""
        self.journal.write("phase", name=phase, event=event, **more)

    async def strike(self, blow: Blow, names: Sequence[str] = (), what: str = "everything", seconds: float = 0) -> None:
        """Hit these members of the pipeline (all that may be hit, if none is named); journaled as a phase."""
        hit = names or self.target.crashable
        self.note(PHASE_OF[blow], "begin", what=what, world=True)
        try:
            await deal(self.crew, blow, hit, seconds or BLOW_S)
        finally:
            self.note(PHASE_OF[blow], "end")

    async def watch(self) -> None:
        """Look for quiet, and raise `StackError` as soon as a process that is needed dies."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.quiet.watch())
            group.create_task(lag.watch(self.journal))
            for watched in {self.stack, self.crew}:
                group.create_task(watched.watch())

    async def _look(self) -> Look:
        """One look at both sides; a pipeline that cannot answer now counts as busy."""
        fakes = await self.control.pending()
        by_person = {person: tuple(reasons) for person, reasons in fakes.by_person.items()}
        total = fakes.calls + fakes.deliveries
        if self.target.pending:
            if self.manners:
                await pause(LOOK_EVERY_S)
                await self.manners.turn([self.urls.base])
            try:
                asked = await self.client.get(
                    self.urls.base + self.target.pending.path, headers=self._ops_headers(), timeout=10
                )
                asked.raise_for_status()
                answer = asked.json()
            except (httpx.HTTPError, ValueError):
                return Look(by_person, total + 1)
            total += int(self.target.pending.total_in(answer))
            for person, reasons in by_marker(self.target.pending.by_person_in(answer), "pipeline").items():
                by_person[person] = by_person.get(person, ()) + reasons
        return Look(by_person, total)

    def _ops_headers(self) -> dict[str, str]:
        name = self.target.pending.token if self.target.pending else None
        return {"Authorization": f"Bearer {self.secrets[name]}"} if name else {}

    async def operator(self, method: str, path: str) -> Any:
        """What an operator is answered; raises `ControlError` for anything but a success."""
        name = self.target.ops.token
        headers = {"Authorization": f"Bearer {self.secrets[name]}"} if name else {}
        try:
            answer = await self.client.request(method, self.urls.base + path, headers=headers)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as problem:
            raise ControlError(f"{method} {path}, asked as an operator of the pipeline: {problem!r}") from problem

    async def documented(self) -> list[Documented]:
        """The routes by the pipeline's own document, which is kept in the run folder; none where it has none."""
        if self._documented is None:
            found = await self._document() if self.target.openapi else {}
            self._documented = routes(found)
            self.folder.save(OPEN_ROUTES, open_ones(self.target, self._documented))
        return self._documented

    async def _document(self) -> dict[str, Any]:
        url = self.urls.base + self.target.openapi
        try:
            answer = await self.client.get(url)
            answer.raise_for_status()
            return dict(answer.json())
        except (httpx.HTTPError, ValueError) as problem:
            raise StackError(f"the pipeline's own document cannot be read at {url}: {problem!r}") from problem

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        target: Target,
        folder: RunFolder,
        seed: int,
        *,
        flows: Mapping[str, FlowMaker],
        at_once: int | None = None,
        tell: Callable[[str], None] = print,
    ) -> AsyncIterator["Stage"]:
        """Start the fakes, then the pipeline, and hand over a stage on which both are ready; stop all at the end."""
        journal = folder.journal("stack")
        async with Stack.open(folder.path, journal) as stack:
            client = httpx.AsyncClient(
                timeout=httpx.Timeout(10.0),
                limits=httpx.Limits(max_connections=400, max_keepalive_connections=100),
                trust_env=False,
            )
            async with client, standing(target, stack, folder, seed, journal, tell) as up:
                folder.save(MANIFEST, await up.control.manifest())
                own = RunScan(target, up.resolved, folder, journal)
                client.event_hooks = {"response": [own.watch]}
                rng = Rng(seed)
                manners = None
                if target.shared:
                    manners = Manners(up.resolved.base_url, target.limits.requests_per_s, folder.path.name)
                    client.headers.update(manners.headers)
                yield cls(
                    target=manners.marked(target) if manners else target,
                    manners=manners,
                    folder=folder,
                    seed=seed,
                    at_once=at_once or _cells_at_once(target),
                    stack=stack,
                    crew=up.crew,
                    control=up.control,
                    urls=Urls(base=up.resolved.base_url, wallet=up.control_url + "/wallet/pay"),
                    client=client,
                    ledger=Ledger(folder.journal("phone"), own.hide),
                    people=People(rng),
                    rng=rng,
                    journal=journal,
                    secrets=up.resolved.secrets,
                    flows=flows,
                    proxies=up.resolved.proxies,
                )
        own.look_over()


def _cells_at_once(target: Target) -> int:
    return min(CELLS_AT_ONCE, target.limits.cells_at_once) if target.shared else target.limits.cells_at_once


__all__ = ["HarnessError", "Stage"]
