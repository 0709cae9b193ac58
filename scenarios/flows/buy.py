"""Buy: an order for a product, paid from the wallet."""

from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask, offer, payment, see_through


def buy(ctx: Context) -> Flow:
    """Order and pay. Choices: `product` (an id, else the first), `method`, `tries` (calls of the wallet), `leaves`."""
    how = payment(ctx)
    scope = ctx.scope(product=offer(ctx.target.product(ctx.choices.get("product"))), payment=how)
    ctx.things.pop("order_id", None)
    answer = yield from ask(ctx, "buy", scope, product=scope["product"]["id"], method=how["method"])
    if not answer.ok:
        return answer.outcome
    return (yield from see_through(ctx, "buy", {**scope, **ctx.things}, answer))
