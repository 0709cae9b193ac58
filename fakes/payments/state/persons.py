"""People behind a connected account: owners, representatives, the individual."""

from fakes.payments.state.given import rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import missing
from fakes.payments.state.store import Thing

SHOWN = (
    "address",
    "dob",
    "email",
    "first_name",
    "gender",
    "last_name",
    "maiden_name",
    "nationality",
    "phone",
    "political_exposure",
    "registered_address",
)
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_RELATIONSHIP = ("authorizer", "director", "executive", "legal_guardian", "owner", "representative")


def create(moment: Moment, params: Thing, account_name: str) -> Thing:
    """Somebody new."""
    _account(moment, account_name)
    person = moment.account.put(_fresh(moment, account_name))
    _write(person, params)
    moment.tell("person.created", person)
    return person


def _account(moment: Moment, name: str) -> Thing:
    account = moment.account.find("account", name)
    if account is None:
        raise missing("account", name)
    return account


def _fresh(moment: Moment, account_name: str) -> Thing:
    nothing: Thing = {
        name: [] for name in ("currently_due", "errors", "eventually_due", "past_due", "pending_verification")
    }
    paper = {"back": None, "details": None, "details_code": None, "front": None}
    return {
        "id": moment.account.fresh("person"),
        "object": "person",
        "account": account_name,
        "address": dict.fromkeys(_ADDRESS),
        "created": moment.now,
        "dob": {"day": None, "month": None, "year": None},
        "email": None,
        "first_name": None,
        "future_requirements": {"alternatives": [], **nothing},
        "id_number_provided": False,
        "last_name": None,
        "metadata": {},
        "phone": None,
        "relationship": {**dict.fromkeys(_RELATIONSHIP, False), "percent_ownership": None, "title": None},
        "requirements": {"alternatives": [], **nothing},
        "ssn_last_4_provided": False,
        "verification": {
            "additional_document": dict(paper),
            "details": None,
            "details_code": None,
            "document": paper,
            "status": "unverified",
        },
    }


def _write(person: Thing, params: Thing) -> None:
    for name in SHOWN:
        value = params.get(name)
        if isinstance(value, dict):
            person[name] = {**(person.get(name) or {}), **value}
        elif name in params:
            person[name] = unset(value)
    person["relationship"] |= params.get("relationship") or {}
    if params.get("id_number"):
        person["id_number_provided"] = True
        person["verification"] = {**person["verification"], "status": "verified"}
    if params.get("ssn_last_4") or params.get("id_number"):
        person["ssn_last_4_provided"] = True
    rewrite(person, params)


def get(moment: Moment, account_name: str, name: str) -> Thing:
    """Somebody of this account."""
    _account(moment, account_name)
    person = moment.account.find("person", name)
    if person is None or person["account"] != account_name:
        raise missing("person", name)
    return person


def update(moment: Moment, params: Thing, account_name: str, name: str) -> Thing:
    """Change what is known of somebody."""
    person = get(moment, account_name, name)
    with moment.changing(person, "person.updated"):
        _write(person, params)
    return person


def delete(moment: Moment, _params: Thing, account_name: str, name: str) -> Thing:
    """Take somebody away for good."""
    person = get(moment, account_name, name)
    moment.tell("person.deleted", person)
    del moment.account.tables["person"][name]
    return {"id": name, "object": "person", "deleted": True}


def of_individual(moment: Moment, account: Thing, params: Thing) -> Thing:
    """The one person whom an individual's account is about."""
    person: Thing = account.get("individual") or moment.account.put(_fresh(moment, account["id"]))
    _write(person, params)
    person["relationship"]["representative"] = True
    return person
