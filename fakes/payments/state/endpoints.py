"""Webhook endpoints: where an account's events go; the signing secret is shown once."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fakes.payments.state.given import merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Account, Thing

ENDPOINTS_MAX = 16
"""How many an account may have."""


@dataclass(slots=True)
class Hidden:
    """What the API does not show of an account's endpoints."""

    secrets: dict[str, str] = field(default_factory=dict)
    connect: set[str] = field(default_factory=set)
    """Those that hear connected accounts instead of the account itself."""

    def clear(self) -> None:
        """Forget them all."""
        self.secrets.clear()
        self.connect.clear()


def checked(url: str, param: str = "url") -> str:
    """The address, if it is one that webhooks can be sent to."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        raise invalid("Not a valid URL", param, "url_invalid")
    return url


def _events(names: list[str]) -> list[str]:
    if "*" in names and len(names) > 1:
        raise invalid("You may not specify other event types alongside '*'.", "enabled_events")
    if not names:
        raise invalid("Invalid array", "enabled_events")
    return list(names)


def create(moment: Moment, params: Thing) -> Thing:
    """A new endpoint; only this answer holds its secret."""
    account = moment.account
    if len(account.tables["webhook_endpoint"]) >= ENDPOINTS_MAX:
        raise Problem(f"You have reached the maximum of {ENDPOINTS_MAX} test webhook endpoints.")
    endpoint: Thing = {
        "id": account.fresh("webhook_endpoint"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": moment.now,
        "description": unset(params.get("description")),
        "enabled_events": _events(params["enabled_events"]),
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": checked(params["url"]),
    }
    merge_metadata(endpoint, params.get("metadata", {}))
    account.put(endpoint)
    hidden = account.side(Hidden)
    secret = hidden.secrets[endpoint["id"]] = new_secret(account)
    if params.get("connect"):
        hidden.connect.add(endpoint["id"])
    return {**endpoint, "secret": secret}


def new_secret(account: Account) -> str:
    """A signing secret that nobody has."""
    return f"whsec_{account.letters(32)}"


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change where an endpoint is, what it hears, or whether it hears at all."""
    endpoint = moment.account.get("webhook_endpoint", name)
    if "url" in params:
        endpoint["url"] = checked(params["url"])
    if "enabled_events" in params:
        endpoint["enabled_events"] = _events(params["enabled_events"])
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    rewrite(endpoint, params, "description")
    return endpoint


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Forget an endpoint."""
    account = moment.account
    account.get("webhook_endpoint", name)
    del account.tables["webhook_endpoint"][name]
    account.side(Hidden).secrets.pop(name, None)
    account.side(Hidden).connect.discard(name)
    return {"id": name, "object": "webhook_endpoint", "deleted": True}
