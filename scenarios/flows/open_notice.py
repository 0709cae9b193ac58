"""Open an old notice: a push from some time ago is tapped, and says what was true then."""

from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask

NOWHERE = "none"


def open_notice(ctx: Context) -> Flow:
    """Send what the notice claims. Choices: `kind` (`order` or `subscription`), `id`, `state` (what it claims)."""
    kind = str(ctx.choices.get("kind", "order"))
    known = ctx.things.get(f"{kind}_id") or ctx.things.get("account_id") or NOWHERE
    notice = {"kind": kind, "id": ctx.choices.get("id") or known, "state": ctx.choices.get("state", "paid")}
    answer = yield from ask(ctx, "open_notice", ctx.scope(notice=notice), **notice)
    return answer.outcome
