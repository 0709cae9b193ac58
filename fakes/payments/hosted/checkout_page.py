"""The page of a checkout session: shows what is sold, takes what the buyer writes, sends them to their bank and back.

Open to whoever holds the address, as in real life.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from fakes.calls import Call, Reply
from fakes.payments.events import Asked
from fakes.payments.hosted import fields, instruments, view
from fakes.payments.hosted.fields import Field
from fakes.payments.hosted.instruments import Mistakes
from fakes.payments.hosted.portal_view import words
from fakes.payments.state import asking, checkout, due
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import shown
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import locations

SHOP = "Test shop"
VERBS = {"pay": "Pay", "book": "Book", "donate": "Donate", "subscribe": "Subscribe"}
PROMOTION = Field("promotionCode", "Promotion code", "", needed=False)
CHANGED = "The total has changed. Please look at it before you pay."
TERMS = "Please agree to the terms of service."


class CheckoutPage:
    """Shows a session and takes its payment."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before

    def show(self, call: Call) -> Reply:
        """The page; or where the buyer goes from here, when the session is over."""
        found = self._found(call)
        if found is None:
            return view.said(404, "Nothing here", "This checkout page does not exist.")
        account, session = found
        if session["status"] == "open":
            moment = self._moment(account)
            checkout.returned(moment, session)
            self._provider.commit(moment, call, session)
        if session["status"] == "expired" and call.params.get("recover"):
            return self._recovered(call, account, session)
        return self._shown(account, session, {}) if session["status"] == "open" else _over(account, session)

    def _found(self, call: Call) -> tuple[Account, Thing] | None:
        name = call.at["session"]
        account = self._provider.holder("checkout.session", name)
        if account is None:
            return None
        self._before(account)
        session = account.find("checkout.session", name)
        return None if session is None else (account, session)

    def _moment(self, account: Account) -> Moment:
        return self._provider.moment(account, Asked(account.fresh("request")), client=True)

    def _recovered(self, call: Call, account: Account, session: Thing) -> Reply:
        recovery = (session["after_expiration"] or {}).get("recovery") or {}
        if not recovery.get("url") or account.now() > recovery["expires_at"]:
            return _over(account, session)
        moment = self._moment(account)
        again = checkout.recover(moment, session)
        self._provider.commit(moment, call, again)
        return view.see(again["url"])

    def submit(self, call: Call) -> Reply:
        """What the buyer wrote: paid, sent to the bank, or shown again with what is wrong."""
        found = self._found(call)
        if found is None:
            return view.said(404, "Nothing here", "This checkout page does not exist.")
        account, session = found
        if session["status"] != "open":
            return _over(account, session)
        given = call.params
        moment = self._moment(account)
        if given.get("do") == "promotion":
            return self._promotion(call, moment, session)
        try:
            changed = checkout.choose(moment, session, _quantities(account, session, given), given.get("shipping"))
            if session["automatic_tax"]["enabled"]:
                told = fields.told(fields.filled(session, given), given)
                changed = checkout.locate(moment, session, told) or changed
        except Problem as problem:
            return self._shown(account, session, given, status=400, trouble=problem.message)
        if changed or given.get("do") == "update":
            self._provider.commit(moment, call, session)
            return self._shown(account, session, given, trouble=CHANGED if given.get("do") != "update" else "")
        written = fields.filled(session, given)
        if session["automatic_tax"]["status"] == locations.LOST:
            written = fields.unplaced(written)
        if any(one.mistake for one in written) or _unagreed(session, given):
            return self._shown(account, session, given, status=400, written=written)
        try:
            with due.held(account, session):
                return self._pay(call, moment, session, given, written)
        except Mistakes as mistakes:
            return self._shown(account, session, given, status=400, mistakes=mistakes.by_name)
        except Problem as problem:
            # A decline is written down before it is raised.
            self._provider.commit(moment, call, session)
            return self._shown(account, session, given, status=402, trouble=problem.message)

    def _pay(self, call: Call, moment: Moment, session: Thing, given: Mapping[str, Any], written: list[Field]) -> Reply:
        told = fields.told(written, given)
        method = None
        if _needs_method(session):
            method = _method(moment, session, given, told)
        checkout.pay(moment, session, method, told, return_url=_address(moment.account, session))
        self._provider.commit(moment, call, session)
        waits = checkout.waiting(moment.account, session)
        if session["status"] == "open" and waits is not None:
            return view.see(asking.page(moment, waits))
        return _over(moment.account, session)

    def _promotion(self, call: Call, moment: Moment, session: Thing) -> Reply:
        try:
            checkout.use_code(moment, session, str(call.params.get("promotionCode", "")).strip())
        except Problem as problem:
            wrong = {"promotionCode": problem.message}
            return self._shown(moment.account, session, call.params, status=400, mistakes=wrong)
        self._provider.commit(moment, call, session)
        return self._shown(moment.account, session, call.params)

    def _shown(
        self,
        account: Account,
        session: Thing,
        given: Mapping[str, Any],
        *,
        status: int = 200,
        written: list[Field] | None = None,
        mistakes: Mapping[str, str] | None = None,
        trouble: str = "",
    ) -> Reply:
        items, saved = checkout.line_items(account, session), checkout.offered(account, session)
        wrong = mistakes or {}
        if written is None:
            written = [replace(one, mistake="") for one in fields.filled(session, given)]
        terms = (session["consent_collection"] or {}).get("terms_of_service") == "required"
        return view.page(
            status,
            "checkout",
            shop=SHOP,
            headline=_headline(session, items),
            rhythm=_rhythm(items),
            session=session,
            items=items,
            action=_address(account, session),
            ships=[(one["shipping_rate"], _sends(account, one)) for one in session["shipping_options"]],
            trouble=trouble or wrong.get("method", ""),
            promotion=Field(
                "promotionCode", "Promotion code", "", needed=False, mistake=wrong.get("promotionCode", "")
            ),
            groups=[list(group) for _, group in groupby(written, key=lambda one: one.group)],
            ways=fields.ways(session, given, wrong) if _needs_method(session) else [],
            saved=[(one["id"], words(one)) for one in saved] if _needs_method(session) else [],
            may_save=checkout.may_save(session),
            chosen=given.get("method") or (saved[0]["id"] if saved else session["payment_method_types"][0]),
            terms=terms,
            terms_mistake=TERMS if status == 400 and _unagreed(session, given) else "",
            verb=_verb(session),
        )


