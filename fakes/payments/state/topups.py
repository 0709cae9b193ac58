"""Top-ups: money that the merchant adds to the balance from their own bank account."""

from fakes.payments.state import banks, due, funds
from fakes.payments.state.given import merge_metadata, rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing


def create(moment: Moment, params: Thing) -> Thing:
    """Begin to add money; it is there a moment later."""
    currency = currency_of(params["currency"])
    if params["amount"] < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if params.get("source"):
        moment.account.get("source", params["source"], "source")
    topup: Thing = {
        "id": moment.account.fresh("topup"),
        "object": "topup",
        "amount": params["amount"],
        "balance_transaction": None,
        "created": moment.now,
        "currency": currency,
        "description": params.get("description"),
        "expected_availability_date": moment.now + banks.SOON_S,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "source": moment.account.find("source", params.get("source")),
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "transfer_group": params.get("transfer_group"),
    }
    merge_metadata(topup, params.get("metadata", {}))
    moment.account.put(topup)
    moment.tell("topup.created", topup)
    due.plan(moment, moment.now + banks.SOON_S, "end_topup", topup)
    return topup


@due.work("end_topup")
def end(moment: Moment, name: str) -> None:
    """The money is there."""
    topup = moment.account.get("topup", name)
    if topup["status"] != "pending":
        return
    entry = funds.enter(moment, topup, "topup", topup["amount"], text=topup["description"])
    topup.update(status="succeeded", balance_transaction=entry["id"])
    moment.tell("topup.succeeded", topup)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a top-up's description or metadata."""
    topup = moment.account.get("topup", name)
    rewrite(topup, params, "description")
    return topup


def cancel(moment: Moment, _params: Thing, name: str) -> Thing:
    """Take a top-up back that has not arrived."""
    topup = moment.account.get("topup", name)
    if topup["status"] != "pending":
        raise unexpected(
            f"Only pending top-ups can be canceled; this one has a status of {topup['status']}.", "topup_not_cancelable"
        )
    due.drop(moment, "end_topup", topup)
    topup["status"] = "canceled"
    moment.tell("topup.canceled", topup)
    return topup
