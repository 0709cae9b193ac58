"""Money that others send to a financial account or take from it, as a test says, and what is done to undo it."""

from fakes.payments.state import due
from fakes.payments.state.banks import SOON_S
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.kind import Kind
from fakes.payments.state.problem import unexpected
from fakes.payments.state.store import Thing
from fakes.payments.state.treasury.ledger import ACCOUNT, has, move, opened, too_little
from fakes.payments.state.treasury.transfers import NOBODY, in_dollars

_POST, _COMPLETE = "post_credit_reversal", "complete_debit_reversal"
CREDIT_FLOWS = ("credit_reversal", "issuing_authorization", "issuing_transaction", "source_flow", "source_flow_type")
DEBIT_FLOWS = ("debit_reversal", "inbound_transfer", "issuing_authorization", "issuing_transaction", "payout", "topup")


def _details(params: Thing) -> Thing:
    """Who sends it or takes it."""
    bank = (params.get("initiating_payment_method_details") or {}).get("us_bank_account") or {}
    number = str(bank.get("account_number") or "000123456789")
    billing = {**NOBODY, "name": bank.get("account_holder_name")}
    told = {
        "bank_name": "STRIPE TEST BANK",
        "last4": number[-4:],
        "routing_number": bank.get("routing_number") or "110000000",
    }
    return {"billing_details": billing, "type": "us_bank_account", "us_bank_account": told}


def _credit(moment: Moment, flow: Thing, params: Thing) -> None:
    in_dollars(params)
    opened(moment, params["financial_account"])
    flow.update(status="succeeded", currency="usd", description=params.get("description") or "Stripe Test")
    flow["linked_flows"] = {**dict.fromkeys(CREDIT_FLOWS), "source_flow_details": None}
    flow["initiating_payment_method_details"] = _details(params)
    flow["reversal_details"] = {"deadline": moment.now + 2 * 86400, "restricted_reason": None}
    move(moment, flow, "received_credit", "posted", cash=flow["amount"])


def _debit(moment: Moment, flow: Thing, params: Thing) -> None:
    """What is not there cannot be taken: the debit fails."""
    in_dollars(params)
    account = opened(moment, params["financial_account"])
    flow.update(status="succeeded", currency="usd", description=params.get("description") or "Stripe Test")
    flow["linked_flows"] = dict.fromkeys(DEBIT_FLOWS)
    flow["initiating_payment_method_details"] = _details(params)
    flow["reversal_details"] = {"deadline": moment.now + 2 * 86400, "restricted_reason": None}
    if has(account, flow["currency"], flow["amount"]):
        move(moment, flow, "received_debit", "posted", cash=-flow["amount"])
    else:
        flow.update(status="failed", failure_code="insufficient_funds", reversal_details=None)


def _begin(moment: Moment, made: Thing, other: Thing) -> None:
    word = made["object"].rpartition(".")[2]
    if other["status"] != "succeeded" or other["linked_flows"][word]:
        raise unexpected("This was reversed already, or failed.", f"{word}_not_possible")
    if (other["reversal_details"] or {}).get("deadline", 0) < moment.now:
        raise unexpected("It is too late to reverse this.", f"{word}_deadline_passed")
    made.update({name: other[name] for name in ("amount", "currency", "financial_account", "network")})
    made["status"] = "processing"
    other["linked_flows"][word] = made["id"]
    other["reversal_details"]["restricted_reason"] = "already_reversed"


def _back(moment: Moment, made: Thing, params: Thing) -> None:
    credit = moment.account.get(CREDIT.name, params["received_credit"], "received_credit")
    if not has(moment.account.get(ACCOUNT, credit["financial_account"]), credit["currency"], credit["amount"]):
        raise too_little("received_credit")
    _begin(moment, made, credit)
    made["status_transitions"] = {"posted_at": None}
    move(moment, made, "credit_reversal", cash=-made["amount"], outbound_pending=made["amount"])
    due.plan(moment, moment.now + SOON_S, _POST, made)


@due.work(_POST)
def _post(moment: Moment, name: str) -> None:
    made = moment.account.get(CREDIT_REVERSAL.name, name)
    made["status"], made["status_transitions"]["posted_at"] = "posted", moment.now
    move(moment, made, "credit_reversal_posting", "posted", outbound_pending=-made["amount"])
    moment.tell("treasury.credit_reversal.posted", made)


def _undone(moment: Moment, made: Thing, params: Thing) -> None:
    _begin(moment, made, moment.account.get(DEBIT.name, params["received_debit"], "received_debit"))
    made.update(status_transitions={"completed_at": None}, linked_flows=None)
    move(moment, made, "debit_reversal", inbound_pending=made["amount"])
    due.plan(moment, moment.now + SOON_S, _COMPLETE, made)


@due.work(_COMPLETE)
def _complete(moment: Moment, name: str) -> None:
    made = moment.account.get(DEBIT_REVERSAL.name, name)
    made["status"], made["status_transitions"]["completed_at"] = "succeeded", moment.now
    move(moment, made, "debit_reversal", "posted", inbound_pending=-made["amount"], cash=made["amount"])
    moment.tell("treasury.debit_reversal.completed", made)


def _from(_moment: Moment, _credit: Thing, params: Thing) -> bool:
    """A credit comes from nothing that this account knows of."""
    wanted = (params.get("linked_flows") or {}).get("source_flow_type")
    return wanted in (None, "other")


def _resolved(_moment: Moment, made: Thing, params: Thing) -> bool:
    """The filter has another word for success than the object; nothing is disputed, so nothing is won or lost."""
    status = {"succeeded": "completed", "failed": "canceled"}.get(made["status"], made["status"])
    return params.get("status", status) == status and "resolution" not in params


CREDIT = Kind(
    name="treasury.received_credit",
    path="treasury/received_credits",
    prefix="rc_1",
    offers=("create", "list", "retrieve"),
    under="test_helpers/treasury/received_credits",
    keep=_from,
    refers={"financial_account": ACCOUNT},
    filters=("financial_account", "status"),
    within={"financial_account": ACCOUNT},
    told="treasury.received_credit",
    also=_credit,
)
DEBIT = Kind(
    name="treasury.received_debit",
    path="treasury/received_debits",
    prefix="rd_1",
    offers=("create", "list", "retrieve"),
    under="test_helpers/treasury/received_debits",
    refers={"financial_account": ACCOUNT},
    filters=("financial_account", "status"),
    within={"financial_account": ACCOUNT},
    told="treasury.received_debit",
    also=_debit,
)
CREDIT_REVERSAL = Kind(
    name="treasury.credit_reversal",
    path="treasury/credit_reversals",
    prefix="credrev_1",
    offers=("create", "list", "retrieve"),
    filters=("financial_account", "status", "received_credit"),
    within={"financial_account": ACCOUNT},
    told="treasury.credit_reversal",
    also=_back,
)
DEBIT_REVERSAL = Kind(
    name="treasury.debit_reversal",
    path="treasury/debit_reversals",
    prefix="debrev_1",
    offers=("create", "list", "retrieve"),
    filters=("financial_account", "received_debit"),
    keep=_resolved,
    within={"financial_account": ACCOUNT},
    told="treasury.debit_reversal",
    also=_undone,
)
KINDS = (CREDIT, DEBIT, CREDIT_REVERSAL, DEBIT_REVERSAL)
