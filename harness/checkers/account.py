"""One person's accounts: what their intents asked for, set against the objects that were made.

The algebra behind `exactly_once`: objects are dealt out to expectations, then counted and compared. Also used by
`refused`, which asks for what nobody expected. Counts objects, never requests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from harness.checkers.history import History, Intent, Thing
from harness.checkers.values import misfits, selects
from harness.model import Outcome

Expectation = Mapping[str, Any]
CLOSED_SINKS = frozenset({
    "payments.customer", "payments.charge", "payments.subscription", "payments.refund", "crm.contact", "crm.deal",
    "helpdesk.ticket",
})  # fmt: skip
"""Where every object must have been asked for; a target may name others in `closed_sinks`."""
OPEN_SINKS = frozenset({"alerts.chat", "alerts.mail", "payments.decline"})
"""Without any guarantee against repeats; a target may name others in `unguarded_sinks`, see `unguarded`."""
MONEY_FIELDS = frozenset({"amount", "currency", "deal_currency_code"})
STATE_FIELDS = frozenset({
    "status", "plan", "plan_status", "lifecyclestage", "dealstage", "captured", "cancel_at_period_end",
})  # fmt: skip
"""How far something has come: an intent that broke off half-way may have left any of it."""
PENDING = frozenset({"incomplete", "incomplete_expired"})


def unguarded(target: Mapping[str, Any]) -> frozenset[str]:
    """The sinks without any guarantee: ours, and those of vendors that the target declares without key or unique."""
    declared = {
        f"{fake}.{kind}"
        for fake, one in (target.get("fake") or {}).items()
        for kind, collection in one["collections"].items()
        if one.get("key", "none") == "none" and not collection.get("unique")
    }
    return frozenset(target.get("unguarded_sinks") or OPEN_SINKS) | declared


@dataclass(slots=True)
class Group:
    """All intents of a person that expect the same kind of object, and the objects dealt out to them."""

    sink: str
    match: Expectation
    once_per_person: bool
    wanted: list[tuple[Intent, Expectation]] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)

    def having(self, outcome: Outcome) -> list[Intent]:
        """The intents that came to this."""
        return [intent for intent, _ in self.wanted if intent.outcome is outcome]

    @property
    def least(self) -> int:
        """How many there must be."""
        sure = len(self.having(Outcome.OK))
        return min(sure, 1) if self.once_per_person else sure

    @property
    def most(self) -> int:
        """How many there may be."""
        possible = len(self.having(Outcome.OK)) + len(self.having(Outcome.UNKNOWN))
        return min(possible, 1) if self.once_per_person else possible

    def means(self, thing: Thing) -> bool:
        """Whether any version of the object is what these intents meant."""
        return any(selects(self.match, version.get("values") or {}) for version in thing.versions)


@dataclass(slots=True)
class Account:
    """A person's groups, and the objects in closed sinks that belong to none."""

    groups: list[Group]
    strays: list[Thing]


def account(history: History, person: str) -> Account:
    """Deal this person's objects out to what their intents expected: the most specific expectation first."""
    groups = _groups(history, person)
    strays: list[Thing] = []
    sinks = {group.sink for group in groups} | history.sinks_of.get(person, set())
    closed = frozenset(history.target.get("closed_sinks") or CLOSED_SINKS)
    for sink in sorted(sinks):
        here = [group for group in groups if group.sink == sink]
        left = [thing for thing in history.things(person, sink) if not (_taken_away(thing) or _deal(thing, here))]
        if sink in closed:
            strays += [thing for thing in left if not _by_provider(history, person, thing)]
    return Account(groups, _without_pending(history, person, strays))


def _groups(history: History, person: str) -> list[Group]:
    groups: dict[tuple[str, bool, bytes], Group] = {}
    for intent in history.intents_of.get(person, ()):
        for expectation in intent.expects:
            match = expectation.get("match") or {}
            once = expectation.get("per") == "person"
            key = (expectation["sink"], once, orjson.dumps(match, option=orjson.OPT_SORT_KEYS, default=str))
            if key not in groups:
                groups[key] = Group(expectation["sink"], match, once)
            groups[key].wanted.append((intent, expectation))
    return list(groups.values())


def _deal(thing: Thing, groups: Sequence[Group]) -> bool:
    meant = [group for group in groups if group.means(thing)]
    for group in meant:
        if group.once_per_person:
            group.things.append(thing)
    single = sorted((group for group in meant if not group.once_per_person), key=lambda group: -len(group.match))
    if single:
        free = [group for group in single if len(group.things) < group.most]
        (free or single)[0].things.append(thing)
    return bool(meant)


def _taken_away(thing: Thing) -> bool:
    """Whether the vendor's own side did away with it: what the pipeline makes in its place is no second record."""
    return thing.deleted and not thing.versions[-1].get("call")


def _by_provider(history: History, person: str, thing: Thing) -> bool:
    # A refund or a renewal that the scenario let the vendor's own side make was asked for by nobody's app.
    if thing.versions[0].get("call"):
        return False
    named = {thing.id, *(thing.versions[0].get("ids") or ())}
    return any(act.get("object") in named for act in history.of("act", person))


