"""What a text in a journal may not show: card numbers, bearer tokens and keys, wherever they stand in it."""

import pytest

from fakes.redaction import HIDDEN, hide_in_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 4242 4242 4242 4242 please", f"card {HIDDEN} please"),
        ("4242-4242-4242-4242", HIDDEN),
        ("it said Bearer abc.def yesterday", f"it said {HIDDEN} yesterday"),
        ("Basic\tYWRhOnB3ZA==", HIDDEN),
        ("key sk_test_12345678 leaked", f"key {HIDDEN} leaked"),
        ("rk_live_1234567890", HIDDEN),
        ("sk_12345678", HIDDEN),
        ("Basic Og==", HIDDEN),
        ("whsec_0123456789", HIDDEN),
        ("open pi_1_secret_2 now", f"open {HIDDEN} now"),
    ],
)
def test_secrets_are_hidden(text: str, shown: str) -> None:
    """Each kind of secret gives way to the stars, and the rest of the text stays."""
    assert hide_in_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "I paid and see nothing",
        "4242 4242 4242 4241 is no card",
        "a_word_with_lines",
        "the risk_free desk_top",
        "order 12345678901234567890123",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Numbers that are no card's, and words that only look a little like keys."""
    assert hide_in_text(text) == text
