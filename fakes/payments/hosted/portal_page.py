"""The customer portal: cancel and resume, change plan, add and remove cards, change one's details.

Open to whoever holds the address, as in real life; it serves one customer, and the configuration says what may be done.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fakes.calls import Call, Reply
from fakes.payments.events import Asked
from fakes.payments.hosted import fields, instruments, portal_view, view
from fakes.payments.hosted.instruments import Mistakes
from fakes.payments.state import asking, customers, due, methods, portal, setups, subscription_changes, subscriptions
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account, Thing

NOTHING = "This page does not exist."
DONE = {
    "cancel": "Your subscription is cancelled.",
    "resume": "Your subscription goes on.",
    "change": "Your plan is changed.",
    "add": "Your card is saved.",
    "default": "This is your default now.",
    "remove": "It is removed.",
    "details": "Saved.",
}
FEATURE_OF = {
    "cancel": "subscription_cancel",
    "resume": "subscription_cancel",
    "change": "subscription_update",
    "add": "payment_method_update",
    "default": "payment_method_update",
    "remove": "payment_method_update",
    "details": "customer_update",
}
COMPLETES = {"cancel": "subscription_cancel", "change": "subscription_update", "add": "payment_method_update"}
"""What is done -> the flow that is over when it is."""


class PortalPage:
    """Shows a customer their account and does what they ask."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before
        self._deeds: dict[str, Callable[[Moment, Thing, Thing, Mapping[str, Any]], str | None]] = {
            "cancel": _cancel,
            "resume": _resume,
            "change": _change,
            "add": _add,
            "default": _default,
            "remove": _remove,
            "details": _details,
        }

    def show(self, call: Call) -> Reply:
        """The account; or the question whether to cancel."""
        found = self._found(call)
        if found is None:
            return view.said(404, "Nothing here", NOTHING)
        account, session, features = found
        if call.params.get("setup_intent"):
            return self._saved(call, account, session)
        flow = session["flow"]
        asked = call.params.get("cancel")
        if asked is None and flow and flow["type"] == "subscription_cancel" and "done" not in call.params:
            asked = flow["subscription_cancel"]["subscription"]
        if asked and features["subscription_cancel"]["enabled"]:
            try:
                return _cancelling(account, session, features, _own(account, session, asked))
            except Problem as problem:
                return _shown(account, session, features, status=400, trouble=problem.message)
        return _shown(account, session, features, done=DONE.get(str(call.params.get("done")), ""))

    def take(self, call: Call) -> Reply:
        """Do what the customer asks, and show what came of it."""
        found = self._found(call)
        if found is None:
            return view.said(404, "Nothing here", NOTHING)
        account, session, features = found
        deed = str(call.params.get("do", ""))
        if deed not in self._deeds or not features[FEATURE_OF[deed]]["enabled"]:
            return _shown(account, session, features, status=400, trouble="This cannot be done here.")
        moment = self._provider.moment(account, Asked(account.fresh("request")), client=True)
        try:
            with due.held(account, session):
                onwards = self._deeds[deed](moment, session, features, call.params)
        except Mistakes as mistakes:
            return _shown(account, session, features, status=400, given=call.params, mistakes=mistakes.by_name)
        except Problem as problem:
            self._provider.commit(moment, call)
            return _shown(account, session, features, status=402, trouble=problem.message)
        self._provider.commit(moment, call, session)
        return view.see(onwards or _after(session, deed))

    def _found(self, call: Call) -> tuple[Account, Thing, Thing] | None:
        for account in self._provider.accounts():
            session = portal.found(account, call.at["token"])
            if session is not None:
                self._before(account)
                if account.get("customer", session["customer"]).get("deleted"):
                    return None
                return account, session, account.get(portal.CONFIGURATION, session["configuration"])["features"]
        return None

    def _saved(self, call: Call, account: Account, session: Thing) -> Reply:
        """The customer comes back from their bank."""
        setup = account.find("setup_intent", call.params["setup_intent"])
        if setup is None or setup["customer"] != session["customer"] or setup["status"] != "succeeded":
            return view.see(session["url"])
        moment = self._provider.moment(account, Asked(account.fresh("request")), client=True)
        _use(moment, session, setup["payment_method"])
        self._provider.commit(moment, call, session)
        return view.see(_after(session, "add"))


def _after(session: Thing, deed: str) -> str:
    """Where a customer is when something is done."""
    flow = session["flow"]
    if (
        flow
        and COMPLETES.get(deed) == flow["type"].removesuffix("_confirm")
        and flow["after_completion"]["type"] == "redirect"
    ):
        return str(flow["after_completion"]["redirect"]["return_url"])
    return f"{session['url']}?done={deed}"


def _own(account: Account, session: Thing, name: Any) -> Thing:
    subscription = account.find("subscription", name)
    if subscription is None or subscription["customer"] != session["customer"]:
        raise invalid("There is no such subscription.")
    return subscription


