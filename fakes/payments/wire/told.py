"""Reading events: as they were told, but for how many endpoints have yet to acknowledge them."""

from collections.abc import Mapping

import orjson

from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, missing
from fakes.payments.state.store import Events, Thing, Told
from fakes.payments.state.tables import Merged
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
    if delivered is False:
        newest = (_brief(events[name]) for name in reversed(webhooks.undelivered()) if name in events)
        asked = lambda one: types is None or _matches(one["type"], types)  # noqa: E731
        found = pages.page(newest, params, "/v1/events", "event", asked)
    else:
        span = (None, None) if events.straight else pages.span(params.get("created"))
        timed = params if events.straight else {name: value for name, value in params.items() if name != "created"}

        def keep(one: Thing) -> bool:
            return pages.within(one, *span) and not (delivered and webhooks.unacknowledged(one["id"]))

        found = pages.page_of(_Shelf(events, types), timed, "/v1/events", "event", keep, {})
    found["data"] = [shown(moment, events[one["id"]]) for one in found["data"]]
    return found


def _brief(told: Told) -> Thing:
    return {"id": told.id, "created": told.created, "type": told.type}


class _Shelf:
    """The events of these types, without their bodies."""

    def __init__(self, events: Events, types: list[str] | None) -> None:
        self._events, self._types = events, types
        self.entry = events.entry

    def __getitem__(self, name: str) -> Thing:
        return _brief(self._events[name])

    def narrowed(self, _where: Mapping[str, str]) -> pages.Row:
        if self._types is None:
            return self._events.order
        return Merged([order for kind, order in self._events.of_type.items() if _matches(kind, self._types)])


def _matches(kind: str, types: list[str]) -> bool:
    return any(kind == one or (one.endswith(".*") and kind.startswith(one[:-1])) for one in types)
