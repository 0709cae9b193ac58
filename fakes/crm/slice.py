"""The CRM as one slice: its manifest, its credentials, and who may call.

`make` is called once by the fakes' entry point. Settings: those of `state/settings.py`, and `token`, `client_id`,
`client_secret`, `redirect_uri` at start only.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import orjson

from fakes.calls import Call, Handler, Manifest, Refusal, Reply, Route, Sink
from fakes.crm.problems import Problem
from fakes.crm.state.access import Access, App, Caller
from fakes.crm.state.associations import Associations
from fakes.crm.state.custom import Custom
from fakes.crm.state.moving import MovingClock
from fakes.crm.state.quota import Quota
from fakes.crm.state.record import Written
from fakes.crm.state.records import Portal
from fakes.crm.state.scopes import needed
from fakes.crm.state.search import Search
from fakes.crm.state.settings import Settings
from fakes.crm.wire import answers
from fakes.crm.wire.clerk import Clerk
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
    acts={
        "edit_contact": "somebody in sales changes properties of the person's contact by hand",
        "archive_contact": "somebody in sales archives the person's contact",
        "hold_search": "the search learns nothing more of the person's records until it is let",
        "release_search": "the search learns at once what was held back of the person's records",
    },
)


class CrmSlice:
    """Serves one portal."""

    name = "crm"
    manifest = MANIFEST
    hosts = ("api.hubapi.com",)
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        self._world = world
        self._clock = MovingClock(world.clock)
        self.portal = Portal(world.rng, self._clock, given(Settings, world.settings))
        settings = self.portal.settings
        self.token = world.secret("token", "pat-test-")
        app = App(
            client_id=str(world.settings.get("client_id") or fresh_token("client-")),
            client_secret=world.secret("client_secret", "secret-"),
            number=self.portal.number % 10**6 + 10**6,
            redirect_uri=str(world.settings.get("redirect_uri") or ""),
        )
        self.access = Access(
            self._clock, self.portal.number, self.token, app, lambda: settings.token_expires_s,
            lambda: settings.rotate_refresh_tokens, lambda: settings.token_scopes,
        )  # fmt: skip
        self._quota = Quota(self._clock, lambda: settings.ten_secondly, lambda: settings.daily)
        self._links = Associations(self.portal)
        self._search = Search(self.portal, self._links.ids_of)
        self.portal.index.owner_of = world.owner_of
        self._custom = Custom(self.portal, self._links.types)
        self._clerk = Clerk(world.ledger)
        self.routes = self._routes()

    def reset(self) -> None:
        """Forget all records and OAuth tokens; keys, owners, types and properties stay, ids go on."""
        self.portal.clear()
        self._search.clear()
        self._links.clear()
        self._quota.clear()
        self.access.clear()

    def _routes(self) -> tuple[Route, ...]:
        parts = (
            Objects(self.portal, self._search, self._links, self._clerk),
            LinkRoutes(self.portal, self._links, self._clerk),
            OldLinks(self.portal, self._links, self._clerk),
            Labels(self.portal, self._links),
            Properties(self.portal),
            Owners(self.portal),
            PipelineRoutes(self.portal),
            Merging(self.portal, self._links, self._clerk),
            Schemas(self.portal, self._custom),
        )
        guarded = [route for part in parts for route in part.routes(self._guard)]
        return (*guarded, *OAuth(self.portal, self.access).routes())

    def _guard(self, handler: Handler) -> Handler:
        """Every route: the limits first, then scopes, problems in the CRM's shape, headers that tell what is left."""

        def guarded(call: Call) -> Reply:
            try:
                caller = self.access.caller(call.headers.get("authorization", ""))
            except Problem as problem:
                return answers.refusal(self.portal, problem)
            try:
                reply = self._refused(call, caller) or handler(call)
                assert isinstance(reply, Reply)
            except Problem as problem:
                limited = problem.category == "RATE_LIMITS"
                refused = answers.too_many(self.portal, "secondly") if limited else None
                reply = refused or answers.refusal(self.portal, problem)
            if not call.path.endswith("/search"):
                reply.headers.update(self._quota.headers(caller.app, private=caller.private))
            return reply

        return guarded

    def _refused(self, call: Call, caller: Caller) -> Reply | None:
        """A limit that was reached, or a scope that is missing."""
        limit = self._quota.refusal(caller.app)
        if limit is not None:
            return answers.too_many(self.portal, limit)
        wanted = needed(call.path, self.portal.kinds, writes=call.route is not None and call.route.writes)
        if wanted and not caller.scopes.intersection(wanted):
            return answers.lacking(self.portal, wanted)
        return None

    def read(self, call: Call) -> None:
        """Check the token and read query and body; changes nothing."""
        template = call.route.template if call.route else ""
        if not template.startswith("/oauth/"):
            try:
                self.access.caller(call.headers.get("authorization", ""))
            except Problem as problem:
                raise Refusal(answers.refusal(self.portal, problem)) from None
        call.account = "portal"
        if call.query:
            call.params["query"] = parse_qs(call.query, keep_blank_values=True)
        if call.body and call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            form = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
            # The name keeps codes and tokens out of the journal.
            call.params["form_secret"] = {name: values[-1] for name, values in form.items()}
        elif call.body:
            self._read_json(call)

    def _read_json(self, call: Call) -> None:
        try:
            call.params["body"] = orjson.loads(call.body)
        except orjson.JSONDecodeError as problem:
            message = f"Invalid input JSON on line {problem.lineno}, column {problem.colno}: {problem.msg}"
            raise Refusal(answers.refusal(self.portal, Problem("VALIDATION_ERROR", message))) from None

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
        """The private app's token, and what an OAuth app needs to get its own."""
        app = self.access.app
        return {
            "token": self.token, "client_id": app.client_id, "client_secret": app.client_secret, "app_id": app.number,
            "portal_id": self.portal.number,
        }  # fmt: skip

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Let somebody in sales change or archive the person's newest contact; its id."""
        if act == "hold_search":
            self.portal.index.hold(person)
            return person
        if act == "release_search":
            self.portal.index.release(person)
            return person
        known = self.portal.records["contacts"]
        mine = [known[each] for each in self._world.objects_of(person) if each in known]
        live = [each for each in mine if each.archived_at is None]
        if not live:
            raise LookupError(f"{person} has no contact")
        record = live[-1]
        if act == "edit_contact":
            done: Written | None = self.portal.change(record, args.get("properties", {}))
        elif act == "archive_contact":
            done = self.portal.archive("contacts", record.id)
        else:
            raise LookupError(f"the CRM has no act {act!r}; it has {sorted(MANIFEST.acts)}")
        if done is not None:
            self._clerk.wrote(None, done)
        return record.id

    async def forward(self, seconds: int, account: str | None = None) -> int:
        """Move the portal's time on: tokens expire, limits are forgotten, the search learns."""
        if account not in (None, "", "portal"):
            raise LookupError(f"there is one account here, portal, not {account}")
        self._clock.forward(seconds)
        return int(self._clock.wall().timestamp())

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change limits, lags and moods; what is already under way keeps the old ones."""
        return tuned(self.portal.settings, changes)


def make(world: World) -> CrmSlice:
    """The CRM, with an empty portal."""
    return CrmSlice(world)
