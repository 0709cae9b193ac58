"""The wishes that act for somebody: the vendor's own side, a phone's wallet, and who looks at what has arrived."""

from collections.abc import Awaitable
from typing import Any

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict

from fakes.asking import Ask, House, Problem, Wish, named
from fakes.powers import Actor, Inbox, Wallet


class ActAsk(BaseModel):
    """Something the vendor's own side shall do; further fields are the act's own arguments."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)
    fake: str
    person: str
    act: str


class PayAsk(Ask):
    """What a phone's wallet pays."""

    handle: str
    method: str


class Acted(TypedDict):
    """The object that was acted on."""

    object: str


class Paid(TypedDict):
    """What a payment came to, and why."""

    result: str
    reason: str | None


async def act(house: House, ask: ActAsk) -> Acted:
    """Let the vendor's own side act."""
    slice_ = house.slice(ask.fake)
    if not isinstance(slice_, Actor):
        raise Problem(422, f"the fake {ask.fake!r} does nothing by itself")
    named(ask.act, slice_.manifest.acts, f"act of {ask.fake}")
    try:
        done = slice_.act(ask.person, ask.act, dict(ask.model_extra or {}))
        object_id = done if isinstance(done, str) else await done
    except LookupError as problem:
        raise Problem(404, f"{ask.act} for {ask.person}: {problem}") from problem
    except ValueError as problem:
        raise Problem(422, f"{ask.act} for {ask.person}: {problem}") from problem
    house.core.journal.write("act", fake=ask.fake, act=ask.act, person=ask.person, object=object_id)
    return {"object": object_id}


async def pay(house: House, ask: PayAsk) -> Paid:
    """Pay as the vendor's own software on a phone would; open, like that is."""
    for slice_ in house.slices.values():
        if isinstance(slice_, Wallet):
            paid = slice_.pay(ask.handle, ask.method)
            result = await paid if isinstance(paid, Awaitable) else paid
            return {"result": result["result"], "reason": result.get("reason")}
    raise Problem(404, "no fake here has a wallet")


class InboxAsk(Ask):
    """Whose inbox: a mail address, a device's token; in the main account, or in the isolated one that is named."""

    fake: str
    handle: str
    account: str | None = None


class Arrived(TypedDict):
    """What has arrived there, oldest first."""

    arrived: list[dict[str, Any]]


def inbox(house: House, ask: InboxAsk) -> Arrived:
    """What has arrived for somebody, as they see it; open, like a phone is to its owner."""
    slice_ = house.slice(ask.fake)
    if not isinstance(slice_, Inbox):
        raise Problem(422, f"nothing arrives at the fake {ask.fake!r}")
    try:
        return {"arrived": slice_.inbox(ask.handle, ask.account)}
    except ValueError as problem:
        raise Problem(422, str(problem)) from problem


WISHES = (
    Wish("POST", "/acts", act),
    Wish("POST", "/wallet/pay", pay, open=True),
    Wish("GET", "/inboxes/{fake}", inbox, open=True),
)
