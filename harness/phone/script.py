"""The phone's whole behaviour without its radio: what is sent when, with which key, how often, and what is journaled.

Generators again: they yield what must happen outside (an exchange, taps, a wait) and are sent what came of it. The
asyncio phone and the load each carry that out in their own world and share everything else. Journals before it acts.
"""

import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from harness.clock import SYSTEM
from harness.errors import UsageError
from harness.model import Outcome, Person
from harness.phone.dialect import Dialect, extracted
from harness.phone.exchange import (
    About,
    Exchange,
    Exchanged,
    Heard,
    Outside,
    Played,
    TapPlan,
    Taps,
    Urls,
    Wait,
    fate_of,
    ms_between,
    retry_after_s,
)
from harness.phone.ledger import Ledger
from harness.phone.outcomes import OK, together
from harness.phone.request import Request, body_of, with_extra
from harness.phone.steps import Answer, Begin, Context, FlowMaker, Paid, Pay, Poll, Send
from harness.phone.weather import CLEAR, Moment, Weather
from harness.rng import Rng
from harness.target import Operation, Target
from harness.target.words import Unfilled, dig

TRIES = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 0.3, 4.0
POLL_GROWTH, POLL_SLOWEST = 1.4, 5.0
WALLET_TIMEOUT_S = 15.0


@dataclass(slots=True)
class _Intent:
    """The intent under way."""

    id: str
    key: str
    flow: str
    extra: Mapping[str, Any]
    """Fields that its request carries although no app of ours would send them."""
    attempts: int = 0


