"""Ways to pay that a returning buyer has saved, and that a buyer may save."""

from fakes.payments.state import intents
from fakes.payments.state.checkout.kept import Kept
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Account, Thing

SHOWN = ("always",)


def offered(account: Account, session: Thing) -> list[Thing]:
    """The buyer's saved methods that their session may show, newest first."""
    if not session["customer"]:
        return []
    options = session["saved_payment_method_options"] or {}
    shown = options.get("allow_redisplay_filters") or SHOWN
    return [
        method
        for method in reversed(account.where("payment_method", customer=session["customer"]))
        if method.get("allow_redisplay") in shown and method["type"] in session["payment_method_types"]
    ]


def may_save(session: Thing) -> bool:
    """Whether the buyer is asked to save what they pay with."""
    options = session["saved_payment_method_options"] or {}
    return session["mode"] == "payment" and options.get("payment_method_save") == "enabled"


def save(moment: Moment, session: Thing, method: Thing) -> None:
    """The buyer wants this method to be there the next time: the payment keeps it, if it succeeds."""
    kept = moment.account.side(Kept)
    params = kept.params[session["id"]]
    given = {"setup_future_usage": "on_session", **(params.get("payment_intent_data") or {})}
    kept.params[session["id"]] = {**params, "payment_intent_data": given}
    method["allow_redisplay"] = "always"
    if session["payment_intent"]:
        usage = {"setup_future_usage": given["setup_future_usage"], "customer": session["customer"]}
        known = {name: value for name, value in usage.items() if value}
        intents.update(moment, known, session["payment_intent"])
