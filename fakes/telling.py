"""The wishes about webhooks: where they go, past events told again, and lies."""

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from fakes.asking import Ask, House, Problem, Wish, named
from fakes.copying import Burst
from fakes.powers import Liar

Copies = Annotated[int, Field(ge=1, le=100)]


class EndpointAsk(Ask):
    """Where a fake's webhooks go; a null `url` disables."""

    fake: str
    url: Annotated[str, Field(pattern=r"^https?://")] | None
    secrets: list[str] | None = None


class ResendAsk(Ask):
    """Past events to deliver again."""

    person: str
    topic: str | None = None
    fake: str | None = None
    which: Literal["first", "last", "all"] = "last"
    copies: Copies = 1
    overlap: bool = False
    resign: bool = True


class ForgeAsk(Ask):
    """A lie to tell."""

    fake: str
    person: str
    lie: str
    forgery: str
    copies: Copies = 1


class Registered(TypedDict):
    """Where a fake's webhooks go now."""

    fake: str
    url: str | None


class Resent(TypedDict):
    """The deliveries that were made."""

    deliveries: list[str]


class Answered(TypedDict):
    """A delivery and the status that answered it."""

    delivery: str
    status: int | None


class Forged(TypedDict, total=False):
    """What answered the lies; or why nothing was told."""

    deliveries: list[Answered]
    reason: str


def endpoint(house: House, ask: EndpointAsk) -> Registered:
    """Register, move or disable where a fake's webhooks go."""
    house.slice(ask.fake)
    house.core.deliveries.endpoint(ask.fake, ask.url, ask.secrets)
    return {"fake": ask.fake, "url": ask.url}


async def resend(house: House, ask: ResendAsk) -> Resent:
    """Deliver past events again; answers when they were answered."""
    if ask.fake is not None:
        house.slice(ask.fake)
    burst = Burst(count=ask.copies, overlap=ask.overlap, resign=ask.resign)
    sent = await house.core.deliveries.resend(ask.person, burst, which=ask.which, topic=ask.topic, fake=ask.fake)
    return {"deliveries": sent}


async def forge(house: House, ask: ForgeAsk) -> Forged:
    """Tell a lie; nothing to lie about is an empty list."""
    slice_ = house.slice(ask.fake)
    manifest = slice_.manifest
    if not isinstance(slice_, Liar):
        raise Problem(422, f"the fake {ask.fake!r} tells no lies")
    named(ask.lie, manifest.lies, f"lie of {ask.fake}")
    named(ask.forgery, {"valid": "", **manifest.forgeries}, f"forgery of {ask.fake}")
    try:
        news = slice_.lie(ask.person, ask.lie)
    except LookupError as problem:
        return {"deliveries": [], "reason": str(problem)}
    try:
        sent = await house.core.deliveries.forge(ask.fake, ask.person, news, ask.forgery, ask.copies)
    except LookupError as problem:
        raise Problem(409, str(problem)) from problem
    return {"deliveries": [{"delivery": one.delivery, "status": one.status} for one in sent]}


WISHES = (
    Wish("PUT", "/endpoints/{fake}", endpoint),
    Wish("POST", "/resend", resend),
    Wish("POST", "/forge", forge),
)
