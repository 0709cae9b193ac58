"""Read my state: the app is opened and asks how things are."""

from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask


def read_state(ctx: Context) -> Flow:
    """Ask for everything the app shows; nothing is left downstream."""
    answer = yield from ask(ctx, "read_state", ctx.scope())
    return answer.outcome
