"""Cards and bank accounts kept the old way: made from tokens or numbers, and listed as a customer's sources.

A kept card is a payment method too, under the same id, so that payments and subscriptions can use it.
"""

from dataclasses import dataclass, field
from typing import Any

from fakes.payments.state import banks, cards, method_shapes, methods
from fakes.payments.state.customers import present
from fakes.payments.state.given import rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid, missing, unexpected
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Account, Thing

BRANDS = {
    "visa": "Visa",
    "mastercard": "MasterCard",
    "amex": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}
ADDRESS = ("address_city", "address_country", "address_line1", "address_line2", "address_state", "address_zip", "name")
RIGHT_AMOUNTS = [32, 45]
KINDS = ("card", "bank_account", "source")


@dataclass(slots=True)
class Saved:
    """What customers keep, in the order in which they kept it."""

    of_customer: dict[str, list[str]] = field(default_factory=dict)


def card(moment: Moment, name: str, given: Thing) -> Thing:
    """A card object, of nobody yet."""
    found = cards.CARDS[name]
    year = int(given.get("exp_year", 2034))
    return {
        "id": moment.account.fresh("card"),
        "object": "card",
        **{part: given.get(part) for part in ADDRESS},
        "address_line1_check": None,
        "address_zip_check": None,
        "allow_redisplay": "unspecified",
        "brand": BRANDS[found.brand],
        "country": found.country,
        "customer": None,
        "cvc_check": "unchecked" if given.get("cvc") else None,
        "dynamic_last4": None,
        "exp_month": int(given.get("exp_month", 12)),
        "exp_year": year if year > 99 else 2000 + year,
        "fingerprint": method_shapes.fingerprint(found.number),
        "funding": found.funding,
        "last4": found.last4,
        "metadata": dict(given.get("metadata") or {}),
        "regulated_status": "unregulated",
        "tokenization_method": None,
    }


def bank_account(moment: Moment, given: Thing) -> Thing:
    """A bank account object, of nobody yet."""
    number = str(given.get("account_number", ""))
    country = str(given.get("country", "US"))
    if not number.isalnum():
        raise invalid(
            "You must supply a valid account number.", "bank_account[account_number]", "account_number_invalid"
        )
    if country == "US" and len(str(given.get("routing_number", ""))) != 9:
        raise invalid("Routing number must have 9 digits.", "bank_account[routing_number]", "routing_number_invalid")
    made: Thing = {
        "id": moment.account.fresh("bank_account"),
        "object": "bank_account",
        "account_holder_name": given.get("account_holder_name"),
        "account_holder_type": given.get("account_holder_type"),
        "account_type": None,
        "bank_name": "STRIPE TEST BANK",
        "country": country,
        "currency": given.get("currency", "usd"),
        "customer": None,
        "fingerprint": method_shapes.fingerprint(number),
        "last4": number[-4:],
        "metadata": {},
        "routing_number": given.get("routing_number"),
        "status": "new",
    }
    name = banks.BY_ACCOUNT.get(("us_bank_account", number), "us_bank_account")
    moment.account.links.card_of_method[made["id"]] = name
    return made


def made_from(moment: Moment, given: Any, param: str) -> Thing:
    """What a token, an id or numbers stand for; a token is used up."""
    if isinstance(given, dict) and given.get("object") == "bank_account":
        return bank_account(moment, given)
    if isinstance(given, dict):
        return _named(moment, methods.card_named(moment, given, param), given)
    text = str(given)
    token = moment.account.find("token", text)
    if token is not None:
        return _used(moment, token)
    source = moment.account.find("source", text)
    if source is not None:
        return source
    name = cards.named(text) if text.startswith("tok_") else None
    if name is None:
        raise missing("token", text, param)
    return _named(moment, name, {})


def _named(moment: Moment, name: str, given: Thing) -> Thing:
    made = card(moment, name, given)
    moment.account.links.card_of_method[made["id"]] = name
    return made


def _used(moment: Moment, token: Thing) -> Thing:
    if token["used"]:
        raise unexpected(
            f"You cannot use a Stripe token more than once: {token['id']}.", "token_already_used", param="source"
        )
    if token["type"] not in ("card", "bank_account"):
        raise invalid(f"A token of type {token['type']} is no source of payments: {token['id']}.", "source")
    token["used"] = True
    made: Thing = dict(token[token["type"]])
    known = moment.account.links.card_of_method
    known.setdefault(made["id"], known.get(token["id"], "us_bank_account"))
    return made


def method_of(moment: Moment, kept: Thing) -> Thing:
    """The payment method of a card or a source, under its id."""
    method = moment.account.find("payment_method", kept["id"])
    if method is not None:
        return method
    shown = kept if kept["object"] == "card" else kept[kept["type"]]
    billing = {"name": shown.get("name")} if shown.get("name") else {}
    dates = {name: shown[name] for name in ("exp_month", "exp_year") if shown.get(name)}
    name = moment.account.links.card_of_method[kept["id"]]
    return methods.make(moment, name, billing, dates, ident=kept["id"])


