"""Mandates: what a customer has agreed to, so that an account may be debited while they are away."""

from fakes.payments.state.moment import Moment
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing

TAKES = ("us_bank_account", "sepa_debit", "bacs_debit", "au_becs_debit", "acss_debit", "card")


def make(moment: Moment, method: Thing, params: Thing, *, once: Thing | None = None) -> Thing:
    """The mandate for a method, as the parameters say it was agreed to; `once` is the payment it is for alone."""
    account = moment.account
    said = (params.get("mandate_data") or {}).get("customer_acceptance") or {"type": "online"}
    kind = said.get("type", "online")
    acceptance: Thing = {"accepted_at": said.get("accepted_at", moment.now), "type": kind}
    acceptance[kind] = (
        {**dict.fromkeys(("ip_address", "user_agent")), **(said.get(kind) or {})} if kind == "online" else {}
    )
    name = account.fresh("mandate")
    mandate: Thing = {
        "id": name,
        "object": "mandate",
        "customer_acceptance": acceptance,
        "livemode": False,
        "payment_method": method["id"],
        "payment_method_details": {"type": method["type"], method["type"]: _details(method["type"], name)},
        "status": "active",
        "type": "multi_use" if once is None else "single_use",
    }
    if once is None:
        mandate["multi_use"] = {}
    else:
        mandate["single_use"] = {"amount": once["amount"], "currency": once["currency"]}
    account.side(Standing).mandates[method["id"]] = name
    return account.put(mandate)


def _details(kind: str, name: str) -> Thing:
    reference, url = name[-16:].upper(), f"https://payments.stripe.com/mandates/{name}"
    if kind == "sepa_debit":
        return {"reference": reference, "url": url}
    if kind == "bacs_debit":
        return {
            "network_status": "accepted",
            "reference": reference,
            "revocation_reason": None,
            "url": url,
        }
    if kind == "au_becs_debit":
        return {"url": url}
    if kind == "acss_debit":
        return {"interval_description": None, "payment_schedule": "sporadic", "transaction_type": "personal"}
    return {}