class Script:
    """One phone's memory and manners."""

    def __init__(
        self,
        target: Target,
        urls: Urls,
        ledger: Ledger,
        person: Person,
        cell: str | None,
        rng: Rng,
        flows: Mapping[str, FlowMaker],
    ) -> None:
        self.target = target
        self.urls = urls
        self.dialect = Dialect(target, urls.base)
        self.person = person
        self.cell = cell
        self.weather: Weather = CLEAR
        self.token: str | None = None
        self.things: dict[str, Any] = {}
        self.shows: str | None = None
        self._ledger = ledger
        self._flows = flows
        self._begun = 0
        self._chance = rng.stream(f"phone/{person.marker}")
        self._last: Mapping[str, Any] = {}
        ledger.person(person, cell)

    def context(self, choices: Mapping[str, Any] | None = None) -> Context:
        """What a flow knows if it begins now."""
        return Context(
            target=self.target,
            person=self.person,
            things=self.things,
            choices=choices or {},
            chance=self._chance,
            number=self._begun,
        )

    # -- a whole flow ---------------------------------------------------------------------------------------------

    def play(
        self, name: str, choices: Mapping[str, Any], *, taps: TapPlan | None = None, scheduled: int | None = None
    ) -> Generator[Outside, Any, Played]:
        """Play one flow to its end; `scheduled` is when its first request was due, from which its time counts."""
        context = self._opening(name, choices)
        flow = self._flows[name](context)
        intent: _Intent | None = None
        heard: Any = None
        try:
            while True:
                step = flow.send(heard)
                if isinstance(step, Begin):
                    intent, heard = self._begin(step, choices.get("extra") or {}), None
                    continue
                if intent is None:
                    raise UsageError(f"the flow {name!r} must yield Begin before it sends anything")
                if isinstance(step, Send):
                    heard = yield from self._send(step, intent, taps if step.main else None, scheduled)
                    scheduled = None
                elif isinstance(step, Poll):
                    heard = yield from self._poll(step, intent)
                else:
                    heard = yield from self._pay(step, intent)
        except StopIteration as end:
            outcome: Outcome = end.value
        finally:
            flow.close()
        if intent is None:
            raise UsageError(f"the flow {name!r} ended without an intent")
        self._ledger.concluded(intent.id, self.person.marker, outcome)
        return Played(outcome=outcome, intent=intent.id, key=intent.key, values=self._last)

    def _opening(self, name: str, choices: Mapping[str, Any]) -> Context:
        if name not in self._flows:
            raise UsageError(f"no flow is called {name!r}; there are {', '.join(sorted(self._flows))}")
        self._begun += 1
        return self.context(choices)

    def _begin(self, step: Begin, extra: Mapping[str, Any]) -> _Intent:
        marker = self.person.marker
        intent = _Intent(
            id=f"{marker}-{self._begun}",
            key=str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
            flow=step.flow,
            extra=extra,
        )
        self._ledger.intent(intent.id, marker, self.cell, step.flow, intent.key, step.expects, step.values)
        return intent

    # -- one operation, until its outcome is known ----------------------------------------------------------------

    def _send(
        self, step: Send, intent: _Intent, taps: TapPlan | None, scheduled: int | None
    ) -> Generator[Outside, Any, Answer]:
        operation = self.target.operation(step.operation)
        seen: list[Outcome] = []
        heard: Heard | None = None
        for number in range(TRIES):
            if heard is not None:
                yield Wait(self._patience(number, heard.retry_after_s))
            if taps is not None and heard is None:
                heard = yield from self._tap(step, operation, intent, taps)
            else:
                met = self.weather.before_next() if step.main else []
                heard = yield from self._attempt(step, operation, intent, scheduled, met)
            seen.append(heard.answer.outcome)
            safe = heard.fate.definite or operation.may_repeat
            if heard.answer.ok or not (heard.fate.retry and safe):
                break
        assert heard is not None
        return replace(heard.answer, outcome=together(seen))

    def _attempt(
        self, step: Send, operation: Operation, intent: _Intent, scheduled: int | None, met: list[Moment]
    ) -> Generator[Outside, Any, Heard]:
        attempt = self._next(intent)
        for moment in met:
            if moment.does == "offline":
                self._ledger.weather(attempt, self.person.marker, moment.kind, {"offline_s": moment.seconds})
                yield Wait(moment.seconds)
        loss = next((moment for moment in met if moment.does != "offline"), None)
        exchange = self._exchange(step, operation, intent, attempt, scheduled)
        began = scheduled or SYSTEM.at_ns()
        exchange.loss = loss.does if loss else None
        exchanged: Exchanged = yield exchange
        if loss and exchanged.error == loss.does:
            self._ledger.weather(attempt, self.person.marker, loss.kind, {"does": loss.does, **exchanged.detail})
        return self._hear(step.operation, intent, attempt, exchanged, began)

    def _tap(self, step: Send, operation: Operation, intent: _Intent, taps: TapPlan) -> Generator[Outside, Any, Heard]:
        """Tap the button; the guarded app sends one request, the other sends one for each tap, all with one key."""
        sent = 1 if taps.guarded else taps.times
        begans: list[int] = []
        attempts = [self._next(intent) for _ in range(sent)]
        exchanges = [self._exchange(step, operation, intent, attempt, None) for attempt in attempts]
        for number, exchange in enumerate(exchanges, 1):
            exchange.announce = self._tapping(exchange.announce, intent, number, taps, begans)
        heard: list[Exchanged] = yield Taps(tuple(exchanges), taps.gap_ms)
        for number in range(sent + 1, taps.times + 1):
            self._ledger.tap(intent.id, self.person.marker, self.cell, number, taps.gap_ms, sent=False)
        answers = [
            self._hear(step.operation, intent, attempt, exchanged, began)
            for attempt, exchanged, began in zip(attempts, heard, begans, strict=True)
        ]
        by_worth = (Outcome.OK, Outcome.UNKNOWN, Outcome.FAILED)
        return min(answers, key=lambda one: by_worth.index(one.answer.outcome))

    def _tapping(
        self, announce: Callable[[], None], intent: _Intent, number: int, taps: TapPlan, begans: list[int]
    ) -> Callable[[], None]:
        def both() -> None:
            begans.append(SYSTEM.at_ns())
            self._ledger.tap(intent.id, self.person.marker, self.cell, number, taps.gap_ms, sent=True)
            announce()

        return both

    # -- asking until it pleases, and paying ----------------------------------------------------------------------

    def _poll(self, step: Poll, intent: _Intent) -> Generator[Outside, Any, Answer]:
        operation = self.target.operation(step.operation)
        deadline = SYSTEM.at_ns() + int(step.within_s * 1e9)
        pause_s, slowest_s = step.every_s, step.every_s * POLL_SLOWEST
        look = Send(operation=step.operation, scope=step.scope)
        while True:
            heard = yield from self._attempt(look, operation, intent, None, [])
            answer = heard.answer
            pleases = answer.ok and step.until(answer)
            if pleases or SYSTEM.at_ns() >= deadline or not (answer.ok or heard.fate.retry):
                return answer
            yield Wait(pause_s)
            pause_s = min(pause_s * POLL_GROWTH, slowest_s)

    def _pay(self, step: Pay, intent: _Intent) -> Generator[Outside, Any, Paid]:
        request = Request(
            method="POST",
            url=self.urls.wallet,
            path="",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            content=orjson.dumps({"handle": step.handle, "method": step.method}),
        )
        exchanged: Exchanged = yield Exchange(
            request=request, timeout_s=WALLET_TIMEOUT_S, announce=_quietly, name="wallet"
        )
        fate, body = fate_of(exchanged, (200,))
        result = dig(body, "result") if fate is OK else None
        paid = Paid(outcome=fate.outcome, result=result if isinstance(result, str) else None)
        self._ledger.pay(intent.id, self.person.marker, step.handle, step.method, paid.outcome, paid.result)
        return paid

    # -- reading the truth ----------------------------------------------------------------------------------------

    def read(self, phase: str) -> Generator[Outside, Any, Mapping[str, Any] | None]:
        """Read the app's whole state; None, and a record that says so, when it could not be had."""
        name = self.target.truth.read
        operation = self.target.operation(name)
        status = None
        for number in range(TRIES):
            if number:
                yield Wait(self._patience(number, None))
            request = self.dialect.request(name, self.context().scope(), key=None, token=self.token)
            exchanged: Exchanged = yield Exchange(
                request=request, timeout_s=operation.timeout_s, announce=_quietly, name="read"
            )
            fate, body = self.dialect.hear(name, exchanged)
            status = exchanged.status
            if fate is OK and isinstance(body, dict):
                self._learn(body)
                self._ledger.read(self.person.marker, self.cell, phase, status, body)
                return body
            if not fate.retry:
                break
        self._ledger.read(self.person.marker, self.cell, phase, status, None)
        return None

    def _learn(self, body: Mapping[str, Any]) -> None:
        truth = self.target.truth
        plan = dig(body, truth.plan) if truth.plan else None
        if isinstance(plan, str):
            self.things["plan"] = plan
        state = dig(body, truth.state) if truth.state else None
        if isinstance(state, str):
            self._show(state, None)

    # -- a request that is meant to be refused --------------------------------------------------------------------

    def probe(
        self, name: str, request: Request, statuses: tuple[int, ...], about: About | None = None, *,
        operation: str = "", timeout_s: float = 20.0,
    ) -> Generator[Outside, Any, Exchanged]:  # fmt: skip
        """Send this once and write down what came back."""
        began = SYSTEM.at_ns()
        exchanged: Exchanged = yield Exchange(request=request, timeout_s=timeout_s, announce=_quietly, name="probe")
        if operation:
            self.dialect.understand(operation, exchanged)
        self._ledger.probe(
            self.person.marker,
            self.cell,
            exchanged.body,
            name=name,
            method=request.method, path=request.path,
            status=exchanged.status, error=exchanged.error, ms=ms_between(began, exchanged.ended_ns),
            expect={"statuses": list(statuses)},
            **(asdict(about) if about else {}),
        )  # fmt: skip
        return exchanged

    # -- small parts ----------------------------------------------------------------------------------------------

    def _next(self, intent: _Intent) -> str:
        intent.attempts += 1
        return f"{intent.id}.{intent.attempts}"

    def _exchange(
        self, step: Send, operation: Operation, intent: _Intent, attempt: str, scheduled: int | None
    ) -> Exchange:
        scope = {**self.things, **step.scope}
        extra = intent.extra if step.main else {}
        try:
            key = self.dialect.key_of(operation, scope, intent.key) if step.main else None
            body = with_extra(operation, body_of(operation, scope), extra) if extra else None
            request = self.dialect.request(step.operation, scope, key=key, token=self.token, body=body)
        except Unfilled as problem:
            raise UsageError(
                f"{step.operation} of {intent.flow} by {self.person.marker}: nothing to put in for {{{problem}}}; "
                "an earlier answer should have given it (`extract` in the target file)"
            ) from None

        def announce() -> None:
            self._ledger.attempt(
                attempt,
                intent.id,
                self.person.marker,
                operation=step.operation,
                method=request.method,
                path=request.path,
                key=key,
                scheduled=scheduled,
                main=step.main,
                **({"extra": sorted(extra)} if extra else {}),
            )

        return Exchange(
            request=request,
            timeout_s=operation.timeout_s,
            announce=announce,
            name=step.operation,
            scheduled=scheduled,
        )

    def _hear(self, name: str, intent: _Intent, attempt: str, exchanged: Exchanged, began: int) -> Heard:
        """Learn from an answer and write down what was learned."""
        operation = self.target.operation(name)
        fate, body = self.dialect.hear(name, exchanged)
        state = dig(body, operation.state) if operation.state else None
        state = state if isinstance(state, str) else None
        self._ledger.outcome(
            attempt,
            intent.id,
            self.person.marker,
            outcome=fate.outcome,
            status=exchanged.status,
            error=exchanged.error,
            ms=ms_between(began, exchanged.ended_ns),
            state=state,
        )
        if fate is OK:
            self._remember(operation, exchanged, body)
            if state:
                self._show(state, intent.id)
        answer = Answer(outcome=fate.outcome, status=exchanged.status, body=body, state=state)
        return Heard(answer, fate, retry_after_s(exchanged))

    def _remember(self, operation: Operation, exchanged: Exchanged, body: Any) -> None:
        self._last = body if isinstance(body, dict) else {}
        for name, value in extracted(operation, exchanged, body):
            if name == "token":
                self.token = str(value)
            else:
                self.things[name] = value

    def _show(self, state: str, intent: str | None) -> None:
        if state != self.shows:
            self.shows = state
            self._ledger.shown(self.person.marker, intent, state)

    def _patience(self, number: int, retry_after_s: float | None) -> float:
        grown = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (number - 1))
        return max(retry_after_s or 0.0, grown * self._chance.uniform(0.5, 1.0))


def _quietly() -> None:
    """Nothing to write down before this one."""
