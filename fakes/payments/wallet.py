"""The wallet: pays a client secret as the provider's mobile SDK would, or a checkout session as its page would.

Open to anybody who holds the handle, as in real life. It asks nothing of the merchant's server.
"""

import re

from fakes.payments.events import Asked
from fakes.payments.state import checkout, due, intents, methods, setups
from fakes.payments.state.checkout import links
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Thing
from fakes.payments.state.tax import locations
from fakes.powers import Paid

METHODS = {
    "good_card": "A card that pays.",
    "declined_card": "A card that the bank declines without a reason.",
    "insufficient_funds": "A card without enough money on it.",
    "expired_card": "A card that has expired.",
    "stolen_card": "A card that was reported stolen.",
    "processing_error": "A card that fails while it is processed.",
    "requires_authentication": "A card whose bank asks its owner, who does not answer.",
    "authenticated_card": "A card whose bank asks its owner, who says yes.",
    "authentication_declined": "A card whose bank asks its owner, who says yes, and then declines.",
}
_CARDS = {
    "good_card": "visa",
    "declined_card": "visa_chargeDeclined",
    "insufficient_funds": "visa_chargeDeclinedInsufficientFunds",
    "expired_card": "chargeDeclinedExpiredCard",
    "stolen_card": "visa_chargeDeclinedStolenCard",
    "processing_error": "chargeDeclinedProcessingError",
    "requires_authentication": "threeDSecure2Required",
    "authenticated_card": "threeDSecure2Required",
    "authentication_declined": "threeDSecureRequiredChargeDeclined",
}
_ANSWERS = frozenset({"authenticated_card", "authentication_declined"})
"""With these the person answers their bank."""

HOME: Thing = {
    "city": "San Francisco", "country": "US", "line1": "510 Townsend St", "line2": None, "postal_code": "94103",
    "state": "CA",
}  # fmt: skip
"""Where the person lives, as far as a page asks."""

_HELD = ("payment_intent", "setup_intent")
"""What is held by a client secret."""


class Wallet:
    """Pays with one of `METHODS`."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def pay(self, handle: str, method: str) -> Paid:
        """Pay what `handle` stands for, once: what is paid already is `paid`, and nothing happens."""
        if method not in _CARDS:
            return {"result": "refused", "reason": f"no such payment method: {method}; known: {', '.join(METHODS)}"}
        handle = self._followed(handle)
        kind, name = _meant(handle)
        account = self._provider.holder(kind, name)
        thing = None if account is None else account.find(kind, name)
        if account is None or thing is None or (kind in _HELD and thing["client_secret"] != handle):
            return {"result": "refused", "reason": "the handle is not known"}
        moment = self._provider.moment(account, Asked(account.fresh("request")), client=True)
        try:
            with due.held(account, thing):
                answer = self._pay(moment, thing, method)
        except Problem as problem:
            answer = {"result": "declined", "reason": str(problem.more.get("decline_code") or problem.code)}
        self._provider.commit(moment, None, thing)
        return answer

    def _followed(self, handle: str) -> str:
        """Where an address leads that opens something else: a payment link its session, an invoice its payment."""
        token, name = handle.partition("?")[0].rpartition("/b/")[2], handle.rpartition("/i/")[2]
        for account in self._provider.accounts() if re.search(r"/[bi]/", handle) else ():
            link = links.found(account, token)
            if link is not None and link["active"]:
                moment = self._provider.moment(account, Asked(account.fresh("request")), client=True)
                session = links.open_session(moment, link, {})
                self._provider.commit(moment, None, session)
                return str(session["id"])
            intent = account.find("payment_intent", account.links.intent_of_invoice.get(name))
            if intent is not None:
                return str(intent["client_secret"])
        return handle

    def _pay(self, moment: Moment, thing: Thing, method: str) -> Paid:
        if thing["status"] in ("succeeded", "requires_capture", "processing", "complete"):
            return {"result": "paid", "reason": None}
        if thing["object"] == "checkout.session":
            if thing["status"] != "open":
                return {"result": "refused", "reason": f"the session is {thing['status']}"}
            return self._pay_session(moment, thing, method)
        if thing["status"] not in intents.OPEN:
            return {"result": "refused", "reason": f"the payment is {thing['status']}"}
        card = methods.make(moment, _CARDS[method])
        act = intents.pay if thing["object"] == "payment_intent" else setups.set_up
        act(moment, thing, card)
        if thing["status"] == "requires_action" and method in _ANSWERS:
            act(moment, thing, card, authenticated=True)
        return _result(thing["status"])

    @staticmethod
    def _pay_session(moment: Moment, session: Thing, method: str) -> Paid:
        card = methods.make(moment, _CARDS[method])
        status = checkout.pay(moment, session, card, _written(session))
        if status == "requires_action" and method in _ANSWERS:
            status = checkout.pay(moment, session, card, authenticated=True)
        return _result(status)


def _written(session: Thing) -> Thing:
    """What the person writes on the page: where they live, if taxes ask for that."""
    if session["automatic_tax"]["status"] != locations.LOST:
        return {}
    sent = {"shipping": {"address": HOME, "name": "Jenny Rosen"}} if session["shipping_address_collection"] else {}
    return {"address": HOME, **sent}


def _result(status: str) -> Paid:
    if status in ("succeeded", "requires_capture", "processing", "complete"):
        return {"result": "paid", "reason": None}
    return {"result": "requires_action", "reason": "the bank asks the owner of the card"}


def _meant(handle: str) -> tuple[str, str]:
    if "cs_test_" in handle:
        return "checkout.session", "cs_test_" + re.split(r"[^0-9A-Za-z]", handle.rsplit("cs_test_", 1)[1])[0]
    name = handle.partition("_secret_")[0]
    return "setup_intent" if name.startswith("seti_") else "payment_intent", name
