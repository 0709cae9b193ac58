"""Plays a flow without any I/O: answers each step from a script, and keeps what was asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.model import Outcome
from harness.people import People
from harness.phone.steps import Answer, Begin, Context, Paid, Pay, Poll, Send, Step
from harness.rng import Rng
from scenarios.flows import FLOWS
from tests.phone.bench import shipped

OK = Outcome.OK


@dataclass(slots=True)
class Answerer:
    """What the world says, by operation: an answer, or bodies to be looked at in turn by a poll."""

    sent: dict[str, Answer] = field(default_factory=dict)
    polled: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    paid: Paid = field(default_factory=lambda: Paid(outcome=OK, result="paid"))
    things: dict[str, Any] = field(default_factory=dict)
    learns: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def play(self, flow: str, **choices: Any) -> Outcome:
        """The outcome of a whole flow."""
        rng = Rng(1)
        context = Context(
            target=shipped(),
            person=People(rng).person("somebody"),
            things=self.things,
            choices=choices,
            chance=rng.stream("flow"),
        )
        steps = FLOWS[flow](context)
        heard: Any = None
        try:
            while True:
                step = steps.send(heard)
                self.steps.append(step)
                heard = self._answer(step)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    def _answer(self, step: Step) -> Any:
        if isinstance(step, Send):
            self.things.update(self.learns)
            return self.sent.get(step.operation, Answer(outcome=OK, status=202, body={}))
        if isinstance(step, Poll):
            return self._poll(step)
        return self.paid if isinstance(step, Pay) else None

    def _poll(self, step: Poll) -> Answer:
        bodies = self.polled.get(step.operation, [])
        answer = Answer(outcome=OK, status=200, body={})
        while bodies:
            answer = Answer(outcome=OK, status=200, body=bodies.pop(0))
            if step.until(answer):
                break
        return answer

    def of(self, kind: Callable[..., Step]) -> list[Any]:
        """The steps of a kind."""
        return [step for step in self.steps if isinstance(step, kind)]  # type: ignore[arg-type]

    @property
    def begin(self) -> Begin:
        """The one declared intent."""
        (begin,) = self.of(Begin)
        assert isinstance(begin, Begin)
        return begin
