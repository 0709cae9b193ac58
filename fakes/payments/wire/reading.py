"""Reads: one object, or a page of them; nothing changes."""

from typing import Any

from fakes.calls import Call
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.store import Account, Thing
from fakes.payments.wire import pages
from fakes.payments.wire.operations import OPERATIONS


def look(moment: Moment, operation: str, call: Call, params: Thing) -> Thing:
    """What a GET finds."""
    line = OPERATIONS[operation]
    account, at = moment.account, dict(call.at)
    if line.look is not None:
        return line.look(moment, params, at)
    if line.kind == "line_item":
        lines = account.get("invoice", at["id"])["lines"]["data"]
        return pages.page(lines, params, call.path, line.kind, lambda _thing: True)
    if "inner" in at:
        return account.get(line.kind, at["inner"], line.kind)
    if at and operation.endswith("}"):
        return account.get(line.kind, at["id"])
    if at:
        account.get("customer", at["id"], "customer")
    wanted = {**params, **at}
    keep = line.keep

    def passes(thing: Thing) -> bool:
        return not thing.get("deleted") and (keep is None or keep(moment, thing, wanted))

    return pages.page_of(account.tables[line.kind], params, call.path, line.kind, passes, line.where(wanted))


def own(account: Account, call: Call) -> Any:
    """The intent of a client secret; the device sees and pays no other."""
    intent = account.get("payment_intent", call.at["id"])
    if call.params.get("client_secret") != intent["client_secret"]:
        raise Problem(
            "The client_secret provided does not match any associated PaymentIntent on this account.",
            code="payment_intent_unexpected_state",
            param="client_secret",
            executed=False,
        )
    return intent
