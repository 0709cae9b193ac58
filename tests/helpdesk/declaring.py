"""Looks for state of an account that is neither declared as kept nor excused: everything that an office reaches, by
attributes, closures and bound methods, is looked at. State of classes and modules is not. Not a test itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType, MethodType
from typing import Any

from fakes.calls import Route
from fakes.helpdesk.keeping import ASIDE, parts
from fakes.helpdesk.offices import Office
from fakes.helpdesk.state.part import Part

ATOMS = (str, int, float, bytes, bool, type(None), type)
OURS = ("fakes.helpdesk.", "tests.helpdesk.")


def undeclared(office: Office, aside: Mapping[str, str] = ASIDE) -> list[str]:
    """Every attribute that nobody answers for, every part that the list of parts lacks, every excuse for nothing."""
    listed = {id(part) for part in parts(office).values()}
    found, excused, seen = [], set(), {0: None}
    waiting: list[Any] = [office]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one
        if isinstance(one, Part) and id(one) not in listed:
            found.append(f"{type(one).__name__} is a part that `keeping.parts` does not list")
        for name, value in _held(one):
            if isinstance(one, Part) and name in one.KEPT:
                continue
            where = f"{type(one).__name__}.{name}"
            if where in aside:
                excused.add(where)
            elif _may_be_looked_into(value):
                waiting.append(value)
            elif not (isinstance(value, ATOMS) and _for_good(one)):
                found.append(f"{where}: say in KEPT that it is kept, or in `keeping.ASIDE` why it is not")
    return [*found, *(f"{name}: there is no such attribute to excuse" for name in sorted(set(aside) - excused))]


def _held(one: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(one, MethodType):
        yield from (("self", one.__self__), ("function", one.__func__))
    elif isinstance(one, FunctionType):
        for name, cell in zip(one.__code__.co_freevars, one.__closure__ or (), strict=True):
            yield f"{one.__qualname__} over {name}", cell.cell_contents
    elif isinstance(one, tuple):
        yield from ((str(place), each) for place, each in enumerate(one))
    else:
        slots: Iterable[str] = (name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ()))
        yield from ((name, getattr(one, name)) for name in slots if hasattr(one, name))
        yield from vars(one).items() if hasattr(one, "__dict__") else ()


def _for_good(one: Any) -> bool:
    """Whether it cannot hold anything else later."""
    frozen = getattr(type(one), "__dataclass_params__", None)
    return isinstance(one, tuple | FunctionType | MethodType) or (frozen is not None and frozen.frozen)


def _may_be_looked_into(value: Any) -> bool:
    if isinstance(value, FunctionType | MethodType | tuple | Route):
        return True
    kind = type(value)
    return kind.__module__.startswith(OURS) and not kind.__module__.endswith(".shelf")
