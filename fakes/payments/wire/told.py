"""Reading events: as they were told, but for how many endpoints have yet to acknowledge them."""

from collections.abc import Iterable, Mapping

import orjson

from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, missing
from fakes.payments.state.store import Thing, Told
from fakes.payments.wire import pages


def look(moment: Moment, params: Thing, at: Mapping[str, str]) -> Thing:
    """One event, or a page of them."""
    return _one(moment, at["id"]) if at else _page(moment, params)


def shown(moment: Moment, told: Told) -> Thing:
    """An event as it was told, with what is still pending now."""
    content: Thing = orjson.loads(told.body)
    content["pending_webhooks"] = moment.webhooks.unacknowledged(told.id)
    return content


def _one(moment: Moment, name: str) -> Thing:
    told = moment.account.events.get(name)
    if told is None:
        raise missing("event", name)
    return shown(moment, told)


def _page(moment: Moment, params: Thing) -> Thing:
    events, webhooks = moment.account.events, moment.webhooks
    if "type" in params and "types" in params:
        raise invalid("You may only specify one of these parameters: type, types.")
    types: list[str] | None = params.get("types") or ([params["type"]] if "type" in params else None)
    delivered: bool | None = params.get("delivery_success")
    newest: Iterable[Told] = reversed(events.values())
    if delivered is False:
        newest = (events[name] for name in reversed(webhooks.undelivered()) if name in events)
    elif delivered:
        newest = (told for told in newest if not webhooks.unacknowledged(told.id))
    found = pages.page(
        ({"id": told.id, "created": told.created, "type": told.type} for told in newest),
        params,
        "/v1/events",
        "event",
        lambda one: types is None or _matches(one["type"], types),
    )
    found["data"] = [shown(moment, events[one["id"]]) for one in found["data"]]
    return found


def _matches(kind: str, types: list[str]) -> bool:
    return any(kind == one or (one.endswith(".*") and kind.startswith(one[:-1])) for one in types)
