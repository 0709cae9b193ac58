"""Cardholders: people or companies whose cards are issued."""

from fakes.payments.state.given import merge_metadata, rewrite
from fakes.payments.state.issuing import controls
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

KIND = "issuing.cardholder"
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(moment: Moment, params: Thing) -> Thing:
    """A cardholder; a person without a name has requirements that are past due."""
    kind = params.get("type", "individual")
    holder: Thing = {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "billing": {"address": _address(params["billing"]["address"])},
        "company": {"tax_id_provided": bool((params.get("company") or {}).get("tax_id"))}
        if kind == "company"
        else None,
        "created": moment.now,
        "email": params.get("email"),
        "individual": _individual(params.get("individual")) if kind == "individual" else None,
        "livemode": False,
        "metadata": {},
        "name": params["name"],
        "phone_number": params.get("phone_number"),
        "preferred_locales": params.get("preferred_locales") or [],
        "requirements": {"disabled_reason": None, "past_due": []},
        "spending_controls": controls.shown(params.get("spending_controls")),
        "status": params.get("status", "active"),
        "type": kind,
    }
    _require(holder)
    merge_metadata(holder, params.get("metadata", {}))
    moment.account.put(holder)
    moment.tell("issuing_cardholder.created", holder)
    return holder


def _address(given: Thing) -> Thing:
    return {name: given.get(name) for name in ADDRESS}


def _individual(given: Thing | None) -> Thing:
    person = given or {}
    terms = (person.get("card_issuing") or {}).get("user_terms_acceptance")
    return {
        "card_issuing": {"user_terms_acceptance": terms and {"date": None, "ip": None, "user_agent": None, **terms}},
        "dob": person.get("dob"),
        "first_name": person.get("first_name"),
        "last_name": person.get("last_name"),
        "verification": {"document": {"back": None, "front": None}},
    }


def _require(holder: Thing) -> None:
    person = holder["individual"]
    missing = [f"individual.{name}" for name in ("first_name", "last_name") if person and not person[name]]
    holder["requirements"] = {"disabled_reason": "requirements.past_due" if missing else None, "past_due": missing}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what is given."""
    holder = moment.account.get(KIND, name)
    with moment.changing(holder, "issuing_cardholder.updated"):
        rewrite(holder, params, "email", "phone_number", "preferred_locales", "status")
        if "billing" in params:
            holder["billing"] = {"address": _address(params["billing"]["address"])}
        if params.get("individual") and holder["individual"]:
            known = {name: value for name, value in holder["individual"].items() if value is not None}
            holder["individual"] = _individual({**known, **params["individual"]})
        if "spending_controls" in params:
            holder["spending_controls"] = controls.shown(params["spending_controls"], holder["spending_controls"])
        _require(holder)
    return holder
