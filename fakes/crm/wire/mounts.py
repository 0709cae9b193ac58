"""Where each part of the API is reached: the same store under the numbered prefixes and under every dated one."""

from collections.abc import Callable, Iterable, Iterator

from fakes.calls import Call, Handler, Reply, Route
from fakes.crm.state.kinds import STANDARD, Kind

DATED = ("2025-09", "2026-03", "2026-09")
Guard = Callable[[Handler], Handler]
KNOWN: dict[str, Kind] = {each.name: each for each in STANDARD if each.own_routes}
"""The types whose routes say their names; the others are reached by a placeholder, as custom ones are."""


def under(numbered: str, part: str) -> tuple[str, ...]:
    """The bases of a part: its numbered path, and `/crm/<part>/<date>` for every date."""
    return (numbered, *(f"/crm/{part}/{date}" for date in DATED))


OBJECTS = under("/crm/v3/objects", "objects")
PROPERTIES = under("/crm/v3/properties", "properties")
OWNERS = under("/crm/v3/owners", "owners")
PIPELINES = under("/crm/v3/pipelines", "pipelines")
SCHEMAS = (
    "/crm-object-schemas/v3/schemas",
    "/crm/v3/schemas",
    *(f"/crm-object-schemas/{date}/schemas" for date in DATED),
)


Row = tuple[str, str, Callable[[Call], Reply], bool]
"""Method, path below the base, the work, and whether it writes."""


def settings(bases: Iterable[str], table: Iterable[Row], guard: Guard) -> Iterator[Route]:
    """The routes of a part that writes to no sink, under each of its bases; named after the first."""
    names = tuple(bases)
    for method, rest, work, writes in table:
        for base in names:
            operation = f"{method} {names[0]}{rest}"
            yield Route(method=method, template=base + rest, operation=operation, handler=guard(work), writes=writes)
