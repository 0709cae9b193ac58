"""One account of the push service: its time, its phones, its tickets and receipts. Made by `slice`."""

import orjson

from fakes.contents import Part
from fakes.push.state.devices import Devices
from fakes.push.state.service import Service
from fakes.push.state.settings import Settings
from fakes.virtual import Shifted
from fakes.world import World
from harness.rng import Rng

MAIN = "service"
"""What calls of the main account say."""
DEVICES, DEVICES_URL = "devices", "http://devices.inside.test/"


class Account(Part):
    """One account; the isolated ones share the settings with the main one, and nothing else."""

    KEPT = ("clock", "devices", "service")

    def __init__(self, world: World, rng: Rng, settings: Settings, name: str = MAIN) -> None:
        self._world, self.name = world, name
        self.outside = "" if name == MAIN else name
        """How the delivery engine calls it; the main one has no name there."""
        self.clock = Shifted(world.clock)
        self.devices = Devices(self.clock, rng)
        self.service = Service(self.clock, self.devices, settings, self._ticket)
        world.webhooks.inside(self._url, self._arrive)
        self.listen()

    @property
    def _url(self) -> str:
        return DEVICES_URL + self.outside

    def listen(self) -> None:
        """Let the phones hear of every notification through the delivery engine, so that rules apply on the way."""
        name = f"{DEVICES}.{self.outside}" if self.outside else DEVICES
        self._world.webhooks.register(name, self._url, lambda kind, account: account == self.outside)

    def reset(self) -> None:
        """Forget devices and receipts."""
        self.service.clear()
        self.devices.clear()
        self.listen()

    def _arrive(self, body: bytes) -> None:
        self.devices.arrive(orjson.loads(body))

    def _ticket(self, kind: str) -> str:
        digits = (self._world.ident(kind) + self._world.ident(kind)).replace(f"{kind}_", "")[:32]
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
