"""Reads: one object, or a page of them; nothing changes."""

from collections.abc import Iterable
from typing import Any

import orjson

from fakes.calls import Call
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, missing
from fakes.payments.state.store import Account, Thing, Told
from fakes.payments.wire import pages
from fakes.payments.wire.operations import OPERATIONS


def look(moment: Moment, operation: str, call: Call, params: Thing) -> Thing:
    """What a GET finds."""
    line = OPERATIONS[operation]
    account, at = moment.account, dict(call.at)
    if line.look is not None:
        return line.look(moment, params, at)
    if line.kind == "event":
        return _event(account, at["id"]) if at else _events(account, params)
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

    return pages.page(account.newest(line.kind), params, call.path, line.kind, passes)


def _event(account: Account, name: str) -> Thing:
    told = account.events.get(name)
    if told is None:
        raise missing("event", name)
    return shown(told)


def shown(told: Told) -> Thing:
    """An event as it was told."""
    content: Thing = orjson.loads(told.body)
    return content


def _events(account: Account, params: Thing) -> Thing:
    types: list[str] | None = params.get("types") or ([params["type"]] if "type" in params else None)
    newest: Iterable[Thing] = (
        {"id": told.id, "created": told.created, "type": told.type} for told in reversed(list(account.events.values()))
    )
    found = pages.page(newest, params, "/v1/events", "event", lambda one: types is None or _matches(one["type"], types))
    found["data"] = [shown(account.events[one["id"]]) for one in found["data"]]
    return found


def _matches(kind: str, types: list[str]) -> bool:
    return any(kind == one or (one.endswith(".*") and kind.startswith(one[:-1])) for one in types)


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
