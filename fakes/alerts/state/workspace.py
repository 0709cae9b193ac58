"""The chat workspace: its channels, their messages and threads, and what a bot may do with them.

One workspace with a fixed set of channels and one bot. A message's `ts` is its id, unique in the whole workspace and
taken from the clock. Nothing here is idempotent. Called by `hook` and by `wire.api`.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.alerts.state.message import TEXT_MAX, checked
from fakes.alerts.state.refused import Refused
from fakes.alerts.state.settings import Settings
from fakes.contents import Part
from fakes.limits import Windows
from harness.clock import Clock
from harness.rng import Rng

KEPT = ("attachments", "blocks", "metadata", "username", "icons")
UPDATE_TEXT_MAX = 4_000
TIME_MAX = 20
CHANNELS = (
    # name, archived, private, whether the bot is in it
    ("general", False, False, True),
    ("alerts", False, False, True),
    ("random", False, False, False),
    ("finance", False, True, False),
    ("old-alerts", True, False, True),
)


@dataclass(slots=True)
class Message:
    """One message of a channel."""

    ts: str
    channel: str
    text: str
    shown: str
    more: dict[str, Any]
    thread_ts: str | None = None
    edited_ts: str | None = None
    replies: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Channel:
    """One channel; `order` holds every `ts` ever given, oldest first, deleted ones too."""

    id: str
    name: str
    created: int
    archived: bool
    private: bool
    member: bool
    messages: dict[str, Message] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)


class Workspace(Part):
    """All channels, and the one bot in them."""

    KEPT = ("_by_id", "_by_name", "_last_us", "_windows")
    LASTS = ("team", "bot_user", "bot", "app", "_labels", "_spent")

    def __init__(self, clock: Clock, rng: Rng, settings: Settings, team: str | None = None) -> None:
        self.settings = settings
        self._clock = clock
        self._last_us = 0
        self._spent: set[int] = set()
        """Times that messages had which are forgotten: given to none again, even if time goes back."""
        self._rng = rng
        self.team = team or self.ident("T", "team")
        self.bot_user, self.bot, self.app = (self.ident(letter, "bot") for letter in "UBA")
        self._by_id: dict[str, Channel] = {}
        self._by_name: dict[str, Channel] = {}
        self._windows = Windows(clock, 1.0)
        self._labels = 0
        self.clear()

    def clear(self) -> None:
        """Become as new: the channels as they were, empty."""
        self._spend()
        self._windows.forget()
        created = int(self._clock.wall().timestamp()) - 86_400
        self._by_id = {
            one.id: one
            for one in (
                Channel(self.ident("C", name), name, created, archived, private, member)
                for name, archived, private, member in CHANNELS
            )
        }
        self._by_name = {one.name: one for one in self._by_id.values()}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold what a copy says."""
        self._spend()
        super().become(contents)

    def _spend(self) -> None:
        self._spent.update(_us(ts) for channel in self._by_id.values() for ts in channel.order)

    def ident(self, letter: str, name: str) -> str:
        """An id in the vendor's shape, the same for the same seed and name."""
        return letter + self._rng.ident("", f"alerts/{letter}/{name}").lstrip("_")[:10].upper()

    # -- channels -----------------------------------------------------------------------------------------------

    def channels(self) -> list[Channel]:
        """Every channel that the bot may know of, in the order in which they were made."""
        return [one for one in self._by_id.values() if one.member or not one.private]

    def named(self, name: Any) -> Channel:
        """The channel with this id or name, with or without `#`; private ones without the bot are unknown."""
        given = str(name)
        found = self._by_id.get(given) or self._by_name.get(given.removeprefix("#"))
        if found is None or (found.private and not found.member):
            raise Refused("channel_not_found")
        return found

    def join(self, channel: Channel) -> bool:
        """Let the bot in; answers whether it was in already."""
        if channel.archived:
            raise Refused("is_archived")
        before, channel.member = channel.member, True
        return before

    # -- messages -----------------------------------------------------------------------------------------------

    def wait(self, channel: Channel) -> None:
        """`Refused` while the channel has had its messages of this second."""
        wait = self._windows[channel.id].wait_s(self.settings.per_second)
        if wait:
            raise Refused("rate_limited", wait_s=wait)

    def post(self, channel: Channel, asked: Mapping[str, Any]) -> Message:
        """A new message by the bot."""
        if channel.archived:
            raise Refused("is_archived")
        if not channel.member:
            raise Refused("not_in_channel")
        self.wait(channel)
        return self.add(channel, asked, checked(asked))

    def add(self, channel: Channel, asked: Mapping[str, Any], shown: str) -> Message:
        """Put a message that was checked into its channel."""
        parent = self._parent(channel, asked.get("thread_ts"))
        made = Message(self._ts(), channel.id, _text(asked), shown, self._more(asked), parent.ts if parent else None)
        self._windows[channel.id].count(self.settings.per_second)
        channel.messages[made.ts] = made
        channel.order.append(made.ts)
        if parent:
            parent.replies.append(made.ts)
        return made

    def _parent(self, channel: Channel, thread_ts: Any) -> Message | None:
        """The message that is answered: of an answer, the one that began the thread."""
        if thread_ts is None:
            return None
        found = channel.messages.get(str(thread_ts))
        if found is None:
            raise Refused("thread_not_found")
        return channel.messages.get(found.thread_ts, found) if found.thread_ts else found

    def change(self, channel: Channel, ts: Any, asked: Mapping[str, Any]) -> Message:
        """Another text, or other blocks, for one's own message."""
        message = self._own(channel, ts)
        if channel.archived:
            raise Refused("is_archived")
        if len(str(asked.get("text") or "")) > UPDATE_TEXT_MAX:
            raise Refused("msg_too_long")
        message.shown = checked(asked)
        message.text = _text(asked)
        message.more = self._more(asked)
        message.edited_ts = self._ts()
        return message

    def remove(self, channel: Channel, ts: Any) -> Message:
        """Take one's own message away; its answers stay."""
        message = self._own(channel, ts)
        if channel.archived:
            raise Refused("is_archived")
        del channel.messages[message.ts]
        return message

    @staticmethod
    def _own(channel: Channel, ts: Any) -> Message:
        found = channel.messages.get(str(ts))
        if found is None:
            raise Refused("message_not_found")
        return found

    def latest(self, channel: Channel, before: str | None, after: str | None) -> Iterator[Message]:
        """Messages that stand in the channel itself, newest first, strictly between the two times where given."""
        end = len(channel.order) if before is None else bisect_left(channel.order, _us(before), key=_us)
        for place in range(end - 1, -1, -1):
            ts = channel.order[place]
            if after is not None and _us(ts) <= _us(after):
                return
            found = channel.messages.get(ts)
            if found is not None and found.thread_ts is None:
                yield found

    def thread(self, channel: Channel, ts: Any) -> list[Message]:
        """A message and its answers, oldest first."""
        parent = channel.messages.get(str(ts))
        if parent is None:
            raise Refused("thread_not_found")
        return [parent, *(channel.messages[one] for one in parent.replies if one in channel.messages)]

    def _more(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        more = {name: asked[name] for name in KEPT if asked.get(name) is not None}
        if "blocks" in more:
            more["blocks"] = [{"block_id": self._label(), **block} for block in more["blocks"]]
        return more

    def _label(self) -> str:
        self._labels += 1
        return self._rng.ident("", f"alerts/block/{self._labels}").lstrip("_")[:5]

    def _ts(self) -> str:
        wall = self._clock.wall()
        self._last_us = max(int(wall.timestamp()) * 1_000_000 + wall.microsecond, self._last_us + 1)
        while self._last_us in self._spent:
            self._last_us += 1
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"


def _text(asked: Mapping[str, Any]) -> str:
    return str(asked.get("text") or "")[:TEXT_MAX]


def _us(ts: str) -> int:
    """A time as a number that can be compared; 0 for what is no time."""
    whole, _, part = ts[:TIME_MAX].partition(".")
    digits = whole + part[:6].ljust(6, "0")
    return int(digits) if digits.isascii() and digits.isdigit() else 0
