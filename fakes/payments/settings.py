"""What of the payment provider can be set at the start and changed while it runs."""

from dataclasses import dataclass

from fakes.payments.state.rules import Rules
from fakes.payments.wire.permissions import named


@dataclass
class Settings(Rules):
    """Off, unless set."""

    latency_s: float = 0.0
    """How long a write takes between its beginning and its end; more than 0 makes idempotency keys be in use."""
    search_lag_s: float = 1.0
    """How long after a change the search finds it."""
    requests_per_s: float = 0.0
    """More requests of an account in a second are refused (`global-rate`); 0 is no limit, here and below."""
    requests_per_s_per_endpoint: float = 0.0
    """The same for each endpoint (`endpoint-rate`)."""
    requests_at_once: float = 0.0
    """More requests of an account at the same time are refused (`global-concurrency`)."""
    updates_per_hour_per_object: float = 0.0
    """More writes to one object in an hour are refused (`resource-specific`)."""
    restricted_permissions: str = ""
    """What the restricted key may do: `customer_write, charge_read`; who may write may read."""

    def __post_init__(self) -> None:
        super().__post_init__()
        named(self.restricted_permissions)
