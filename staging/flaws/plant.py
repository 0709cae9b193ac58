"""How a flaw is written and planted; knows no particular one."""

import sys
from collections.abc import Callable
from difflib import get_close_matches

Plant = Callable[[], None]
FLAWS: dict[str, Plant] = {}
_announced: set[str] = set()


def flaw(plant: Plant) -> Plant:
    """Register a flaw under its function's name; its docstring says how somebody comes to write it."""
    FLAWS[plant.__name__] = plant
    return plant


def ran(name: str) -> None:
    """Say, once for each process, that the flawed line was really reached: a mutant that never ran proves nothing."""
    if name not in _announced:
        _announced.add(name)
        sys.stderr.write(f"flaw {name} ran\n")
        sys.stderr.flush()


def named(name: str) -> Plant:
    """The flaw of this name; ends the program with the nearest names when there is none."""
    if name in FLAWS:
        return FLAWS[name]
    near = get_close_matches(name, FLAWS, n=3, cutoff=0.4) or sorted(FLAWS)
    raise SystemExit(f"there is no flaw called {name!r}; did you mean {', '.join(near)}?")
