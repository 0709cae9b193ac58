"""A share of the tests marked `drawn` is played for each commit, and over all shares every one."""

from dataclasses import dataclass

from tests.drawing import left_out


@dataclass(frozen=True)
class Item:
    """As much of a test as drawing looks at."""

    nodeid: str
    drawn: bool = True

    def get_closest_marker(self, name: str) -> object:
        """Whether it is marked."""
        return self.drawn or None


def test_every_test_is_in_one_share() -> None:
    """Four numbers that differ play all of them, none twice; what is not marked is never left out."""
    always, alike = Item("test_always", drawn=False), [Item(f"test_alike[{number}]") for number in range(40)]
    played = [{*alike, always} - set(left_out([*alike, always], 4, number)) for number in range(4)]
    assert all(always in items for items in played)
    again = [item.nodeid for items in played for item in items if item.drawn]
    assert sorted(again) == sorted(item.nodeid for item in alike)
    assert all(len(items) > 1 for items in played)
