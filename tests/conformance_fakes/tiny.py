"""The tiny vendor of the core's tests as a fake of its own: sound, or with one flaw that a setting names.

`flaw` is one of the texts that `test_planted` lists.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from fakes.calls import Call, Manifest, Refusal, Reply, Sink
from fakes.keeping import packed, unpacked
from fakes.world import World
from harness.errors import UsageError
from harness.model import Guarantee
from harness.rng import fresh_token
from tests.fakes_core import tiny


class Sturdy(tiny.Tiny):
    """The tiny vendor without the routes that are broken on purpose, with accounts and an eye for what is no object."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.of: dict[str, dict[str, dict[str, Any]]] = {}
        self.routes = [route for route in self.routes if route.template not in ("/bug", "/later", "/hooks/{token}")]

    def read(self, call: Call) -> None:
        """JSON objects only."""
        super().read(call)
        call.account = _name(call.headers.get("authorization", ""))
        if not isinstance(call.params, dict):
            call.params = {}
            raise Refusal(self.failure("invalid", call))

    def things(self, account: str) -> dict[str, dict[str, Any]]:
        """Those of an account, which are the ones at hand from now on."""
        self._things = self.of.setdefault(account, {})
        return self._things

    def create(self, call: Call) -> Reply:
        """Make a thing in the account of the call."""
        self.things(call.account)
        return super().create(call)

    def show(self, call: Call) -> Reply:
        """Show a thing of that account."""
        self.things(call.account)
        return super().show(call)

    def change(self, call: Call) -> Reply:
        """Change a thing of that account."""
        self.things(call.account)
        return super().change(call)

    def reset(self) -> None:
        """Forget the things of every account."""
        self.of.clear()

    def snapshot(self, account: str | None = None) -> bytes:
        """The things of an account."""
        return packed(("tiny", self.things(_name(account or ""))))

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """These things, in this account."""
        match unpacked(kept):
            case ("tiny", dict() as things):
                self.of[_name(account or "")] = things
            case _:
                raise UsageError("these are no things")

    def state(self) -> dict[str, Any]:
        """The things of every account."""
        return {"of": self.of, "counted": self._world.counted()}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on with them."""
        self.of = state["of"]
        self._world.count_on(state["counted"])


def _name(key: str) -> str:
    """The account that a key opens: that of its end."""
    return key.rpartition(".")[2] if "." in key else ""


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

    def snapshot(self, account: str | None = None) -> bytes:
        """The things of an account, or of none."""
        return super().snapshot(".nobody" if self.flaw == "copies another account" else account)

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """These things, or more, or fewer, or with something of the account they came from."""
        before, name = dict(self.things(_name(account or ""))), _name(account or "")
        if self.flaw == "clears before it looks":
            self.of[name] = {}
        try:
            super().restore(kept, account)
        except UsageError:
            if self.flaw != "believes any copy":
                raise
        if self.flaw == "keeps what is newer":
            self.of[name] = before | self.of[name]
        if self.flaw == "restores nothing":
            self.of[name] = {}
        if self.flaw == "forks share":
            self.of[name] = next((one for one in self.of.values() if one == self.of[name]), self.of[name])
        if self.flaw == "counts anew":
            self._world._counts["th"] = len(self.of[name])

    def state(self) -> dict[str, Any]:
        """The things of every account, or of the main one alone, or without a count."""
        state = super().state()
        if self.flaw == "keeps one account":
            state["of"] = {"": state["of"].get("", {})}
        return state | ({"counted": {}} if self.flaw == "counts anew later" else {})

    def show(self, call: Call) -> Reply:
        """Show a thing, or seem to."""
        if self.flaw == "loses objects":
            return self._reply(404, {"error": "missing"})
        return super().show(call)

    def read(self, call: Call) -> None:
        """Check, or do not."""
        if self.flaw == "any credential" and call.headers.get("authorization") == "Bearer wrong":
            call.headers = {**call.headers, "authorization": "Bearer right"}
        if self.flaw == "one account":
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
    if made.flaw == "other keys":
        made.secrets = (fresh_token("whsec_"),)
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
