"""What is in a financial account: each flow is one transaction there, and each change of it an entry."""

from dataclasses import dataclass, field

from fakes.payments.state.given import during
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.acting import fresh
from fakes.payments.state.plain.kind import Kind
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Account, Thing

PLACES = ("cash", "inbound_pending", "outbound_pending")
ACCOUNT = "treasury.financial_account"


def _ordered(params: Thing) -> None:
    if params.get("order_by", "created") != "created":
        raise invalid("This account lists by the time of creation only.", "order_by")


def _wanted(_moment: Moment, transaction: Thing, params: Thing) -> bool:
    _ordered(params)
    posted = (params.get("status_transitions") or {}).get("posted_at")
    return during(transaction["status_transitions"]["posted_at"], posted)


def _effective(_moment: Moment, entry: Thing, params: Thing) -> bool:
    _ordered(params)
    return during(entry["effective_at"], params.get("effective_at"))


TRANSACTION = Kind(
    name="treasury.transaction",
    path="treasury/transactions",
    prefix="trxn_1",
    offers=("list", "retrieve"),
    filters=("financial_account", "status"),
    keep=_wanted,
    within={"financial_account": ACCOUNT},
)
ENTRY = Kind(
    name="treasury.transaction_entry",
    path="treasury/transaction_entries",
    prefix="trxne_1",
    offers=("list", "retrieve"),
    filters=("financial_account", "transaction"),
    keep=_effective,
    within={"financial_account": ACCOUNT},
)


@dataclass(slots=True)
class Flows:
    """The transaction of each flow."""

    transactions: dict[str, str] = field(default_factory=dict)


def opened(moment: Moment, name: str, feature: str = "") -> Thing:
    """The open financial account of this id, which must have this feature."""
    account = moment.account.get(ACCOUNT, name, "financial_account")
    if account["status"] != "open":
        raise unexpected("This financial account is closed.", "financial_account_closed", param="financial_account")
    if feature and feature not in account["active_features"]:
        raise unexpected(
            f"The feature {feature} is not active on this financial account.",
            "financial_account_feature_not_active",
            param="financial_account",
        )
    return account


def has(account: Thing, currency: str, amount: int) -> bool:
    """Whether so much can leave an account."""
    return bool(account["balance"]["cash"].get(currency, 0) >= amount)


def too_little(param: str = "amount") -> Problem:
    """The provider's refusal to send what is not there."""
    return unexpected("The financial account does not have enough money for this.", "balance_insufficient", param=param)


def move(moment: Moment, flow: Thing, entry: str, status: str = "", **places: int) -> None:
    """Write an entry of this type for a flow, which moves so much in these places; its transaction becomes `status`."""
    kind = flow["object"].rpartition(".")[2]
    account = moment.account.get(ACCOUNT, flow["financial_account"])
    impact = {name: places.get(name, 0) for name in PLACES}
    for name, amount in impact.items():
        sums = account["balance"][name]
        sums[flow["currency"]] = sums.get(flow["currency"], 0) + amount
    transaction = _transaction(moment, flow, kind, impact)
    if status:
        transaction["status"] = status
        stamp = {"posted": "posted_at", "void": "void_at"}.get(status)
        if stamp:
            transaction["status_transitions"][stamp] = moment.now
    made = fresh(moment, ENTRY, {})
    made.update(balance_impact=impact, currency=flow["currency"], effective_at=moment.now, type=entry, flow=flow["id"])
    made.update(financial_account=account["id"], flow_type=kind, transaction=transaction["id"])
    moment.account.put(made)


def _transaction(moment: Moment, flow: Thing, kind: str, impact: Thing) -> Thing:
    known = moment.account.side(Flows).transactions
    if flow["id"] in known:
        found = moment.account.get(TRANSACTION.name, known[flow["id"]])
        for name, amount in impact.items():
            found["balance_impact"][name] += amount
        return found
    made = fresh(moment, TRANSACTION, {"description": flow.get("description") or kind.replace("_", " ").title()})
    made.pop("entries", None)
    outwards = impact["cash"] < 0
    made.update(amount=-flow["amount"] if outwards else flow["amount"], balance_impact=dict(impact), flow=flow["id"])
    made.update(currency=flow["currency"], financial_account=flow["financial_account"], flow_type=kind, status="open")
    moment.account.put(made)
    known[flow["id"]] = flow["transaction"] = made["id"]
    return made


def entries(account: Account, transaction: Thing) -> list[Thing]:
    """The entries of a transaction, newest first."""
    return account.where(ENTRY.name, transaction=transaction["id"])[::-1]
