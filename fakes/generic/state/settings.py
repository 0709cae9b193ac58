"""What may be turned on a declared vendor, at start or while it runs; the declaration says how it begins."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Settings:
    """Limits and lags."""

    search_lag_s: float = 0.0
    """For how long lists and searches do not know what was just written."""
    calls: int = 0
    """Calls per key in any `per_s` seconds; 0 switches the limit off."""
    per_s: float = 1.0
