"""Chance: one seed, named streams."""

import re

from harness.rng import MARKER_PATTERN, Rng


def test_the_same_seed_gives_the_same_draws() -> None:
    """Two runs of one seed agree."""
    assert Rng(7).stream("faults").random() == Rng(7).stream("faults").random()
    assert Rng(7).marker("buy/0") == Rng(7).marker("buy/0")


def test_another_seed_gives_other_draws() -> None:
    """A seed that changed nothing would be a seed that seeds nothing."""
    assert Rng(7).stream("faults").random() != Rng(8).stream("faults").random()
    assert Rng(7).marker("buy/0") != Rng(8).marker("buy/0")


def test_streams_do_not_disturb_each_other() -> None:
    """A draw in one stream shifts nothing in another."""
    quiet, busy = Rng(7), Rng(7)
    busy.stream("other").random()
    assert quiet.stream("faults").random() == busy.stream("faults").random()


def test_a_marker_has_the_shape_that_fakes_look_for() -> None:
    """What people carry is what attribution finds."""
    assert re.fullmatch(MARKER_PATTERN, Rng(1).marker("somebody"))
