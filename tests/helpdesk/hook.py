"""A webhook's endpoint on a real socket that answers as the test says and remembers what it got. Not a test itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.clock import block
from tools.listening import Answer, Taken, listening


@dataclass
class Got:
    """One request."""

    method: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Hook:
    """What the endpoint answers, and what it got."""

    url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """The next answers; 200 when there are none."""
    got: list[Got] = field(default_factory=list)

    def wait(self, count: int) -> list[Got]:
        """The requests, once there are so many; at most 5 seconds."""
        for _ in range(500):
            if len(self.got) >= count:
                return self.got
            block(0.01)
        raise AssertionError(f"{count} requests were expected, {len(self.got)} arrived")


@contextmanager
def hooked() -> Iterator[Hook]:
    """An endpoint while inside."""
    one = Hook()

    def take(request: Taken) -> Answer:
        one.got.append(Got(request.method, request.headers, request.body))
        return one.answers.pop(0) if one.answers else (200, {})

    with listening(take) as one.url:
        yield one