def _without_pending(history: History, person: str, strays: list[Thing]) -> list[Thing]:
    # A subscription nobody ever paid for grants nothing; one for each time it was tried is no record too many.
    tries = sum(intent.outcome is not Outcome.FAILED for intent in history.intents_of.get(person, ()))
    customers = 1
    kept: list[Thing] = []
    for thing in strays:
        status = {str((version.get("values") or {}).get("status")) for version in thing.versions}
        if thing.sink == "payments.subscription" and status <= PENDING and tries > 0:
            tries -= 1
        elif thing.sink == "payments.customer" and customers > 0:
            customers -= 1
        else:
            kept.append(thing)
    return kept


@dataclass(slots=True)
class Mismatch:
    """An object that was asked for, and holds something else."""

    intent: Intent
    thing: Thing
    fields: dict[str, tuple[Any, Any]]


def mismatches(history: History, person: str, groups: Sequence[Group]) -> list[Mismatch]:
    """Every object whose last values, or whose amounts at any time, are not those that were asked for.

    What several intents of one person want of the same object, the later one decides; what an unknown intent wants may
    be so or not. After an act of the vendor's own side it is enough that the values were right at some time.
    """
    overlays: dict[int, list[tuple[Intent, Expectation]]] = {}
    for group in groups:
        if group.once_per_person:
            for thing in group.things:
                overlays.setdefault(id(thing), []).extend(_not_failed(group))
    found: list[Mismatch] = []
    seen: set[int] = set()
    for group in groups:
        if not group.once_per_person:
            found += _of_each(history, person, group, overlays)
            seen |= {id(thing) for thing in group.things}
    for group in groups:
        for thing in group.things:
            if id(thing) not in seen:
                seen.add(id(thing))
                found += _of_person(history, person, thing, overlays.get(id(thing), []))
    return found


def _not_failed(group: Group) -> list[tuple[Intent, Expectation]]:
    return [pair for pair in group.wanted if pair[0].outcome is not Outcome.FAILED]


def _of_person(history: History, person: str, thing: Thing, wanted: list[tuple[Intent, Expectation]]) -> list[Mismatch]:
    wanted = sorted(wanted, key=lambda pair: pair[0].at)
    if not wanted:
        return []
    wrong = _wrong(history, person, thing, wanted)
    return [Mismatch(wanted[-1][0], thing, wrong)] if wrong else []


def _of_each(
    history: History, person: str, group: Group, overlays: Mapping[int, list[tuple[Intent, Expectation]]]
) -> list[Mismatch]:
    open_ones = _not_failed(group)
    left: list[Thing] = []

    def wrong(thing: Thing, pair: tuple[Intent, Expectation]) -> dict[str, tuple[Any, Any]]:
        later = [one for one in overlays.get(id(thing), []) if one[0].at > pair[0].at]
        return _wrong(history, person, thing, [pair, *sorted(later, key=lambda one: one[0].at)])

    for thing in group.things:
        right = next((pair for pair in open_ones if not wrong(thing, pair)), None)
        if right is None:
            left.append(thing)
        else:
            open_ones.remove(right)
    found: list[Mismatch] = []
    for thing in left:
        if open_ones:
            nearest = min(open_ones, key=lambda pair: len(wrong(thing, pair)))
            open_ones.remove(nearest)
            found.append(Mismatch(nearest[0], thing, wrong(thing, nearest)))
    return found


def _wrong(
    history: History, person: str, thing: Thing, wanted: Sequence[tuple[Intent, Expectation]]
) -> dict[str, tuple[Any, Any]]:
    choices: dict[str, list[Any] | None] = {}
    since: dict[str, int] = {}
    for number, (intent, expectation) in enumerate(wanted):
        for name, value in (expectation.get("values") or {}).items():
            since[name] = intent.at
            if intent.outcome is Outcome.OK or (number == 0 and name not in STATE_FIELDS):
                choices[name] = [value]
            elif (before := choices.get(name)) is not None:
                choices[name] = [*before, value]
            else:
                choices[name] = None  # Whether it was ever set, nobody knows.
    acts = [act["at"] for act in history.of("act", person)]
    wrong: dict[str, tuple[Any, Any]] = {}
    for name, values in choices.items():
        if values is None:
            continue
        choice = {name: values[0] if len(values) == 1 else {"one_of": values}}
        disturbed = any(moment >= since[name] for moment in acts)
        versions = thing.versions if disturbed else thing.versions[-1:]
        tries = [misfits(choice, version.get("values") or {}) for version in versions]
        if all(tries):
            wrong[name] = tries[-1][name]
        elif name in MONEY_FIELDS:
            for version in thing.versions:
                held = (version.get("values") or {}).get(name)
                if held not in (None, "") and misfits(choice, {name: held}):
                    wrong[name] = (choice[name], held)
                    break
    return wrong
