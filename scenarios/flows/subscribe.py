"""Subscribe: a plan, paid for the first time from the wallet."""

from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask, offer, payment, see_through


def subscribe(ctx: Context) -> Flow:
    """Choose a plan and pay. Choices: `plan` (an id, else the first), `method`, `tries`, `leaves`."""
    how = payment(ctx)
    plan = ctx.target.plan(ctx.choices.get("plan"))
    scope = ctx.scope(plan=offer(plan), payment=how)
    answer = yield from ask(ctx, "subscribe", scope, plan=plan.id, method=how["method"])
    if not answer.ok:
        return answer.outcome
    outcome = yield from see_through(ctx, "subscribe", scope, answer)
    if how["result"] == "paid":
        ctx.things["plan"] = plan.id
    return outcome
