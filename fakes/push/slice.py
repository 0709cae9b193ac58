"""The push service as one slice, with the devices behind it: the main account, and isolated ones by their tokens.

`make` is called once by the fakes' entry point. Settings: `access_token`, and those of `state.settings.Settings`, which
`tune` may change.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fakes.calls import Call, Manifest, Reply, Route, Sink
from fakes.contents import copied, put_back, resume_all, state_of
from fakes.isolated import Accounts, chance_of
from fakes.push.account import MAIN, Account
from fakes.push.state.devices import Device
from fakes.push.state.problem import Problem
from fakes.push.state.service import SENTENCES
from fakes.push.state.settings import Settings
from fakes.push.wire import answers
from fakes.push.wire.routes import SINK, Routes
from fakes.tuning import given, tuned
from fakes.world import World
from harness.model import Guarantee

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
    """Serves the push service of every account."""

    name = "push"
    manifest = MANIFEST
    hosts = ("exp.host",)
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        self._world = world
        self._access_token = world.secret("access_token")
        self.settings = given(Settings, world.settings)
        self.accounts = Accounts(MAIN, Account(world, world.rng, self.settings), self._isolated)
        self._wire = Routes(self.accounts, self.settings, self._access_token)
        self.routes = self._wire.routes()

    def _isolated(self, name: str) -> Account:
        return Account(self._world, chance_of(self._world.rng, "fakes/push/accounts", name), self.settings, name)

    def read(self, call: Call) -> None:
        """Check who calls and read what they say; changes nothing."""
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

    async def forward(self, seconds: int, account: str | None = None) -> int:
        """Move an account's time on, the main one's without a name; answers its new time."""
        return self.accounts.named(account).clock.advance(seconds)

    def inbox(self, handle: str, account: str | None = None) -> list[dict[str, Any]]:
        """What has arrived on the device of a token, oldest first; the newest two hundred."""
        found = self.accounts.known(account)
        device = None if found is None else found.devices.known(handle)
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
        mine = self._world.objects_of(person)
        known = [found for one in mine for each in self.accounts if (found := each.devices.known(one)) is not None]
        if not known:
            raise LookupError(f"{person} has no device")
        return known[-1]

    def snapshot(self, account: str | None = None) -> bytes:
        """A copy of an account, by its name or a key that opens it."""
        return copied(self.name, self.accounts.called(account, (self._access_token,)))

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """Make an account what a copy of it, or of another, says; its keys and ids of its own stay."""
        put_back(self.name, self.accounts.called(account, (self._access_token,)), kept)

    def state(self) -> dict[str, Any]:
        """Every account."""
        return state_of(self.name, self.accounts.all(), self._world)

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on with the accounts of an earlier process."""
        resume_all(self.name, state, self.accounts.named, self._world)

    def reset(self) -> None:
        """Forget devices and receipts; the access token stays."""
        for account in self.accounts:
            account.reset()


def make(world: World) -> PushSlice:
    """A push service without devices."""
    return PushSlice(world)
