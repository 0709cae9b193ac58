"""The alerts as one slice: a chat workspace with a webhook and an API, and a mail server beside it; isolated ones too.

`make` is called once by the fakes' entry point. Settings: `team`, `hook`, `secret` (the parts of the webhook's
address), `bot_token` (the API's), `smtp_port`, and those of `state.settings.Settings`, which `tune` may change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fakes.alerts.account import HOOK_CHANNEL, MAIN, Account, Keys
from fakes.alerts.smtp.listener import ACCOUNT, Mailbox
from fakes.alerts.state.mails import Mails
from fakes.alerts.state.settings import Settings
from fakes.alerts.wire import api, door, hook
from fakes.calls import Call, Handler, Manifest, Reply, Route, Sink
from fakes.contents import copied, put_back, resume_all, state_of
from fakes.isolated import Accounts, chance_of
from fakes.tuning import given, tuned
from fakes.virtual import Shifted
from fakes.world import World
from harness.model import Guarantee

MANIFEST = Manifest(
    sinks=(
        Sink(name=hook.SINK, guarantee=Guarantee.NONE, text="messages in the channel; a repeat is a second message"),
        Sink(name=door.SINK, guarantee=Guarantee.NONE, text="mails taken after DATA; a repeat is a second mail"),
    ),
)


class AlertsSlice:
    """Serves the workspace and the mailboxes of every account."""

    name = "alerts"
    manifest = MANIFEST
    hosts = ("slack.com", "www.slack.com", "hooks.slack.com")
    body_max = 60_000_000
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        asked = world.settings
        self._world = world
        team = str(asked.get("team", "T0FAKE001"))
        self._keys = Keys(
            address=(team, str(asked.get("hook", "B0FAKE001")), world.secret("secret")),
            token=world.secret("bot_token", "xoxb-"), door=world.secret("door"),
        )  # fmt: skip
        self.settings = given(Settings, asked)
        self.settings.smtp_password = self.settings.smtp_password or world.secret("smtp_password")
        self._places = world.url, world.ident
        main = Account(Shifted(world.clock), world.lasting, self.settings, self._keys, *self._places, team)
        self.accounts = Accounts(MAIN, main, self._isolated)
        where = f"{world.url}/smtp/{self._keys.door}"
        port = int(asked.get("smtp_port", 0))
        self.mailbox = Mailbox(where, self.settings, self._mails, self.accounts.opened, port, world.host)
        self.routes = tuple(replace(route, handler=self._leading(route)) for route in main.routes)

    def _isolated(self, name: str) -> Account:
        rng = chance_of(self._world.rng, "fakes/alerts/accounts", name)
        return Account(Shifted(self._world.clock), rng, self.settings, self._keys.named(name), *self._places)

    def _mails(self, name: str | None) -> Mails:
        return self.accounts.named(name).mails

    def _leading(self, route: Route) -> Handler:
        place, accounts = (route.method, route.template), self.accounts
        return lambda call: accounts.of(call).handlers[place](call)

    def read(self, call: Call) -> None:
        """Check who calls and read what they say; changes nothing."""
        accounts, keys = self.accounts, self._keys
        if call.path.startswith(api.PREFIX):
            call.account = accounts.opened(api.shown(call), keys.token) or MAIN
            accounts.of(call).api.read(call)
        elif door.leads(call):
            # Only the mail server knows the door, and has asked for the name that stands there.
            call.account = call.headers.get(ACCOUNT, MAIN)
            accounts.of(call).door.read(call)
        else:
            call.account = accounts.opened(call.at.get("token", ""), keys.address[2]) or MAIN
            accounts.of(call).hook.read(call)

    def unknown_route(self, call: Call) -> Reply:
        """What the chat vendor answers to other methods and paths."""
        if call.path.startswith(api.PREFIX):
            return api.ApiRoutes.unknown(call)
        return hook.word("no_service", 405 if call.allowed else 404)

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The vendor's own body for a planned failure: words for the webhook, JSON for the API, a status for mail."""
        if call.path.startswith(api.PREFIX):
            return api.failed(kind, status, retry_after_s)
        if door.leads(call):
            return door.failed(kind, status)
        return hook.failed(kind, status, retry_after_s)

    def public(self) -> dict[str, Any]:
        """The webhook's secret address, the API with its token and channel, and where the mail server listens."""
        return {
            "slack_url": f"{self._world.url}/services/{'/'.join(self._keys.address)}",
            "slack_api_url": f"{self._world.url}{api.PREFIX}",
            "slack_token": self._keys.token,
            "slack_channel": self.accounts.main.workspace.named(HOOK_CHANNEL).id,
            "smtp_host": self._world.door,
            "smtp_port": self.mailbox.port,
            "smtp_user": self.settings.smtp_user,
            "smtp_password": self.settings.smtp_password,
            "smtp_ca_file": self.mailbox.ca_file,
        }

    def keys(self) -> dict[str, Any]:
        """The settings by which a later process has the same webhook, token, user and password."""
        team, place, secret = self._keys.address
        return {
            "team": team, "hook": place, "secret": secret, "bot_token": self._keys.token,
            "smtp_user": self.settings.smtp_user, "smtp_password": self.settings.smtp_password,
        }  # fmt: skip

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings while it runs."""
        return tuned(self.settings, changes)

    async def forward(self, seconds: int, account: str | None = None) -> int:
        """Move an account's time on, the main one's without a name; answers its new time."""
        return self.accounts.named(account).clock.advance(seconds)

    def inbox(self, handle: str, account: str | None = None) -> list[dict[str, Any]]:
        """The mails of an address, whole, oldest first; the newest thousand of all addresses of an account are kept."""
        found = self.accounts.known(account)
        return [] if found is None else found.mails.of(handle)

    def snapshot(self, account: str | None = None) -> bytes:
        """A copy of an account, by its name or a key that opens it."""
        return copied(self.name, self.accounts.called(account, (self._keys.token, self._keys.address[2])))

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """Make an account what a copy of it, or of another, says; its keys and ids of its own stay."""
        put_back(self.name, self.accounts.called(account, (self._keys.token, self._keys.address[2])), kept)

    def state(self) -> dict[str, Any]:
        """Every account."""
        return state_of(self.name, self.accounts.all(), self._world)

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on with the accounts of an earlier process."""
        resume_all(self.name, state, self.accounts.named, self._world)

    def reset(self) -> None:
        """Forget every message, every mail and how often channels and methods were used; addresses stay."""
        for account in self.accounts:
            account.reset()

    async def start(self) -> None:
        """Open the mail server."""
        await self.mailbox.start()

    async def stop(self) -> None:
        """Close the mail server."""
        await self.mailbox.stop()


def make(world: World) -> AlertsSlice:
    """One workspace and one mailbox, both empty."""
    return AlertsSlice(world)
