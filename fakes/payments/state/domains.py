"""Domains on which wallets may be shown: registered once each, and found valid."""

from fakes.payments.state.given import fits
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

WALLETS = ("amazon_pay", "apple_pay", "google_pay", "klarna", "link", "paypal")


def create(moment: Moment, params: Thing) -> Thing:
    """Register a domain; one that is registered already is answered as it is."""
    name = params["domain_name"].lower().rstrip(".")
    if "/" in name or "." not in name:
        raise invalid(f"Invalid domain name: {name}", "domain_name")
    known = moment.account.where("payment_method_domain", domain_name=name)
    if known:
        return known[0]
    return moment.account.put(
        {
            "id": moment.account.fresh("payment_method_domain"),
            "object": "payment_method_domain",
            **{wallet: {"status": "active"} for wallet in WALLETS},
            "created": moment.now,
            "domain_name": name,
            "enabled": params.get("enabled", True),
            "livemode": False,
        }
    )


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Switch a domain on or off."""
    domain = moment.account.get("payment_method_domain", name)
    if "enabled" in params:
        domain["enabled"] = params["enabled"]
    return domain


def validate(moment: Moment, _params: Thing, name: str) -> Thing:
    """Look at it again: it is valid."""
    return moment.account.get("payment_method_domain", name)


def wanted(_moment: Moment, domain: Thing, params: Thing) -> bool:
    """The filters of the list of domains."""
    return fits(domain, params, "domain_name", "enabled")
