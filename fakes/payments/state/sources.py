"""Sources: the old way to hold something that can be charged, once its owner agreed if they must be asked."""

from fakes.payments.state import asking, banks, method_shapes, methods
from fakes.payments.state.card_table import CARDS
from fakes.payments.state.given import merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing

REDIRECTS = ("alipay", "bancontact", "eps", "giropay", "ideal", "klarna", "p24", "sofort", "three_d_secure")
OTHERS = ("card", "sepa_debit", "ach_credit_transfer", "multibanco")
_OWNED = ("address", "email", "name", "phone")


def create(moment: Moment, params: Thing) -> Thing:
    """A source; cards and accounts are chargeable at once, redirects when their owner agreed."""
    kind = params.get("type") or ("card" if params.get("token") else None)
    if kind is None:
        raise invalid("Missing required param: type.", "type", "parameter_missing")
    if kind not in (*REDIRECTS, *OTHERS):
        raise invalid(f"This account does not take sources of type {kind!r}.", "type")
    name = moment.account.fresh("source")
    asks = kind in REDIRECTS
    owner = params.get("owner") or {}
    source: Thing = {
        "id": name,
        "object": "source",
        "amount": params.get("amount"),
        "client_secret": f"src_client_secret_{moment.account.letters(24)}",
        "created": moment.now,
        "currency": params.get("currency"),
        "flow": "redirect" if asks else "receiver" if kind in OTHERS[2:] else "none",
        "livemode": False,
        "metadata": {},
        "owner": {
            **{part: owner.get(part) for part in _OWNED},
            **{f"verified_{part}": None for part in _OWNED},
        },
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "chargeable" if kind in ("card", "sepa_debit") else "pending",
        "type": kind,
        "usage": params.get("usage", "reusable" if kind in ("card", "sepa_debit") else "single_use"),
    }
    source[kind] = _details(moment, source, params)
    merge_metadata(source, params.get("metadata", {}))
    if asks:
        _redirect(moment, source, params)
    if source["flow"] == "receiver":
        counts = dict.fromkeys(("amount_charged", "amount_received", "amount_returned"), 0)
        refunds = {"refund_attributes_method": "email", "refund_attributes_status": "missing"}
        source["receiver"] = {"address": "110000000-test", **counts, **refunds}
    moment.account.put(source)
    if source["status"] == "chargeable":
        moment.tell("source.chargeable", source)
    return source


def _details(moment: Moment, source: Thing, params: Thing) -> Thing:
    kind: str = source["type"]
    given: Thing = params.get(kind) or {}
    known = moment.account.links.card_of_method
    if kind == "card":
        fields = {"token": params["token"]} if params.get("token") else given
        known[source["id"]] = methods.card_named(moment, fields)
        found = CARDS[known[source["id"]]]
        shown = method_shapes.card(found, fields)
        names = ("country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
        unknown = ("address_line1_check", "address_zip_check", "cvc_check", "dynamic_last4", "name")
        secure = "required" if found.authenticate == "always" else "optional"
        brand = {"brand": found.brand.title(), "three_d_secure": secure, "tokenization_method": None}
        told: Thing = {name: shown[name] for name in names}
        return told | dict.fromkeys(unknown) | brand
    if kind == "sepa_debit":
        number = str(given.get("iban", "")).replace(" ", "")
        if not banks.iban(number):
            raise unexpected("The IBAN you provided is invalid.", "invalid_bank_account_iban", param="sepa_debit[iban]")
        known[source["id"]] = banks.BY_ACCOUNT.get(("sepa_debit", number), "sepa_debit")
        shown = method_shapes.other("sepa_debit", banks.PLAIN[kind], given)
        shown.pop("generated_from")
        return {
            **shown,
            "mandate_reference": source["id"][-16:].upper(),
            "mandate_url": "https://hooks.stripe.com/mandate",
        }
    if kind == "three_d_secure":
        card = moment.account.get("source", given.get("card"), "three_d_secure[card]")
        known[source["id"]] = known[card["id"]]
        return {**card["card"], "authenticated": None, "card": card["id"], "customer": None}
    if kind in banks.PLAIN:
        known[source["id"]] = kind
    return {}


def _redirect(moment: Moment, source: Thing, params: Thing) -> None:
    where = (params.get("redirect") or {}).get("return_url")
    if not where:
        raise invalid("Missing required param: redirect[return_url].", "redirect[return_url]", "parameter_missing")
    moment.account.side(Standing).return_urls[source["id"]] = where
    url = asking.page(moment, source)
    source["redirect"] = {"failure_reason": None, "return_url": where, "status": "pending", "url": url}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what a source says of its owner, or its amount before it is charged."""
    source = moment.account.get("source", name)
    for part, value in (params.get("owner") or {}).items():
        source["owner"][part] = unset(value)
    rewrite(source, params, "amount")
    return source


def answered(moment: Moment, source: Thing, *, yes: bool) -> None:
    """The owner of a source answered their bank."""
    if source["status"] != "pending":
        return
    source["redirect"].update(status="succeeded" if yes else "failed", failure_reason=None if yes else "user_abort")
    source["status"] = "chargeable" if yes else "failed"
    if source["type"] == "three_d_secure":
        source["three_d_secure"]["authenticated"] = yes
    moment.tell(f"source.{source['status']}", source)
