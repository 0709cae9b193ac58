"""All portals of one CRM: the main one, and isolated ones, each made when a key that ends in its name is first used.

Whose portal a call is about follows from the end of its token, OAuth client or developer key alone; whether that opens
anything is asked at the portal's own gate.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs

from fakes.calls import Call, Handler, Reply, Route
from fakes.crm.account import Account, Keys
from fakes.crm.state.settings import Settings
from fakes.crm.wire.answers import query
from fakes.crm.wire.gate import DEVELOPERS, MAIN, OPEN
from fakes.isolated import NAME, chance_of
from fakes.virtual import Shifted
from fakes.world import World


class Accounts:
    """The portals by name."""

    def __init__(self, world: World, settings: Settings, keys: Keys) -> None:
        self._world, self._settings, self._keys = world, settings, keys
        self.main = Account(world, Shifted(world.clock), settings, keys)
        self._isolated: dict[str, Account] = {}
        self._opening = frozenset((keys.token, keys.client_id, keys.developer_key))

    def __iter__(self) -> Iterator[Account]:
        yield self.main
        yield from self._isolated.values()

    def named(self, name: str) -> Account:
        """The isolated portal of this name, made if there is none yet; `ValueError` for what can be no name."""
        if name not in self._isolated:
            if not NAME.fullmatch(name) or name == MAIN:
                raise ValueError(f"account: {name!r} is no isolated portal: 1 to 40 of a-z, 0-9 and -, not {MAIN}")
            world = replace(self._world, rng=chance_of(self._world.rng, "fakes/crm/portals", name))
            self._isolated[name] = Account(world, Shifted(world.clock), self._settings, self._keys.named(name), name)
        return self._isolated[name]

    def called(self, name: str | None) -> Account:
        """The portal of this name or token, the main one without; `ValueError` for what is neither."""
        if name is None or name == MAIN or name in self._opening:
            return self.main
        head, dot, end = name.rpartition(".")
        return self.named(end if dot and head in self._opening else name)

    def of(self, call: Call) -> Account:
        """The portal of a call that was read."""
        return self._isolated.get(call.account, self.main)

    def forward(self, seconds: int, name: str | None) -> int:
        """Move the time of a portal on, without a name the main one's; answers its new time."""
        return (self.main if name is None else self.named(name)).clock.advance(seconds)

    def routes(self) -> tuple[Route, ...]:
        """Every route, each leading to the portal that its call is about."""
        return tuple(replace(route, handler=self._leading(route)) for route in self.main.routes)

    def _leading(self, route: Route) -> Handler:
        isolated, usual, place = self._isolated, route.handler, (route.method, route.template)

        def led(call: Call) -> Reply:
            account = isolated.get(call.account)
            reply = (usual if account is None else account.handlers[place])(call)
            assert isinstance(reply, Reply)
            return reply

        return led

    def read(self, call: Call) -> None:
        """Let the gate of the call's portal read it."""
        if call.path.startswith(OPEN):
            self.main.gate.read(call)
            call.account = self._opened(_open_key(call)).name
            return
        key = call.headers.get("authorization", "").partition(" ")[2]
        if call.path.startswith(DEVELOPERS) and call.query:
            key = parse_qs(call.query).get("hapikey", [key])[-1]
        self._opened(key).gate.read(call)

    def _opened(self, key: str) -> Account:
        """The portal that a key belongs to by its end; the main one where that says nothing."""
        if "." not in key or key in self._opening:
            return self.main
        head, _, name = key.rpartition(".")
        if head in self._opening and NAME.fullmatch(name) and name != MAIN:
            return self.named(name)
        return self._isolated.get(name, self.main)


def _open_key(call: Call) -> str:
    """The token or the client that a call of OAuth is about."""
    form, body = call.params.get("form_secret", {}), call.params.get("body")
    private = body.get("tokenKey") if isinstance(body, dict) else None
    found = call.at.get("token") or form.get("token") or form.get("client_id") or query(call, "client_id") or private
    return found if isinstance(found, str) else ""
