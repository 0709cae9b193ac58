"""One portal with all that is its own: records, search, tokens, limits, subscriptions, and the routes that serve them.

Two of them share the settings, the ledger and the way to the delivery engine, and nothing else. Made by `accounts`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fakes.calls import Handler, Route
from fakes.crm.acting import Acting
from fakes.crm.state.access import Access, App
from fakes.crm.state.associations import Associations
from fakes.crm.state.custom import Custom
from fakes.crm.state.quota import Quota
from fakes.crm.state.records import Portal
from fakes.crm.state.search import Search
from fakes.crm.state.settings import Settings
from fakes.crm.state.telling import Telling
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.gate import MAIN, Gate
from fakes.crm.wire.labels import Labels
from fakes.crm.wire.links import Links as LinkRoutes
from fakes.crm.wire.links_v3 import OldLinks
from fakes.crm.wire.merging import Merging
from fakes.crm.wire.oauth import OAuth
from fakes.crm.wire.objects import Objects
from fakes.crm.wire.owners import Owners
from fakes.crm.wire.pipelines import PipelineRoutes
from fakes.crm.wire.properties import Properties
from fakes.crm.wire.schemas import Schemas
from fakes.crm.wire.webhooks import Herald, Subscriptions
from fakes.virtual import Shifted
from fakes.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What opens a portal."""

    token: str
    client_id: str
    client_secret: str
    developer_key: str
    redirect_uri: str
    suffix: str = ""
    """How the tokens end that its OAuth app is given; empty in the main portal."""

    def named(self, name: str) -> "Keys":
        """Those of an isolated portal: the main one's, each with a dot and the name."""
        end = f".{name}"
        return Keys(
            token=self.token + end, client_id=self.client_id + end, client_secret=self.client_secret + end,
            developer_key=self.developer_key + end, redirect_uri=self.redirect_uri, suffix=end,
        )  # fmt: skip


class Account:
    """One portal, served."""

    def __init__(self, world: World, clock: Shifted, settings: Settings, keys: Keys, name: str = MAIN) -> None:
        self.name, self.keys, self.clock = name, keys, clock
        outside = "" if name == MAIN else name
        lasts = name == MAIN and world.keys is not None
        self.portal = Portal(world.lasting if lasts else world.rng, clock, settings)
        if lasts:
            self.portal.go_on(world.rng)
        self.portal.index.owner_of = world.owner_of
        app = App(
            client_id=keys.client_id, client_secret=keys.client_secret,
            number=_app_number(self.portal.number), redirect_uri=keys.redirect_uri,
        )  # fmt: skip
        self.access = Access(clock, self.portal.number, keys.token, keys.developer_key, app, settings, keys.suffix)
        self.quota = Quota(clock, settings)
        self.links = Associations(self.portal)
        self.search = Search(self.portal, self.links.ids_of)
        self.custom = Custom(self.portal, self.links.types)
        self._clerk = Clerk(world.ledger)
        self.telling = Telling(self.portal, app.number)
        hooks = world.webhooks
        self.herald = Herald(self.portal, self.telling, self._clerk, world.ledger, world.owner_of, outside, hooks)
        secrets = (keys.client_secret,) if outside else ()
        self.subscriptions = Subscriptions(self.portal, self.telling, hooks, outside, secrets)
        self.acting = Acting(world, self.portal, self._clerk, self.telling, self.herald)
        self.gate = Gate(self.portal, self.access, self.quota, self.herald.send, name)
        self.routes = self._routes()
        self.handlers: Mapping[tuple[str, str], Handler] = {
            (route.method, route.template): route.handler for route in self.routes
        }

    def be(self, number: int) -> None:
        """Have this number and the app's that follows from it: of an earlier process, before the first call."""
        self.portal.number = self.access.portal = number
        self.access.app.number = self.telling.app = _app_number(number)

    def reset(self) -> None:
        """Forget all records and OAuth tokens; keys, owners, types and properties stay, ids go on."""
        clear: Sequence[Callable[[], None]] = (
            self.portal.clear, self.search.clear, self.links.clear, self.quota.clear, self.access.clear,
            self.telling.clear, self.subscriptions.clear,
        )  # fmt: skip
        for each in clear:
            each()

    def _routes(self) -> tuple[Route, ...]:
        parts = (
            Objects(self.portal, self.search, self.links, self._clerk),
            LinkRoutes(self.portal, self.links, self._clerk),
            OldLinks(self.portal, self.links, self._clerk),
            Labels(self.portal, self.links),
            Properties(self.portal),
            Owners(self.portal),
            PipelineRoutes(self.portal),
            Merging(self.portal, self.links, self._clerk),
            Schemas(self.portal, self.custom),
            self.subscriptions,
        )
        guarded = [route for part in parts for route in part.routes(self.gate.guard)]
        return (*guarded, *OAuth(self.portal, self.access).routes())


def _app_number(portal: int) -> int:
    return portal % 10**6 + 10**6
