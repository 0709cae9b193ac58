"""Where a customer is, as far as taxes need it: which of their addresses counts, and whether it says enough.

Addresses only: the vendor also looks at payment methods and at the address on the internet.
"""

import re

from fakes.payments.state.store import Thing

LOST = "requires_location_inputs"
"""How `automatic_tax` says that nobody knows where somebody is."""
COUNTRY = re.compile("[A-Za-z]{2}")
ZIP = re.compile(r"(\d{5})(-?\d{4})?")
ZIPS = (
    ("00500", "00599", "NY"), ("06390", "06390", "NY"), ("10000", "14999", "NY"), ("15000", "19699", "PA"),
    ("32000", "34999", "FL"), ("60000", "62999", "IL"), ("73301", "73399", "TX"), ("75000", "79999", "TX"),
    ("88500", "88599", "TX"), ("90000", "96199", "CA"), ("98000", "99499", "WA"),
)  # fmt: skip
"""The postal codes of the states whose rates are known: (first, last, state)."""


def chosen(shipping: Thing | None, billing: Thing | None) -> Thing | None:
    """The address that counts: where goods are sent, else the billing address; an empty one is none."""
    for address in ((shipping or {}).get("address"), billing):
        if address and any(address.values()):
            return address
    return None


def of(customer: Thing) -> Thing | None:
    """The address that counts of a customer, or of somebody who has `shipping` and `address` like one."""
    return chosen(customer.get("shipping"), customer.get("address"))


def known(address: Thing | None) -> Thing | None:
    """The address with its country and state as rates know them; None when it does not say enough.

    A country will do; in the US the postal code is needed, in Canada that or the province.
    """
    country = (address or {}).get("country") or ""
    if address is None or not COUNTRY.fullmatch(country):
        return None
    country, state, code = country.upper(), address.get("state"), (address.get("postal_code") or "").strip()
    if country == "US":
        zipped = ZIP.fullmatch(code)
        if zipped is None:
            return None
        state = next((one for first, last, one in ZIPS if first <= zipped[1] <= last), state)
    if country == "CA" and not (state or code):
        return None
    return {**address, "country": country, "state": state and state.upper()}
