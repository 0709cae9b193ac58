"""Tax rates: how much comes on top of a price, or is within it."""

from fakes.payments.state.given import fits, merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import automatic

KIND = "tax_rate"
WORDS = ("country", "description", "display_name", "jurisdiction", "state", "tax_type")


def create(moment: Moment, params: Thing) -> Thing:
    """A rate; its percentage never changes."""
    if not 0 <= params["percentage"] <= 100:
        raise invalid("Invalid percentage: it must be between 0 and 100.", "percentage")
    rate: Thing = {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "active": params.get("active", True),
        **{name: unset(params.get(name)) for name in WORDS},
        "created": moment.now,
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": params["inclusive"],
        "jurisdiction_level": None,
        "livemode": False,
        "metadata": {},
        "percentage": params["percentage"],
        "rate_type": "percentage",
    }
    merge_metadata(rate, params.get("metadata", {}))
    moment.account.put(rate)
    moment.tell("tax_rate.created", rate)
    return rate


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a rate's words, or take it out of use."""
    rate = moment.account.get(KIND, name)
    if params.get("display_name") == "":
        raise invalid("A tax rate must have a display name.", "display_name", "parameter_invalid_empty")
    with moment.changing(rate, "tax_rate.updated"):
        rewrite(rate, params, "active", *WORDS)
    return rate


def all_of(account: Account, names: object, param: str) -> list[Thing]:
    """The rates that a parameter names; an empty text names none."""
    if not isinstance(names, list):
        return []
    found = [account.get(KIND, name, f"{param}[{place}]") for place, name in enumerate(names)]
    for place, rate in enumerate(found):
        if not rate["active"]:
            raise invalid(f"The tax rate {rate['id']} is inactive and cannot be applied.", f"{param}[{place}]")
    return found


def wanted(moment: Moment, rate: Thing, params: Thing) -> bool:
    """The filters of the list of tax rates."""
    return fits(rate, params, "active", "inclusive") and not automatic.made_here(moment.account, rate)
