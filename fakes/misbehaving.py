"""What each planned fault does to one call: the ways of a vendor to disappoint.

Each is a few lines that say when the call is carried out, when the fault is journaled and what reaches the client.
Called by `fakes.server` for the calls that `fakes.injection` picked.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from fakes.calls import Call, Reply
from fakes.injection import Firing
from fakes.transport import Wire
from harness.clock import SYSTEM
from harness.faults import Kind

HANG_S = 10.0
BARRIER_S = 5.0
PAGE = (
    b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Please try again later</h1></body></html>"
)


class Stage(Protocol):
    """What a fault needs of the server."""

    async def run(self, call: Call) -> Reply:
        """Carry the call out."""
        ...

    def failure(self, kind: str, call: Call, retry_after_s: float | None, status: int | None) -> Reply:
        """The vendor's own error."""
        ...

    def fired(self, firing: Firing, reply: Reply | None) -> None:
        """Journal that the fault happened; `reply` when the call was carried out first."""
        ...

    def let_go(self, firing: Firing) -> None:
        """Journal how a barrier's hold ended."""
        ...

    def answered(self, call: Call, reply: Reply | None, lost: str | None) -> None:
        """Journal how the call ended."""
        ...

    async def told_early(self, call: Call) -> None:
        """Wait for events that must arrive before the answer."""
        ...

    def tell(self, call: Call) -> None:
        """Let the events of the call go out."""
        ...


Way = Callable[[Stage, Firing, Wire], Awaitable[None]]


async def _deliver(stage: Stage, call: Call, reply: Reply, wire: Wire) -> None:
    stage.answered(call, reply, "before" if wire.gone else None)
    await wire.reply(reply)


async def lost_reply(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Carried out, then reset before a byte of the answer."""
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    await stage.told_early(firing.call)
    stage.answered(firing.call, reply, "before")
    await wire.reset()


async def cut_reply(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Carried out, then reset in the middle of the answer."""
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    await stage.told_early(firing.call)
    stage.answered(firing.call, reply, "mid")
    await wire.cut(reply)


async def refuse(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Reset at once; nothing is carried out."""
    stage.fired(firing, None)
    stage.answered(firing.call, None, "reset")
    await wire.reset()


async def hang(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Silence, then the end of the connection; nothing is carried out."""
    stage.fired(firing, None)
    how = await wire.hold(firing.released, firing.fault.seconds or HANG_S)
    stage.answered(firing.call, None, "hang")
    if how != "gone":
        await wire.empty()


async def hang_after(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Carried out, then silence; its events go out meanwhile, because no answer will ever precede them."""
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    stage.tell(firing.call)
    how = await wire.hold(firing.released, firing.fault.seconds or HANG_S)
    stage.answered(firing.call, reply, "hang")
    if how != "gone":
        await wire.empty()


async def delay(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Carried out late, whether or not the client still waits."""
    await _unheard(firing, wire, firing.fault.seconds)
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    await stage.told_early(firing.call)
    await _deliver(stage, firing.call, reply, wire)


async def slow_reply(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Carried out at once, answered late."""
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    await wire.hold(firing.released, firing.fault.seconds)
    await stage.told_early(firing.call)
    await _deliver(stage, firing.call, reply, wire)


async def barrier(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Carried out, then held until enough rivals were carried out too, or time is up."""
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    await _unheard(firing, wire, firing.fault.seconds or BARRIER_S)
    stage.let_go(firing)
    await _deliver(stage, firing.call, reply, wire)


async def gather(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Held until enough others are held too, or time is up, then carried out."""
    await _unheard(firing, wire, firing.fault.seconds or BARRIER_S)
    stage.let_go(firing)
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    await stage.told_early(firing.call)
    await _deliver(stage, firing.call, reply, wire)


async def unended_reply(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Carried out, answered in full but for the end; its events go out meanwhile."""
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    stage.tell(firing.call)
    await wire.unended(reply)
    how = await wire.hold(firing.released, firing.fault.seconds or HANG_S)
    stage.answered(firing.call, reply, "mid")
    if how != "gone":
        await wire.reset()


async def trickle(stage: Stage, firing: Firing, wire: Wire) -> None:
    """Carried out, answered in small pieces."""
    reply = await stage.run(firing.call)
    stage.fired(firing, reply)
    await stage.told_early(firing.call)
    stage.answered(firing.call, reply, "before" if wire.gone else None)
    await wire.trickle(reply, firing.released, firing.fault.seconds)


async def _unheard(firing: Firing, wire: Wire, seconds: float) -> None:
    """Hold the call even when its client leaves."""
    deadline = SYSTEM.at_ns() + int(seconds * 1e9)
    if await wire.hold(firing.released, seconds) != "gone":
        return
    firing.gone = True
    try:
        async with asyncio.timeout(max(0.0, (deadline - SYSTEM.at_ns()) / 1e9)):
            await firing.released.wait()
    except TimeoutError:
        pass


async def _instead(stage: Stage, firing: Firing, wire: Wire, reply: Reply) -> None:
    stage.fired(firing, None)
    await _deliver(stage, firing.call, reply, wire)


async def server_error(stage: Stage, firing: Firing, wire: Wire) -> None:
    """The vendor's own 5xx instead; nothing is carried out."""
    status = firing.fault.status
    kind = "unavailable" if status in (502, 503, 504) else "server_error"
    await _instead(stage, firing, wire, stage.failure(kind, firing.call, firing.fault.retry_after_s, status))


async def locked(stage: Stage, firing: Firing, wire: Wire) -> None:
    """The vendor's own refusal because the object is in use; nothing is carried out."""
    await _instead(stage, firing, wire, stage.failure("locked", firing.call, firing.fault.retry_after_s, None))


async def rate_limited(stage: Stage, firing: Firing, wire: Wire) -> None:
    """The vendor's own 429 instead; nothing is carried out."""
    await _instead(stage, firing, wire, stage.failure("rate_limited", firing.call, firing.fault.retry_after_s, None))


async def html(stage: Stage, firing: Firing, wire: Wire) -> None:
    """A web page instead, as from a proxy; nothing is carried out."""
    await _instead(stage, firing, wire, Reply(200, PAGE, content_type="text/html; charset=utf-8"))


async def invalid(stage: Stage, firing: Firing, wire: Wire) -> None:
    """The vendor's own 4xx for a bad payload instead; nothing is carried out."""
    status = firing.fault.status if 400 <= firing.fault.status < 500 else None
    await _instead(stage, firing, wire, stage.failure("invalid", firing.call, None, status))


WAYS: dict[Kind, Way] = {
    Kind.LOST_REPLY: lost_reply,
    Kind.CUT_REPLY: cut_reply,
    Kind.HANG: hang,
    Kind.HANG_AFTER: hang_after,
    Kind.DELAY: delay,
    Kind.SLOW_REPLY: slow_reply,
    Kind.REFUSE: refuse,
    Kind.SERVER_ERROR: server_error,
    Kind.RATE_LIMITED: rate_limited,
    Kind.HTML: html,
    Kind.INVALID: invalid,
    Kind.BARRIER: barrier,
    Kind.GATHER: gather,
    Kind.UNENDED_REPLY: unended_reply,
    Kind.TRICKLE: trickle,
    Kind.LOCKED: locked,
}
