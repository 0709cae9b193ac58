"""Tax ids of customers and of the account itself; the authorities answer by documented test values.

European and British numbers that end in nine zeros are verified, in nine ones unverified, in nine twos pending for
ever; everything else of these types is verified, and other types are not looked up.
"""

from fakes.payments.state import due
from fakes.payments.state.banks import SOON_S
from fakes.payments.state.customers import present
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

LOOKED_UP = ("eu_vat", "gb_vat", "au_abn")


def create(moment: Moment, params: Thing) -> Thing:
    """A tax id of whoever `owner` says; the account's own without one."""
    owner = params.get("owner") or {"type": "self"}
    if owner["type"] == "customer":
        present(moment, owner.get("customer"), "owner[customer]")
    return _make(moment, params, owner)


def for_customer(moment: Moment, params: Thing, customer_name: str) -> Thing:
    """A customer's tax id."""
    present(moment, customer_name, "id")
    return _make(moment, params, {"type": "customer", "customer": customer_name})


def _make(moment: Moment, params: Thing, owner: Thing) -> Thing:
    kind, value = params["type"], params["value"].replace(" ", "")
    if kind == "eu_vat" and not (value[:2].isalpha() and 8 <= len(value) <= 14):
        raise invalid(f"Invalid value for {kind}.", "value", "tax_id_invalid")
    customer = owner.get("customer")
    looked_up = kind in LOOKED_UP
    tax_id: Thing = {
        "id": moment.account.fresh("tax_id"),
        "object": "tax_id",
        "country": value[:2].upper() if kind == "eu_vat" else kind[:2].upper(),
        "created": moment.now,
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "owner": {"type": owner["type"], **({"customer": customer} if customer else {})},
        "type": kind,
        "value": value,
        "verification": {
            "status": "pending" if looked_up else "unavailable",
            "verified_address": None,
            "verified_name": None,
        },
    }
    moment.account.put(tax_id)
    if customer is not None:
        moment.tell("customer.tax_id.created", tax_id)
    if looked_up and not value.endswith("2" * 9):
        due.plan(moment, moment.now + SOON_S, "look_tax_id_up", tax_id)
    return tax_id


@due.work("look_tax_id_up")
def look_up(moment: Moment, name: str) -> None:
    """The authority has answered."""
    tax_id = moment.account.find("tax_id", name)
    if tax_id is None:
        return
    good = not tax_id["value"].endswith("1" * 9)
    with moment.changing(tax_id, "customer.tax_id.updated"):
        tax_id["verification"] = {
            "status": "verified" if good else "unverified",
            "verified_address": "1 Test Street" if good else None,
            "verified_name": "Test" if good else None,
        }


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Take a tax id away for good."""
    tax_id = moment.account.get("tax_id", name)
    if tax_id["customer"] is not None:
        moment.tell("customer.tax_id.deleted", tax_id)
    del moment.account.tables["tax_id"][name]
    return {"id": name, "object": "tax_id", "deleted": True}


def delete_of_customer(moment: Moment, params: Thing, customer_name: str, name: str) -> Thing:
    """Take a customer's tax id away for good."""
    present(moment, customer_name, "id")
    return delete(moment, params, name)


def wanted(_moment: Moment, tax_id: Thing, params: Thing) -> bool:
    """The list is that of one owner: a customer named in the path or in `owner`, or the account itself."""
    owner = params.get("owner") or {}
    customer = params.get("id") or owner.get("customer")
    return bool(tax_id["customer"] == customer)
