"""Transfers: money sent from the platform's balance to a connected account, and taken back in whole or in part.

The platform's side only: what arrives is not written into the connected account's own balance.
"""

from fakes.payments.state import accounts, funds
from fakes.payments.state.given import fits, merge_metadata, rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of, shown
from fakes.payments.state.problem import invalid, missing, unexpected
from fakes.payments.state.store import CONNECTED, Thing


def create(moment: Moment, params: Thing) -> Thing:
    """Send money that is available, or that a charge brought (`source_transaction`)."""
    currency = currency_of(params["currency"])
    destination = connected(moment, params["destination"])
    charge = None
    if params.get("source_transaction"):
        charge = moment.account.get("charge", params["source_transaction"], "source_transaction")
    amount = params.get("amount", None if charge is None else charge["amount"])
    if amount is None:
        raise invalid("Missing required param: amount.", "amount", "parameter_missing")
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if charge is None:
        funds.need(moment, amount, currency, "transfer")
    return send(moment, amount, currency, destination, params, charge)


def connected(moment: Moment, name: object, param: str = "destination") -> Thing:
    """The connected account that a parameter names."""
    found = moment.account.find("account", name)
    if found is None:
        raise missing("destination", str(name), param)
    return found


def send(moment: Moment, amount: int, currency: str, destination: Thing, params: Thing, charge: Thing | None) -> Thing:
    """Make the transfer and tell it."""
    name = moment.account.fresh("transfer")
    group = params.get("transfer_group")
    if charge is not None and not group:
        group = charge["transfer_group"] or f"group_{charge['id'][3:]}"
    transfer: Thing = {
        "id": name,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": moment.now,
        "currency": currency,
        "description": params.get("description"),
        "destination": destination["id"],
        "destination_payment": "py_1" + moment.account.letters(23),
        "livemode": False,
        "metadata": {},
        "reversals": {"object": "list", "data": [], "has_more": False, "url": f"/v1/transfers/{name}/reversals"},
        "reversed": False,
        "source_transaction": None if charge is None else charge["id"],
        "source_type": params.get("source_type", "card"),
        "transfer_group": group,
    }
    merge_metadata(transfer, params.get("metadata", {}))
    taken = None if charge is None else moment.account.find("balance_transaction", charge["balance_transaction"])
    on = None if taken is None else taken["available_on"]
    entry = funds.enter(moment, transfer, "transfer", -amount, text=transfer["description"], on=on)
    transfer["balance_transaction"] = entry["id"]
    moment.account.put(transfer)
    moment.tell("transfer.created", transfer)
    return transfer


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a transfer's description or metadata."""
    transfer = moment.account.get("transfer", name)
    with moment.changing(transfer, "transfer.updated"):
        rewrite(transfer, params, "description")
    return transfer


