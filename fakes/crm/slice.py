"""The CRM as one slice: its manifest, its credentials, and who may call.

`make` is called once by the fakes' entry point. Settings: those of `state/settings.py`, and `token`, `client_id`,
`client_secret`, `redirect_uri` at start only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fakes.calls import Call, Manifest, News, Reply, Route, Sink
from fakes.crm import keeping
from fakes.crm.account import Account, Keys
from fakes.crm.accounts import Accounts
from fakes.crm.acting import ACTS, LIES, SEARCH_ACTS
from fakes.crm.problems import Problem
from fakes.crm.state.settings import Settings
from fakes.crm.wire import answers
from fakes.crm.wire.signing import FORGERIES
from fakes.tuning import given, tuned
from fakes.world import World
from harness.errors import UsageError
from harness.model import Guarantee

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
    """Serves the main portal, and isolated ones for keys that end in their names."""

    name = "crm"
    manifest = MANIFEST
    hosts = ("api.hubapi.com",)
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        self._world = world
        self.settings = given(Settings, world.settings)
        keys = Keys(
            token=world.secret("token", "pat-test-"),
            client_id=world.secret("client_id", "client-"),
            client_secret=world.secret("client_secret", "secret-"),
            developer_key=world.secret("developer_key", "dev-"),
            redirect_uri=str(world.settings.get("redirect_uri") or ""),
        )
        self.accounts = Accounts(world, self.settings, keys)
        main = self._main = self.accounts.main
        self.token, self.secrets = keys.token, (keys.client_secret,)
        self.portal, self.access, self.links = main.portal, main.access, main.links
        self.routes = self.accounts.routes()

    def reset(self) -> None:
        """Forget all records and OAuth tokens of every portal; keys, owners, types and properties stay, ids go on."""
        for account in self.accounts:
            account.reset()

    async def forward(self, seconds: int, account: str | None = None) -> int:
        """Move the main portal's time on, or that of an isolated one by its name."""
        return self.accounts.forward(seconds, account)

    def snapshot(self, account: str | None = None) -> bytes:
        """A copy of the main portal, or of an isolated one by its name or token."""
        return keeping.kept(self._called(account))

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """Make a portal what a copy of it, or of another, says; `UsageError` for what is no copy of a portal."""
        keeping.put_back(self._called(account), kept)

    def state(self) -> dict[str, Any]:
        """Every portal."""
        return {each.name: keeping.kept(each) for each in self.accounts}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on with the portals of an earlier process."""
        for name, kept in state.items():
            keeping.resume(self._called(name), kept)

    def _called(self, name: str | None) -> Account:
        try:
            return self.accounts.called(name)
        except ValueError as problem:
            raise UsageError(str(problem)) from problem

    def read(self, call: Call) -> None:
        """Check the token and read query and body; the first use of an isolated portal makes it, empty."""
        self.accounts.read(call)

    def unknown_route(self, call: Call) -> Reply:
        """The CRM's 404 or 405 for a path it does not have here."""
        if call.allowed:
            return answers.refusal(self.portal, Problem("METHOD_NOT_ALLOWED", "Method not allowed"))
        message = f"No route of this fake for {call.method} {call.path}"
        return answers.refusal(self.portal, Problem("OBJECT_NOT_FOUND", message))

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The CRM's own body for a planned failure."""
        return answers.failed(self.accounts.of(call).portal, kind, status, retry_after_s)

    def public(self) -> dict[str, Any]:
        """The private app's token, what an OAuth app needs to get its own, and what signs webhooks."""
        app = self.access.app
        return {
            "token": self.token, "client_id": app.client_id, "client_secret": app.client_secret, "app_id": app.number,
            "portal_id": self.portal.number, "developer_key": self.access.developer_key,
            "webhook_secret": app.client_secret,
        }  # fmt: skip

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Let somebody in sales act on the person's newest contact, or hold what each search knows of them."""
        if act in SEARCH_ACTS:
            for account in self.accounts:
                account.acting.act(person, act, args)
            return person
        return self._theirs(person).acting.act(person, act, args)

    def lie(self, person: str, name: str) -> News:
        """An event that did not happen."""
        return self._theirs(person).acting.lie(person, name)

    def _theirs(self, person: str) -> Account:
        """The portal with the person's newest live contact; the main one if there is none."""
        for each in reversed(self._world.objects_of(person)):
            for account in self.accounts:
                record = account.portal.records["contacts"].get(each)
                if record is not None and record.archived_at is None:
                    return account
        return self._main

    def stamp(
        self, body: bytes, attempt: int, url: str, t_s: int, secrets: Sequence[str], forgery: str = "valid"
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of one try of a webhook."""
        return self._main.herald.stamped(body, attempt, url, t_s, secrets, forgery)

    def sign(self, body: bytes, t_s: int, secrets: Sequence[str]) -> dict[str, str]:
        """The headers of a first try to nowhere; with an address `stamp` makes them."""
        return self.stamp(body, 1, "", t_s, secrets)[0]

    def forge(self, name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
        """As `sign`, wrongly."""
        return self.stamp(body, 1, "", t_s, secrets, name)

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change limits, lags and moods; what is already under way keeps the old ones."""
        return tuned(self.settings, changes)


def make(world: World) -> CrmSlice:
    """The CRM, with an empty portal."""
    return CrmSlice(world)
