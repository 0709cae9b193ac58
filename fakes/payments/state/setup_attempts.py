"""Setup attempts: each try of a setup intent, and how it ended."""

from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

_DETAILED = {
    "card": ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4"),
    "ideal": ("bank", "bic"),
}


def make(moment: Moment, setup: Thing, method: Thing, status: str, error: Thing | None = None) -> Thing:
    """Write a try down; one that waited for its customer is carried on, not made anew."""
    last = moment.account.find("setup_attempt", setup["latest_attempt"])
    if last is not None and last["status"] == "requires_action" and last["payment_method"] == method["id"]:
        last.update(status=status, setup_error=error)
        return last
    attempt: Thing = {
        "id": moment.account.fresh("setup_attempt"),
        "object": "setup_attempt",
        "application": None,
        "created": moment.now,
        "customer": setup["customer"],
        "customer_account": None,
        "flow_directions": setup["flow_directions"],
        "livemode": False,
        "on_behalf_of": setup["on_behalf_of"],
        "payment_method": method["id"],
        "payment_method_details": _details(method),
        "setup_error": error,
        "setup_intent": setup["id"],
        "status": status,
        "usage": setup["usage"],
    }
    setup["latest_attempt"] = attempt["id"]
    return moment.account.put(attempt)


def _details(method: Thing) -> Thing:
    kind = method["type"]
    shown = {name: method[kind].get(name) for name in _DETAILED.get(kind, ())}
    return {"type": kind, kind: {**shown, "three_d_secure": None, "wallet": None} if kind == "card" else shown}