def _method(moment: Moment, session: Thing, given: Mapping[str, Any], told: Thing) -> Thing:
    """What the buyer pays with: one that they saved before, or what they wrote, which they may save now."""
    saved = {one["id"]: one for one in checkout.offered(moment.account, session)}
    kind = str(given.get("method") or next(iter(saved), session["payment_method_types"][0]))
    if kind in saved:
        return saved[kind]
    if kind not in session["payment_method_types"]:
        raise Mistakes({"method": "Choose one of these."})
    email = told.get("email") or (session["customer_details"] or {}).get("email")
    method = instruments.method(moment, kind, given, email)
    if checkout.may_save(session) and given.get("save") == "yes":
        checkout.save(moment, session, method)
    return method


def _quantities(account: Account, session: Thing, given: Mapping[str, Any]) -> dict[str, int]:
    """What the buyer wrote beside items whose quantity is theirs to choose."""
    found = {}
    for item in checkout.line_items(account, session):
        text = str(given.get(f"quantity_{item['id']}", "")).strip()
        if text.isascii() and text.isdigit() and len(text) < 7:
            found[item["id"]] = int(text)
    return found


def _sends(account: Account, option: Thing) -> str:
    rate = account.get("shipping_rate", option["shipping_rate"])
    return f"{rate['display_name']}, {shown(option['shipping_amount'], rate['fixed_amount']['currency'])}"


def _needs_method(session: Thing) -> bool:
    return bool(session["amount_total"]) or session["payment_method_collection"] == "always"


def _unagreed(session: Thing, given: Mapping[str, Any]) -> bool:
    required = (session["consent_collection"] or {}).get("terms_of_service") == "required"
    return required and given.get("terms") != "accepted"


def _address(account: Account, session: Thing) -> str:
    return f"{account.pages_url}/c/pay/{session['id']}"


def _rhythm(items: list[Thing]) -> str:
    recurring = next((item["price"]["recurring"] for item in items if item["price"]["recurring"]), None)
    if recurring is None:
        return ""
    count = recurring["interval_count"]
    return f"per {recurring['interval']}" if count == 1 else f"every {count} {recurring['interval']}s"


def _headline(session: Thing, items: list[Thing]) -> str:
    if session["mode"] == "setup":
        return "Save payment details"
    name = items[0]["description"] or SHOP
    return f"Subscribe to {name}" if session["mode"] == "subscription" else f"Pay {SHOP}"


def _verb(session: Thing) -> str:
    if session["mode"] == "setup":
        return "Save"
    usual = "subscribe" if session["mode"] == "subscription" else "pay"
    wanted = session["submit_type"]
    return VERBS.get(usual if wanted in (None, "auto") else wanted, "Pay")


def _over(account: Account, session: Thing) -> Reply:
    """Where the buyer of a session that is over goes, or what they are told."""
    if session["status"] == "expired":
        recovery = (session["after_expiration"] or {}).get("recovery") or {}
        link = (recovery["url"], "Start again") if recovery.get("url") else None
        return view.said(410, "This page has expired", "Go back to the shop and begin again.", link)
    done = checkout.after_completion(account, session)
    if done.get("url"):
        return view.see(done["url"])
    return view.said(200, "Thank you", done["message"])
