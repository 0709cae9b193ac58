"""Finding a test card by token or number; the table is `card_table`."""

from fakes.payments.state.card_table import ALIASES, BY_AMOUNT, CARDS, IN_PERSON, PRESENT
from fakes.payments.state.instrument import Card

__all__ = ["BY_AMOUNT", "BY_NUMBER", "CARDS", "IN_PERSON", "IN_PERSON_BY_NUMBER", "PRESENT", "Card", "luhn", "named"]

BY_NUMBER = {card.number: name for name, card in reversed(CARDS.items())}
IN_PERSON_BY_NUMBER = {card.number: name for name, card in reversed(IN_PERSON.items())}


def named(token: str) -> str | None:
    """The card behind `pm_card_...` or `tok_...`; None if there is none."""
    for prefix in ("pm_card_", "tok_"):
        if token.startswith(prefix):
            name = token.removeprefix(prefix)
            name = ALIASES.get(name, name)
            return name if name in CARDS else None
    return None


def luhn(number: str) -> bool:
    """Whether the number could be a card's."""
    digits = [int(one) for one in reversed(number)]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