def once(moment: Moment, given: Any, param: str = "source") -> Thing:
    """The payment method of a token or of numbers that is used for one payment."""
    made = made_from(moment, given, param)
    if made["object"] == "bank_account":
        raise unexpected("A bank account must be attached to a customer before it is charged.", "resource_missing")
    return method_of(moment, made)


def add(moment: Moment, params: Thing, customer_name: str) -> Thing:
    """Keep a token, numbers or a source for a customer; the first becomes their default."""
    customer = present(moment, customer_name, "id")
    param = next((one for one in ("source", "card", "bank_account") if params.get(one)), None)
    if param is None:
        raise invalid("Missing required param: source.", "source", "parameter_missing")
    kept = keep(moment, params[param], customer, param)
    rewrite(kept, params)
    moment.tell("customer.source.created", kept)
    if customer["default_source"] is None:
        with moment.changing(customer, "customer.updated"):
            customer["default_source"] = kept["id"]
    return kept


def keep(moment: Moment, given: Any, customer: Thing, param: str = "source") -> Thing:
    """Keep what a token or numbers stand for; a card that is declined at once is not kept."""
    return store(moment, allowed(moment, given, param), customer)


def allowed(moment: Moment, given: Any, param: str = "source") -> Thing:
    """What a token or numbers stand for, if its bank lets it be kept."""
    made = made_from(moment, given, param)
    if made["object"] != "bank_account":
        method = method_of(moment, made)
        card = methods.card_of(moment, method)
        if not card.attaches:
            raise methods.declined(card, method)
    return made


def store(moment: Moment, made: Thing, customer: Thing) -> Thing:
    """Give it to a customer."""
    if made["object"] != "bank_account":
        method = method_of(moment, made)
        method["customer"] = customer["id"]
        moment.account.noted(method)
    made["customer"] = customer["id"]
    moment.account.put(made)
    names = moment.account.side(Saved).of_customer.setdefault(customer["id"], [])
    if made["id"] not in names:
        names.append(made["id"])
    return made


def find(account: Account, name: object, customer: str | None = None) -> Thing | None:
    """What is kept under this id, for this customer if one is named."""
    found = next((one for kind in KINDS if (one := account.find(kind, name)) is not None), None)
    return found if found is not None and customer in (None, found.get("customer")) else None


def get(moment: Moment, name: str, customer_name: str) -> Thing:
    """The same, or the provider's refusal."""
    present(moment, customer_name, "id")
    found = find(moment.account, name, customer_name)
    if found is None:
        raise missing("source", name)
    return found


def of_customer(moment: Moment, customer_name: str, kind: str | None = None) -> list[Thing]:
    """Everything a customer keeps, newest first."""
    present(moment, customer_name, "id")
    return [one for one in kept(moment.account, customer_name) if kind in (None, "all", one["object"])]


def kept(account: Account, customer_name: str) -> list[Thing]:
    """The same, of whoever."""
    names = account.side(Saved).of_customer.get(customer_name, ())
    return [one for name in reversed(names) if (one := find(account, name)) is not None]


def update(moment: Moment, params: Thing, customer_name: str, name: str) -> Thing:
    """Change what a card or a bank account says of its owner, or when a card expires."""
    kept = get(moment, name, customer_name)
    with moment.changing(kept, "customer.source.updated"):
        for part, value in params.items():
            if part in ("metadata", "owner"):
                continue
            if part not in kept:
                raise invalid(f"Received unknown parameter: {part}", part, "parameter_unknown")
            kept[part] = int(value) if part.startswith("exp_") else unset(value)
        rewrite(kept, params)
    return kept


def remove(moment: Moment, _params: Thing, customer_name: str, name: str) -> Thing:
    """Let go of it for good; the newest of the rest becomes the default."""
    kept = get(moment, name, customer_name)
    customer = present(moment, customer_name, "id")
    moment.account.side(Saved).of_customer[customer_name].remove(name)
    method = moment.account.find("payment_method", name)
    if method is not None:
        method["customer"] = None
        moment.account.side(Standing).spent.add(name)
        moment.account.noted(method)
    moment.tell("customer.source.deleted", kept)
    if customer["default_source"] == name:
        rest = of_customer(moment, customer_name)
        with moment.changing(customer, "customer.updated"):
            customer["default_source"] = rest[0]["id"] if rest else None
    if kept["object"] == "source":
        kept.update(status="consumed")
        kept.pop("customer", None)
        return kept
    del moment.account.tables[kept["object"]][name]
    return {"id": name, "object": kept["object"], "deleted": True}


def verify(moment: Moment, params: Thing, customer_name: str, name: str) -> Thing:
    """Prove that a bank account is the customer's by the two amounts that it got."""
    kept = get(moment, name, customer_name)
    if kept["object"] != "bank_account":
        raise invalid("Only bank accounts can be verified.", "id")
    if kept["status"] == "verified":
        raise unexpected("This bank account has already been verified.", "bank_account_verification_failed")
    if sorted(params.get("amounts") or []) != RIGHT_AMOUNTS:
        raise Problem(
            "The amounts provided do not match the amounts that were sent to the bank account.",
            code="bank_account_verification_failed",
        )
    with moment.changing(kept, "customer.source.updated"):
        kept["status"] = "verified"
    return kept
