"""What counts as a word of a text for the helpdesk's search; looking leaves nothing behind."""

import pytest

from fakes.helpdesk.state.catalogue import words_of
from tests.helpdesk.conftest import Bare


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", set()),
        ("  \t\n ... ", set()),
        ("It says PAID, it says paid.", {"it", "says", "paid"}),
        ("(ann.b@x.example)", {"ann.b@x.example", "ann", "b", "x", "example"}),
        ("order-1", {"order-1", "order", "1"}),
        ("under_score", {"under_score"}),
        ("Ärger über 2³", {"ärger", "über", "2³"}),
        ("don't", {"don't", "don", "t"}),
    ],
)
def test_words_are_what_stands_between_blanks_and_its_parts(text: str, words: set[str]) -> None:
    """Each word once in lower case; what has something besides letters in it is found whole and by its parts."""
    assert words_of(text) == words


def test_a_search_for_what_nobody_has_leaves_nothing_behind(bare: Bare) -> None:
    """Properties and words that no document has make no entry, so that searching costs no memory."""
    kept = bare.catalogue._by_value
    bare.tickets.create({"comment": {"body": "It broke"}})
    bare.clock.advance(5)
    bare.catalogue.catch_up()
    before = {kind: set(names) for kind, names in kept.items()}
    assert bare.catalogue.with_value("ticket", "nonsense", "x") == []
    assert bare.catalogue.with_value("nonsense", "status", "new") == []
    assert len(bare.catalogue.with_word("ticket", "broke")) == 1
    assert bare.catalogue.with_word("group", "broke") == []
    assert {kind: set(names) for kind, names in kept.items()} == before
