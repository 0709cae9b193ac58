"""Sign in: somebody with an account gets a new token."""

from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask


def sign_in(ctx: Context) -> Flow:
    """Show e-mail and password; nothing is left downstream."""
    answer = yield from ask(ctx, "sign_in", ctx.scope())
    return answer.outcome
