"""Made-up people: the same for the same seed, recognisable, reachable by nobody."""

import re

from harness.model import Person
from harness.people import People
from harness.rng import MARKER_PATTERN, Rng


def _crowd(seed: int, count: int = 200) -> list[Person]:
    people = People(Rng(seed))
    return [people.person(f"load/{number}") for number in range(count)]


def test_the_same_seed_gives_the_same_people() -> None:
    """Whoever was made before: a person depends on the seed and their own name alone."""
    assert _crowd(7, 20) == _crowd(7, 20)
    assert People(Rng(7)).person("load/13") == _crowd(7, 20)[13]
    assert _crowd(7, 20) != _crowd(8, 20)


def test_every_address_is_reserved_and_bears_the_marker() -> None:
    """No mail could ever reach anybody, and every record can be told whose it is."""
    crowd = _crowd(1)
    assert all(one.email.endswith("@people.example.com") for one in crowd)
    assert all(re.findall(MARKER_PATTERN, one.email.lower()) == [one.marker] for one in crowd)
    assert len({one.marker for one in crowd}) == len(crowd)


def test_the_crowd_is_mixed() -> None:
    """Names beyond ASCII, plus-addresses, capitals, both kinds of phones, several sources."""
    crowd = _crowd(1)
    assert sum(not f"{one.first_name}{one.last_name}".isascii() for one in crowd) > 20
    assert any("+" in one.email for one in crowd)
    assert any(one.email != one.email.lower() for one in crowd)
    assert {"iPhone", "Pixel", "Galaxy"} <= {one.device.split()[0] for one in crowd}
    assert len({one.lead["utm_source"] for one in crowd}) == 4


def test_traits_replace_what_was_made_up() -> None:
    """A scenario may need somebody without a company; all else stays as it was."""
    plain, bare = People(Rng(1)).person("x"), People(Rng(1)).person("x", origin="control", company="")
    assert (bare.company, bare.origin, bare.email) == ("", "control", plain.email)
