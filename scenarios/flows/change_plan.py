"""Change plan: a subscriber moves to another plan."""

from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask, offer, until_done


def change_plan(ctx: Context) -> Flow:
    """Ask for another plan, and look whether the app says so. Choice: `plan`, else the first other than the present."""
    present = ctx.things.get("plan")
    other = next((one.id for one in ctx.target.plans if one.id != present), None)
    plan = ctx.target.plan(ctx.choices.get("plan") or other)
    scope = ctx.scope(plan=offer(plan))
    answer = yield from ask(ctx, "change_plan", scope, plan=plan.id, before=present)
    if answer.ok:
        ctx.things["plan"] = plan.id
        yield from until_done(ctx.target.flow("change_plan"), scope)
    return answer.outcome
