"""Reads: one object, or a page of them; nothing changes."""

from collections.abc import Mapping

from fakes.calls import Call
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import missing
from fakes.payments.state.store import Account, Thing
from fakes.payments.wire import pages
from fakes.payments.wire.operations import OPERATIONS


def _within(account: Account, kind: str, at: Mapping[str, str]) -> Thing:
    """An object in the path of another: a customer's must be theirs."""
    found = account.get(kind, at["inner"], kind)
    if found.get("customer", at["id"]) != at["id"]:
        raise missing(kind, at["inner"])
    return found


def look(moment: Moment, operation: str, call: Call, params: Thing) -> Thing:
    """What a GET finds."""
    line = OPERATIONS[operation]
    account, at = moment.account, dict(call.at)
    if line.look is not None:
        return line.look(moment, params, at)
    if line.kind == "line_item":
        lines = account.links.invoice_lines[account.get("invoice", at["id"])["id"]]
        return pages.page(lines, params, call.path, line.kind, lambda _thing: True)
    if "inner" in at:
        return _within(account, line.kind, at)
    if at and operation.endswith("}"):
        return account.get(line.kind, at["id"])
    if at:
        account.get("customer", at["id"], "customer")
    wanted = {**params, **at}
    keep = line.keep

    def passes(thing: Thing) -> bool:
        return not thing.get("deleted") and (keep is None or keep(moment, thing, wanted))

    return pages.page_of(account.tables[line.kind], params, call.path, line.kind, passes, line.where(wanted))
