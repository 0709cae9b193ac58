"""The CRM as one slice: its manifest, its credentials, and who may call.

`make` is called once by the fakes' entry point. Settings: `token`, `search_lag_s`, `search_per_s`, `ten_secondly`,
`lifecycle_backward`.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import orjson

from fakes.calls import Call, Handler, Manifest, Refusal, Reply, Route, Sink
from fakes.crm.problems import Problem
from fakes.crm.state.associations import Associations
from fakes.crm.state.custom import Custom
from fakes.crm.state.record import Written
from fakes.crm.state.records import Portal, Settings
from fakes.crm.state.search import Search
from fakes.crm.wire import answers
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.labels import Labels
from fakes.crm.wire.links import Links as LinkRoutes
from fakes.crm.wire.links_v3 import OldLinks
from fakes.crm.wire.merging import Merging
from fakes.crm.wire.objects import Objects
from fakes.crm.wire.owners import Owners
from fakes.crm.wire.pipelines import PipelineRoutes
from fakes.crm.wire.properties import Properties
from fakes.crm.wire.schemas import Schemas
from fakes.tuning import given, tuned
from fakes.world import World
from harness.model import Guarantee

INTERVAL_MS = 10_000
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
        self.token = world.secret("token", "pat-test-")
        self.portal = Portal(world.rng, world.clock, given(Settings, world.settings))
        self._links = Associations(self.portal)
        self._search = Search(self.portal, self._links.ids_of)
        self.portal.index.owner_of = world.owner_of
        self._custom = Custom(self.portal, self._links.types)
        self._clerk = Clerk(world.ledger)
        self._recent: list[int] = []
        self.routes = self._routes()

    def reset(self) -> None:
        """Forget all records; the token, the owners and the properties stay, ids go on."""
        self.portal.clear()
        self._search.clear()
        self._links.clear()
        self._recent.clear()

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
        return tuple(route for part in parts for route in part.routes(self._guard))

    def _guard(self, handler: Handler) -> Handler:
        """Every route: the account's limit first, problems in the CRM's shape, the headers that tell what is left."""

        def guarded(call: Call) -> Reply:
            limited = self._limit()
            searching = call.path.endswith("/search")
            try:
                reply = limited or handler(call)
                assert isinstance(reply, Reply)
            except Problem as problem:
                reply = (
                    answers.too_many(self.portal, "secondly")
                    if problem.category == "RATE_LIMITS"
                    else answers.refusal(self.portal, problem)
                )
            if not searching:
                reply.headers.update(self._left())
            return reply

        return guarded

    def _limit(self) -> Reply | None:
        now = self._world.clock.at_ns()
        allowed = self.portal.settings.ten_secondly
        if not allowed:
            return None
        self._recent = [each for each in self._recent if now - each < INTERVAL_MS * 1e6]
        if len(self._recent) >= allowed:
            return answers.too_many(self.portal, "ten_secondly_rolling")
        self._recent.append(now)
        return None

    def _left(self) -> dict[str, str]:
        most = self.portal.settings.ten_secondly or 190
        return {
            "X-HubSpot-RateLimit-Max": str(most),
            "X-HubSpot-RateLimit-Remaining": str(most - len(self._recent)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(INTERVAL_MS),
        }

    def read(self, call: Call) -> None:
        """Check the private app's token and read query and JSON body; changes nothing."""
        given = call.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            problem = Problem("INVALID_AUTHENTICATION", answers.UNAUTHENTICATED)
            raise Refusal(answers.refusal(self.portal, problem))
        call.account = "portal"
        if call.query:
            call.params["query"] = parse_qs(call.query, keep_blank_values=True)
        if call.body:
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
        """The token that a pipeline needs."""
        return {"token": self.token}

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

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change limits, lags and moods; what is already under way keeps the old ones."""
        return tuned(self.portal.settings, changes)


def make(world: World) -> CrmSlice:
    """The CRM, with an empty portal."""
    return CrmSlice(world)
