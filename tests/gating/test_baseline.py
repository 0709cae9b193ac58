"""Baseline files: what is read, and how a mistake is told."""

import datetime as dt
from pathlib import Path

import pytest

from harness.clock import SYSTEM
from harness.errors import UsageError
from harness.gate import policy_of, read_baseline

SOON = SYSTEM.wall().date() + dt.timedelta(days=30)
GOOD = f"""\
[[known]]
cell = "plain_success[buy-*]"
promise = "exactly_once"
reason = "TICKET-17"
owner = "ann@example.com"
expires = {SOON}

[[known]]
slo = "sync"
reason = "slow disk"
owner = "ben"
expires = {SOON}
"""


def test_a_file_is_read(tmp_path: Path) -> None:
    """Two entries, as written."""
    file = tmp_path / "known.toml"
    file.write_text(GOOD)
    one, other = read_baseline(file)
    assert (one.cell, one.expires, other.slo) == ("plain_success[buy-*]", SOON, "sync")


MISTAKES = [
    ('owner = "ann@example.com"\n', "", "known.toml:1: known[1].owner: is missing; add it"),
    ("reason =", "reasn =", 'known.toml:4: known[1].reasn: is not a key of this table; did you mean "reason"?'),
    (
        f"expires = {SOON}",
        "expires = 2099-01-01",
        "known.toml:6: known[1].expires: found 2099-01-01, expected a day within",
    ),
    (f"expires = {SOON}", 'expires = "soon"', 'known.toml:6: known[1].expires: found "soon", expected'),
    ('promise = "exactly_once"\n', "", "known.toml:1: known[1]: needs either slo ="),
    ("[[known]]", "[[known", "is not TOML"),
]


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES, ids=[told for _, _, told in MISTAKES])
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    """File, line, key, what was found and what was expected."""
    file = tmp_path / "known.toml"
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        read_baseline(file)
    assert told in str(caught.value)


def test_words_that_are_not_known() -> None:
    """A misspelt reason is answered with the nearest."""
    with pytest.raises(UsageError, match='did you mean "evidence"'):
        policy_of("evidense", None, 0, "all")
    with pytest.raises(UsageError, match="--keep: found 'none', expected all or failing"):
        policy_of("promise", None, 0, "none")
