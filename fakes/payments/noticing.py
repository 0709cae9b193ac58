"""Between the account's endpoints and the delivery engine: who hears what, in which shape, signed with which secret."""

from collections.abc import Callable

import orjson

from fakes.calls import News
from fakes.payments.events import encode
from fakes.payments.state.endpoints import Hidden
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import API_VERSION, CONNECTED, DEFAULT, Account, Thing, outside
from fakes.payments.wire.expand import Shower
from fakes.webhooks import Webhooks


class Noticing:
    """Keeps the engine's endpoints as the accounts have them."""

    def __init__(self, provider: Provider, webhooks: Webhooks) -> None:
        self._provider, self._webhooks = provider, webhooks

    def written(self, operation: str, account: Account, endpoint: Thing) -> None:
        """An endpoint was made, changed or deleted."""
        if "/v1/webhook_endpoints" not in operation:
            return
        if endpoint.get("deleted"):
            self._webhooks.forget(endpoint["id"])
            return
        version = endpoint["api_version"]
        self._webhooks.register(
            endpoint["id"],
            endpoint["url"],
            _wants(account, account.get("webhook_endpoint", endpoint["id"])),
            secrets=[endpoint["secret"]] if "secret" in endpoint else (),
            render=None if version in (None, API_VERSION) else self._in_version(version),
            enabled=endpoint["status"] == "enabled",
        )

    def _in_version(self, version: str) -> Callable[[News], bytes]:
        def render(news: News) -> bytes:
            event = orjson.loads(news.body)
            event["api_version"] = version
            shower = Shower(self._provider.account(news.account or DEFAULT), version)
            event["data"]["object"] = shower.show(event["data"]["object"], ())
            return encode(event)

        return render


def _wants(account: Account, endpoint: Thing) -> Callable[[str, str], bool]:
    own, connect = outside(account), endpoint["id"] in account.side(Hidden).connect

    def wants(kind: str, teller: str) -> bool:
        heard = teller.startswith(CONNECTED) if connect else teller == own
        return heard and ("*" in endpoint["enabled_events"] or kind in endpoint["enabled_events"])

    return wants
