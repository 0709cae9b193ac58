"""What the chat webhook takes and refuses, without HTTP.

Knows one channel. There is no idempotency at all: the same message twice is two messages, as in the real one. Called by
`wire`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.clock import Clock

ATTACHMENTS_MAX = 100
BLOCKS_MAX = 50
BURST_S = 1.0
TEXT_MAX = 40_000


@dataclass(slots=True)
class Refused(Exception):
    """The webhook's own word for what is wrong."""

    word: str

    def __str__(self) -> str:
        """The word."""
        return self.word


@dataclass(slots=True, kw_only=True)
class Settings:
    """What may be turned on this webhook."""

    per_second: int = 0
    """Messages per second, about 1 with short bursts in the real one; 0 switches the limit off."""
    refuse_with: str = ""
    """A word such as `channel_is_archived`: every message is refused with it."""


class Channel:
    """The one channel that the webhook posts to."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self.settings = settings
        self._clock = clock
        self._recent: list[int] = []

    def clear(self) -> None:
        """Forget how often it was used."""
        self._recent.clear()

    def accept(self, payload: Any) -> str:
        """The text of a message that the channel takes."""
        if self.settings.refuse_with:
            raise Refused(self.settings.refuse_with)
        now = self._clock.at_ns()
        self._recent = [each for each in self._recent if now - each < BURST_S * 1e9]
        if self.settings.per_second and len(self._recent) >= self.settings.per_second:
            raise Refused("rate_limited")
        if not isinstance(payload, Mapping):
            raise Refused("invalid_payload")
        text, blocks, attachments = payload.get("text"), payload.get("blocks"), payload.get("attachments")
        if text is not None and not isinstance(text, str):
            raise Refused("invalid_payload")
        if blocks is not None and not _are_blocks(blocks):
            raise Refused("invalid_blocks")
        if attachments is not None and not isinstance(attachments, list):
            raise Refused("invalid_attachments")
        if len(attachments or []) > ATTACHMENTS_MAX:
            raise Refused("too_many_attachments")
        shown = text or "\n".join(_texts(blocks)) or "\n".join(_texts(attachments))
        if not shown and not blocks:
            raise Refused("no_text")
        self._recent.append(now)
        return shown[:TEXT_MAX]


def _are_blocks(blocks: Any) -> bool:
    return (
        isinstance(blocks, list)
        and len(blocks) <= BLOCKS_MAX
        and all(isinstance(each, Mapping) and isinstance(each.get("type"), str) for each in blocks)
    )


def _texts(value: Any) -> list[str]:
    """Every text in blocks or attachments, in order."""
    if isinstance(value, Mapping):
        found = [value[name] for name in ("text", "fallback", "pretext", "title") if isinstance(value.get(name), str)][
            :1
        ]
        inner: Sequence[Any] = [each for each in value.values() if isinstance(each, (Mapping, list))]
        return found + [text for each in inner for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return []
