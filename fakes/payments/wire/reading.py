"""Reads: one object, or a page of them; nothing changes."""

from collections.abc import Mapping

from fakes.calls import Call
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import missing
from fakes.payments.state.store import Account, Thing
from fakes.payments.wire import pages
from fakes.payments.wire.operations import OPERATIONS

PARENTS = {
    "accounts": "account",
    "application_fees": "application_fee",
    "charges": "charge",
    "customers": "customer",
    "transfers": "transfer",
}
"""Whose path a nested list or object is in."""
_FIELDS = {"application_fee": "fee"}
"""Where something else than the kind of its parent is the name of the field that holds the parent."""


def _parent(operation: str) -> str:
    return PARENTS[operation.split("/")[2]]


def _within(account: Account, kind: str, parent: str, at: Mapping[str, str]) -> Thing:
    """An object in the path of another must belong to it."""
    found = account.get(kind, at["inner"], kind)
    if found[_FIELDS.get(parent, parent)] != at["id"]:
        raise missing(kind, at["inner"])
    return found


def look(moment: Moment, operation: str, call: Call, params: Thing) -> Thing:
    """What a GET finds."""
    line = OPERATIONS[operation]
    account, at = moment.account, dict(call.at)
    if line.look is not None:
        return line.look(moment, params, at)
    if "inner" in at:
        return _within(account, line.kind, _parent(operation), at)
    if at and operation.endswith("}"):
        return account.get(line.kind, at["id"])
    if at:
        account.get(_parent(operation), at["id"], _parent(operation))
    wanted = {**params, **at}
    keep = line.keep

    def passes(thing: Thing) -> bool:
        return not thing.get("deleted") and (keep is None or keep(moment, thing, wanted))

    return pages.page_of(account.tables[line.kind], params, call.path, line.kind, passes, line.where(wanted))
