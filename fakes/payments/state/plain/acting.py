"""What can be done to an object of a declared kind: it is made, changed, deleted, and moved by its steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from fakes.payments.state.given import merge_metadata
from fakes.payments.state.moment import Behaviour, Moment
from fakes.payments.state.plain.kind import Kind, Step
from fakes.payments.state.plain.shaping import blank, shapes, write
from fakes.payments.state.problem import Problem, unexpected
from fakes.payments.state.store import Thing


def fresh(moment: Moment, kind: Kind, params: Thing) -> Thing:
    """A new object in the shape of its kind, not yet kept."""
    shape = shapes()[kind.name]
    thing: Thing = blank(shape)
    thing.update(id=kind.prefix + moment.account.letters(kind.letters), object=kind.name)
    if "created" in thing:
        thing["created"] = moment.now
    if "livemode" in thing:
        thing["livemode"] = False
    thing.update(_copied(kind.born))
    write(shape, thing, params)
    if "metadata" in shape or "metadata?" in shape:
        merge_metadata(thing, params.get("metadata") or {})
    return thing


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(inner) for name, inner in value.items()}
    return list(value) if isinstance(value, list | tuple) else value


def keep(moment: Moment, kind: Kind, thing: Thing) -> Thing:
    """Make a new object part of the account, and tell of it."""
    moment.account.put(thing)
    if kind.told and "created" in kind.tells:
        moment.tell(f"{kind.told}.created", thing)
    return thing


def create(kind: Kind, moment: Moment, params: Thing) -> Thing:
    """A new object; the provider's refusal if it names one that is not there."""
    for name, other in kind.refers.items():
        if params.get(name):
            moment.account.get(other, params[name], name)
    thing = fresh(moment, kind, params)
    if kind.also is not None:
        kind.also(moment, thing, params)
    return keep(moment, kind, thing)


def update(kind: Kind, moment: Moment, params: Thing, name: str) -> Thing:
    """Change what is given."""
    thing = moment.account.get(kind.name, name)
    for field, other in kind.refers.items():
        if params.get(field):
            moment.account.get(other, params[field], field)
    if kind.told and "updated" in kind.tells:
        with moment.changing(thing, f"{kind.told}.updated"):
            _change(kind, moment, params, thing)
    else:
        _change(kind, moment, params, thing)
    return thing


@contextmanager
def _wholly(thing: Thing) -> Iterator[None]:
    """Put an object back as it was if what is done inside is refused."""
    before = {name: dict(value) if isinstance(value, dict) else value for name, value in thing.items()}
    try:
        yield
    except Problem:
        thing.clear()
        thing.update(before)
        raise


def _change(kind: Kind, moment: Moment, params: Thing, thing: Thing) -> None:
    with _wholly(thing):
        write(shapes()[kind.name], thing, params)
        if "metadata" in params:
            merge_metadata(thing, params["metadata"])
        if kind.changed is not None:
            kind.changed(moment, thing, params)


def delete(kind: Kind, moment: Moment, _params: Thing, name: str) -> Thing:
    """Forget it; it is not found any more."""
    thing = moment.account.get(kind.name, name)
    if kind.told and "deleted" in kind.tells:
        moment.tell(f"{kind.told}.deleted", thing)
    del moment.account.tables[kind.name][name]
    told = {field: thing[field] for field in kind.receipt}
    return {"id": name, "object": kind.name, "deleted": True, **told}


def step(kind: Kind, verb: str, moment: Moment, params: Thing, name: str) -> Thing:
    """Move an object on, if its status allows it."""
    thing, wanted = moment.account.get(kind.name, name), kind.steps[verb]
    if wanted.of and thing["status"] not in wanted.of:
        raise _wrong(kind, thing, verb, wanted)
    with _wholly(thing):
        thing.update(_copied(wanted.to))
        if wanted.stamp:
            thing["status_transitions"][wanted.stamp] = moment.now
        if wanted.also is not None:
            wanted.also(moment, thing, params)
    if wanted.event:
        moment.tell(wanted.event, thing)
    return thing


def _wrong(kind: Kind, thing: Thing, verb: str, wanted: Step) -> Problem:
    word = kind.name.rpartition(".")[2].replace("_", " ")
    return unexpected(
        f"You cannot {verb.replace('_', ' ')} this {word} because it has a status of {thing['status']}. Only a {word} "
        f"with one of the following statuses may be changed so: {', '.join(wanted.of)}.",
        f"{kind.name.rpartition('.')[2]}_unexpected_state",
    )


def does(act: Behaviour, kind: Kind, *more: str) -> Behaviour:
    """The behaviour of an operation: the act, for this kind."""
    return partial(act, kind, *more)
