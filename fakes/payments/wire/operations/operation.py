"""One operation of the vendor's API: what kind of object it is about, what it does, and the sink that it writes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fakes.payments.state.moment import Moment

Params = dict[str, Any]
Write = Callable[..., dict[str, Any]]
WIDE = frozenset({"status", "type", "active", "currency", "collection_method", "livemode"})
"""Filters that half of a table may pass: not worth an index."""
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
    by: tuple[str, ...] = ()
    """For lists: the filters that name the one object which what they keep refers to, in the field of that name;
    `customer=id` when the filter has another name than the field. `same` and `Under` say so by themselves."""
    pinned: bool = False
    """Whether a request must say its API version."""

    def where(self, wanted: Params) -> dict[str, str]:
        """What the objects of a list refer to, by field, as far as these filters and placeholders say."""
        given = (one.partition("=") for one in self.by or getattr(self.keep, "by", ()))
        found = ((field, wanted.get(name or field)) for field, _, name in given)
        return {field: value for field, value in found if isinstance(value, str) and value}


@dataclass(frozen=True, slots=True)
class Same:
    """Keeps the objects that agree with the filters of these names."""

    fields: tuple[str, ...]

    @property
    def by(self) -> tuple[str, ...]:
        """Those of them that name one object."""
        return tuple(field for field in self.fields if field not in WIDE)

    def __call__(self, _moment: Moment, thing: Params, params: Params) -> bool:
        return all(name not in params or thing.get(name) == params[name] for name in self.fields)


def same(*fields: str) -> Same:
    """The filter of these names."""
    return Same(fields)


@dataclass(frozen=True, slots=True)
class Under:
    """Keeps the objects that belong to the one in the path, which they name in this field."""

    field: str

    @property
    def by(self) -> tuple[str, ...]:
        """The field, and the placeholder that it is compared with."""
        return (f"{self.field}=id",)

    def __call__(self, _moment: Moment, thing: Params, params: Params) -> bool:
        return bool(thing[self.field] == params["id"])
