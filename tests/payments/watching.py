"""Watches every answer that the payment fake gives in this process, and judges it by the vendor's own document.

Answers in the shapes of an older API version are not judged: the document knows one version.
"""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager

import orjson
import pytest

from fakes.calls import Call, Refusal, Reply
from fakes.payments.state.store import API_VERSION
from fakes.payments.wire.desk import Desk
from tests.payments.judging import faults_of_answer


class Watch:
    """What was answered since it was last asked, and what was wrong with it."""

    def __init__(self) -> None:
        self.judged = 0
        self.faults: list[str] = []

    def see(self, call: Call, reply: Reply) -> Reply:
        """Judge an answer; it goes on as it is."""
        version = call.headers.get("stripe-version", API_VERSION)
        if reply.content_type == "application/json" and (version == API_VERSION or reply.status >= 400):
            self.judged += 1
            operation = call.route.operation if call.route else call.path
            self.faults += faults_of_answer(operation, reply.status, orjson.loads(reply.body))
        return reply

    def taken(self) -> list[str]:
        """The faults so far, which are forgotten."""
        found, self.faults = self.faults, []
        return found


@contextmanager
def watching() -> Iterator[Watch]:
    """See every answer while inside."""
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch:
        handle, read, unknown, failure = Desk.handle, Desk.read, Desk.unknown, Desk.failure

        async def waited(call: Call, reply: Awaitable[Reply]) -> Reply:
            return watch.see(call, await reply)

        def handled(desk: Desk, call: Call) -> Reply | Awaitable[Reply]:
            reply = handle(desk, call)
            return watch.see(call, reply) if isinstance(reply, Reply) else waited(call, reply)

        def seen_read(desk: Desk, call: Call) -> None:
            try:
                read(desk, call)
            except Refusal as refusal:
                watch.see(call, refusal.reply)
                raise

        patch.setattr(Desk, "handle", handled)
        patch.setattr(Desk, "read", seen_read)
        patch.setattr(Desk, "unknown", lambda desk, call: watch.see(call, unknown(desk, call)))
        patch.setattr(
            Desk, "failure", lambda desk, kind, call, status: watch.see(call, failure(desk, kind, call, status))
        )
        yield watch
