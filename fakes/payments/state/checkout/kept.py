"""What an account keeps beside its checkout sessions, by the session's id."""

from dataclasses import dataclass, field

from fakes.payments.state.store import Thing


@dataclass
class Kept:
    """The hidden part of every session."""

    items: dict[str, list[Thing]] = field(default_factory=dict)
    """What is sold, as line items of the API."""
    params: dict[str, Thing] = field(default_factory=dict)
    """What the merchant asked for when the session was made."""
    session_of_intent: dict[str, str] = field(default_factory=dict)
    """Payment intent -> the session that it pays."""
    intent_of_session: dict[str, str] = field(default_factory=dict)
    afterwards: dict[str, Thing] = field(default_factory=dict)
    """What happens when a session of a payment link is complete, in the link's words."""
    session_of_subscription: dict[str, str] = field(default_factory=dict)
