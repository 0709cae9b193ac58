"""Event destinations, the second API's webhook endpoints: each hears snapshots or thin events.

Only webhook endpoints are destinations here. Address and signing secret are shown on demand, the secret at creation
only.
"""

from dataclasses import dataclass, field
from typing import Any

from fakes.payments.events import encode
from fakes.payments.state.endpoints import checked, new_secret
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import API_VERSION, Account, Thing, Told
from fakes.payments.state.thin import PREFIX, moment_of, ping

KIND = "v2.core.event_destination"
SELF, OTHERS = "@self", "@accounts"


@dataclass(slots=True)
class Hidden:
    """What is shown on demand, by the destination's id."""

    urls: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget them all."""
        self.urls.clear()
        self.secrets.clear()


def find(account: Account, name: str) -> Thing:
    """The destination of this id, or the provider's refusal."""
    found = account.find(KIND, name)
    if found is None:
        raise Problem(f"No such event destination: '{name}'", status=404, code="not_found")
    return found


def shown(account: Account, destination: Thing, include: list[str]) -> Thing:
    """The destination with what was asked for."""
    hidden, parts = account.side(Hidden), {}
    if "webhook_endpoint.url" in include:
        parts["url"] = hidden.urls[destination["id"]]
    if "webhook_endpoint.signing_secret" in include:
        parts["signing_secret"] = hidden.secrets[destination["id"]]
    return {**destination, "webhook_endpoint": parts} if parts else destination


def create(moment: Moment, params: Thing) -> Thing:
    """A new destination."""
    account = moment.account
    if params["type"] != "webhook_endpoint":
        raise invalid("Only destinations of the type webhook_endpoint can be made here.", "type")
    if "webhook_endpoint" not in params:
        raise invalid("Missing required param: webhook_endpoint.", "webhook_endpoint", "parameter_missing")
    thin = params["event_payload"] == "thin"
    if thin and "snapshot_api_version" in params:
        raise invalid("snapshot_api_version may not be given for thin events.", "snapshot_api_version")
    now = moment_of(moment.now)
    destination: Thing = {
        "id": account.fresh(KIND),
        "object": KIND,
        "created": now,
        "description": params.get("description", ""),
        "enabled_events": _events(params["enabled_events"], thin),
        "event_payload": params["event_payload"],
        "events_from": params.get("events_from") or [SELF],
        "livemode": False,
        "metadata": _metadata({}, params.get("metadata")),
        "name": params["name"],
        "status": "enabled",
        "type": params["type"],
        "updated": now,
    }
    if not thin:
        destination["snapshot_api_version"] = params.get("snapshot_api_version") or API_VERSION
    hidden = account.side(Hidden)
    hidden.urls[destination["id"]] = checked(params["webhook_endpoint"]["url"], "webhook_endpoint[url]")
    hidden.secrets[destination["id"]] = new_secret(account)
    account.put(destination)
    return shown(account, destination, params.get("include", []))


def _events(names: list[str], thin: bool) -> list[str]:
    if not names:
        raise invalid("enabled_events must name at least one type of event.", "enabled_events")
    for place, name in enumerate(names):
        if name != "*" and thin != name.startswith((PREFIX, "v2.")):
            kind = "thin" if thin else "snapshot"
            raise invalid(f"{name[:100]} is no type of {kind} events.", f"enabled_events[{place}]")
    return list(names)


def _metadata(before: Thing, given: Any) -> Thing:
    merged = {**before, **(given or {})}
    return {name: value for name, value in merged.items() if value != ""}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what a destination hears, where it is, or what it is called."""
    account = moment.account
    destination = find(account, name)
    if "enabled_events" in params:
        destination["enabled_events"] = _events(params["enabled_events"], destination["event_payload"] == "thin")
    if "webhook_endpoint" in params:
        account.side(Hidden).urls[name] = checked(params["webhook_endpoint"]["url"], "webhook_endpoint[url]")
    if "metadata" in params:
        destination["metadata"] = _metadata(destination["metadata"], params["metadata"])
    for each in ("name", "description"):
        if each in params:
            destination[each] = params[each]
    destination["updated"] = moment_of(moment.now)
    return shown(account, destination, params.get("include", []))


def disable(moment: Moment, _params: Thing, name: str) -> Thing:
    """Let it hear nothing more."""
    destination = find(moment.account, name)
    destination["status"], destination["status_details"] = "disabled", {"disabled": {"reason": "user"}}
    destination["updated"] = moment_of(moment.now)
    return destination


def enable(moment: Moment, _params: Thing, name: str) -> Thing:
    """Let it hear again."""
    destination = find(moment.account, name)
    destination["status"] = "enabled"
    destination.pop("status_details", None)
    destination["updated"] = moment_of(moment.now)
    return destination


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Forget a destination."""
    account = moment.account
    find(account, name)
    del account.tables[KIND][name]
    account.side(Hidden).urls.pop(name)
    account.side(Hidden).secrets.pop(name)
    return {"id": name, "object": KIND}


def pinged(moment: Moment, _params: Thing, name: str) -> Thing:
    """Tell a destination that it can be told; nobody else hears it."""
    account = moment.account
    event = ping(account, find(account, name))
    moment.told.append(Told(event["id"], event["type"], account.now(), encode(event), (name,), to=name))
    return event
