"""A slice's settings as a flat dataclass: filled from what the user gave, changed by a wish while the fakes run.

Only plain values (bool, number, text); a wrong name or kind of value is a `ValueError` that says what would be right.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

from pydantic import Field
from typing_extensions import TypedDict

from fakes.asking import Ask, House, Problem, Wish
from fakes.powers import Tunable
from harness.errors import UsageError

S = TypeVar("S")
SPOKEN = {"true": True, "false": False, "1.0": True, "0.0": False}


def given(kind: type[S], settings: Mapping[str, Any]) -> S:
    """The settings of this kind, as far as given; other names are somebody else's. `UsageError` says what is wrong."""
    made = kind()
    try:
        tuned(made, {name: _spoken(getattr(made, name), settings[name]) for name in _names(made) if name in settings})
    except ValueError as problem:
        raise UsageError(f"settings: {problem}") from problem
    return made


def _spoken(now: Any, value: Any) -> Any:
    """A value as a command line says it, where numbers are fractions and truth is a word."""
    if isinstance(now, bool) and str(value).lower() in SPOKEN:
        return SPOKEN[str(value).lower()]
    if isinstance(now, str) and isinstance(value, float):
        return f"{value:g}"
    return value


def tuned(settings: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """All settings after these changes, made all or none."""
    names = _names(settings)
    fitting = {}
    for name, value in changes.items():
        if name not in names:
            raise ValueError(f"no setting is called {name!r}; there are {', '.join(names)}")
        fitting[name] = _fitted(name, getattr(settings, name), value)
    # Made anew first, so that what the class itself refuses changes nothing.
    replace(settings, **fitting)
    for name, value in fitting.items():
        setattr(settings, name, value)
    return asdict(settings)


def _names(settings: Any) -> list[str]:
    return [one.name for one in fields(settings)]


def _fitted(name: str, now: Any, value: Any) -> Any:
    """The value, if it is of the same kind as the present one; whole numbers fit where fractions do."""
    wanted = type(now)
    if wanted is float and type(value) is int:
        return float(value)
    if wanted is int and type(value) is float and value.is_integer():
        return int(value)
    if type(value) is not wanted:
        raise ValueError(f"{name} must be {wanted.__name__}, found {type(value).__name__}")
    return value


class TuneAsk(Ask):
    """Settings to change, by name; none only asks how they stand."""

    fake: str
    settings: dict[str, bool | int | float | str] = Field(default_factory=dict)


class Tuned(TypedDict):
    """All settings of a fake as they stand now."""

    fake: str
    settings: dict[str, Any]


def tune(house: House, ask: TuneAsk) -> Tuned:
    """Change a fake's settings while it runs, all or none."""
    slice_ = house.slice(ask.fake)
    if not isinstance(slice_, Tunable):
        raise Problem(422, f"the fake {ask.fake!r} has no settings that can change while it runs")
    try:
        return {"fake": ask.fake, "settings": slice_.tune(ask.settings)}
    except ValueError as problem:
        raise Problem(422, f"settings: {problem}") from problem


WISHES = (Wish("PUT", "/settings/{fake}", tune),)
