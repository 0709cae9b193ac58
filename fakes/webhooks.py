"""What a fake may ask of the delivery engine: register endpoints that its clients make, and hear what came of events.

`Hooks` is one fake's view of the engine; bare `Webhooks` stand in where nothing is delivered, as in tests of a slice.
"""

from collections.abc import Callable, Sequence
from typing import TypedDict, Unpack

from fakes.deliveries import Deliveries
from fakes.delivery_log import Attempt
from fakes.endpoints import Again, Endpoint, Render, Wants


class Manners(TypedDict, total=False):
    """How an endpoint differs from the usual; each is a field of `Endpoint`."""

    render: Render | None
    enabled: bool
    method: str
    again: Again | None
    told: Callable[[Attempt], None] | None


class Webhooks:
    """The engine, as one fake sees it; this one delivers nothing, and nobody listens."""

    def register(
        self, name: str, url: str, wants: Wants, *, secrets: Sequence[str] = (), **manners: Unpack[Manners]
    ) -> None:
        """Make or change an endpoint; without secrets it keeps those that it has."""

    def inside(self, url: str, take: Callable[[bytes], None]) -> None:
        """Let an address stand for a function of this process, which gets the bodies that go there."""

    def forget(self, name: str) -> None:
        """Delete an endpoint; retries to it end."""

    def listening(self, kind: str, account: str) -> int:
        """How many endpoints are to hear an event of this type in this account."""
        return 0

    def unacknowledged(self, event: str) -> int:
        """How many endpoints have not acknowledged an event yet."""
        return 0

    def undelivered(self) -> list[str]:
        """The events that some endpoint has not acknowledged, oldest first."""
        return []


class Hooks(Webhooks):
    """One fake's view of an engine that delivers."""

    def __init__(self, deliveries: Deliveries, fake: str) -> None:
        self._deliveries, self._fake = deliveries, fake

    def register(
        self, name: str, url: str, wants: Wants, *, secrets: Sequence[str] = (), **manners: Unpack[Manners]
    ) -> None:
        """Make or change an endpoint; without secrets it keeps those that it has."""
        made = Endpoint(fake=self._fake, name=name, url=url, wants=wants, secrets=tuple(secrets), api=True, **manners)
        self._deliveries.register(made)

    def inside(self, url: str, take: Callable[[bytes], None]) -> None:
        """Let an address stand for a function of this process, which gets the bodies that go there."""
        self._deliveries.inside[url] = take

    def forget(self, name: str) -> None:
        """Delete an endpoint; retries to it end."""
        self._deliveries.endpoints.drop(self._fake, name)

    def listening(self, kind: str, account: str) -> int:
        """How many endpoints are to hear an event of this type in this account."""
        return len(self._deliveries.endpoints.recipients(self._fake, kind, account))

    def unacknowledged(self, event: str) -> int:
        """How many endpoints have not acknowledged an event yet."""
        return self._deliveries.unacknowledged(self._fake, event)

    def undelivered(self) -> list[str]:
        """The events that some endpoint has not acknowledged, oldest first."""
        return self._deliveries.undelivered(self._fake)
