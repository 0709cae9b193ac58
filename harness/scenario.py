"""What a scenario is: flows x variants, a script, the promises that must hold and the facts that must occur.

Used by the files in `scenarios/` (one scenario each) and by the run, which turns each scenario into cells. Knows no
phone and no fake: the script gets a `harness.cell.Cell` and does everything through it.
"""

import fnmatch
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.cell import Cell
    from harness.needs import Need

Words = dict[str, Any]
HTTP, BROWSER = "http", "browser"
HANDS = (HTTP, BROWSER)
"""The phones there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One cell of a scenario: a flow in a variant."""

    scenario: "Scenario"
    flow: str
    variant: str = ""

    @property
    def id(self) -> str:
        """`scenario[flow-variant]`, what `harness run` selects and `harness list` prints."""
        return f"{self.scenario.name}[{self.flow}{'-' + self.variant if self.variant else ''}]"

    @property
    def promises(self) -> list[Words]:
        """What must hold in this cell."""
        return list(self.scenario.promises(self))

    @property
    def facts(self) -> list[Words]:
        """What must have occurred in this cell."""
        return list(self.scenario.facts(self))


Script = Callable[["Cell"], Awaitable[None]]
ForCase = Callable[[Case], Sequence[Words]]
NeedsOfCase = Callable[[Case], Sequence["Need"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One page for QA: its docstring's first line is the title."""

    name: str
    title: str
    text: str
    cases: tuple[tuple[str, str], ...]
    promises: ForCase
    facts: ForCase
    script: Script
    needs: NeedsOfCase = lambda case: ()
    """What a target must have besides the flow; a cell that cannot be asked is left out and listed."""
    strains: Mapping[str, str] = field(default_factory=dict)
    """Variant -> the fake whose calls it makes slow or hang: such cells queue for a share of that vendor."""
    phase: str | Mapping[str, str] = "together"
    """`together` with all others; `alone` after them, when what it disturbs is shared by everybody; or in the `world`
    phase, when nobody else is about, because nobody would be calm. Any
    other word is a phase after them in which all of that word are played at once, since they disturb different
    things. By variant, where it differs."""
    hands: tuple[str, ...] = HANDS
    """Which phones can play it: `http`, `browser`, or both."""
    why_not: str = ""
    """Why the other phone cannot."""
    generated: bool = False
    """Whether its cells were made from what a calm run did: then one whose fault met nothing is no missing evidence."""

    def phase_of(self, case: Case) -> str:
        """When this cell is played."""
        return self.phase if isinstance(self.phase, str) else self.phase.get(case.variant, "together")

    def cells(self) -> list[Case]:
        """Every case of this scenario, in the order written."""
        return [Case(scenario=self, flow=flow, variant=variant) for flow, variant in self.cases]


def scenario(
    *,
    promises: ForCase | Sequence[Words],
    facts: ForCase | Sequence[Words],
    flows: Iterable[str] = (),
    variants: Iterable[str] = ("",),
    cases: Iterable[tuple[str, str]] = (),
    needs: "NeedsOfCase | Sequence[Need]" = (),
    strains: Mapping[str, str] | None = None,
    phase: str | Mapping[str, str] = "together",
    hands: Sequence[str] = HANDS,
    why_not: str = "",
    generated: bool = False,
) -> Callable[[Script], Scenario]:
    """Make a scenario of a script; its name is the function's, its title the first line of the docstring.

    Its cells are every one of `flows` in every one of `variants`, and `cases` besides.
    """
    variants = tuple(variants)
    every = (*((flow, variant) for flow in flows for variant in variants), *cases)

    def wrap(script: Script) -> Scenario:
        text = (script.__doc__ or "").strip()
        if not text:
            raise TypeError(f"the scenario {script.__name__!r} has no docstring; its first line is its title")
        return Scenario(
            name=script.__name__,
            title=text.splitlines()[0].rstrip("."),
            text=text,
            cases=every,
            promises=promises if callable(promises) else lambda case: promises,
            facts=facts if callable(facts) else lambda case: facts,
            script=script,
            needs=needs if callable(needs) else lambda case: needs,
            strains=strains or {},
            phase=phase,
            hands=tuple(hands),
            why_not=why_not,
            generated=generated,
        )

    return wrap


def select(catalogue: Sequence[Scenario], patterns: Sequence[str]) -> list[Case]:
    """The cells that match any pattern: a scenario's name, a cell's id, a part of one, or a shell pattern; all if none.

    Raises `UsageError` for a pattern that matches nothing, with the nearest names.
    """
    everything = [case for one in catalogue for case in one.cells()]
    if not patterns:
        return everything
    chosen: dict[str, Case] = {}
    for pattern in patterns:
        found = [case for case in everything if matches(case, pattern)]
        if not found:
            names = sorted({one.name for one in catalogue} | {case.id for case in everything})
            near = get_close_matches(pattern, names, n=3, cutoff=0.4)
            hint = f"did you mean {', '.join(near)}?" if near else "`harness list` prints every scenario"
            raise UsageError(f"no scenario matches {pattern!r}; {hint}")
        chosen.update({case.id: case for case in found})
    return [case for case in everything if case.id in chosen]


def matches(case: Case, pattern: str) -> bool:
    """Whether a pattern means this cell: its scenario's name, its id, a part of that, or a shell pattern."""
    if pattern in (case.id, case.scenario.name) or pattern in case.id:
        return True
    # Brackets are part of an id, not a character class.
    plain = pattern.replace("[", "[[]") if "[" in pattern else pattern
    return fnmatch.fnmatchcase(case.id, plain)
