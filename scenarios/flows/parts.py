"""What several flows have in common: declare and send, and see a payment through.

Not a flow itself. Every choice that a flow offers is checked here against the target.
"""

from collections.abc import Generator, Mapping
from typing import Any

from harness.errors import UsageError
from harness.model import Outcome
from harness.phone.steps import Answer, Begin, Context, Paid, Pay, Poll, Send, Step
from harness.target import Flow, Plan, Product
from harness.target.expect import expectations
from harness.target.words import fill, known_in

Part = Generator[Step, Any, Answer]
Scope = Mapping[str, Any]


def offer(one: Product | Plan) -> dict[str, Any]:
    """A product or a plan as placeholders see it."""
    return {**one.model_dump(), "currency_upper": one.currency.upper()}


def ask(ctx: Context, name: str, scope: Scope, **values: Any) -> Part:
    """Declare the intent of this flow and send its request; answers what was heard of it in the end."""
    flow = ctx.target.flow(name)
    yield Begin(flow=name, expects=tuple(expectations(flow, scope)), values=values)
    answer: Answer = yield Send(operation=flow.request, scope=scope, main=True)
    return answer


def payment(ctx: Context) -> dict[str, Any]:
    """How it is to be paid: `method` and `tries` among the choices, else the target's default, once."""
    how = ctx.target.payment
    if how is None:
        raise UsageError(f"{ctx.target.name} has no [payment] table, so nothing can be paid")
    name = ctx.choices.get("method") or how.default
    if name not in how.methods:
        raise UsageError(f"no payment method is called {name!r}; there are {', '.join(how.methods)}")
    method = how.methods[name]
    tries = int(ctx.choices.get("tries", 1)) if method.wallet else 0
    told = {"method": name, "wallet": method.wallet, "result": method.result, "tries": tries}
    return told | ({"token": method.token} if method.token else {})


def see_through(ctx: Context, name: str, scope: Scope, accepted: Answer) -> Generator[Step, Any, Outcome]:
    """Once the request was accepted: pay what it or the poll holds, if anything, and wait until the app says so.

    The pipeline's word on the request is what counts: an accepted request stays `ok` however long the rest takes, so
    that what never comes of it is found to be lost. Only a payment that nobody knows about makes it `unknown`.
    The choice `leaves`: the app is closed as soon as it has paid.
    """
    flow = ctx.target.flow(name)
    if flow.handle is None:
        yield from until_done(flow, scope)
        return Outcome.OK
    handle = accepted.at(flow.handle) or (yield from _handle(flow, scope))
    if handle is None:
        return Outcome.OK
    paid: Paid | None = None
    for _ in range(scope["payment"]["tries"]):
        paid = yield Pay(handle=str(handle), method=scope["payment"]["wallet"])
    if paid is None or scope["payment"]["result"] != "paid" or ctx.choices.get("leaves"):
        return Outcome.OK
    finished = yield from until_done(flow, scope)
    return Outcome.OK if finished or paid.outcome is Outcome.OK else Outcome.UNKNOWN


def until_done(flow: Flow, scope: Scope) -> Generator[Step, Any, bool]:
    """Wait until the app says it is done, as long as the target says people wait; whether it did."""
    if flow.poll is None or flow.done is None:
        return True
    ok = fill(list(flow.done.ok), known_in(scope))
    over = [*ok, *flow.done.failed]
    path = flow.done.field
    answer: Answer = yield _poll(flow, scope, lambda heard: heard.at(path) in over)
    return answer.ok and answer.at(path) in ok


def _handle(flow: Flow, scope: Scope) -> Generator[Step, Any, str | None]:
    if flow.poll is None:
        return None
    over = (*flow.done.ok, *flow.done.failed) if flow.done else ()
    field = flow.done.field if flow.done else None

    def ready(heard: Answer) -> bool:
        return heard.at(flow.handle) is not None or heard.at(field) in over

    answer: Answer = yield _poll(flow, scope, ready)
    handle = answer.at(flow.handle)
    return str(handle) if answer.ok and handle is not None else None


def _poll(flow: Flow, scope: Scope, until: Any) -> Poll:
    assert flow.poll is not None
    return Poll(operation=flow.poll, scope=scope, until=until, every_s=flow.poll_every_s, within_s=flow.poll_within_s)
