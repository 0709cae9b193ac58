"""What may be turned on this CRM, at start or while it runs; plain values only."""

from dataclasses import dataclass

from fakes.crm.state.topics import wished

CHOICES = {"lifecycle_backward": ("ignore", "allow"), "signature_version": ("v1", "v2")}


@dataclass(slots=True, kw_only=True)
class Settings:
    """What may be turned on this CRM; the defaults are those of a new portal."""

    search_lag_s: float = 0.3
    search_per_s: int = 5
    """Searches per second and account; 0 switches the limit off."""
    ten_secondly: int = 0
    """Calls per ten seconds and app, 100 or 190 in the real one; 0 switches the limit off."""
    daily: int = 0
    """Calls per day and account, 250,000 and more in the real one; 0 switches the limit off."""
    token_expires_s: int = 1800
    """How long an OAuth access token works."""
    rotate_refresh_tokens: bool = False
    """Whether a refresh token works only once, and each refresh gives a new one."""
    token_scopes: str = ""
    """What the private app was granted, separated by blanks; empty for everything."""
    lifecycle_backward: str = "ignore"
    """What happens to a lifecycle stage that would go back: `ignore` keeps the old one silently, `allow` takes it."""
    merge_keeps_id: bool = False
    """Whether a merged record keeps the first one's id, as it did for contacts until 2025."""
    subscriptions: str = ""
    """What the app is told of besides its own subscriptions: `contact.creation deal.propertyChange:dealstage`."""
    signature_version: str = "v1"
    """How the older of the two signatures of a webhook is made, `v1` or `v2`; v3 is always there."""

    def __post_init__(self) -> None:
        """Refuse what is none of the choices, and subscriptions to what there is not."""
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} must be one of {', '.join(choices)}, found {getattr(self, name)!r}")
        wished(self.subscriptions)
