"""Makes one of every kind of object of the areas people and money in a bare shop, for `test_shapes`."""

from tests.payments.conftest import Bare

AGREED = {"mandate_data[customer_acceptance][type]": "offline"}


def make(bare: Bare) -> None:
    """A bit of everything that people and money can do."""
    setups(bare)


def setups(bare: Bare) -> None:
    """Setup intents in each status, with cards and accounts, and what they leave behind."""
    customer = bare.post("customers")["id"]
    for method in ("pm_card_visa", "pm_card_authenticationRequired", "pm_card_chargeDeclined"):
        bare.post("setup_intents", customer=customer, payment_method=method, confirm="true")
    bare.post("setup_intents", customer=customer, usage="on_session")
    for method in ("pm_usBankAccount_success", "pm_sepaDebit_success_at"):
        kind = "us_bank_account" if "Bank" in method else "sepa_debit"
        form = {"payment_method_types[]": kind, "payment_method": method, "confirm": "true", **AGREED}
        bare.post("setup_intents", customer=customer, **form)
