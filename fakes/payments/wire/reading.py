"""Reads: one object, or a page of them; nothing changes."""

from fakes.calls import Call
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing
from fakes.payments.wire import pages
from fakes.payments.wire.operations import OPERATIONS


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
