"""What a slice may be able to do besides answering calls; each power is a protocol of its own, found by `isinstance`.

The control channel, the delivery engine and the server process look for these; a slice that lacks one is asked
nothing. No behaviour here.
"""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, NotRequired, Protocol, runtime_checkable

from typing_extensions import TypedDict

from fakes.calls import News


class Paid(TypedDict):
    """What a wallet's payment came to: `paid`, `declined`, `requires_action` or `refused`, and why."""

    result: str
    reason: NotRequired[str | None]


@runtime_checkable
class Wallet(Protocol):
    """Pays as the vendor's mobile SDK or hosted page would."""

    def pay(self, handle: str, method: str) -> Paid | Awaitable[Paid]:
        """Pay what `handle` stands for; a handle or method it does not know is `refused`, with the reason."""
        ...


@runtime_checkable
class Liar(Protocol):
    """Makes up events that did not happen."""

    def lie(self, person: str, name: str) -> News:
        """A fresh event of the named lie about one of the person's objects; `LookupError` if there is none."""
        ...


@runtime_checkable
class Actor(Protocol):
    """Lets the vendor's own side do something."""

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str | Awaitable[str]:
        """Do it to the person's newest fitting object and return its id; `LookupError` if there is none."""
        ...


@runtime_checkable
class Signer(Protocol):
    """Signs webhooks as the vendor does, rightly and wrongly."""

    secrets: Sequence[str]
    """Its own signing secrets, newest first; the control channel may register an endpoint with others."""

    def sign(self, body: bytes, t_s: int, secrets: Sequence[str]) -> dict[str, str]:
        """The headers of a delivery of `body` signed at `t_s` with these secrets."""
        ...

    def forge(
        self, name: str, body: bytes, t_s: int, secrets: Sequence[str]
    ) -> tuple[Mapping[str, str | tuple[str, ...]], bytes]:
        """Headers (one with several values comes several times) and body, signed in a way that the manifest names."""
        ...


@runtime_checkable
class Addressed(Protocol):
    """A signer that writes each try anew: its signature knows the address, its body the number of the try."""

    def stamp(
        self, body: bytes, attempt: int, url: str, t_s: int, secrets: Sequence[str], forgery: str = "valid"
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of one try, counted from 1, signed at `t_s`; or signed wrongly in the named way."""
        ...


@runtime_checkable
class Thin(Protocol):
    """Has notices that name what happened, without a snapshot."""

    def thin(self, news: News) -> bytes:
        """The body of the notice about an event."""
        ...


@runtime_checkable
class Public(Protocol):
    """Says where it is and with which keys."""

    def public(self) -> dict[str, Any]:
        """The slice's part of the line printed at start, without `url`."""
        ...


@runtime_checkable
class Server(Protocol):
    """Listens on ports besides HTTP, or works in the background."""

    async def start(self) -> None:
        """Begin; `OSError` when a port is taken."""
        ...

    async def stop(self) -> None:
        """End; called once, also after a failed start."""
        ...


@runtime_checkable
class Timed(Protocol):
    """Has a time of its own that can be moved on."""

    async def forward(self, seconds: int, account: str | None = None) -> int:
        """Move an account's time on and do what becomes due, in order; answers the account's new time."""
        ...


@runtime_checkable
class Resettable(Protocol):
    """Can forget everything but its keys."""

    def reset(self) -> None:
        """Become as new; keys and secrets stay."""
        ...


@runtime_checkable
class Copyable(Protocol):
    """Can copy an account whole and become as a copy says."""

    def snapshot(self, account: str | None = None) -> bytes:
        """A copy of an account, by its key; the main one without it."""
        ...

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """Make an account what the copy says; `UsageError` for what is no copy of this fake."""
        ...


@runtime_checkable
class Lasting(Protocol):
    """Can outlive its process."""

    def state(self) -> dict[str, Any]:
        """Everything it holds, as plain values and bytes."""
        ...

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on with what an earlier process held; called once, before the first call."""
        ...


@runtime_checkable
class Keyed(Protocol):
    """Is made with keys whose settings have other names than those in its line printed at start."""

    def keys(self) -> dict[str, Any]:
        """The settings that a later process needs to be opened by the same keys."""
        ...


@runtime_checkable
class Tunable(Protocol):
    """Has settings that may change while it runs: limits, moods, lags."""

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """All settings after these changes, made all or none; `ValueError` says what is wrong with them."""
        ...


@runtime_checkable
class Inbox(Protocol):
    """Holds what has arrived for people, as they see it."""

    def inbox(self, handle: str, account: str | None = None) -> list[dict[str, Any]]:
        """What has arrived at a handle (a mail address, a device's token), oldest first; unknown ones are empty.

        In the main account, or in the isolated one of this name; `ValueError` for what can be no name.
        """
        ...


@runtime_checkable
class Hosted(Protocol):
    """Says at which hosts its vendor is reached."""

    hosts: Sequence[str]
    """Names of hosts; one that begins with `*.` stands for all below it."""


@runtime_checkable
class Roomy(Protocol):
    """Takes larger bodies, or only smaller ones, than is usual here."""

    body_max: int
    """Bytes of a request's body."""
