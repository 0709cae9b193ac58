"""How something is planted in the pipeline that ships, from outside its code; knows nothing of what is planted.

`staging/flaws` plants bugs with it, `staging/controls` other ways to be right. Never part of a deployment.
"""

import sys
from collections.abc import Callable
from difflib import get_close_matches

Plant = Callable[[], None]


class Plants:
    """Everything of one kind that can be planted, by the name of its function."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.known: dict[str, Plant] = {}
        self._announced: set[str] = set()

    def __call__(self, plant: Plant) -> Plant:
        """Register it; its docstring says how somebody comes to write that."""
        self.known[plant.__name__] = plant
        return plant

    def ran(self, name: str) -> None:
        """Say, once for each process, that the planted line was really reached: what never ran proves nothing."""
        if name not in self._announced:
            self._announced.add(name)
            sys.stderr.write(f"{self.kind} {name} ran\n")
            sys.stderr.flush()

    def named(self, name: str) -> Plant:
        """The one of this name; ends the program with the nearest names when there is none."""
        if name in self.known:
            return self.known[name]
        near = get_close_matches(name, self.known, n=3, cutoff=0.4) or sorted(self.known)
        raise SystemExit(f"there is no {self.kind} called {name!r}; did you mean {', '.join(near)}?")

    def start(self, words: list[str]) -> list[str]:
        """Plant what the first word names; answers the words that are left for the pipeline."""
        if len(words) < 2:
            raise SystemExit(f"usage: python -m staging.{self.kind}s NAME COMMAND ...; known: {', '.join(self.known)}")
        self.named(words[0])()
        return words[1:]
