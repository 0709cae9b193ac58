"""What the app and the CRM show never goes back to an older state.

Of a subscription: once the provider's newest state was seen after it came to be, nothing else may be seen again, and
what is seen last must be it. Of a contact's life-cycle stage and of paid orders: no way back at all. Which values mean
what is the target's rule about the plan in `agree`; without one, the usual words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.values import at_path, fits, same
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Verdict

NAME = "fresh"
SUBSCRIPTION, CONTACT = "payments.subscription", "crm.contact"
STAGES = (
    "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist",
)  # fmt: skip
USUAL_RULE: Mapping[str, Any] = {
    "app": {"path": "plan"},
    "payments": {
        "sink": SUBSCRIPTION,
        "field": "plan",
        "when": {"status": ["active", "trialing"]},
        "otherwise": "free",
    },
    "crm": {"sink": CONTACT, "field": "plan"},
}
PAID = "paid"
Seen = tuple[int, Any, Record]


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Nothing seen of the cell's people, in the app or the CRM, is older than what was seen before."""
    findings: list[Finding] = []
    looked = 0
    for person in cell.persons:
        reads = [one for one in history.of("read", person) if one.get("status") == 200 and one.get("values")]
        contacts = [version for thing in history.things(person, CONTACT) for version in thing.versions]
        looked += len(reads) + len(contacts)
        findings += _of_subscription(history, person, reads, contacts)
        findings += _of_stage(person, contacts)
        findings += _of_orders(person, reads, str((history.target.get("truth") or {}).get("orders") or "orders"))
    if verdict := nobody(NAME, cell.persons, looked, "neither the app's state nor a contact was ever seen"):
        return verdict
    return ruled(NAME, findings, f"{looked} looks, none older than the one before", looks=looked)


def _of_subscription(
    history: History, person: str, reads: Sequence[Record], contacts: Sequence[Record]
) -> list[Finding]:
    states = sorted(
        (version for thing in history.things(person, SUBSCRIPTION) for version in thing.versions),
        key=lambda version: version["at"],
    )
    if not states:
        return []
    rule = plan_rule(history)
    newest = states[-1]["at"]
    plans, statuses = _plans(history, person, rule, states), [(one.get("values") or {}).get("status") for one in states]
    in_app = [
        (one["at"], value, one) for one in reads for value in list(at_path(one["values"], rule["app"]["path"]))[:1]
    ]
    findings = _regressed(person, "the app", "plan", in_app, plans, newest, strict=True)
    field = (rule.get("crm") or {}).get("field")
    words = (rule.get("crm") or {}).get("map") or {}
    if field:
        seen = [(record["at"], words.get(str(value), value), record) for value, record in _field(contacts, field)]
        findings += _regressed(person, "the CRM", field, seen, plans, newest, strict=True)
    seen = [(record["at"], value, record) for value, record in _field(contacts, "plan_status")]
    return findings + _regressed(person, "the CRM", "plan_status", seen, statuses, newest, strict=False)


def plan_rule(history: History) -> Mapping[str, Any]:
    """The target's rule about the plan: the one whose payments side is the subscription and that has an `otherwise`."""
    for rule in history.target.get("agree") or ():
        payments = rule.get("payments") or {}
        if payments.get("sink") == SUBSCRIPTION and "otherwise" in payments and (rule.get("app") or {}).get("path"):
            return dict(rule)
    return USUAL_RULE


def _plans(history: History, person: str, rule: Mapping[str, Any], states: Sequence[Record]) -> list[Any]:
    """The plan in force after each change at the provider."""
    where = rule["payments"]
    latest: dict[str, Any] = {}
    plans = []
    for state in states:
        values = state.get("values") or {}
        live = state.get("op") != "delete" and all(
            fits({"one_of": choices} if isinstance(choices, list) else choices, values.get(name))
            for name, choices in (where.get("when") or {}).items()
        )
        latest.pop(str(state.get("object")), None)
        if live:
            plan = values.get(where["field"])
            latest[str(state.get("object"))] = (where.get("map") or {}).get(str(plan), plan)
        plans.append(next(reversed(latest.values()), where["otherwise"]))
    return plans


def _field(versions: Sequence[Record], name: str) -> list[tuple[Any, Record]]:
    return [((one.get("values") or {})[name], one) for one in versions if name in (one.get("values") or {})]


def _regressed(
    person: str, where: str, name: str, seen: Sequence[Seen], truth: Sequence[Any], newest: int, *, strict: bool
) -> list[Finding]:
    """The first thing seen that is older than the newest state seen before, or the last thing seen if it is not that.

    Not `strict`: where the side may have words of its own, a last value counts only if it is a former state's.
    """
    if not seen:
        return []
    final, former = truth[-1], [value for value in truth[:-1] if not same(value, truth[-1])]
    reached: Seen | None = None
    for one in seen:
        if one[0] < newest:
            continue
        if same(final, one[1]):
            reached = reached or one
        elif reached:
            return [_stale(person, where, name, final, one, (reached[2], one[2]), "after the newest was there already")]
    last = seen[-1]
    if same(final, last[1]) or (last[0] < newest and where == "the app"):
        return []
    if last[0] >= newest and any(same(value, last[1]) for value in former):
        return [_stale(person, where, name, final, last, (last[2],), "in the end, which is a former state")]
    if strict:
        kept = _stale(person, where, name, final, last, (last[2],), "in the end")
        return [
            Finding(
                kind="disagree",
                message=kept.message,
                person=person,
                expected=final,
                found=last[1],
                records=kept.records,
            )
        ]
    return []


def _stale(
    person: str, where: str, name: str, final: Any, seen: Seen, records: tuple[Record, ...], when: str
) -> Finding:
    return Finding(
        kind="stale_overwrite",
        message=f"{where} shows {name} = {seen[1]!r} for {person} {when}; the provider's newest state is {final!r}",
        person=person,
        sink=CONTACT if where == "the CRM" else None,
        expected=final,
        found=seen[1],
        records=records,
    )


def _of_stage(person: str, contacts: Sequence[Record]) -> list[Finding]:
    highest: tuple[int, Record] | None = None
    for stage, record in _field(contacts, "lifecyclestage"):
        if stage not in STAGES:
            continue
        rank = STAGES.index(stage)
        if highest and rank < highest[0]:
            seen = (record["at"], stage, record)
            reached = STAGES[highest[0]]
            return [_stale(person, "the CRM", "lifecyclestage", reached, seen, (highest[1], record), "later")]
        highest = max(highest, (rank, record), key=lambda one: one[0]) if highest else (rank, record)
    return []


def _of_orders(person: str, reads: Sequence[Record], path: str) -> list[Finding]:
    paid: dict[str, Record] = {}
    findings: dict[str, Finding] = {}
    for read in reads:
        for order in at_path(read["values"], f"{path}.*"):
            name = str(order.get("order_id")) if isinstance(order, Mapping) else ""
            status = order.get("status") if isinstance(order, Mapping) else None
            if status == PAID:
                paid.setdefault(name, read)
            elif name in paid and status not in (None, "refunded", "disputed"):
                findings.setdefault(
                    name,
                    Finding(
                        kind="stale_overwrite",
                        message=f"order {name} of {person} was paid and is shown as {status!r} later",
                        person=person,
                        expected=PAID,
                        found=status,
                        records=capped((paid[name], read)),
                    ),
                )
    return list(findings.values())
