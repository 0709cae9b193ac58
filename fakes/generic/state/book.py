"""One account of a declared vendor: a shelf for each kind of record, and what was answered to idempotency keys."""

from collections.abc import Mapping
from typing import Any

from fakes.contents import Part
from fakes.generic.problems import Problem
from fakes.generic.state.settings import Settings
from fakes.generic.state.shelf import Shelf
from fakes.limits import Window
from fakes.world import World
from harness.target.declared import Declared

Answered = tuple[int, bytes]


class Shelves(dict[str, Shelf]):
    """The shelves of an account by their kinds."""

    def contents(self) -> dict[str, Any]:
        """What stands in each."""
        return {kind: shelf.contents() for kind, shelf in self.items()}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold this, as far as such records are still declared; a later process may have another declaration."""
        for kind, shelf in self.items():
            shelf.become(contents.get(kind, {"records": []}))


class Book(Part):
    """What one account holds; accounts share nothing."""

    KEPT = ("shelves", "_window", "_answers")

    def __init__(self, declared: Declared, world: World, settings: Settings) -> None:
        self.shelves = Shelves({kind: Shelf(kind, one, world) for kind, one in declared.collections.items()})
        self._settings = settings
        self._window = Window(world.clock, settings.per_s)
        self._answers: dict[str, tuple[str, Answered]] = {}

    def admit(self) -> float:
        """Count a call; how long to wait when it is one too many, else 0."""
        wait_s = self._window.wait_s(self._settings.calls)
        if not wait_s:
            self._window.count(self._settings.calls)
        return wait_s

    def above(self, named: Mapping[str, str]) -> dict[str, str]:
        """The records that a path stands under; `Problem` when one of them is not there."""
        return {kind: self.shelves[kind].get(one).id for kind, one in named.items() if kind != "id"}

    def earlier(self, key: str, asked: str) -> Answered | None:
        """What the first call with this key was answered; `Problem` when it asked something else."""
        first = self._answers.get(key)
        if first is None:
            return None
        if first[0] != asked:
            raise Problem("key_reused", "this idempotency key came with another request before")
        return first[1]

    def answered(self, key: str, asked: str, answer: Answered) -> None:
        """Keep what a key was answered."""
        self._answers[key] = (asked, answer)
