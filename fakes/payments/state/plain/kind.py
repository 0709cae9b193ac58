"""How a kind of object that is kept as it was written is declared: one value, from which its operations follow.

Such an object moves only by the steps that are named here; its fields are those of the vendor's own document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

Also = Callable[[Moment, Thing, Thing], None]
"""What else happens: (moment, the object, the parameters)."""
EVERYTHING = ("create", "list", "retrieve", "update")
NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An action on an object: from which statuses, and what it becomes by it."""

    to: Thing = field(default_factory=dict)
    """The fields it sets."""
    of: tuple[str, ...] = ()
    """The statuses in which it may be done; empty for all."""
    event: str = ""
    """What is told; nothing if empty."""
    stamp: str = ""
    """The moment in `status_transitions` that it sets."""
    under: str = ""
    """Where its path begins, if that is not the path of the kind: `test_helpers/treasury/inbound_transfers`."""
    also: Also | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of object."""

    name: str
    """What it is called in `object`."""
    path: str
    prefix: str
    """How its ids begin."""
    born: Thing = field(default_factory=dict)
    """What it has from the beginning, besides its parameters."""
    offers: tuple[str, ...] = EVERYTHING
    """Which of create, list, retrieve, update and delete the vendor has."""
    under: str = ""
    """Where it is made, if not at its own path."""
    refers: Mapping[str, str] = field(default_factory=dict)
    """Parameters that name an object which must be there, and its kind."""
    filters: tuple[str, ...] = ()
    """What its list can be filtered by, beside the time."""
    within: Mapping[str, str] = field(default_factory=dict)
    """Filters of its list that name an object which must be there, and its kind."""
    keep: Callable[[Moment, Thing, Thing], bool] | None = None
    """What else an object of its list must fit: (moment, the object, the parameters)."""
    steps: Mapping[str, Step] = field(default_factory=dict)
    told: str = ""
    """How the events begin that tell of creation and change; none if empty."""
    tells: tuple[str, ...] = ("created",)
    """Which of `created`, `updated` and `deleted` are told."""
    receipt: tuple[str, ...] = ()
    """What is told of it once more when it is deleted, besides its id."""
    also: Also | None = None
    """What else happens when it is made, before it is told."""
    changed: Also | None = None
    """What else happens when it is changed."""
    letters: int = 23
