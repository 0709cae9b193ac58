"""The wishes about time: when webhooks are tried again, and an account's time moved on.

Moved on is what the vendor would do later: retries that become due are sent, what the account has planned is done, in
the order of time and each before the next. Signatures, headers and deliveries keep saying the real time.
"""

import math
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from fakes.asking import Ask, House, Problem, Wish
from fakes.powers import Timed
from fakes.schedules import SCHEDULES

YEARS_MAX = 10


class RetriesAsk(Ask):
    """When webhooks are tried again: a preset's name, or the seconds from try to try; of one fake, or of all."""

    schedule: str | Annotated[list[Annotated[float, Field(ge=0, le=31 * 86_400)]], Field(max_length=100)]
    fake: str | None = None


class TimeAsk(Ask):
    """How far to move on a fake's account; without an account, the main one."""

    fake: str
    seconds: Annotated[int, Field(ge=0, le=YEARS_MAX * 366 * 86_400)]
    account: str | None = None


class Schedule(TypedDict):
    """The seconds from try to try."""

    schedule: list[float]


class Moved(TypedDict):
    """What time it is in that account now, in seconds since 1970."""

    now_s: int | None


def retries(house: House, ask: RetriesAsk) -> Schedule:
    """Choose when webhooks that are not acknowledged are tried again; what waits already waits as it was."""
    if ask.fake is not None:
        house.slice(ask.fake)
    if isinstance(ask.schedule, str):
        if ask.schedule not in SCHEDULES:
            raise Problem(422, f"schedule: no preset is called {ask.schedule!r}; there are {', '.join(SCHEDULES)}")
        chosen = SCHEDULES[ask.schedule]
    else:
        chosen = tuple(ask.schedule)
    house.core.deliveries.use_schedule(chosen, ask.fake)
    return {"schedule": list(chosen)}


async def forward(house: House, ask: TimeAsk) -> Moved:
    """Move an account's time on, or the whole fake's where accounts have none; answers when all that is due is done."""
    slice_, deliveries, account = house.slice(ask.fake), house.core.deliveries, ask.account or ""
    clock = house.core.clocks.get(ask.fake)
    now_s: int | None = None
    left = ask.seconds
    await deliveries.first_answers(ask.fake, account)
    while True:
        due_s = deliveries.next_retry_s(ask.fake, account)
        step = left if due_s is None else min(left, max(1, math.ceil(due_s)))
        if isinstance(slice_, Timed):
            try:
                now_s = await slice_.forward(step, ask.account)
            except ValueError as problem:
                raise Problem(422, str(problem)) from problem
        elif clock is not None:
            now_s = clock.advance(step)
        await deliveries.forward(ask.fake, step, account)
        left -= step
        if left <= 0:
            return {"now_s": now_s}


WISHES = (
    Wish("PUT", "/retries", retries),
    Wish("POST", "/time", forward),
)
