"""The wishes that send webhooks on demand: past events again, and events that are not true."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from fakes.asking import Ask, House, Problem, Wish, named
from fakes.copying import Burst
from fakes.powers import Liar
from harness.faults import COPIES_MAX

Copies = Annotated[int, Field(ge=1, le=COPIES_MAX)]


class Again(Ask):
    """How an event is sent again."""

    copies: Copies = 1
    overlap: bool = False
    resign: bool = True
    endpoint: str | None = None
    """Only to the endpoint of this name."""

    def burst(self) -> Burst:
        """The same for the engine."""
        return Burst(count=self.copies, overlap=self.overlap, resign=self.resign)


class ResendAsk(Again):
    """Past events of a person to deliver again."""

    person: str
    topic: str | None = None
    fake: str | None = None
    which: Literal["first", "last", "all"] = "last"


class ResendEventAsk(Again):
    """One past event to deliver again."""

    fake: str
    event: str


class ForgeAsk(Ask):
    """A lie to tell."""

    fake: str
    person: str
    lie: str
    forgery: str
    copies: Copies = 1
    endpoint: str | None = None


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


async def resend(house: House, ask: ResendAsk) -> Resent:
    """Deliver past events of a person again; answers when they were answered."""
    if ask.fake is not None:
        house.slice(ask.fake)
    sent = await house.core.deliveries.resend(
        ask.person, ask.burst(), which=ask.which, topic=ask.topic, fake=ask.fake, endpoint=ask.endpoint
    )
    return {"deliveries": sent}


async def resend_event(house: House, ask: ResendEventAsk) -> Resent:
    """Deliver one past event again, also to an endpoint that did not hear it; answers when it was answered."""
    house.slice(ask.fake)
    deliveries = house.core.deliveries
    event = deliveries.event(ask.fake, ask.event)
    if event is None:
        raise Problem(404, f"{ask.fake} has told no event {ask.event!r}")
    place = None
    if ask.endpoint is not None and (place := deliveries.endpoints.find(ask.fake, ask.endpoint)) is None:
        raise Problem(404, f"{ask.fake} has no endpoint {ask.endpoint!r}")
    return {"deliveries": await deliveries.resend_event(event, ask.burst(), place)}


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
        sent = await house.core.deliveries.forge(ask.fake, ask.person, news, ask.forgery, ask.copies, ask.endpoint)
    except LookupError as problem:
        raise Problem(409, str(problem)) from problem
    return {"deliveries": [{"delivery": one.delivery, "status": one.status} for one in sent]}


WISHES = (
    Wish("POST", "/resend", resend),
    Wish("POST", "/resend/{fake}/{event}", resend_event),
    Wish("POST", "/forge", forge),
)
