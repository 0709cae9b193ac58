"""The wishes about where webhooks go and what became of them: endpoints, their secrets, and the log of attempts."""

from itertools import islice
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from fakes.asking import Ask, House, Problem, Wish
from fakes.delivery_log import KEPT, Attempt
from fakes.endpoints import HARNESS, TIMEOUT_S, Endpoint, Wants, everything
from fakes.powers import Thin
from harness.faults import SECONDS_MAX
from harness.rng import fresh_token

Address = Annotated[str, Field(pattern=r"^https?://[^\s/]+", max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Secret = Annotated[str, Field(min_length=1, max_length=200)]


class EndpointAsk(Ask):
    """Where webhooks of a fake go; a null `url` sends the endpoint away, and what it should have heard waits."""

    fake: str
    url: Address | None
    name: Name = HARNESS
    secrets: list[Secret] | None = None
    types: list[str] = Field(["*"], min_length=1)
    """The vendor's types of events that it hears; `*` is all of them."""
    payload: Literal["snapshot", "thin"] = "snapshot"
    disabled: bool = False
    timeout_s: Annotated[float, Field(gt=0, le=120)] = TIMEOUT_S


class OneAsk(Ask):
    """One endpoint of a fake."""

    fake: str
    name: str


class RollAsk(OneAsk):
    """A new secret for an endpoint; the valid ones sign too for so many seconds."""

    secret: Secret | None = None
    lasts_s: Annotated[float, Field(ge=0, le=7 * SECONDS_MAX)] = 0.0


class AttemptsAsk(Ask):
    """Which attempts to show."""

    fake: str | None = None
    endpoint: str | None = None
    event: str | None = None
    person: str | None = None
    limit: Annotated[int, Field(ge=1, le=KEPT)] = 100


class FakeAsk(Ask):
    """One fake."""

    fake: str


class Registered(TypedDict):
    """Where webhooks of a fake go now."""

    fake: str
    name: str
    url: str | None
    enabled: bool
    api: bool
    """Whether a client of the fake made it through the API."""
    secrets: int
    """How many secrets of its own are kept, replaced ones included; 0: the fake's own signs."""


class All(TypedDict):
    """Every endpoint."""

    endpoints: list[Registered]


class Gone(TypedDict):
    """That an endpoint is gone."""

    deleted: bool


class Rolled(TypedDict):
    """The secret that signs from now on."""

    secret: str


class Attempts(TypedDict):
    """Attempts, newest first."""

    attempts: list[Attempt]


class Undelivered(TypedDict):
    """Events that some endpoint has not acknowledged, oldest first."""

    events: list[str]


def _shown(endpoint: Endpoint) -> Registered:
    return {
        "fake": endpoint.fake,
        "name": endpoint.name,
        "url": endpoint.url,
        "enabled": endpoint.enabled,
        "api": endpoint.api,
        "secrets": len(endpoint.secrets) + len(endpoint.old),
    }


def _wants(types: list[str]) -> Wants:
    if "*" in types:
        return everything
    chosen = frozenset(types)
    return lambda kind, account: not account and kind in chosen


def endpoint(house: House, ask: EndpointAsk) -> Registered:
    """Register, change, disable or send away an endpoint; without secrets it keeps those that it has."""
    slice_ = house.slice(ask.fake)
    known = house.core.deliveries.endpoints.find(ask.fake, ask.name)
    if known is not None and known.api:
        raise Problem(409, f"{ask.name} was made through the API of {ask.fake}; change it there")
    if ask.payload == "thin" and not isinstance(slice_, Thin):
        raise Problem(422, f"payload: {ask.fake} has no notices without a snapshot")
    made = Endpoint(
        fake=ask.fake, name=ask.name, url=ask.url, secrets=tuple(ask.secrets or ()), wants=_wants(ask.types),
        render=slice_.thin if ask.payload == "thin" and isinstance(slice_, Thin) else None,
        enabled=not ask.disabled, timeout_s=ask.timeout_s,
    )  # fmt: skip
    house.core.deliveries.register(made)
    return _shown(made)


def endpoints(house: House, ask: Ask) -> All:
    """Every endpoint of every fake."""
    return {"endpoints": [_shown(one) for one in house.core.deliveries.endpoints.all()]}


def _found(house: House, ask: OneAsk) -> Endpoint:
    house.slice(ask.fake)
    found = house.core.deliveries.endpoints.find(ask.fake, ask.name)
    if found is None:
        raise Problem(404, f"{ask.fake} has no endpoint {ask.name!r}")
    return found


def delete(house: House, ask: OneAsk) -> Gone:
    """Forget an endpoint; retries to it end."""
    found = _found(house, ask)
    if found.api:
        raise Problem(409, f"{ask.name} was made through the API of {ask.fake}; delete it there")
    return {"deleted": house.core.deliveries.endpoints.drop(ask.fake, ask.name)}


def roll(house: House, ask: RollAsk) -> Rolled:
    """Replace an endpoint's secret, one that was made through the API included; answers the new one."""
    secret = ask.secret or fresh_token("whsec_")
    house.core.deliveries.roll(_found(house, ask), secret, ask.lasts_s)
    return {"secret": secret}


def attempts(house: House, ask: AttemptsAsk) -> Attempts:
    """What became of attempts to deliver, newest first."""
    found = house.core.deliveries.log.newest(fake=ask.fake, endpoint=ask.endpoint, event=ask.event, person=ask.person)
    return {"attempts": list(islice(found, ask.limit))}


def undelivered(house: House, ask: FakeAsk) -> Undelivered:
    """Events of a fake that some endpoint has not acknowledged: pending, dropped or given up."""
    house.slice(ask.fake)
    return {"events": house.core.deliveries.undelivered(ask.fake)}


WISHES = (
    Wish("PUT", "/endpoints/{fake}", endpoint),
    Wish("GET", "/endpoints", endpoints),
    Wish("DELETE", "/endpoints/{fake}/{name}", delete),
    Wish("POST", "/endpoints/{fake}/{name}/roll", roll),
    Wish("GET", "/deliveries", attempts),
    Wish("GET", "/undelivered/{fake}", undelivered),
)
