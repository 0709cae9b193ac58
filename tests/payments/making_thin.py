"""Objects of the second API about events, as a bare shop makes them; for the judge of shapes."""

import json
from typing import Any

from tests.payments.conftest import Bare


def asked(bare: Bare, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
    """What the second API answered to a JSON body."""
    call = bare.call(method, path, query if method == "GET" else ())
    call.body = b"" if body is None else json.dumps(body).encode()
    assert call.route is not None
    reply: Any = call.route.handler(call)
    return dict(json.loads(reply.body))


def destination(**more: Any) -> dict[str, Any]:
    """What a thin destination is made of."""
    where = {"url": "https://example.com/thin"}
    return {
        "name": "thin",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "webhook_endpoint": where,
        **more,
    }


def make(bare: Bare) -> dict[str, list[dict[str, Any]]]:
    """Destinations in every shape, and the thin events of all that happened so far."""
    path = "/v2/core/event_destinations"
    thin = asked(bare, "POST", path, destination(include=["webhook_endpoint.signing_secret", "webhook_endpoint.url"]))
    snapshots = asked(bare, "POST", path, destination(event_payload="snapshot", metadata={"a": "b"}))
    disabled = asked(bare, "POST", f"{path}/{snapshots['id']}/disable")
    ping = asked(bare, "POST", f"{path}/{thin['id']}/ping")
    events = asked(bare, "GET", "/v2/core/events", limit=100)["data"]
    return {"v2.core.event_destination": [thin, snapshots, disabled], "v2.core.event": [ping, *events]}
