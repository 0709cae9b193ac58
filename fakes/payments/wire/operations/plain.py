"""The operations that follow from the declaration of a kind."""

from collections.abc import Mapping

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import acting
from fakes.payments.state.plain.kind import Kind
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Look, Operation, Params, same


def lines(*kinds: Kind) -> dict[str, Operation]:
    """The table of what can be done to these kinds."""
    made: dict[str, Operation] = {}
    for kind in kinds:
        path = f"/v1/{kind.path}"
        made |= {operation: line for name, (operation, line) in _usual(kind, path).items() if name in kind.offers}
        for verb, wanted in kind.steps.items():
            where = f"/v1/{wanted.under}" if wanted.under else path
            made[f"POST {where}/{{id}}/{verb}"] = Operation(kind.name, acting.does(acting.step, kind, verb))
    return made


def _usual(kind: Kind, path: str) -> Mapping[str, tuple[str, Operation]]:
    made_at = f"/v1/{kind.under}" if kind.under else path
    return {
        "create": (f"POST {made_at}", Operation(kind.name, acting.does(acting.create, kind))),
        "list": (f"GET {path}", Operation(kind.name, look=listing(kind, path))),
        "retrieve": (f"GET {path}/{{id}}", Operation(kind.name)),
        "update": (f"POST {path}/{{id}}", Operation(kind.name, acting.does(acting.update, kind))),
        "delete": (f"DELETE {path}/{{id}}", Operation(kind.name, acting.does(acting.delete, kind))),
    }


def listing(kind: Kind, path: str) -> Look:
    """A page of a kind; a filter that must name an object and names none is refused."""
    fits = same(*kind.filters)

    def look(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
        for name, other in kind.within.items():
            if name in params:
                moment.account.get(other, params[name], name)
        where = {name: params[name] for name in fits.by if isinstance(params.get(name), str)}

        def passes(one: Params) -> bool:
            return fits(moment, one, params) and (kind.keep is None or kind.keep(moment, one, params))

        return pages.page_of(moment.account.tables[kind.name], params, path, kind.name, passes, where)

    return look
