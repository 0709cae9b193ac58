"""What follows a payment: its share for a connected account; by some test cards disputes, questions, warnings."""

from fakes.payments.state import disputes, methods, reviews, transfers
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

_DISPUTES = {
    "dispute": ("fraudulent",),
    "dispute_not_received": ("product_not_received",),
    "disputes": ("fraudulent", "product_not_received"),
}


def follow(moment: Moment, charge: Thing) -> None:
    """Share what a charge brought, and let happen what its test card makes happen."""
    transfers.share(moment, charge)
    if charge["outcome"]["risk_level"] == "elevated" and charge["paid"]:
        reviews.open_for(moment, charge)
    method = moment.account.find("payment_method", charge["payment_method"])
    after = "" if method is None else methods.card_of(moment, method).after
    for reason in _DISPUTES.get(after, ()):
        disputes.begin(moment, charge, reason)
    if after == "inquiry":
        disputes.begin(moment, charge, "fraudulent", inquiry=True)
    elif after == "bank_dispute":
        disputes.decide(moment, disputes.begin(moment, charge, "debit_not_authorized"), won=False)
    elif after == "warning":
        _warn(moment, charge)


def _warn(moment: Moment, charge: Thing) -> None:
    warning: Thing = {
        "id": moment.account.fresh("radar.early_fraud_warning"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge["id"],
        "created": moment.now,
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
    }
    if charge["payment_intent"]:
        warning["payment_intent"] = charge["payment_intent"]
    moment.account.put(warning)
    moment.tell("radar.early_fraud_warning.created", warning)
