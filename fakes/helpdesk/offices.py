"""Every account of the helpdesk with its own desk and doors: the configured one, and isolated ones by their tokens.

The configured token opens the main account; the same token with a dot and a name at its end (`T.checkout-2`) opens the
isolated account of that name, made when it is first used. They share settings and nothing else. Called by `slice`.
"""

from collections.abc import Awaitable, Iterator

from fakes.calls import Call, Handler, Reply, Route
from fakes.helpdesk.state.account import Settings
from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.wire.courier import Courier
from fakes.helpdesk.wire.entrance import Entrance, shown_by
from fakes.helpdesk.wire.routes import Routes
from fakes.isolated import NAME, chance_of, named_by
from fakes.virtual import Shifted
from fakes.world import World
from harness.errors import UsageError

MAIN = "account"
"""What calls of the main account say; no isolated one can be called so."""
SEEN_MAX = 1000


class Office:
    """One account: its time, its desk, who may enter, and its routes."""

    def __init__(self, world: World, clock: Shifted, desk: Desk, email: str, token: str) -> None:
        self.clock = clock
        self.desk = desk
        self.entrance = Entrance(desk.people, email, token)
        self.courier = Courier(desk, world)
        routes = Routes(desk, self.entrance, self.courier)
        self.limits = routes.limits
        self.routes = tuple(routes.all())

    def clear(self) -> None:
        """Forget all records but groups, fields and forms; ids go on."""
        self.desk.clear()
        self.limits.clear()


class Offices:
    """All accounts of one helpdesk."""

    def __init__(self, world: World, settings: Settings, email: str, token: str) -> None:
        self._world, self._settings, self._email, self._token = world, settings, email, token
        clock = Shifted(world.clock)
        desk = Desk(world.lasting, clock, settings, email, world.url)
        if world.keys is not None:
            desk.account.go_on(world.rng)
        self.main = Office(world, clock, desk, email.lower(), token)
        self.routes = tuple(self._shared(place, route) for place, route in enumerate(self.main.routes))
        self._others: dict[str, Office] = {}
        self._seen: dict[str, str | None] = {}

    def __iter__(self) -> Iterator[Office]:
        yield self.main
        yield from self._others.values()

    def of(self, name: str) -> Office:
        """The account of this name, made when it is first asked for."""
        if name == MAIN:
            return self.main
        found = self._others.get(name)
        if found is None:
            found = self._others[name] = self._opened(name)
        return found

    def entered(self, call: Call) -> str | None:
        """The name of the account that the call's credentials open; None when they open none."""
        if self.main.entrance.knows(call):
            return MAIN
        given = call.headers.get("authorization", "")
        if given not in self._seen:
            if len(self._seen) > SEEN_MAX:
                self._seen.clear()
            self._seen[given] = self.named(shown_by(given)[1].decode("utf-8", "replace"))
        name = self._seen[given]
        return name if name is not None and self.of(name).entrance.knows(call) else None

    def named(self, token: str) -> str | None:
        """The isolated account that a token opens; None for all others."""
        name = named_by(token, self._token)
        return None if name == MAIN else name

    def of_file(self, token: str) -> str:
        """The account whose file is at this address; files are opened without credentials."""
        holders = (name for name, office in self._others.items() if office.desk.uploads.shows(token))
        return MAIN if self.main.desk.uploads.shows(token) else next(holders, MAIN)

    def forward(self, seconds: int, account: str | None) -> int:
        """Move an isolated account's time on, by its name or token; else the main one's. Answers the new time."""
        name = account if account is not None and NAME.fullmatch(account) else self.named(account or "")
        return self.of(name or MAIN).clock.advance(seconds)

    def meant(self, account: str | None) -> str:
        """The name of the account that somebody means by its name or its token; `UsageError` for what is neither."""
        if account is None or account in (MAIN, self._token):
            return MAIN
        name = account if NAME.fullmatch(account) else self.named(account)
        if name is None:
            raise UsageError(f"account: {account!r} is neither the name of an account of the helpdesk nor its token")
        return name

    def named_all(self) -> Iterator[tuple[str, Office]]:
        """Every account with its name, the main one first."""
        yield MAIN, self.main
        yield from self._others.items()

    def clear(self) -> None:
        """Let every account forget its records."""
        self.main.clear()
        for office in self._others.values():
            office.clear()

    def _opened(self, name: str) -> Office:
        rng = chance_of(self._world.rng, "helpdesk/account", name)
        clock = Shifted(self._world.clock)
        desk = Desk(rng, clock, self._settings, self._email, self._world.url, isolated=True)
        return Office(self._world, clock, desk, self._email.lower(), f"{self._token}.{name}")

    def _shared(self, place: int, route: Route) -> Route:
        """The main account's route, which leads on into the account of the call."""
        main = route.handler

        def led(call: Call) -> Reply | Awaitable[Reply]:
            handler: Handler = main if call.account == MAIN else self.of(call.account).routes[place].handler
            return handler(call)

        return Route(
            method=route.method, template=route.template, operation=route.operation, handler=led,
            writes=route.writes, sink=route.sink,
        )  # fmt: skip
