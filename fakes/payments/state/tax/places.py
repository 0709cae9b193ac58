"""Where a merchant collects taxes: registrations, settings, and one rate for each place."""

from dataclasses import dataclass, field

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.kind import Kind
from fakes.payments.state.plain.shaping import shapes, write
from fakes.payments.state.plain.tables import CODES
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing

COUNTRIES = {
    "AT": 20, "AU": 10, "BE": 21, "CH": 8.1, "DE": 19, "DK": 25, "ES": 21, "FI": 25.5, "FR": 20, "GB": 20, "IE": 23,
    "IT": 22, "JP": 10, "LU": 17, "NL": 21, "NO": 25, "PT": 23, "SE": 25,
}  # fmt: skip
"""The standard rate in percent."""
STATES = {"CA": 7.25, "FL": 6, "IL": 6.25, "NY": 4, "PA": 6, "TX": 6.25, "WA": 6.5}
"""The rate of a state of the US, without that of counties and cities."""
UNION = ("AT", "BE", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "LU", "NL", "PT", "SE")
KIND = "tax.registration"


@dataclass(slots=True)
class Chosen:
    """The account's settings."""

    settings: Thing = field(default_factory=dict)


def rate(address: Thing) -> float | None:
    """What is due at an address, in percent; None where this fake knows of no tax."""
    if address["country"] == "US":
        return STATES.get(address.get("state") or "")
    return COUNTRIES.get(address["country"])


def collects(account: Account, address: Thing, now: int) -> bool:
    """Whether the merchant is registered there."""
    return any(_covers(one, address) for one in account.newest(KIND) if status(one, now) == "active")


def _covers(registration: Thing, address: Thing) -> bool:
    options = registration["country_options"].get(registration["country"].lower()) or {}
    if options.get("type") == "oss_union" and address["country"] in UNION:
        return True
    if registration["country"] != address["country"]:
        return False
    return address["country"] != "US" or options.get("state") == address.get("state")


def status(registration: Thing, now: int) -> str:
    """Whether it counts now, not yet, or no more."""
    if registration["expires_at"] is not None and registration["expires_at"] <= now:
        return "expired"
    return "scheduled" if registration["active_from"] > now else "active"


def _begins(moment: Moment, registration: Thing, params: Thing) -> None:
    country = params["country"]
    if country.lower() not in params["country_options"]:
        raise invalid(f"Missing required param: country_options[{country.lower()}].", "country_options")
    _dated(moment, registration, params)


def _dated(moment: Moment, registration: Thing, params: Thing) -> None:
    for name in ("active_from", "expires_at"):
        if params.get(name) == "now":
            registration[name] = moment.now
    registration["status"] = status(registration, moment.now)


def wanted(moment: Moment, registration: Thing, params: Thing) -> bool:
    """The filter of the list."""
    return params.get("status", "all") in ("all", status(registration, moment.now))


REGISTRATION = Kind(
    name=KIND,
    path="tax/registrations",
    prefix="taxreg_1",
    offers=("create", "update"),
    also=_begins,
    changed=_dated,
)


def settings(account: Account) -> Thing:
    """The account's settings: pending until it is known where the merchant is."""
    chosen = account.side(Chosen)
    if not chosen.settings:
        chosen.settings = {
            "object": "tax.settings",
            "defaults": {"provider": "stripe", "tax_behavior": None, "tax_code": None},
            "head_office": None,
            "livemode": False,
            "status": "pending",
            "status_details": {"pending": {"missing_fields": ["defaults.tax_code", "head_office"]}},
        }
    return chosen.settings


def change(moment: Moment, params: Thing) -> Thing:
    """Change the settings."""
    now = settings(moment.account)
    code = (params.get("defaults") or {}).get("tax_code")
    if code and code not in CODES:
        raise invalid(f"No such tax code: '{code}'", "defaults[tax_code]", "resource_missing")
    write(shapes()["tax.settings"], now, params)
    lacks = [] if now["defaults"]["tax_code"] else ["defaults.tax_code"]
    lacks += [] if now["head_office"] else ["head_office"]
    now["status"] = "pending" if lacks else "active"
    now["status_details"] = {"pending": {"missing_fields": lacks}} if lacks else {"active": {}}
    moment.tell("tax.settings.updated", now)
    return now
