"""The tiny vendor of the core's tests as a fake of its own: sound, or with one flaw that a setting names.

`flaw` is one of the texts that `test_planted` lists.
"""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from fakes.calls import Call, Manifest, Refusal, Reply, Sink
from fakes.world import World
from harness.model import Guarantee
from tests.fakes_core import tiny


class Sturdy(tiny.Tiny):
    """The tiny vendor without the routes that are broken on purpose, and with an eye for what is no object."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.routes = [route for route in self.routes if route.template not in ("/bug", "/later", "/hooks/{token}")]

    def read(self, call: Call) -> None:
        """JSON objects only."""
        super().read(call)
        if not isinstance(call.params, dict):
            call.params = {}
            raise Refusal(self.failure("invalid", call))


class Flawed(Sturdy):
    """The same with one flaw."""

    flaw = ""

    def create(self, call: Call) -> Reply:
        """Make a thing, or seem to."""
        if self.flaw == "no effect":
            return Reply(201, orjson.dumps({**call.params, "id": self._world.ident("th")}))
        if self.flaw == "two effects":
            call.effect(tiny.THINGS, "create", self._world.ident("th"), call.params)
        if self.flaw == "breaks on NUL" and any("\x00" in str(one) for one in call.params.values()):
            raise ZeroDivisionError("planted")
        if self.flaw == "tells a secret":
            call.params["note"] = self.secrets[0]
        return super().create(call)

    def show(self, call: Call) -> Reply:
        """Show a thing, or seem to."""
        if self.flaw == "loses objects":
            return self._reply(404, {"error": "missing"})
        return super().show(call)

    def read(self, call: Call) -> None:
        """Check, or do not."""
        if self.flaw == "any credential" and call.headers.get("authorization") == "Bearer wrong":
            call.headers = {**call.headers, "authorization": "Bearer right"}
        if self.flaw == "guesses bodies":
            call.params = {}
            return
        super().read(call)

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """An error, in some shape."""
        if self.flaw == "plain errors":
            return Reply(status or 500, b'"no"')
        if self.flaw == "takes too much" and status == 413:
            return Reply(200, b"{}")
        return super().failure(kind, call, retry_after_s=retry_after_s, status=status)

    def unknown_route(self, call: Call) -> Reply:
        """Unknown, or not."""
        if self.flaw == "knows everything":
            return self._reply(200, {})
        return super().unknown_route(call)

    def reset(self) -> None:
        """Forget, or do not."""
        if self.flaw != "remembers":
            super().reset()


def make(world: World) -> Flawed:
    """The tiny vendor with the flaw that the settings name, or none."""
    made = Flawed(world)
    made.flaw = str(world.settings.get("flaw", ""))
    made.manifest = _manifest(made.flaw)
    if made.flaw == "reads that write":
        made.routes = [replace(route, writes=True) for route in made.routes]
    return made


def _manifest(flaw: str) -> Manifest:
    usual = tiny.Tiny.manifest
    acts: Mapping[str, str] = {} if flaw == "hidden acts" else usual.acts
    sinks = usual.sinks
    if flaw == "no sink":
        sinks = (Sink(name="other.thing", guarantee=Guarantee.NONE, text="things"),)
    return Manifest(
        sinks=sinks, forgeries=usual.forgeries, lies=usual.lies, acts=acts, payment_methods=usual.payment_methods
    )