def reverse(moment: Moment, params: Thing, name: str) -> Thing:
    """Take a transfer back: what is left of it, or `amount`."""
    transfer = moment.account.get("transfer", name)
    left = transfer["amount"] - transfer["amount_reversed"]
    if left < 1:
        raise unexpected(f"Transfer {name} has already been reversed.", "transfer_already_reversed")
    amount = params.get("amount", left)
    if not 1 <= amount <= left:
        raise invalid(
            f"Transfer reversal amount ({shown(amount, transfer['currency'])}) is greater than unreversed amount on "
            f"transfer ({shown(left, transfer['currency'])})",
            "amount",
        )
    reversal: Thing = {
        "id": moment.account.fresh("transfer_reversal"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": moment.now,
        "currency": transfer["currency"],
        "destination_payment_refund": "pyr_1" + moment.account.letters(23),
        "metadata": {},
        "source_refund": None,
        "transfer": name,
    }
    merge_metadata(reversal, params.get("metadata", {}))
    text = params.get("description") or f"REFUND FOR TRANSFER ({name})"
    entry = funds.enter(moment, reversal, "transfer_refund", amount, category="transfer_reversal", text=text)
    reversal["balance_transaction"] = entry["id"]
    moment.account.put(reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"] = _with(transfer["reversals"], reversal)
    moment.tell("transfer.reversed", transfer)
    return reversal


def _with(shelf: Thing, newest: Thing) -> Thing:
    """The list inside an object, of which it shows ten, with one more."""
    return {**shelf, "data": [newest, *shelf["data"]][:10], "has_more": len(shelf["data"]) >= 10}


def update_reversal(moment: Moment, params: Thing, name: str, inner: str) -> Thing:
    """Change a reversal's metadata."""
    moment.account.get("transfer", name)
    reversal = moment.account.get("transfer_reversal", inner)
    if reversal["transfer"] != name:
        raise missing("transfer_reversal", inner)
    rewrite(reversal, params)
    return reversal


def wanted(_moment: Moment, transfer: Thing, params: Thing) -> bool:
    """The filters of the list of transfers."""
    return fits(transfer, params, "destination", "transfer_group")


def check(moment: Moment, params: Thing) -> None:
    """Refuse a payment that is to be shared with nobody, or with an account that is not there."""
    given = params.get("transfer_data") or {}
    if given.get("destination"):
        connected(moment, given["destination"], "transfer_data[destination]")
    fee = params.get("application_fee_amount")
    if fee and not given.get("destination") and not moment.account.name.startswith(CONNECTED):
        raise invalid(
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
            "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
            "application_fee_amount",
        )
    if fee and fee > params.get("amount", fee):
        raise invalid("Your application fee cannot be larger than the amount.", "application_fee_amount")


def share(moment: Moment, charge: Thing) -> None:
    """Send what a payment brought to the connected account it is for, and keep the platform's fee."""
    shared = charge["transfer_data"] or {}
    destination = moment.account.find("account", shared.get("destination"))
    if destination is None:
        return
    amount = shared.get("amount") or charge["amount_captured"]
    transfer = send(moment, amount, charge["currency"], destination, {}, charge)
    charge["transfer"] = transfer["id"]
    fee = charge["application_fee_amount"]
    if fee:
        charge["application_fee"] = keep_fee(moment, charge, destination, fee)["id"]


def keep_fee(moment: Moment, charge: Thing, account: Thing, amount: int) -> Thing:
    """The platform's fee for a payment."""
    name = moment.account.fresh("application_fee")
    fee: Thing = {
        "id": name,
        "object": "application_fee",
        "account": account["id"],
        "amount": amount,
        "amount_refunded": 0,
        "application": accounts.application(moment)["id"],
        "balance_transaction": None,
        "charge": charge["id"],
        "created": moment.now,
        "currency": charge["currency"],
        "fee_source": {"charge": charge["id"], "type": "charge"},
        "livemode": False,
        "originating_transaction": charge["id"],
        "refunded": False,
        "refunds": {"object": "list", "data": [], "has_more": False, "url": f"/v1/application_fees/{name}/refunds"},
    }
    fee["balance_transaction"] = funds.enter(moment, fee, "application_fee", amount, category="platform_earning")["id"]
    moment.account.put(fee)
    moment.tell("application_fee.created", fee)
    return fee


def refund_fee(moment: Moment, params: Thing, name: str) -> Thing:
    """Give a platform's fee back to the connected account: what is left, or `amount`."""
    fee = moment.account.get("application_fee", name)
    left = fee["amount"] - fee["amount_refunded"]
    amount = params.get("amount", left)
    if left < 1 or not 1 <= amount <= left:
        raise unexpected(f"Application fee {name} has already been refunded.", "fee_already_refunded")
    refund: Thing = {
        "id": moment.account.fresh("fee_refund"),
        "object": "fee_refund",
        "amount": amount,
        "balance_transaction": None,
        "created": moment.now,
        "currency": fee["currency"],
        "fee": name,
        "metadata": {},
    }
    merge_metadata(refund, params.get("metadata", {}))
    entry = funds.enter(moment, refund, "application_fee_refund", -amount, category="platform_earning_refund")
    refund["balance_transaction"] = entry["id"]
    moment.account.put(refund)
    fee["amount_refunded"] += amount
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    fee["refunds"] = _with(fee["refunds"], refund)
    moment.tell("application_fee.refunded", fee)
    return refund


def update_fee_refund(moment: Moment, params: Thing, name: str, inner: str) -> Thing:
    """Change the metadata of what was given back of a fee."""
    moment.account.get("application_fee", name)
    refund = moment.account.get("fee_refund", inner)
    if refund["fee"] != name:
        raise missing("fee_refund", inner)
    rewrite(refund, params)
    return refund


def give_back(moment: Moment, charge: Thing, refund: Thing, params: Thing) -> None:
    """Take the refunded share of a payment back from its connected account, and give the fee's back, if asked for."""
    share = refund["amount"] / charge["amount"]
    transfer = moment.account.find("transfer", charge.get("transfer"))
    if params.get("reverse_transfer") and transfer is not None:
        left = transfer["amount"] - transfer["amount_reversed"]
        part = min(left, round(transfer["amount"] * share))
        if part > 0:
            reversal = reverse(moment, {"amount": part}, transfer["id"])
            reversal["source_refund"], refund["transfer_reversal"] = refund["id"], reversal["id"]
    fee = moment.account.find("application_fee", charge["application_fee"])
    if params.get("refund_application_fee") and fee is not None:
        part = min(fee["amount"] - fee["amount_refunded"], round(fee["amount"] * share))
        if part > 0:
            refund_fee(moment, {"amount": part}, fee["id"])
