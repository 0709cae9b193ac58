"""The push service as one slice, with the devices behind it.

`make` is called once by the fakes' entry point. Settings: `access_token`, and those of `state.settings.Settings`, which
`tune` may change.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from fakes.calls import Call, Manifest, Reply, Route, Sink
from fakes.push.state.devices import Device, Devices
from fakes.push.state.problem import Problem
from fakes.push.state.service import SENTENCES, Service
from fakes.push.state.settings import Settings
from fakes.push.wire import answers
from fakes.push.wire.routes import SINK, Routes
from fakes.tuning import given, tuned
from fakes.world import World
from harness.model import Guarantee

DEVICES, DEVICES_URL = "devices", "http://devices.inside.test/"
MANIFEST = Manifest(
    sinks=(Sink(name=SINK, guarantee=Guarantee.NONE, text="notifications sent; a repeat is a second notification"),),
    acts={
        "uninstall_app": "the person removes the app from their phone; the service learns it from the next receipt",
        "install_app": "the person installs the app again, with the same device token",
        "fail_ticket": "the next notification to the person's phone fails at once, with `error`",
        "fail_receipt": "the next notification to the person's phone fails later, in its receipt, with `error`",
    },
)


class PushSlice:
    """Serves one push service."""

    name = "push"
    manifest = MANIFEST
    hosts = ("exp.host",)
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        self._world = world
        self._access_token = world.secret("access_token")
        self.settings = given(Settings, world.settings)
        self.devices = Devices(world.clock, world.rng)
        self.service = Service(world.clock, self.devices, self.settings, self._ticket)
        self._wire = Routes(world, self.service, self.devices, self._access_token)
        self.routes = self._wire.routes()
        world.webhooks.inside(DEVICES_URL, self._arrive)
        self._listen()

    def _arrive(self, body: bytes) -> None:
        self.devices.arrive(orjson.loads(body))

    def _listen(self) -> None:
        """The devices hear of every notification through the delivery engine, so that rules apply on the way."""
        self._world.webhooks.register(DEVICES, DEVICES_URL, lambda kind, account: True)

    def _ticket(self, kind: str) -> str:
        digits = (self._world.ident(kind) + self._world.ident(kind)).replace(f"{kind}_", "")[:32]
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def read(self, call: Call) -> None:
        """Check who calls and read what they say; changes nothing."""
        call.account = "service"
        self._wire.read(call)

    def unknown_route(self, call: Call) -> Reply:
        """What the service answers to other methods and paths."""
        return answers.refusal(Problem("NOT_FOUND", "Not found.", 405 if call.allowed else 404))

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The service's own body for a planned failure."""
        return answers.failed(kind, status, retry_after_s)

    def public(self) -> dict[str, Any]:
        """The access token that a pipeline may show."""
        return {"access_token": self._access_token}

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings while it runs."""
        return tuned(self.settings, changes)

    def inbox(self, handle: str) -> list[dict[str, Any]]:
        """What has arrived on the device of a token, oldest first; the newest two hundred."""
        device = self.devices.known(handle)
        return [] if device is None else device.arrived

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Do it to the person's newest device; its token."""
        device = self._newest(person)
        if act in ("fail_ticket", "fail_receipt"):
            error = str(args.get("error", "InvalidCredentials"))
            if error not in SENTENCES:
                raise ValueError(f"error must be one of {', '.join(SENTENCES)}, found {error!r}")
            setattr(device, "next_ticket" if act == "fail_ticket" else "next_receipt", error)
        else:
            device.installed = act == "install_app"
            device.noticed = device.installed
        return device.token

    def _newest(self, person: str) -> Device:
        mine = [self.devices.known(one) for one in self._world.objects_of(person)]
        known = [one for one in mine if one is not None]
        if not known:
            raise LookupError(f"{person} has no device")
        return known[-1]

    def reset(self) -> None:
        """Forget devices and receipts; the access token stays."""
        self.service.clear()
        self.devices.clear()
        self._listen()


def make(world: World) -> PushSlice:
    """A push service without devices."""
    return PushSlice(world)
