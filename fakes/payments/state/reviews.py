"""Reviews: a payment with an elevated risk waits for somebody to look at it, which changes nothing of the payment."""

from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import unexpected
from fakes.payments.state.store import Thing

KIND = "review"


def open_for(moment: Moment, charge: Thing) -> None:
    """Ask for somebody to look at a charge."""
    review: Thing = {
        "id": f"prv_1{moment.account.letters(23)}",
        "object": KIND,
        "billing_zip": charge["billing_details"]["address"]["postal_code"],
        "charge": charge["id"],
        "closed_reason": None,
        "created": moment.now,
        "ip_address": None,
        "ip_address_location": None,
        "livemode": False,
        "open": True,
        "opened_reason": "rule",
        "reason": "rule",
        "session": None,
    }
    if charge["payment_intent"]:
        review["payment_intent"] = charge["payment_intent"]
    charge["review"] = review["id"]
    moment.account.put(review)
    moment.tell("review.opened", review)


def approve(moment: Moment, _params: Thing, name: str) -> Thing:
    """Somebody has looked at it and found it right."""
    review = moment.account.get(KIND, name)
    if not review["open"]:
        raise unexpected("This review is already closed.", "review_already_closed")
    review.update(open=False, closed_reason="approved", reason="approved")
    moment.tell("review.closed", review)
    return review
