"""The planned faults at work: which call a fault meets, how often it has, who is held and who is let go.

The plan itself is data (`harness.faults`). This module decides and counts; `fakes.misbehaving` does it on the wire.
Every firing is journaled as `fault`, every step of a barrier as `barrier`. A fault for the person `*` meets every call.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fakes.calls import Call
from fakes.tokens import Tokens
from harness.faults import ALWAYS, EVERYBODY, Fault, Kind
from harness.journal import Journal

TOKEN = "token"
"""The id of every fault that a token in a call asked for."""


@dataclass(slots=True, eq=False)
class Rule:
    """One fault at work."""

    id: str
    fault: Fault
    seen: int = 0
    fired: int = 0
    held: list["Firing"] = field(default_factory=list)
    gathered: list["Firing"] = field(default_factory=list)
    """Who waits for others before anything is done."""

    @property
    def spent(self) -> bool:
        """Whether it has met as many calls as it should."""
        return self.fault.limit != ALWAYS and self.fired >= self.fault.limit


@dataclass(slots=True, eq=False)
class Firing:
    """One fault that meets one call."""

    rule: Rule
    call: Call
    released: asyncio.Event = field(default_factory=asyncio.Event)
    coming: set[str] = field(default_factory=set)
    """Rivals that have arrived and are being carried out."""
    rivals: int = 0
    """Rivals that have been carried out."""
    gone: bool = False
    """Whether the held call's client has given up."""

    @property
    def fault(self) -> Fault:
        """What was planned."""
        return self.rule.fault


def meets(fault: Fault, call: Call) -> bool:
    """Whether this call is one that the fault is aimed at, its counters apart."""
    if fault.person != EVERYBODY and fault.person not in call.owners:
        return False
    route = call.route
    if fault.calls != "all" and (route is None or route.writes != (fault.calls == "writes")):
        return False
    if fault.key is not None and fault.key != call.key:
        return False
    if fault.operation is not None and (route is None or route.operation != fault.operation):
        return False
    return fault.sink is None or (route is not None and route.sink == fault.sink)


class Injection:
    """All faults of all fakes."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rules: dict[str, list[Rule]] = {}
        self._by_id: dict[str, Rule] = {}
        self._numbered = 0
        self._firings: set[Firing] = set()
        self.tokens = Tokens()

    def plan(self, faults: Iterable[Fault]) -> list[str]:
        """Put faults to work; answers the id of each, in order."""
        ids = []
        for fault in faults:
            self._numbered += 1
            rule = Rule(f"f{self._numbered}", fault)
            self._rules.setdefault(fault.fake, []).append(rule)
            self._by_id[rule.id] = rule
            ids.append(rule.id)
        return ids

    def decide(self, call: Call) -> Firing | None:
        """The fault that this call meets, if any; also tells barriers of their rivals."""
        rules = self._rules.get(call.fake)
        if not rules:
            return self._by_token(call)
        chosen: Rule | None = None
        for rule in rules:
            if not meets(rule.fault, call):
                continue
            rule.seen += 1
            # Every held call must hear of it, so no short cut at the first.
            if sum(self._rival(firing, call) for firing in rule.held):
                continue
            if chosen is None and rule.seen > rule.fault.skip and not rule.spent:
                chosen = rule
        if chosen is None:
            return self._by_token(call)
        return self._fire(chosen, call)

    def _fire(self, rule: Rule, call: Call) -> Firing:
        rule.fired += 1
        firing = Firing(rule, call)
        self._firings.add(firing)
        if rule.fault.kind is Kind.BARRIER:
            rule.held.append(firing)
        elif rule.fault.kind is Kind.GATHER:
            self._gather(rule, firing)
        return firing

    def _by_token(self, call: Call) -> Firing | None:
        fault = self.tokens.met(call) if self.tokens.on else None
        return None if fault is None else self._fire(Rule(TOKEN, fault), call)

    def _gather(self, rule: Rule, firing: Firing) -> None:
        rule.gathered.append(firing)
        self._barrier(firing, "held", firing.call.id)
        if len(rule.gathered) > rule.fault.rivals:
            for one in rule.gathered:
                one.released.set()
            rule.gathered.clear()

    def _rival(self, firing: Firing, call: Call) -> bool:
        """Count the call as a rival of a held one, unless it is the held one's own retry."""
        held = firing.call
        if call.key is not None and call.key == held.key:
            return False
        if firing.gone and (call.method, call.path, call.body) == (held.method, held.path, held.body):
            return False
        firing.coming.add(call.id)
        self._barrier(firing, "rival", call.id)
        return True

    def reached(self, call: Call) -> None:
        """Tell barriers that this call has been carried out: those who have waited for it may go."""
        for rule in self._rules.get(call.fake, ()):
            for firing in rule.held:
                if call.id in firing.coming:
                    firing.coming.discard(call.id)
                    firing.rivals += 1
                    if firing.rivals >= firing.fault.rivals:
                        firing.released.set()

    def fired(self, firing: Firing, *, committed: bool) -> None:
        """Journal that a fault really happened to a call."""
        call, fault = firing.call, firing.fault
        person = fault.person if fault.person != EVERYBODY else call.person
        self._journal.write(
            "fault", call=call.id, person=person, fake=call.fake, kind=str(fault.kind), rule=firing.rule.id,
            committed=committed,
        )  # fmt: skip
        if fault.kind is Kind.BARRIER:
            self._barrier(firing, "held", call.id)

    @staticmethod
    def _free(firing: Firing) -> None:
        for waiting in (firing.rule.held, firing.rule.gathered):
            if firing in waiting:
                waiting.remove(firing)

    def let_go(self, firing: Firing) -> None:
        """Journal how a barrier's hold ended; from here on nobody is its rival."""
        self._free(firing)
        self._barrier(firing, "released" if firing.released.is_set() else "timed_out", firing.call.id)

    def done(self, firing: Firing) -> None:
        """A fault's call is over."""
        self._firings.discard(firing)
        self._free(firing)

    def _barrier(self, firing: Firing, event: str, call: str) -> None:
        fault = firing.fault
        self._journal.write("barrier", name=fault.name or firing.rule.id, person=fault.person, event=event, call=call)

    def release(self, name: str) -> int:
        """End the faults of this name (or id) and let go of whom they hold; answers how many faults that were."""
        return self._end(lambda rule: name in (rule.fault.name, rule.id))

    def mend(self, person: str) -> int:
        """End every fault of a person and let go of whom they hold."""
        return self._end(lambda rule: rule.fault.person == person)

    def calm(self) -> int:
        """End every fault and let go of everybody."""
        return self._end(lambda rule: True)

    def _end(self, which: Callable[[Rule], bool]) -> int:
        ended = 0
        for fake, rules in self._rules.items():
            gone = [rule for rule in rules if which(rule)]
            ended += len(gone)
            self._rules[fake] = [rule for rule in rules if rule not in gone]
        for firing in self._firings:
            if which(firing.rule):
                firing.released.set()
        return ended

    def counts(self, person: str) -> dict[str, int]:
        """How often each fault of a person has fired, ended ones included."""
        return {rule.id: rule.fired for rule in self._by_id.values() if rule.fault.person == person}

    def clear(self) -> None:
        """Forget everything, counters too."""
        self.calm()
        self._by_id.clear()
        self.tokens.clear()
