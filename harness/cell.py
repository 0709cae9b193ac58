"""One cell of a scenario while it is played: its people, their phones, and what may be done to them.

What a scenario's script holds in its hand. Everything here either makes a person act (through their phone) or disturbs
that person's world (through the fakes' control channel); nothing here judges. A `CellProblem` means that the stage for
the scenario could not be set (a calm sign-up failed, say): the cell is then `unknown`, never passed.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from harness.clock import until
from harness.faults import ALWAYS, EVERYBODY, Blow, DeliveryRule, Fault, Kind, Mishap
from harness.model import Outcome, Person
from harness.needs import NEEDS_ACCOUNT, NEEDS_SUBSCRIPTION
from harness.protected import Protected, documented, operators
from harness.scenario import Case

if TYPE_CHECKING:
    from harness.phone import Phone
    from harness.stage import Stage

LOOK_EVERY_S = 0.2


class CellProblem(Exception):
    """The scenario could not be set up or played to its end; says what was done and what came back."""


class Cell:
    """The hand of a scenario's script."""

    def __init__(self, case: Case, stage: "Stage", origin: str = "scenario") -> None:
        self.case = case
        self.flow = case.flow
        self.variant = case.variant
        self.id = case.id
        self.target = stage.target
        self.phones: list[Phone] = []
        self._stage = stage
        self._origin = origin

    # -- people -------------------------------------------------------------------------------------------------

    def newcomer(self, **traits: Any) -> "Phone":
        """Somebody who has just installed the app; `traits` replace fields of the made-up person."""
        name = f"{self.id}/{len(self.phones)}"
        person: Person = self._stage.people.person(name, origin=self._origin, **traits)
        phone = self._stage.phone(person, self.id)
        self.phones.append(phone)
        return phone

    async def customer(self, **traits: Any) -> "Phone":
        """Somebody who has signed up while all was calm, and whose sign-up is finished everywhere."""
        phone = self.newcomer(**traits)
        await self.calmly(phone, "sign_up")
        return phone

    async def subscriber(self, plan: str | None = None, **traits: Any) -> "Phone":
        """A customer with a running, paid subscription."""
        phone = await self.customer(**traits)
        await self.calmly(phone, "subscribe", **({"plan": plan} if plan else {}))
        return phone

    async def ready_for(self, flow: str, **traits: Any) -> "Phone":
        """Somebody who can take this flow next."""
        if flow in NEEDS_SUBSCRIPTION:
            return await self.subscriber(**traits)
        return await self.customer(**traits) if flow in NEEDS_ACCOUNT else self.newcomer(**traits)

    async def calmly(self, phone: "Phone", flow: str, **choices: Any) -> None:
        """Play a flow as part of the setting: it must end well and settle, or the cell is off."""
        played = await phone.play(flow, **choices)
        if played.outcome is not Outcome.OK:
            raise CellProblem(f"setting the scene: {flow} ended {played.outcome} for {phone.person.marker}")
        blockers = await self.quiet(phone)
        if blockers:
            raise CellProblem(f"setting the scene: {flow} never settled, still waiting for {'; '.join(blockers)}")

    # -- what is done to them -----------------------------------------------------------------------------------

    async def fault(self, phone: "Phone", fake: str, kind: Kind | str, **how: Any) -> None:
        """From now on, `fake` misbehaves in this way towards this person's calls."""
        await self._stage.control.plan([Fault(person=phone.person.marker, fake=fake, kind=Kind(kind), **how)])

    async def until_fault_fires(self, phone: "Phone", within_s: float, times: int = 1) -> bool:
        """Wait until faults have met so many of this person's calls; answers whether they have."""

        async def look() -> bool | None:
            counts = await self._stage.control.counts(phone.person.marker)
            return sum(counts["faults"].values()) >= times or None

        return bool(await until(look, within_s=within_s, every_s=LOOK_EVERY_S))

    async def mishap(self, phone: "Phone", kind: Mishap | str, fake: str = "payments", **how: Any) -> None:
        """From now on, this person's events travel in this way."""
        rule = DeliveryRule(person=phone.person.marker, fake=fake, kind=Mishap(kind), **how)
        await self._stage.control.rule([rule])

    async def release(self, name: str) -> None:
        """Let go of everybody who is held by faults of this name, at one moment; those faults end."""
        await self._stage.control.release(name)

    async def mend(self, phone: "Phone") -> None:
        """End every fault and mishap of this person."""
        await self._stage.control.mend(phone.person.marker)

    async def resend(self, phone: "Phone", **how: Any) -> None:
        """Let the provider tell this person's past events again."""
        if not await self._stage.control.resend(phone.person.marker, **how):
            raise CellProblem(f"there was no event of {phone.person.marker} to send again ({how})")

    async def forge(self, phone: "Phone", lie: str, forgery: str, fake: str = "payments") -> None:
        """Tell the pipeline something untrue about this person, signed in the named way."""
        told = await self._stage.control.forge(phone.person.marker, fake=fake, lie=lie, forgery=forgery)
        if not told:
            raise CellProblem(f"nothing to lie about for {phone.person.marker} ({lie})")

    async def provider(self, phone: "Phone", act: str, fake: str = "payments", **how: Any) -> Any:
        """Let the provider's own side do something to this person's objects."""
        return await self._stage.control.act(phone.person.marker, fake, act, **how)

    async def strike(self, blow: Blow, *, last_alone: bool = False) -> None:
        """Hit everything of the pipeline that may be hit, or what starts last of it; back when that is up again."""
        names = self.target.crashable
        await self._stage.strike(blow, names[-1:] if last_alone else (), names[-1] if last_alone else "everything")

    @asynccontextmanager
    async def outage(self, fake: str, kind: Kind, **how: Any) -> AsyncIterator[None]:
        """While inside, `fake` misbehaves in this way towards everybody; for cells with a phase of their own."""
        name = f"outage {fake} {self.id}"
        self._stage.note(name, "begin", fake=fake, cell=self.id, world=True)
        try:
            fault = Fault(person=EVERYBODY, fake=fake, kind=kind, calls="all", times=ALWAYS, name=name, **how)
            await self._stage.control.plan([fault])
            yield
        finally:
            await self._stage.control.release(name)
            self._stage.note(name, "end")

    async def retry_by_hand(self, phones: "Sequence[Phone]") -> None:
        """Let an operator try again everything of these people that was given up; each is journaled."""
        ops = self.target.ops
        letters = first_list(await self._stage.operator("GET", str(ops.dead_letters)))
        for phone in phones:
            marker = phone.person.marker
            mine = [one for one in letters if marker in str(one).lower()]
            if not mine:
                raise CellProblem(f"nothing of {marker} is among what was given up ({ops.dead_letters})")
            for one in mine:
                await self._stage.operator("POST", str(ops.retry).replace("{id}", str(one.get("id"))))
                self._stage.journal.write(
                    "intervention", person=marker, cell=self.id, what="retry", object=str(one.get("id"))
                )

    # -- what must be refused ------------------------------------------------------------------------------------

    def spoiled_token(self, phone: "Phone", how: str) -> str | None:
        """This person's token spoiled in this way, signed well where the target says what signs its tokens."""
        return phone.spoiled_token(how, self._stage.secrets.get(self.target.auth.jwt_secret or ""))

    def operators_routes(self) -> list[Protected]:
        """What only those who run the pipeline may ask, by the target file."""
        return operators(self.target)

    async def documented_routes(self) -> list[Protected]:
        """What the pipeline's own document says needs somebody, besides all that the target file names."""
        return documented(self.target, await self._stage.documented())

    # -- waiting and looking ------------------------------------------------------------------------------------

    async def quiet(self, phone: "Phone", within_s: float | None = None) -> tuple[str, ...]:
        """Wait until nothing of this person is under way; answers what still was."""
        limit = within_s if within_s is not None else self._stage.settle_s
        return await self._stage.quiet.person(phone.person.marker, limit)

    async def settle_all(self) -> None:
        """Wait for every person of this cell, and read the state of each as soon as nothing of theirs is under way."""

        async def settle(phone: "Phone") -> None:
            await self.quiet(phone)
            if phone.token:
                await phone.read("settled")

        # All at once: a look sees everybody, so many people are waited for no longer than one.
        async with asyncio.TaskGroup() as group:
            for phone in self.phones:
                group.create_task(settle(phone))

    async def put_away(self) -> None:
        """Everybody is done with their phone."""
        for phone in self.phones:
            await phone.put_away()


def first_list(answer: Any) -> list[Mapping[str, Any]]:
    """The first list of objects in an answer: operators' routes have no form that a target file would describe."""
    if isinstance(answer, Mapping):
        return next((found for inner in answer.values() if (found := first_list(inner))), [])
    if isinstance(answer, list):
        return [one for one in answer if isinstance(one, Mapping)]
    return []
