"""The wishes that look and that plan: manifest, pending, counts, unknown calls, faults, delivery rules, calm, reset.

Each is answered at once. What is planned is data (`harness.faults`); `fakes.injection` and `fakes.travel` carry it out.
"""

from typing import cast

from typing_extensions import TypedDict

from fakes.asking import About, Ask, Empty, House, Problem, Wish, named
from fakes.calls import Manifest
from fakes.lacking import UnknownCall
from fakes.powers import Resettable
from harness.faults import DeliveryRule, Fault, Mishap


class Health(TypedDict):
    """Whether the fakes serve, and which."""

    status: str
    fakes: list[str]


class Planned(TypedDict):
    """The ids of what was planned, in order."""

    ids: list[str]


class Ended(TypedDict):
    """How many were ended."""

    ended: int


class FaultsAsk(Ask):
    """Faults to add."""

    faults: list[Fault]


class RulesAsk(Ask):
    """Delivery rules to add."""

    rules: list[DeliveryRule]


class ReleaseAsk(Ask):
    """A hold or barrier to let go."""

    name: str


def health(house: House, ask: Empty) -> Health:
    """Whether the fakes serve."""
    return {"status": "ok", "fakes": sorted(house.slices)}


class Pending(TypedDict):
    """What the fakes still have to do."""

    calls: int
    deliveries: int
    by_person: dict[str, list[str]]
    untold: dict[str, int]


class Counts(TypedDict):
    """How often each fault of a person fired, and what was created for them, by sink."""

    faults: dict[str, int]
    effects: dict[str, int]


def manifest(house: House, ask: Empty) -> dict[str, Manifest]:
    """What each fake offers."""
    return {name: slice_.manifest for name, slice_ in house.slices.items()}


def pending(house: House, ask: Empty) -> Pending:
    """What the fakes still have to do."""
    return cast(Pending, house.core.pending())


def counts(house: House, ask: About) -> Counts:
    """How often each fault of a person fired, and what was created for them."""
    return cast(Counts, house.core.counts(ask.person))


class UnknownCalls(TypedDict):
    """What was called although no fake has it."""

    calls: list[UnknownCall]


def unknown_calls(house: House, ask: Empty) -> UnknownCalls:
    """What the pipeline called although no fake has it, the most frequent first."""
    return {"calls": house.core.lacking.told()}


def add_faults(house: House, ask: FaultsAsk) -> Planned:
    """Plan faults, all or none."""
    for place, fault in enumerate(ask.faults):
        sinks = {sink.name for sink in house.slice(fault.fake).manifest.sinks}
        if fault.sink is not None and fault.sink not in sinks:
            raise Problem(422, f"faults.{place}.sink: {fault.fake} has no sink {fault.sink!r}, only {sorted(sinks)}")
    return {"ids": house.core.injection.plan(ask.faults)}


def add_rules(house: House, ask: RulesAsk) -> Planned:
    """Plan delivery rules, all or none."""
    for rule in ask.rules:
        slice_ = house.slice(rule.fake)
        if rule.kind is Mishap.DRESS:
            manifest_ = slice_.manifest
            genuine = manifest_.dresses | {name: manifest_.forgeries[name] for name in manifest_.genuine}
            named(str(rule.forgery), genuine, f"unusual but right way of {rule.fake}")
        elif rule.forgery is not None:
            named(rule.forgery, slice_.manifest.forgeries, f"forgery of {rule.fake}")
    return {"ids": house.core.deliveries.plan(ask.rules)}


def drop_faults(house: House, ask: About) -> Ended:
    """End a person's faults."""
    return {"ended": house.core.injection.mend(ask.person)}


def drop_rules(house: House, ask: About) -> Ended:
    """End a person's delivery rules."""
    return {"ended": house.core.deliveries.travel.mend(ask.person)}


class Released(TypedDict):
    """How many holds were let go."""

    released: int


def release(house: House, ask: ReleaseAsk) -> Released:
    """Let go of the holds and barriers of a name."""
    core = house.core
    return {"released": core.injection.release(ask.name) + core.deliveries.travel.release(ask.name)}


class TokensAsk(Ask):
    """Whether calls may ask for their own faults by words in their data."""

    on: bool


def tokens(house: House, ask: TokensAsk) -> TokensAsk:
    """Switch fault tokens on or off; see `fakes.tokens`."""
    house.core.injection.tokens.on = ask.on
    return ask


class Calm(TypedDict):
    """That all is calm."""

    calm: bool


def calm(house: House, ask: Empty) -> Calm:
    """End all faults and rules."""
    house.core.calm()
    return {"calm": True}


class Reset(TypedDict):
    """That everything was forgotten, but by the fakes that cannot."""

    reset: bool
    kept: list[str]


async def reset(house: House, ask: Empty) -> Reset:
    """Forget everything but keys and endpoints; answers which fakes could not forget their own state."""
    await house.core.reset()
    kept = []
    for name, slice_ in house.slices.items():
        if isinstance(slice_, Resettable):
            slice_.reset()
        else:
            kept.append(name)
    return {"reset": True, "kept": kept}


WISHES = (
    Wish("GET", "/health", health, open=True),
    Wish("GET", "/manifest", manifest),
    Wish("GET", "/pending", pending),
    Wish("GET", "/counts", counts),
    Wish("GET", "/unknown-calls", unknown_calls),
    Wish("POST", "/faults", add_faults),
    Wish("DELETE", "/faults", drop_faults),
    Wish("POST", "/rules", add_rules),
    Wish("DELETE", "/rules", drop_rules),
    Wish("POST", "/release", release),
    Wish("PUT", "/fault-tokens", tokens),
    Wish("POST", "/calm", calm),
    Wish("POST", "/reset", reset),
)
