"""One operation of the vendor's API: what kind of object it is about, what it does, and the sink that it writes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fakes.payments.state.moment import Moment

Params = dict[str, Any]
Write = Callable[..., dict[str, Any]]
Look = Callable[[Moment, Params, Mapping[str, str]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of a table."""

    kind: str
    """The kind of object a list holds or a retrieval finds; for writes, what they answer."""
    do: Write | None = None
    """The behaviour of a write: (moment, params, the placeholders of its path in order); reads have none."""
    sink: str | None = None
    keep: Callable[[Moment, Params, Params], bool] | None = None
    """For lists: which objects pass the filters."""
    look: Look | None = None
    """For reads that are neither one object of the kind nor a page of all: (moment, params, placeholders)."""


def same(*fields: str) -> Callable[[Moment, Params, Params], bool]:
    """Keeps the objects that agree with the filters of these names."""

    def keep(_moment: Moment, thing: Params, params: Params) -> bool:
        return all(name not in params or thing.get(name) == params[name] for name in fields)

    return keep
