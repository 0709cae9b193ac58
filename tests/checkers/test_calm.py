"""What calm people's slowness excuses, and what it does not."""

from harness.checkers.calm import excused

SECOND = 1_000_000_000


def test_a_wait_as_long_as_the_calm_peoples_is_excused() -> None:
    """The machine was slow for everybody at that moment."""
    assert excused(0, 3 * SECOND, 2.0, [(SECOND, 3 * SECOND)])


def test_a_wait_far_longer_than_theirs_is_not() -> None:
    """Whoever blocks calm people a little and somebody for long has no excuse."""
    assert not excused(0, 6 * SECOND, 2.0, [(SECOND, 3 * SECOND)])


def test_slowness_at_another_moment_excuses_nothing() -> None:
    """Calm people were slow earlier, not now."""
    assert not excused(10 * SECOND, 13 * SECOND, 2.0, [(0, 3 * SECOND)])
