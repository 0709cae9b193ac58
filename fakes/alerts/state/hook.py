"""What the chat webhook takes and refuses, without HTTP.

Posts to one channel. There is no idempotency at all: the same message twice is two messages, as in the real one.
Called by `wire.hook`.
"""

from collections.abc import Mapping
from typing import Any

from fakes.alerts.state.message import checked
from fakes.alerts.state.refused import Refused
from fakes.alerts.state.settings import Settings
from fakes.alerts.state.workspace import Message, Workspace


class Hook:
    """The webhook of one channel."""

    def __init__(self, workspace: Workspace, settings: Settings, channel: str) -> None:
        self.settings = settings
        self._workspace = workspace
        self._channel = channel

    def post(self, payload: Any) -> Message:
        """The message as the channel has it now."""
        if self.settings.refuse_with:
            raise Refused(self.settings.refuse_with)
        channel = self._workspace.named(self._channel)
        if channel.archived:
            raise Refused("channel_is_archived")
        self._workspace.wait(channel)
        if not isinstance(payload, Mapping):
            raise Refused("invalid_payload")
        text = payload.get("text")
        if text is not None and not isinstance(text, str):
            raise Refused("invalid_payload")
        return self._workspace.add(channel, payload, checked(payload))
