"""A pipeline's webhook endpoint on a real socket, that remembers what it got and answers what it is told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.clock import block
from tools.listening import Answer, Taken, listening


@dataclass(frozen=True)
class Got:
    """One delivery."""

    headers: dict[str, str]
    body: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events in it."""
        found: list[dict[str, Any]] = json.loads(self.body)
        return found


@dataclass
class Hook:
    """The endpoint: answers `statuses` in turn, then 200."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def wait(self, count: int) -> list[Got]:
        """The deliveries, once there are `count` of them; at most 5 seconds."""
        for _ in range(500):
            if len(self.got) >= count:
                return list(self.got)
            block(0.01)
        raise AssertionError(f"{count} deliveries were expected, {len(self.got)} arrived")


@contextmanager
def hooked() -> Iterator[Hook]:
    """An endpoint while inside."""
    one = Hook()

    def take(request: Taken) -> Answer:
        one.got.append(Got(request.headers, request.body.decode()))
        return one.statuses.pop(0) if one.statuses else 200, {}

    with listening(take, "/hook?from=crm") as one.url:
        yield one
