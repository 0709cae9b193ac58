"""The payment provider as one slice: its routes, its manners, its powers and its manifest.

Composition only. Made by `make(world)`; settings: `secret_key`, `publishable_key`, `restricted_key`,
`webhook_secret`, and those of `settings.Settings`, which `tune` may change.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from fakes.calls import Call, Manifest, News, Reply, Sink
from fakes.payments import keeping, signing, wallet
from fakes.payments.advancing import Advancing
from fakes.payments.hosted.hosting import Hosting
from fakes.payments.noticing import Noticing
from fakes.payments.own_side import ACTS, LIES, OwnSide
from fakes.payments.settings import Settings
from fakes.payments.state.provider import DEFAULT, Provider
from fakes.payments.state.searching import Lag
from fakes.payments.state.store import Account
from fakes.payments.wire.bank import Bank
from fakes.payments.wire.credentials import Credentials, own_name
from fakes.payments.wire.desk import Desk
from fakes.payments.wire.limits import Limits
from fakes.payments.wire.routes import routes
from fakes.payments.wire.undocumented import Undocumented
from fakes.payments.wire.uploads import Uploads
from fakes.powers import Paid
from fakes.tuning import given, tuned
from fakes.world import World
from harness.clock import pause
from harness.model import Guarantee

SINKS = (
    Sink(name="payments.customer", guarantee=Guarantee.IDEMPOTENT, text="Customers."),
    Sink(name="payments.charge", guarantee=Guarantee.IDEMPOTENT, text="Money taken."),
    Sink(name="payments.decline", guarantee=Guarantee.NONE, text="Attempts to take money that the bank declined."),
    Sink(name="payments.refund", guarantee=Guarantee.IDEMPOTENT, text="Money given back."),
    Sink(name="payments.subscription", guarantee=Guarantee.IDEMPOTENT, text="Subscriptions and what they are for."),
)
TICK_S = 0.1
"""How often the provider looks whether something is due."""
MANIFEST = Manifest(
    sinks=SINKS,
    forgeries=signing.FORGERIES,
    genuine=signing.GENUINE,
    lies=LIES,
    acts=ACTS,
    payment_methods=wallet.METHODS,
)


class Payments:
    """The payment provider."""

    name = "payments"
    manifest = MANIFEST
    hosts = ("api.stripe.com", "files.stripe.com")

    def __init__(self, world: World) -> None:
        self._world = world
        self._secret_key = world.secret("secret_key", "sk_test_")
        self._publishable_key = world.secret("publishable_key", "pk_test_")
        self._restricted_key = world.secret("restricted_key", "rk_test_")
        self.secrets: Sequence[str] = (world.secret("webhook_secret", "whsec_"),)
        self.settings = given(Settings, world.settings)
        self._provider = Provider(world.rng, world.unix_s, world.ledger, world.webhooks, world.url, self.settings)
        self._provider.lag = Lag(world.clock.at_ns, lambda: self.settings.search_lag_s)
        keys = (self._secret_key, self._publishable_key, self._restricted_key)
        credentials = Credentials(self._provider, self.settings, *keys)
        self._desk = Desk(self._provider, credentials, self.settings, Limits(self.settings, world.clock.at_ns))
        self._advancing = Advancing(self._provider, world.acknowledged)
        self._desk.before = self._advancing.catch_up
        self._desk.after_write.append(self._advancing.written)
        self._noticing = Noticing(self._provider, world.webhooks)
        self._desk.after_write.append(self._noticing.written)
        self._wallet = wallet.Wallet(self._provider)
        self._own_side = OwnSide(self._provider, world.objects_of)
        self._bank = Bank(self._provider)
        self._hosting = Hosting(self._provider, self._advancing.catch_up)
        undocumented = Undocumented(self._provider, self._advancing.catch_up)
        uploads = Uploads(self._provider, self._advancing.catch_up)
        beside = [*undocumented.routes, *uploads.routes]
        self.routes = [*routes(self._desk), *beside, *self._bank.routes, *self._hosting.routes]
        self._ticking: asyncio.Task[None] | None = None

    def read(self, call: Call) -> None:
        """Check the credentials and fill `params`, `key` and `account`."""
        if not (self._bank.reads(call) or self._hosting.reads(call)):
            self._desk.read(call)

    def unknown_route(self, call: Call) -> Reply:
        """404 with the provider's words."""
        return self._desk.unknown(call)

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The provider's own error; it never sends Retry-After, so `retry_after_s` is not told."""
        return self._desk.failure(kind, call, status)

    def pay(self, handle: str, method: str) -> Paid:
        """Pay as the provider's mobile SDK or hosted page would."""
        return self._wallet.pay(handle, method)

    def lie(self, person: str, name: str) -> News:
        """An event that is not true."""
        return self._own_side.lie(person, name)

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Let the provider's own side do something."""
        return self._own_side.act(person, act, args)

    def sign(self, body: bytes, t_s: int, secrets: Sequence[str]) -> dict[str, str]:
        """The signature header."""
        return signing.header(body, t_s, secrets)

    def thin(self, news: News) -> bytes:
        """The notice without a snapshot."""
        return self._noticing.thin(news)

    def forge(self, name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[signing.Headers, bytes]:
        """A delivery signed wrongly."""
        return signing.forge(name, body, t_s, secrets)

    def public(self) -> dict[str, Any]:
        """The keys a pipeline is configured with."""
        return {
            "secret_key": self._secret_key,
            "publishable_key": self._publishable_key,
            "restricted_key": self._restricted_key,
            "webhook_secret": self.secrets[0],
        }

    async def forward(self, seconds: int, account: str | None = None) -> int:
        """Move an account's billing time on, by its key; what becomes due is done on the way. Answers its new time."""
        return await self._advancing.forward(self._account(account or DEFAULT), seconds)

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """All settings after these changes, made all or none."""
        return tuned(self.settings, changes)

    def snapshot(self, account: str | None = None) -> bytes:
        """A copy of an account, by its key."""
        return keeping.kept(self._account(account or DEFAULT))

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """Make an account what a copy of it, or of another, says; what was on its way there is given up."""
        self._advancing.clear()
        keeping.put_back(self._account(account or DEFAULT), kept, self._noticing)

    def state(self) -> dict[str, Any]:
        """Every account."""
        return {one.name: keeping.kept(one) for one in self._provider.accounts()}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on with the accounts of an earlier process."""
        for name, kept in state.items():
            keeping.resume(self._provider.account(name), kept, self._noticing)

    def _account(self, name: str) -> Account:
        return self._provider.account(DEFAULT if name == self._secret_key else own_name(name))

    def reset(self) -> None:
        """Forget every account and key; credentials stay."""
        self._advancing.clear()
        self._provider.reset()

    async def start(self) -> None:
        """Begin to do by itself what is due, though nobody calls."""
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Do nothing by itself any more."""
        if self._ticking is not None:
            self._ticking.cancel()

    async def _tick(self) -> None:
        while True:
            await pause(TICK_S)
            for account in self._provider.accounts():
                self._advancing.catch_up(account)


def make(world: World) -> Payments:
    """The payment provider in this world."""
    return Payments(world)
