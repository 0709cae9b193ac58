"""Issues cards, uses them and disputes what was taken, so that the shapes can be judged."""

from typing import Any

from tests.payments.conftest import Bare

Object = dict[str, Any]
HOME = {"line1": "1 Main St", "city": "Berlin", "postal_code": "10115", "country": "DE"}


def holder(bare: Bare, **form: Any) -> Object:
    """A cardholder; `form` adds parameters."""
    address = {f"billing[address][{name}]": value for name, value in HOME.items()}
    person = {"individual[first_name]": "Zoë", "individual[last_name]": "Roth"}
    return bare.post("issuing/cardholders", **{"name": "Zoë Roth", "type": "individual", **address, **person, **form})


def card(bare: Bare, **form: Any) -> Object:
    """An active virtual card in euros; `form` adds parameters or replaces them."""
    wanted = {"cardholder": holder(bare)["id"], "currency": "eur", "type": "virtual", "status": "active"}
    return bare.post("issuing/cards", **{**wanted, **form})


def paid(bare: Bare, **form: Any) -> Object:
    """An authorization of 10 euros that the merchant let pass."""
    wanted = {"card": card(bare)["id"], "amount": 1000, "currency": "eur", **form}
    asked = bare.post("test_helpers/issuing/authorizations", **wanted)
    return bare.post(f"issuing/authorizations/{asked['id']}/approve")


def make(bare: Bare) -> None:
    """A bit of everything."""
    shipping = {f"shipping[address][{name}]": value for name, value in HOME.items()} | {"shipping[name]": "Zoë"}
    limits: Object = {
        "spending_controls[spending_limits][0][amount]": 5,
        "spending_controls[blocked_categories][0]": "bakeries",
    }
    limits["spending_controls[spending_limits][0][interval]"] = "per_authorization"
    physical = card(bare, type="physical", **shipping, **limits)
    bare.post("test_helpers/issuing/authorizations", card=physical["id"], amount=900)
    made = paid(bare, **{"merchant_data[category]": "bakeries", "amount_details[atm_fee]": "5"})
    receipt = {"purchase_details[receipt][0][description]": "Bread", "purchase_details[receipt][0][unit_cost]": "500"}
    done = bare.post(f"test_helpers/issuing/authorizations/{made['id']}/capture", **receipt)
    taken = done["transactions"][0]["id"]
    evidence = {"evidence[reason]": "fraudulent", "evidence[fraudulent][explanation]": "Not me"}
    dispute = bare.post("issuing/disputes", transaction=taken, **evidence)
    bare.post(f"issuing/disputes/{dispute['id']}/submit")
    bare.post(f"test_helpers/issuing/transactions/{taken}/refund", refund_amount=100)
    bare.post(
        "issuing/cardholders", **{f"billing[address][{k}]": v for k, v in HOME.items()}, name="Roth", type="company"
    )
