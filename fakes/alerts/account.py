"""One account of the alerts: a chat workspace with its webhook and its API, and mailboxes. Made by `slice`.

The isolated ones share the settings and the mail server with the main one, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fakes.alerts.state.hook import Hook
from fakes.alerts.state.mails import Mails
from fakes.alerts.state.settings import Settings
from fakes.alerts.state.workspace import Workspace
from fakes.alerts.wire import api, door, hook
from fakes.calls import Handler
from fakes.contents import Part
from fakes.virtual import Shifted
from harness.rng import Rng

HOOK_CHANNEL = "alerts"
MAIN = "workspace"
"""What calls of the main account say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What opens an account: the webhook's address, the API's token, and the door of the mail server."""

    address: tuple[str, str, str]
    token: str
    door: str

    def named(self, name: str) -> "Keys":
        """Those of an isolated account: the main one's secret and token with a dot and the name."""
        team, place, secret = self.address
        return Keys(address=(team, place, f"{secret}.{name}"), token=f"{self.token}.{name}", door=self.door)


class Account(Part):
    """One account, served."""

    KEPT = ("clock", "workspace", "api", "mails")

    def __init__(
        self, clock: Shifted, rng: Rng, settings: Settings, keys: Keys, url: str, ident: Callable[[str], str],
        team: str | None = None,
    ) -> None:  # fmt: skip
        self.clock = clock
        self.workspace = Workspace(clock, rng, settings, team)
        self.mails = Mails(clock)
        self.hook = hook.HookRoutes(Hook(self.workspace, settings, HOOK_CHANNEL), keys.address)
        self.api = api.ApiRoutes(self.workspace, clock, keys.token, url)
        self.door = door.DoorRoutes(keys.door, self.mails, ident)
        self.routes = (*self.hook.routes(), *self.door.routes(), *self.api.routes())
        self.handlers: Mapping[tuple[str, str], Handler] = {
            (route.method, route.template): route.handler for route in self.routes
        }

    def reset(self) -> None:
        """Forget every message, every mail and how often channels and methods were used."""
        self.workspace.clear()
        self.api.clear()
        self.mails.clear()
