"""What may be turned on the alerts, at start or while they run."""

from dataclasses import dataclass

CHOICES = ("off", "offered", "required")


@dataclass(slots=True, kw_only=True)
class Settings:
    """Limits and moods of the workspace, doors of the mail server."""

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
    smtp_starttls: str = "off"
    """`off`, `offered` or `required`."""
    smtp_auth: str = "off"
    """`off`, `offered` or `required`; PLAIN and LOGIN."""
    smtp_user: str = "staging"
    smtp_password: str = ""
    """Empty: made at start."""
    smtp_size_max: int = 26_214_400
    """Bytes of one mail."""

    def __post_init__(self) -> None:
        """Refuse what is none of the choices."""
        for name in ("smtp_starttls", "smtp_auth"):
            if getattr(self, name) not in CHOICES:
                raise ValueError(f"{name} must be one of {', '.join(CHOICES)}, found {getattr(self, name)!r}")
