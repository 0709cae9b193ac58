"""Webhook endpoints: where an account's events go; the signing secret is shown once."""

from urllib.parse import urlsplit

from fakes.payments.state.customers import merge_metadata, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("Not a valid URL", "url", "url_invalid")
    return url


def create(moment: Moment, params: Thing) -> Thing:
    """A new endpoint; only this answer holds its secret."""
    account = moment.account
    endpoint: Thing = {
        "id": account.fresh("webhook_endpoint"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": moment.now,
        "description": unset(params.get("description")),
        "enabled_events": list(params["enabled_events"]),
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": _checked(params["url"]),
    }
    merge_metadata(endpoint, params.get("metadata", {}))
    account.put(endpoint)
    secret = account.links.endpoint_secrets[endpoint["id"]] = f"whsec_{account.letters(32)}"
    return {**endpoint, "secret": secret}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change where an endpoint is, what it hears, or whether it hears at all."""
    endpoint = moment.account.get("webhook_endpoint", name)
    if "url" in params:
        endpoint["url"] = _checked(params["url"])
    if "enabled_events" in params:
        endpoint["enabled_events"] = list(params["enabled_events"])
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    if "description" in params:
        endpoint["description"] = unset(params["description"])
    if "metadata" in params:
        merge_metadata(endpoint, params["metadata"])
    return endpoint


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Forget an endpoint."""
    moment.account.get("webhook_endpoint", name)
    del moment.account.tables["webhook_endpoint"][name]
    moment.account.links.endpoint_secrets.pop(name, None)
    return {"id": name, "object": "webhook_endpoint", "deleted": True}
