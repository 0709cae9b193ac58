"""The CRM as one slice: its manifest, its credentials, and who may call.

`make` is called once by the fakes' entry point. Settings: those of `state/settings.py`, and `token`, `client_id`,
`client_secret`, `redirect_uri` at start only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fakes.calls import Call, Manifest, News, Reply, Route, Sink
from fakes.crm.acting import ACTS, LIES, Acting
from fakes.crm.problems import Problem
from fakes.crm.state.access import Access, App
from fakes.crm.state.associations import Associations
from fakes.crm.state.custom import Custom
from fakes.crm.state.quota import Quota
from fakes.crm.state.records import Portal
from fakes.crm.state.search import Search
from fakes.crm.state.settings import Settings
from fakes.crm.state.telling import Telling
from fakes.crm.wire import answers
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.gate import Gate
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
from fakes.crm.wire.webhooks import FORGERIES, Herald, Subscriptions
from fakes.tuning import given, tuned
from fakes.world import World
from harness.model import Guarantee
from harness.rng import fresh_token

MANIFEST = Manifest(
    sinks=(
        Sink(name="crm.contact", guarantee=Guarantee.NATURAL_KEY, text="people, by e-mail or a unique property"),
        Sink(name="crm.deal", guarantee=Guarantee.NATURAL_KEY, text="deals, by a unique property if one is set"),
        Sink(name="crm.company", guarantee=Guarantee.NATURAL_KEY, text="companies, by a unique property if one is set"),
        Sink(name="crm.ticket", guarantee=Guarantee.NATURAL_KEY, text="tickets, by a unique property if one is set"),
        Sink(name="crm.activity", guarantee=Guarantee.NONE, text="notes, tasks, calls, e-mails and meetings"),
        Sink(name="crm.product", guarantee=Guarantee.NATURAL_KEY, text="products, by a unique property if one is set"),
        Sink(name="crm.line_item", guarantee=Guarantee.NONE, text="what a deal is about, item by item"),
        Sink(name="crm.object", guarantee=Guarantee.NATURAL_KEY, text="records of custom types, by a unique property"),
    ),
    forgeries=FORGERIES,
    lies=LIES,
    acts=ACTS,
)


class CrmSlice:
    """Serves one portal."""

    name = "crm"
    manifest = MANIFEST
    hosts = ("api.hubapi.com",)
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        self._world = world
        self.portal = Portal(world.rng, world.clock, given(Settings, world.settings))
        settings = self.portal.settings
        self.token = world.secret("token", "pat-test-")
        app = App(
            client_id=str(world.settings.get("client_id") or fresh_token("client-")),
            client_secret=world.secret("client_secret", "secret-"),
            number=self.portal.number % 10**6 + 10**6,
            redirect_uri=str(world.settings.get("redirect_uri") or ""),
        )
        self.access = Access(
            world.clock, self.portal.number, self.token, world.secret("developer_key", "dev-"), app,
            lambda: settings.token_expires_s, lambda: settings.rotate_refresh_tokens, lambda: settings.token_scopes,
        )  # fmt: skip
        self._quota = Quota(world.clock, lambda: settings.ten_secondly, lambda: settings.daily)
        self.links = Associations(self.portal)
        self._search = Search(self.portal, self.links.ids_of)
        self.portal.index.owner_of = world.owner_of
        self._custom = Custom(self.portal, self.links.types)
        self._clerk = Clerk(world.ledger)
        self._telling = Telling(self.portal, app.number)
        self._herald = Herald(self.portal, self._telling, self._clerk, world.ledger, world.owner_of)
        self._subscriptions = Subscriptions(self.portal, self._telling, world.webhooks)
        self.secrets = (app.client_secret,)
        self._acting = Acting(world, self.portal, self._clerk, self._telling, self._herald)
        self._gate = Gate(self.portal, self.access, self._quota, self._herald.send)
        self._telling.check()
        self.routes = self._routes()

    def reset(self) -> None:
        """Forget all records and OAuth tokens; keys, owners, types and properties stay, ids go on."""
        self.portal.clear()
        self._search.clear()
        self.links.clear()
        self._quota.clear()
        self.access.clear()
        self._telling.clear()
        self._subscriptions.clear()

    def _routes(self) -> tuple[Route, ...]:
        parts = (
            Objects(self.portal, self._search, self.links, self._clerk),
            LinkRoutes(self.portal, self.links, self._clerk),
            OldLinks(self.portal, self.links, self._clerk),
            Labels(self.portal, self.links),
            Properties(self.portal),
            Owners(self.portal),
            PipelineRoutes(self.portal),
            Merging(self.portal, self.links, self._clerk),
            Schemas(self.portal, self._custom),
            self._subscriptions,
        )
        guarded = [route for part in parts for route in part.routes(self._gate.guard)]
        return (*guarded, *OAuth(self.portal, self.access).routes())

    def read(self, call: Call) -> None:
        """Check the token and read query and body; changes nothing."""
        self._gate.read(call)

    def unknown_route(self, call: Call) -> Reply:
        """The CRM's 404 or 405 for a path it does not have here."""
        if call.allowed:
            return answers.refusal(self.portal, Problem("METHOD_NOT_ALLOWED", "Method not allowed"))
        message = f"No route of this fake for {call.method} {call.path}"
        return answers.refusal(self.portal, Problem("OBJECT_NOT_FOUND", message))

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The CRM's own body for a planned failure."""
        return answers.failed(self.portal, kind, status, retry_after_s)

    def public(self) -> dict[str, Any]:
        """The private app's token, what an OAuth app needs to get its own, and what signs webhooks."""
        app = self.access.app
        return {
            "token": self.token, "client_id": app.client_id, "client_secret": app.client_secret, "app_id": app.number,
            "portal_id": self.portal.number, "developer_key": self.access.developer_key,
            "webhook_secret": app.client_secret,
        }  # fmt: skip

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Let somebody in sales act on the person's newest contact, or hold what the search knows of them."""
        return self._acting.act(person, act, args)

    def lie(self, person: str, name: str) -> News:
        """An event that did not happen."""
        return self._acting.lie(person, name)

    def stamp(
        self, body: bytes, attempt: int, url: str, t_s: int, secrets: Sequence[str], forgery: str = "valid"
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of one try of a webhook."""
        return self._herald.stamped(body, attempt, url, t_s, secrets, forgery)

    def sign(self, body: bytes, t_s: int, secrets: Sequence[str]) -> dict[str, str]:
        """The headers of a first try to nowhere; with an address `stamp` makes them."""
        return self.stamp(body, 1, "", t_s, secrets)[0]

    def forge(self, name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
        """As `sign`, wrongly."""
        return self.stamp(body, 1, "", t_s, secrets, name)

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change limits, lags and moods; what is already under way keeps the old ones."""
        before = asdict(self.portal.settings)
        told = tuned(self.portal.settings, changes)
        try:
            self._telling.check()
        except ValueError:
            tuned(self.portal.settings, before)
            raise
        return told


def make(world: World) -> CrmSlice:
    """The CRM, with an empty portal."""
    return CrmSlice(world)