def _cancel(moment: Moment, session: Thing, features: Thing, given: Mapping[str, Any]) -> None:
    feature = features["subscription_cancel"]
    subscription = _own(moment.account, session, given.get("subscription"))
    reason = given.get("reason")
    told = {"feedback": reason} if reason in portal.REASONS else {}
    if feature["mode"] == "immediately":
        subscriptions.cancel(moment, {"cancellation_details": told}, subscription["id"])
    else:
        params = {"cancel_at_period_end": True, "cancellation_details": told}
        subscription_changes.update(moment, params, subscription["id"])


def _resume(moment: Moment, session: Thing, _features: Thing, given: Mapping[str, Any]) -> None:
    subscription = _own(moment.account, session, given.get("subscription"))
    subscription_changes.update(moment, {"cancel_at_period_end": False}, subscription["id"])


def _change(moment: Moment, session: Thing, features: Thing, given: Mapping[str, Any]) -> None:
    feature = features["subscription_update"]
    subscription = _own(moment.account, session, given.get("subscription"))
    shown = portal_view.subscription(moment.account, subscription, features)
    if given.get("price") not in dict(shown["choices"]):
        raise invalid("This plan is not offered here.")
    item = {"id": subscription["items"]["data"][0]["id"], "price": given["price"]}
    params = {"items": [item], "proration_behavior": feature["proration_behavior"]}
    subscription_changes.update(moment, params, subscription["id"])


def _add(moment: Moment, session: Thing, _features: Thing, given: Mapping[str, Any]) -> str | None:
    customer = moment.account.get("customer", session["customer"])
    method = instruments.method(moment, "card", given, customer["email"])
    wanted = {"customer": customer["id"], "payment_method_types": ["card"], "usage": "off_session"}
    setup = setups.create(moment, wanted)
    setups.set_up(moment, setup, method, return_url=session["url"])
    if setup["status"] == "requires_action":
        return asking.page(moment, setup)
    _use(moment, session, method["id"])
    return None


def _use(moment: Moment, session: Thing, name: str) -> None:
    """Make a method the customer's default, and that of subscriptions which had one of their own."""
    account = moment.account
    wanted = {"invoice_settings": {"default_payment_method": name}}
    if account.get("customer", session["customer"])["invoice_settings"]["default_payment_method"] != name:
        customers.update(moment, wanted, session["customer"])
    for subscription in account.where("subscription", customer=session["customer"]):
        if subscription["status"] in portal_view.LIVE and subscription["default_payment_method"] not in (None, name):
            subscription_changes.update(moment, {"default_payment_method": name}, subscription["id"])


def _mine(moment: Moment, session: Thing, name: Any) -> str:
    method = moment.account.find("payment_method", name)
    if method is None or method["customer"] != session["customer"]:
        raise invalid("There is no such payment method.")
    return str(method["id"])


def _default(moment: Moment, session: Thing, _features: Thing, given: Mapping[str, Any]) -> None:
    _use(moment, session, _mine(moment, session, given.get("method")))


def _remove(moment: Moment, session: Thing, _features: Thing, given: Mapping[str, Any]) -> None:
    methods.detach(moment, {}, _mine(moment, session, given.get("method")))


def _details(moment: Moment, session: Thing, features: Thing, given: Mapping[str, Any]) -> None:
    asked = portal_view.details(moment.account.get("customer", session["customer"]), features["customer_update"])
    params = {one.name: str(given.get(one.name, one.value)).strip()[: fields.WORDS_MOST] for one in asked}
    if "email" in params and "@" not in params["email"]:
        raise Mistakes({"email": "Your email is incomplete."})
    customers.update(moment, params, session["customer"])


def _cancelling(account: Account, session: Thing, features: Thing, subscription: Thing) -> Reply:
    feature = features["subscription_cancel"]
    why = feature["cancellation_reason"]
    return view.page(
        200,
        "cancelling",
        action=session["url"],
        one=portal_view.subscription(account, subscription, features),
        at_once=feature["mode"] == "immediately",
        reasons=why["options"] if why["enabled"] else [],
    )


def _shown(
    account: Account,
    session: Thing,
    features: Thing,
    *,
    status: int = 200,
    done: str = "",
    trouble: str = "",
    given: Mapping[str, Any] | None = None,
    mistakes: Mapping[str, str] | None = None,
) -> Reply:
    customer = account.get("customer", session["customer"])
    wrong = mistakes or {}
    written = fields.written("card", given or {}, wrong)
    configuration = account.get(portal.CONFIGURATION, session["configuration"])
    return view.page(
        status,
        "portal",
        headline=configuration["business_profile"]["headline"],
        action=session["url"],
        flow=(session["flow"] or {}).get("type"),
        done=done,
        trouble=trouble or wrong.get("email", ""),
        mistakes=[one for one in written if one.mistake],
        subscriptions=portal_view.subscriptions(account, customer["id"], features),
        cards=portal_view.cards(account, customer),
        card=written,
        details=portal_view.details(customer, features["customer_update"]),
        invoices=portal_view.invoices(account, customer["id"]),
        may={
            "cancel": features["subscription_cancel"]["enabled"],
            "cards": features["payment_method_update"]["enabled"],
            "invoices": features["invoice_history"]["enabled"],
        },
        back=session["return_url"],
    )
