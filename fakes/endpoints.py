"""Where webhooks go: endpoints with an address, secrets and a wish of their own, several for each fake.

An endpoint without a `url` is away: what it should have heard waits for it. A disabled one hears nothing new and gets
no further retries. Nothing is sent here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fakes.calls import News
from fakes.delivery_log import Attempt

HARNESS = "harness"
"""The name of the endpoint that the harness registers when it gives no other."""
TIMEOUT_S = 10.0
Wants = Callable[[str, str], bool]
"""Of the type of an event, and of the account of the vendor that tells it (empty: the main one)."""

Again = Callable[[int, int | None, str | None], float | None]
"""Of the number of the next try, the status (None: no answer) and `Retry-After`: seconds to wait, None to give up."""
Render = Callable[[News], bytes]


def everything(kind: str, account: str) -> bool:
    """Wants whatever the main account tells."""
    return not account


@dataclass(slots=True, kw_only=True, eq=False)
class Endpoint:
    """One place where a fake's webhooks go."""

    fake: str
    name: str
    url: str | None
    secrets: tuple[str, ...] = ()
    """Its own signing secrets, newest first; none: the fake's."""
    old: tuple[tuple[str, int], ...] = ()
    """Secrets that were replaced, and until which second they sign too."""
    wants: Wants = everything
    render: Render | None = None
    """The bytes that it gets of an event; None: those that the fake made."""
    enabled: bool = True
    timeout_s: float = TIMEOUT_S
    method: str = "POST"
    again: Again | None = None
    """When it is tried again; None: by the schedule of the fake."""
    told: Callable[[Attempt], None] | None = None
    """Who wants to know what came of each attempt."""
    api: bool = False
    """Whether a client of the fake made it through the API."""

    def valid(self, own: tuple[str, ...], now_s: int) -> tuple[str, ...]:
        """Every secret that signs now, newest first; `own` are the fake's."""
        return (*(self.secrets or own), *(secret for secret, until_s in self.old if now_s < until_s))

    def roll(self, own: tuple[str, ...], secret: str, until_s: int) -> None:
        """Sign with a new secret; what was valid signs too until then."""
        replaced = [(one, until_s) for one in self.secrets or own]
        self.old = (*replaced, *((one, min(end, until_s)) for one, end in self.old))
        self.secrets = (secret,)


@dataclass(slots=True)
class Endpoints:
    """All endpoints of all fakes."""

    _of: dict[str, dict[str, Endpoint]] = field(default_factory=dict)

    def put(self, endpoint: Endpoint) -> None:
        """Keep an endpoint; one of the same name gives way, and leaves its secrets unless there are new ones."""
        of = self._of.setdefault(endpoint.fake, {})
        before = of.get(endpoint.name)
        if before is not None and not endpoint.secrets:
            endpoint.secrets, endpoint.old = before.secrets, before.old
        of[endpoint.name] = endpoint

    def drop(self, fake: str, name: str) -> bool:
        """Forget an endpoint; whether there was one."""
        return self._of.get(fake, {}).pop(name, None) is not None

    def find(self, fake: str, name: str) -> Endpoint | None:
        """The endpoint of this name, as it is now."""
        return self._of.get(fake, {}).get(name)

    def known(self, fake: str) -> bool:
        """Whether the fake has any endpoint at all."""
        return bool(self._of.get(fake))

    def all(self) -> Iterator[Endpoint]:
        """Every endpoint."""
        return (endpoint for of in self._of.values() for endpoint in of.values())

    def recipients(self, fake: str, kind: str, account: str, to: str = "") -> list[Endpoint]:
        """Who is to hear it. One that the API made at the harness's own address takes the harness's place."""
        of = self._of.get(fake)
        if not of:
            return []
        if to:
            return [one for one in of.values() if one.enabled and one.name == to]
        found = [one for one in of.values() if one.enabled and one.wants(kind, account)]
        if len(found) > 1:
            taken = {one.url for one in of.values() if one.api and one.enabled}
            found = [one for one in found if one.api or one.url not in taken]
        return found

    def forget_api(self, fake: str) -> None:
        """Forget what clients of the fake made."""
        of = self._of.get(fake, {})
        for name in [name for name, endpoint in of.items() if endpoint.api]:
            del of[name]
