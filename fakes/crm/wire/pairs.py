"""Routes between two types of record: those of the core types say which sink they write to, the others share theirs."""

from collections.abc import Callable, Iterable, Iterator

from fakes.calls import Call, Handler, Reply, Route
from fakes.crm.state.bonds import Pair
from fakes.crm.state.kinds import CUSTOM_SINK, Kinds
from fakes.crm.wire.mounts import DATED, KNOWN, Guard

Work = Callable[[Pair, Call], Reply]
Row = tuple[str, str, Work, bool]
"""Method, template with `{left}` and `{right}` for the two types, the work, and whether it writes."""
CORE = ("contacts", "companies", "deals")
PAIRS = tuple((left, right) for left in CORE for right in CORE)
PREFIXES = (
    ("/crm/v4/objects", "/crm/v4/associations"),
    *((f"/crm/objects/{date}", f"/crm/associations/{date}") for date in DATED),
)
"""Where one record's associations and where batches and labels are reached, version by version."""


def main_of(pair: Pair) -> str:
    """The type whose record an association mainly tells about: the deal, if one is part of it."""
    return "deals" if "deals" in pair else pair[0]


def between(kinds: Kinds, table: Iterable[Row], guard: Guard) -> Iterator[Route]:
    """The routes of a table for every pair of types."""

    def worked(pair: Pair | None, work: Work) -> Handler:
        if pair is not None:
            return lambda call: work(pair, call)
        return lambda call: work((kinds.get(call.at["from"]).name, kinds.get(call.at["toType"]).name), call)

    def route(row: Row, pair: Pair | None, left: str, right: str) -> Route:
        method, template, work, writes = row
        names = pair or (left, right)
        return Route(
            method=method,
            template=template.replace("{left}", left).replace("{right}", right),
            operation=f"{method} {template.replace('{left}', names[0]).replace('{right}', names[1])}",
            handler=guard(worked(pair, work)),
            writes=writes,
            sink=(KNOWN[main_of(pair)].sink if pair else CUSTOM_SINK) if writes else None,
        )

    for row in table:
        for pair in PAIRS:
            for left in (KNOWN[pair[0]].name, KNOWN[pair[0]].type_id):
                for right in (KNOWN[pair[1]].name, KNOWN[pair[1]].type_id):
                    yield route(row, pair, left, right)
        yield route(row, None, "{from}", "{toType}")
