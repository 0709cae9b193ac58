"""The alerts as one slice: one chat webhook with a secret address, and one mail server beside it.

`make` is called once by the fakes' entry point. Settings: `team`, `hook`, `secret` (the parts of the webhook's
address), `smtp_port`, and those of `chat.Settings`.
"""

from collections.abc import Sequence
from typing import Any

from fakes.alerts.chat import Channel, Settings
from fakes.alerts.smtp import HOST, Mailbox
from fakes.alerts.wire import CHAT, MAIL, Routes, failed, word
from fakes.calls import Call, Manifest, Reply, Route, Sink
from fakes.world import World
from harness.model import Guarantee

MANIFEST = Manifest(
    sinks=(
        Sink(name=CHAT, guarantee=Guarantee.NONE, text="messages in the channel; a repeat is a second message"),
        Sink(name=MAIL, guarantee=Guarantee.NONE, text="mails taken after DATA; a repeat is a second mail"),
    ),
)


class AlertsSlice:
    """Serves one channel and one mailbox."""

    name = "alerts"
    manifest = MANIFEST
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        given = world.settings
        self._world = world
        self._hook = (str(given.get("team", "T0FAKE001")), str(given.get("hook", "B0FAKE001")), world.secret("secret"))
        door = world.secret("door")
        turned = {name: given[name] for name in Settings.__slots__ if name in given}
        self.channel = Channel(world.clock, Settings(**turned))
        self._wire = Routes(self.channel, self._hook, door, world.ident)
        self.mailbox = Mailbox(f"{world.url}/smtp/{door}", int(given.get("smtp_port", 0)))
        self.routes = self._wire.routes()

    def read(self, call: Call) -> None:
        """Check the secret address and read the body; changes nothing."""
        self._wire.read(call)

    def unknown_route(self, call: Call) -> Reply:
        """What the webhook's host answers to other paths."""
        return word("no_service", 405 if call.allowed else 404)

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The webhook's own body for a planned failure."""
        return failed(kind, call, status, retry_after_s)

    def public(self) -> dict[str, Any]:
        """The webhook's secret address, and where the mail server listens."""
        return {
            "slack_url": f"{self._world.url}/services/{'/'.join(self._hook)}",
            "smtp_host": HOST,
            "smtp_port": self.mailbox.port,
        }

    def reset(self) -> None:
        """Forget how often the channel was used; the addresses stay."""
        self.channel.clear()

    async def start(self) -> None:
        """Open the mail server."""
        await self.mailbox.start()

    async def stop(self) -> None:
        """Close the mail server."""
        await self.mailbox.stop()


def make(world: World) -> AlertsSlice:
    """One channel and one mailbox, both empty."""
    return AlertsSlice(world)
