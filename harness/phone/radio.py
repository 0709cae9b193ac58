"""The asyncio radio: carries out what a phone's script asks, over one shared keep-alive client.

No retries, no redirects, no proxies of the machine: each of those would hide what happened. Decides nothing; exceptions
become words of the table of outcomes here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import httpx

from harness.clock import SYSTEM, pause
from harness.phone.exchange import Exchange, Exchanged, Outside, Taps, Wait
from harness.phone.moments import lose_reply, lose_request
from harness.phone.outcomes import error_of
from harness.phone.request import Request

T = TypeVar("T")
Turn = Callable[[Sequence[str]], Awaitable[None]]
"""Waits until requests to these addresses may be sent."""


class Radio:
    """Sends exchanges, one at a time or overlapping, and waits."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        watch: Callable[[Request, Exchanged], None] | None = None,
        turn: Turn | None = None,
    ) -> None:
        self._client = client
        self._turn = turn
        # Cookies are each phone's own; a jar shared by everybody's phones would hand them round.
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._watch = watch

    async def drive(self, script: Generator[Outside, Any, T]) -> T:
        """Carry out everything the script asks, until it ends with its result."""
        heard: Any = None
        try:
            while True:
                heard = await self._do(script.send(heard))
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            script.close()

    async def _do(self, step: Outside) -> Any:
        if isinstance(step, Wait):
            return await pause(step.seconds)
        if isinstance(step, Taps):
            await self._wait_for_turn(*step.exchanges)
            return await self._taps(step)
        await self._wait_for_turn(step)
        return await self._exchange(step)

    async def _wait_for_turn(self, *exchanges: Exchange) -> None:
        """Wait where the pipeline is not ours alone; before anything is announced, so that it is not measured."""
        if self._turn is not None:
            await self._turn([exchange.request.url for exchange in exchanges])

    async def _taps(self, taps: Taps) -> list[Exchanged]:
        """Start each after its gap; none waits for another's answer."""

        async def tap(number: int, exchange: Exchange) -> Exchanged:
            await pause(number * taps.gap_ms / 1000)
            return await self._exchange(exchange)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(tap(number, one)) for number, one in enumerate(taps.exchanges)]
        return [task.result() for task in tasks]

    async def _exchange(self, exchange: Exchange) -> Exchanged:
        exchange.announce()
        heard = Exchanged()
        try:
            if exchange.loss:
                await self._lose(exchange, heard)
            else:
                await self._send(exchange, heard)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as problem:
            heard.error = error_of(problem)
        heard.ended_ns = SYSTEM.at_ns()
        if self._watch is not None:
            self._watch(exchange.request, heard)
        return heard

    async def _send(self, exchange: Exchange, heard: Exchanged) -> None:
        request = exchange.request
        # The whole exchange is bounded, not only each read: a server that drips would hold the phone for ever.
        async with asyncio.timeout(2 * exchange.timeout_s):
            answer = await self._client.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                content=request.content,
                timeout=exchange.timeout_s,
                follow_redirects=False,
            )
        heard.status = answer.status_code
        heard.body = answer.content
        heard.headers = {name.lower(): text for name, text in answer.headers.items()}

    async def _lose(self, exchange: Exchange, heard: Exchanged) -> None:
        lose = lose_request if exchange.loss == "request_lost" else lose_reply
        cut = await lose(exchange.request, exchange.timeout_s)
        heard.error = exchange.loss
        heard.detail = {"sent_bytes": cut.sent, "of_bytes": cut.of, "first_byte": cut.first_byte}
