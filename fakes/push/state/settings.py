"""What may be turned on the push service, at start or while it runs."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Settings:
    """Limits, lags and doors."""

    receipt_lag_s: float = 1.0
    """How long after a notification its receipt is there; minutes in the real one."""
    per_second: int = 0
    """Notifications per second and project, 600 in the real one; 0 switches the limit off."""
    token_required: bool = False
    """Whether a project's access token must be shown."""
    strangers: bool = True
    """Whether a well-formed device token that was never given out stands for a device all the same."""
