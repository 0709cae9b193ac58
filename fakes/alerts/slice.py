"""The alerts as one slice: a chat workspace with a webhook and an API, and a mail server beside it.

`make` is called once by the fakes' entry point. Settings: `team`, `hook`, `secret` (the parts of the webhook's
address), `bot_token` (the API's), `smtp_port`, and those of `state.settings.Settings`, which `tune` may change.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fakes.alerts.smtp.listener import Mailbox
from fakes.alerts.state.hook import Hook
from fakes.alerts.state.mails import Mails
from fakes.alerts.state.settings import Settings
from fakes.alerts.state.workspace import Workspace
from fakes.alerts.wire import api, door, hook
from fakes.calls import Call, Manifest, Reply, Route, Sink
from fakes.tuning import given, tuned
from fakes.world import World
from harness.model import Guarantee

HOOK_CHANNEL = "alerts"
MANIFEST = Manifest(
    sinks=(
        Sink(name=hook.SINK, guarantee=Guarantee.NONE, text="messages in the channel; a repeat is a second message"),
        Sink(name=door.SINK, guarantee=Guarantee.NONE, text="mails taken after DATA; a repeat is a second mail"),
    ),
)


class AlertsSlice:
    """Serves one workspace and one mailbox."""

    name = "alerts"
    manifest = MANIFEST
    hosts = ("slack.com", "www.slack.com", "hooks.slack.com")
    body_max = 60_000_000
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        asked = world.settings
        self._world = world
        self._address = (
            str(asked.get("team", "T0FAKE001")),
            str(asked.get("hook", "B0FAKE001")),
            world.secret("secret"),
        )
        self._token = world.secret("bot_token", "xoxb-")
        doorkey = world.secret("door")
        self.settings = given(Settings, asked)
        self.workspace = Workspace(world.clock, world.lasting, self.settings)
        self._hook = hook.HookRoutes(Hook(self.workspace, self.settings, HOOK_CHANNEL), self._address)
        self.settings.smtp_password = self.settings.smtp_password or world.secret("smtp_password")
        self.mails = Mails(world.clock)
        self._door = door.DoorRoutes(doorkey, self.mails, world.ident)
        self._api = api.ApiRoutes(self.workspace, world.clock, self._token, world.url, self._address[0])
        where = f"{world.url}/smtp/{doorkey}"
        self.mailbox = Mailbox(where, self.settings, self.mails, int(asked.get("smtp_port", 0)), world.host)
        self.routes = (*self._hook.routes(), *self._door.routes(), *self._api.routes())

    def read(self, call: Call) -> None:
        """Check who calls and read what they say; changes nothing."""
        call.account = "workspace"
        if call.path.startswith(api.PREFIX):
            self._api.read(call)
        elif door.leads(call):
            self._door.read(call)
        else:
            self._hook.read(call)

    def unknown_route(self, call: Call) -> Reply:
        """What the chat vendor answers to other methods and paths."""
        if call.path.startswith(api.PREFIX):
            return self._api.unknown(call)
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
            "slack_url": f"{self._world.url}/services/{'/'.join(self._address)}",
            "slack_api_url": f"{self._world.url}{api.PREFIX}",
            "slack_token": self._token,
            "slack_channel": self.workspace.named(HOOK_CHANNEL).id,
            "smtp_host": self._world.door,
            "smtp_port": self.mailbox.port,
            "smtp_user": self.settings.smtp_user,
            "smtp_password": self.settings.smtp_password,
            "smtp_ca_file": self.mailbox.ca_file,
        }

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings while it runs."""
        return tuned(self.settings, changes)

    def inbox(self, handle: str) -> list[dict[str, Any]]:
        """The mails of an address, whole, oldest first; the newest thousand of all addresses are kept."""
        return self.mails.of(handle)

    def reset(self) -> None:
        """Forget every message, every mail and how often channels and methods were used; addresses stay."""
        self.workspace.clear()
        self._api.clear()
        self.mails.clear()

    async def start(self) -> None:
        """Open the mail server."""
        await self.mailbox.start()

    async def stop(self) -> None:
        """Close the mail server."""
        await self.mailbox.stop()


def make(world: World) -> AlertsSlice:
    """One workspace and one mailbox, both empty."""
    return AlertsSlice(world)
