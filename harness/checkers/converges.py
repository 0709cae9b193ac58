"""After quiet, the app, the payment provider and the CRM say the same.

What must agree is the target's table `agree`: an array of {name, app, payments, crm}. A side is a mapping:

    app             {path = "plan"}; for money {path = "payments", amount = "amount", currency = "currency"}
    payments, crm   {sink, field}; for money {sink, amount, currency, unit = "major" or "minor"}
    on any side     when = {status = ["active", ...]}   only objects that fit count
                    otherwise = "free"                  the value when no object fits
                    map = {starter_v2 = "starter"}      the side's own words in the common ones
                    compare = "sum"                     (app side, money) totals instead of single amounts

A side of which the person has no object and which has no `otherwise` is left out: that it is missing is for
`exactly_once` to say. Money without an object is no money.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record, Thing
from harness.checkers.values import at_path, fits, minor, same
from harness.checkers.verdicts import capped, nobody, ruled, unknown
from harness.model import Finding, Outcome, Verdict

NAME = "converges"
SIDES = ("payments", "crm")
Rule = Mapping[str, Any]


@dataclass(slots=True)
class Said:
    """What one side says, and the records it says it by."""

    side: str
    value: Any
    records: list[Record] = field(default_factory=list)


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Compare every rule of the target's table for every person of the cell."""
    rules: Sequence[Rule] = history.target.get("agree") or ()
    lived = [person for person in cell.persons if history.intents_of.get(person)]
    if verdict := nobody(NAME, cell.persons, lived, "nobody in this cell wanted anything"):
        return verdict
    if not rules:
        return unknown(NAME, "the target has no table `agree`, so nobody knows what should agree")
    findings: list[Finding] = []
    compared, unread = 0, []
    for person in lived:
        read = last_read(history, person)
        if read is None and any(intent.outcome is Outcome.OK for intent in history.intents_of[person]):
            unread.append(person)
        for rule in rules:
            said = sides(history, person, rule, read)
            if len(said) > 1:
                compared += 1
                findings += _judge(person, rule, said)
    counts = {"compared": compared, "unread": len(unread)}
    if not findings and unread:
        return unknown(NAME, f"the app's state was never read well after quiet for {', '.join(unread[:3])}", **counts)
    if not compared:
        return unknown(NAME, "no two sides said anything that could be compared", **counts)
    return ruled(NAME, findings, f"{compared} comparisons, all sides say the same", **counts)


def last_read(history: History, person: str) -> Record | None:
    """The app's state at the very end, else after its cell settled; None without a good answer."""
    for phase in ("final", "settled"):
        for read in reversed(history.of("read", person)):
            if read.get("phase") == phase:
                return read if read.get("status") == 200 and read.get("values") is not None else None
    return None


def sides(history: History, person: str, rule: Rule, read: Record | None) -> list[Said]:
    """What each side of a rule says of a person; sides that have nothing to say are left out."""
    money = any("amount" in (rule.get(side) or {}) for side in ("app", *SIDES))
    found: list[Said] = []
    if (app := rule.get("app")) and read is not None:
        found += _app_money(app, read) if money else _app_field(app, read)
    for side in SIDES:
        if where := rule.get(side):
            found += _money(history, person, side, where) if money else _field(history, person, side, where)
    if money and (rule.get("app") or {}).get("compare") == "sum":
        for said in found:
            said.value = _totals(said.value)
    return found


def _app_field(app: Rule, read: Record) -> list[Said]:
    places = list(at_path(read["values"], app["path"]))
    if not places and "otherwise" in app:
        places = [app["otherwise"]]
    return [Said("app", _mapped(app, places[0]), [read])] if places else []


def _app_money(app: Rule, read: Record) -> list[Said]:
    items = next(iter(at_path(read["values"], app["path"])), None)
    if not isinstance(items, list):
        return []
    taken = [item for item in items if _counts(app, item)]
    return [Said("app", _amounts(app, taken), [read])]


def _field(history: History, person: str, side: str, where: Rule) -> list[Said]:
    things = [thing for thing in history.things(person, where["sink"]) if not thing.deleted]
    fitting = [thing for thing in things if _counts(where, thing.values)]
    records = [thing.versions[-1] for thing in (fitting or things)[-1:]]
    if fitting:
        return [Said(side, _mapped(where, fitting[-1].values.get(where["field"])), records)]
    return [Said(side, where["otherwise"], records)] if "otherwise" in where else []


def _money(history: History, person: str, side: str, where: Rule) -> list[Said]:
    things = [thing for thing in history.things(person, where["sink"]) if not thing.deleted]
    taken: list[Thing] = [thing for thing in things if _counts(where, thing.values)]
    return [Said(side, _amounts(where, [thing.values for thing in taken]), [one.versions[-1] for one in taken])]


def _counts(where: Rule, values: Any) -> bool:
    conditions = where.get("when") or {}
    for name, choices in conditions.items():
        wanted = {"one_of": choices} if isinstance(choices, list | tuple) else choices
        if not any(fits(wanted, found) for found in at_path(values, name)):
            return False
    return True


def _mapped(where: Rule, value: Any) -> Any:
    words = where.get("map") or {}
    return words.get(str(value), value)


def _amounts(where: Rule, items: Sequence[Mapping[str, Any]]) -> Counter[tuple[int | str, str]]:
    amount, currency = where.get("amount", "amount"), where.get("currency", "currency")
    return Counter(minor(one.get(amount), one.get(currency), where.get("unit", "minor")) for one in items)


def _totals(amounts: Counter[tuple[int | str, str]]) -> Counter[tuple[int | str, str]]:
    totals: Counter[str] = Counter()
    odd: Counter[tuple[int | str, str]] = Counter()
    for (amount, currency), count in amounts.items():
        if isinstance(amount, int):
            totals[currency] += amount * count
        else:
            odd[amount, currency] += count
    return odd + Counter({(total, currency): 1 for currency, total in totals.items() if total})


def _judge(person: str, rule: Rule, said: Sequence[Said]) -> list[Finding]:
    first = said[0]
    if all(_equal(first.value, one.value) for one in said[1:]):
        return []
    told = {one.side: _told(one.value) for one in said}
    return [
        Finding(
            kind="disagree",
            message=f"{rule.get('name')} of {person}: "
            + ", ".join(f"{side} says {value}" for side, value in told.items()),
            person=person,
            sink=next(((rule.get(one.side) or {}).get("sink") for one in said if one.side != "app"), None),
            expected="all sides the same",
            found=told,
            records=capped(record for one in said for record in one.records),
        )
    ]


def _equal(left: Any, right: Any) -> bool:
    return left == right if isinstance(left, Counter) and isinstance(right, Counter) else same(left, right)


def _told(value: Any) -> str:
    if not isinstance(value, Counter):
        return repr(value)
    parts = [
        f"{amount} {currency}" + (f" (× {count})" if count > 1 else "") for (amount, currency), count in value.items()
    ]
    return " + ".join(sorted(parts)) or "nothing"
