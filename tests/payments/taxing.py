"""A shop that collects taxes, and customers in places that matter, for tests of taxes that come by themselves."""

from typing import Any

from tests.payments.conftest import Bare

BERLIN = {"country": "DE", "postal_code": "10115", "city": "Berlin"}
PARIS = {"country": "FR"}
FRISCO = {"country": "US", "postal_code": "94103"}
RATES = {"DE": 19.0, "US": 7.25}
"""What is due where the shop is registered, in percent; in France nothing."""
LOST = "customer_tax_location_invalid"
AUTO: dict[str, Any] = {"automatic_tax[enabled]": "true"}


def settled(bare: Bare, **more: Any) -> None:
    """Let the tax settings be whole."""
    whole: dict[str, Any] = {"defaults[tax_code]": "txcd_10000000", "head_office[address][country]": "DE"}
    assert bare.post("tax/settings", **{**whole, **more})["status"] == "active"


def taxing(bare: Bare, **more: Any) -> Bare:
    """Let a shop be registered in Germany and in California."""
    settled(bare, **more)
    german = {
        "country_options[de][type]": "standard",
        "country_options[de][standard][place_of_supply_scheme]": "standard",
    }
    american = {"country_options[us][type]": "state_sales_tax", "country_options[us][state]": "CA"}
    for country, options in (("DE", german), ("US", american)):
        made = bare.post("tax/registrations", country=country, active_from="now", **options)
        assert made["status"] == "active", made
    return bare


def living(address: dict[str, str], at: str = "address") -> dict[str, str]:
    """An address as parameters."""
    return {f"{at}[{name}]": value for name, value in address.items()}


def customer(bare: Bare, address: dict[str, str] | None = None, **more: Any) -> str:
    """A customer who lives there and has a card that pays."""
    told = {"email": "hxaaaaaaaaaaaa@example.com", **living(address or {}), **more}
    name = str(bare.post("customers", **told)["id"])
    method = bare.post("payment_methods/pm_card_visa/attach", customer=name)["id"]
    bare.post(f"customers/{name}", **{"invoice_settings[default_payment_method]": method})
    return name


def refused(bare: Bare, path: str, **form: Any) -> tuple[str | None, str | None]:
    """The code and the parameter of the refusal of a POST."""
    error = bare.post(path, **form)["error"]
    return error.get("code"), error.get("param")


def adds_up(invoice: dict[str, Any]) -> None:
    """An invoice's amounts agree with one another."""
    lines = invoice["lines"]["data"]
    off = sum(one["amount"] for one in invoice["total_discount_amounts"])
    extra = sum(one["amount"] for one in invoice["total_taxes"] if one["tax_behavior"] == "exclusive")
    taxes = sum(one["amount"] for one in invoice["total_taxes"])
    assert invoice["subtotal"] == sum(line["amount"] for line in lines)
    assert invoice["total"] == invoice["subtotal"] - off + invoice["amount_shipping"] + extra
    assert invoice["total_excluding_tax"] == invoice["total"] - taxes
    cost = invoice["shipping_cost"] or {"amount_tax": 0}
    assert sum(tax["amount"] for line in lines for tax in line["taxes"]) == taxes - cost["amount_tax"]


def price(bare: Bare, amount: int = 1000, code: str = "", **more: Any) -> str:
    """A price for once; with a tax code of its product, or a behaviour of its own."""
    product = {"product_data[name]": "Tea"} | ({"product_data[tax_code]": code} if code else {})
    return str(bare.post("prices", currency="usd", unit_amount=amount, **product, **more)["id"])


def plan(bare: Bare, amount: int = 1000) -> str:
    """A monthly price."""
    return price(bare, amount, **{"recurring[interval]": "month"})


def drafted(bare: Bare, who: str, *prices: str, **more: Any) -> dict[str, Any]:
    """A draft of these, whose taxes come by themselves."""
    for one in prices:
        bare.post("invoiceitems", customer=who, **{"pricing[price]": one})
    return bare.post("invoices", customer=who, pending_invoice_items_behavior="include", **AUTO, **more)


def lines_of(invoice: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines that an invoice shows."""
    data: list[dict[str, Any]] = invoice["lines"]["data"]
    return data
