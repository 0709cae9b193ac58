"""Between the account's endpoints and the delivery engine: who hears what, in which shape, signed with which secret."""

from collections.abc import Callable, Iterable

import orjson

from fakes.calls import News
from fakes.payments.events import encode
from fakes.payments.state import destinations, endpoints, thin
from fakes.payments.state.provider import HEARING, Provider
from fakes.payments.state.store import API_VERSION, CONNECTED, DEFAULT, Account, Thing, outside
from fakes.payments.wire.expand import Shower
from fakes.webhooks import Webhooks

PATHS = ("/v1/webhook_endpoints", "/v2/core/event_destinations")
MAKING = "POST /v2/core/event_destinations"


class Noticing:
    """Keeps the engine's endpoints as the accounts have them."""

    def __init__(self, provider: Provider, webhooks: Webhooks) -> None:
        self._provider, self._webhooks = provider, webhooks

    def written(self, operation: str, account: Account, endpoint: Thing) -> None:
        """An endpoint or a destination was made, changed or deleted."""
        if operation.endswith("/ping") or not any(path in operation for path in PATHS):
            return
        name = endpoint["id"]
        if operation.startswith("DELETE "):
            self._webhooks.forget(name)
        elif (destination := account.find(destinations.KIND, name)) is not None:
            self._destination(account, destination, fresh=operation == MAKING)
        else:
            self._endpoint(account, account.get("webhook_endpoint", name), endpoint.get("secret"))

    @staticmethod
    def names(account: Account) -> list[str]:
        """Everything in the account that hears events."""
        return [name for kind in HEARING for name in account.tables[kind]]

    def anew(self, account: Account, before: Iterable[str]) -> None:
        """The account was replaced as a whole: who heard `before` and is no more is forgotten."""
        for name in set(before).difference(self.names(account)):
            self._webhooks.forget(name)
        secrets = account.side(endpoints.Hidden).secrets
        for name, endpoint in account.tables["webhook_endpoint"].items():
            self._endpoint(account, endpoint, secrets.get(name))
        for destination in account.tables[destinations.KIND].values():
            self._destination(account, destination, fresh=True)

    def _endpoint(self, account: Account, endpoint: Thing, secret: str | None) -> None:
        hidden = account.side(endpoints.Hidden)
        self._webhooks.register(
            endpoint["id"],
            endpoint["url"],
            _wants(
                account, endpoint, own=endpoint["id"] not in hidden.connect, connected=endpoint["id"] in hidden.connect
            ),
            secrets=[secret] if secret else (),
            render=self._in_version(endpoint["api_version"]),
            enabled=endpoint["status"] == "enabled",
        )

    def _destination(self, account: Account, destination: Thing, *, fresh: bool) -> None:
        hidden, name = account.side(destinations.Hidden), destination["id"]
        sources = destination["events_from"]
        thin_ones = destination["event_payload"] == "thin"
        self._webhooks.register(
            name,
            hidden.urls[name],
            _wants(
                account,
                destination,
                own=destinations.SELF in sources,
                connected=destinations.OTHERS in sources,
                prefix=thin.PREFIX if thin_ones else "",
            ),
            secrets=[hidden.secrets[name]] if fresh else (),
            render=self.thin if thin_ones else self._in_version(destination["snapshot_api_version"]),
            enabled=destination["status"] == "enabled",
        )

    @staticmethod
    def thin(news: News) -> bytes:
        """The notice about an event; what is thin already stays as it is."""
        return news.body if news.to else encode(thin.notice(orjson.loads(news.body)))

    def _in_version(self, version: str | None) -> Callable[[News], bytes] | None:
        if version in (None, API_VERSION):
            return None
        wanted = str(version)

        def render(news: News) -> bytes:
            event = orjson.loads(news.body)
            if event["object"] == "event":
                event["api_version"] = wanted
                shower = Shower(self._provider.account(news.account or DEFAULT), wanted)
                event["data"]["object"] = shower.show(event["data"]["object"], ())
            return encode(event)

        return render


def _wants(
    account: Account, endpoint: Thing, *, own: bool, connected: bool, prefix: str = ""
) -> Callable[[str, str], bool]:
    name = outside(account)

    def wants(kind: str, teller: str) -> bool:
        heard = (own and teller == name) or (connected and teller != name and teller.startswith(CONNECTED))
        return heard and ("*" in endpoint["enabled_events"] or prefix + kind in endpoint["enabled_events"])

    return wants
