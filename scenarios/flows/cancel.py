"""Cancel: a subscriber ends their plan with the period that is paid."""

from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask, until_done


def cancel(ctx: Context) -> Flow:
    """Ask for the end, and look whether the app says so; access stays until the provider ends it."""
    scope = ctx.scope()
    answer = yield from ask(ctx, "cancel", scope, plan=ctx.things.get("plan"))
    if answer.ok:
        yield from until_done(ctx.target.flow("cancel"), scope)
    return answer.outcome
