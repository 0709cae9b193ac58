"""What banks and the provider know of payments and accounts, and no object of the API says."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Standing:
    """One account's."""

    return_urls: dict[str, str] = field(default_factory=dict)
    """Where the customer goes after their bank has asked them, by intent."""
    authenticated: set[str] = field(default_factory=set)
    """Intents whose customer said yes, and that wait for the server to confirm once more."""
    set_up: set[str] = field(default_factory=set)
    """Payment methods that were set up to be charged while their owner is away."""
    verified: set[str] = field(default_factory=set)
    """Bank accounts whose owner proved that they are theirs."""
    tries: dict[str, int] = field(default_factory=dict)
    """How often somebody guessed the amounts that a bank account got, by intent."""
    secure_wanted: set[str] = field(default_factory=set)
    """Intents whose merchant wants the bank to ask, whether it must or not."""
    challenged: set[str] = field(default_factory=set)
    """Intents whose customer answered their bank."""
    mandates: dict[str, str] = field(default_factory=dict)
    """The mandate for a bank account, by payment method."""
    spent: set[str] = field(default_factory=set)
    """Payment methods that paid without a customer, or were detached from theirs: they can never be used again."""
