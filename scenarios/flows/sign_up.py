"""Sign up: a newcomer makes an account."""

from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask


def sign_up(ctx: Context) -> Flow:
    """Ask for an account; the answer holds the token for everything else."""
    answer = yield from ask(ctx, "sign_up", ctx.scope(), lead=dict(ctx.person.lead))
    return answer.outcome
