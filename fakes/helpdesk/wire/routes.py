"""All routes of the helpdesk, each behind the same door: who calls, how often, and problems in the vendor's shape.

Every path answers with and without `.json` at its end, as the real one does.
"""

from collections.abc import Awaitable, Iterator

from fakes.calls import Call, Handler, Reply, Route
from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.wire import answers
from fakes.helpdesk.wire.area import SINK, Entry
from fakes.helpdesk.wire.areas import AREAS
from fakes.helpdesk.wire.areas.channels import ChannelArea
from fakes.helpdesk.wire.areas.files import FileArea
from fakes.helpdesk.wire.courier import Courier
from fakes.helpdesk.wire.entrance import Entrance
from fakes.helpdesk.wire.limits import Limits

MAIL = "POST inbound_email"


class Routes:
    """The routes of one account."""

    def __init__(self, desk: Desk, entrance: Entrance, courier: Courier) -> None:
        self._courier = courier
        self._desk = desk
        self._entrance = entrance
        self.limits = Limits(desk.account)

    def all(self) -> Iterator[Route]:
        """Every route."""
        for area in AREAS:
            yield from area(self._desk, self._entrance.actor, self._courier).routes(self._guard)
        files = FileArea(self._desk, self._entrance.actor, self._courier)
        yield Route(
            method="GET", template="/attachments/token/{token}", operation="GET content_url", writes=False,
            handler=self._guard(Entry("GET", "", files.content, who="anybody")),
        )  # fmt: skip

        channels = ChannelArea(self._desk, self._entrance.actor, self._courier)
        yield Route(
            method="POST", template="/inbound_email", operation=MAIL, writes=True, sink=SINK,
            handler=self._guard(Entry("POST", "", channels.inbound, who="anybody")),
        )  # fmt: skip

    def _guard(self, entry: Entry) -> Handler:
        entrance, limits, work, who, own = self._entrance, self.limits, entry.work, entry.who, entry.limit

        def caller(call: Call) -> int:
            # Only limits of an endpoint's own are counted for each user.
            return 0 if own is None else entrance.actor(call).id

        def guarded(call: Call) -> Reply | Awaitable[Reply]:
            limited = limits.refuse(call, own, caller(call))
            try:
                if limited is None:
                    entrance.check(call, who)
                reply = limited or work(call)
            except Problem as problem:
                reply = answers.refusal(problem)
            if not isinstance(reply, Reply):
                return later(call, reply)
            return done(call, reply)

        def done(call: Call, reply: Reply) -> Reply:
            self._courier.flush(call)
            reply.headers.update(limits.headers(call, own, caller(call)))
            # The journal's own name of the call, so that what a client logged can be found there.
            reply.headers["X-Request-Id"] = call.id
            return reply

        async def later(call: Call, coming: Awaitable[Reply]) -> Reply:
            try:
                reply = await coming
            except Problem as problem:
                reply = answers.refusal(problem)
            return done(call, reply)

        return guarded
