"""A client of few steps: keep-alive connections that send prepared requests one after the other, and time each.

HTTP/1.1 with a content-length in both directions and nothing else; no library, so that the server is what is measured.
Used by `bench.fakes`, the same for the fakes and for the app that does nothing.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.errors import MachineError

ANSWER_S = 10.0
LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Timed:
    """What a number of requests took."""

    number: int
    seconds: float
    ms: tuple[float, ...]
    """The time of each, sorted."""

    @property
    def per_s(self) -> float:
        """Requests per second."""
        return self.number / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The time that this share did not exceed."""
        return self.ms[min(len(self.ms) - 1, int(share * len(self.ms)))]


def request(url: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """The bytes of one POST."""
    lines = {"host": urlsplit(url).netloc, **headers, "content-length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


class Connection:
    """One connection; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, url: str) -> "Connection":
        """Connect."""
        where = urlsplit(url)
        return cls(*await asyncio.open_connection(where.hostname, where.port))

    async def ask(self, sent: bytes) -> Answer:
        """Send a request and wait for the whole answer; `MachineError` unless it is a 2xx."""
        self._writer.write(sent)
        head = await self._reader.readuntil(b"\r\n\r\n")
        at = head.lower().index(LENGTH) + len(LENGTH)
        body = await self._reader.readexactly(int(head[at : head.index(b"\r\n", at)]))
        status = int(head[9:12])
        if not 200 <= status < 300:
            asked = sent.split(b"\r\n", 1)[0].decode()
            raise MachineError(f"{asked} was answered {status}: {body[:300].decode(errors='replace')}")
        return Answer(status, body)

    def close(self) -> None:
        """Close it."""
        self._writer.close()


async def timed(url: str, make: Callable[[], bytes], *, number: int, seconds: float, connections: int) -> Timed:
    """Send `number` requests over these connections, or as many as fit into `seconds`; timed one by one."""
    opened = [await Connection.open(url) for _ in range(connections)]
    took: list[float] = []
    # Made ahead, so that the client's own work is not in the times.
    left: Iterator[bytes] = iter([make() for _ in range(number)])
    began = time.perf_counter()

    async def one(connection: Connection) -> None:
        for sent in left:
            start = time.perf_counter()
            if start - began > seconds:
                return
            await connection.ask(sent)
            took.append((time.perf_counter() - start) * 1e3)

    try:
        async with asyncio.timeout(seconds + ANSWER_S), asyncio.TaskGroup() as group:
            for connection in opened:
                group.create_task(one(connection))
    except ExceptionGroup as problems:
        # They all fail alike; one of them says what is wrong.
        problem = problems.exceptions[0]
        if isinstance(problem, MachineError):
            raise problem from None
        raise MachineError(f"{url}: the connection broke while measuring: {problem!r}") from problems
    except TimeoutError as problem:
        raise MachineError(f"{url} did not answer within {seconds + ANSWER_S:g} s") from problem
    finally:
        for connection in opened:
            connection.close()
    return Timed(len(took), time.perf_counter() - began, tuple(sorted(took)))
