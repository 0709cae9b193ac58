"""What may be turned on the chat workspace, at start or while it runs."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Settings:
    """Limits and moods of the workspace."""

    per_second: int = 0
    """Messages per second and channel, about 1 with short bursts in the real one; 0 switches the limit off."""
    per_minute: int = 0
    """Calls per minute of each other API method (the real one has tiers of 20, 50 and 100); 0 switches it off."""
    refuse_with: str = ""
    """A word such as `channel_is_archived`: the webhook refuses every message with it."""
    refuse_api_with: str = ""
    """A word such as `token_revoked`: the API answers every call with it."""
    scopes: str = "chat:write,channels:read,channels:history,channels:join"
    """What the API's token may do, with commas between."""
