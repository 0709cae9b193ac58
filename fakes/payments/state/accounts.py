"""Connected accounts: what the platform has told of them, what is still missing, and what they may therefore do.

Capabilities of accounts whose details the platform collects become active when nothing is missing any more. Of the
others the provider would collect them on pages that are not here, so they stay as they are.
"""

from dataclasses import dataclass

from fakes.payments.state import account_shapes, persons, saved
from fakes.payments.state.given import merged, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, missing, unexpected
from fakes.payments.state.store import Thing
from fakes.payments.state.wholly import whole

PLAIN = ("business_type", "default_currency", "email")


@dataclass(slots=True)
class Platform:
    """What connected accounts know the platform by."""

    application: str = ""


def application(moment: Moment) -> Thing:
    """The platform, as an application that accounts are connected to."""
    known = moment.account.side(Platform)
    if not known.application:
        known.application = "ca_" + moment.account.letters(24)
    return {"id": known.application, "object": "application", "name": None}


OTHER_CAPABILITIES = (
    "app_distribution",
    "card_issuing",
    "tax_reporting_us_1099_k",
    "tax_reporting_us_1099_misc",
    "transfers",
    "treasury",
)
"""Those that are not about payments."""


def create(moment: Moment, params: Thing) -> Thing:
    """Connect an account."""
    kind = params.get("type", "custom" if "controller" in params else "standard")
    country = params.get("country", "US")
    name = moment.account.fresh("account")
    account = account_shapes.account(name, moment.now, kind, country, params.get("default_currency"))
    moment.account.put(account)
    with whole(moment, account):
        _write(moment, account, params)
    return account


def _write(moment: Moment, account: Thing, params: Thing) -> None:
    rewrite(account, params, *PLAIN)
    for name in ("business_profile", "tos_acceptance"):
        for part, value in (params.get(name) or {}).items():
            account[name][part] = unset(value)
    account["settings"] = merged(account["settings"], params.get("settings") or {})
    if params.get("company"):
        known = account.get("company") or {"directors_provided": False, "executives_provided": False}
        account["company"] = {**known, **_shown_company(params["company"])}
    if params.get("individual"):
        account["individual"] = persons.of_individual(moment, account, params["individual"])
    if params.get("external_account"):
        attach(moment, account, params["external_account"])
    for name, asked in (params.get("capabilities") or {}).items():
        if asked.get("requested"):
            account["capabilities"].setdefault(name, "inactive")
        else:
            account["capabilities"].pop(name, None)
    review(account)


def _shown_company(given: Thing) -> Thing:
    shown = {name: value for name, value in given.items() if name not in ("tax_id", "vat_id", "verification")}
    if given.get("tax_id"):
        shown["tax_id_provided"] = True
    return shown


def review(account: Thing) -> None:
    """Look what is still missing, and allow what may be allowed."""
    due = _missing(account) if account["capabilities"] else []
    account["requirements"] = account_shapes.requirements(due)
    collects = account["controller"]["requirement_collection"] == "application"
    ready = collects and not due and bool(account["capabilities"])
    status = "active" if ready else "inactive"
    account["capabilities"] = dict.fromkeys(account["capabilities"], status)
    account.update(charges_enabled=ready, payouts_enabled=ready, details_submitted=ready)


def _missing(account: Thing) -> list[str]:
    profile = account["business_profile"]
    wanted = {
        "business_profile.mcc": profile["mcc"],
        "business_profile.url": profile["url"] or profile["product_description"],
        "business_type": account["business_type"],
        "external_account": account["external_accounts"]["data"],
        "tos_acceptance.date": account["tos_acceptance"]["date"],
        "tos_acceptance.ip": account["tos_acceptance"]["ip"],
    }
    if account["business_type"] == "individual":
        person = account.get("individual") or {}
        wanted |= {f"individual.{name}": person.get(name) for name in ("first_name", "last_name", "email")}
    elif account["business_type"]:
        wanted["company.name"] = (account.get("company") or {}).get("name")
    return sorted(name for name, value in wanted.items() if not value)


def get(moment: Moment, name: str) -> Thing:
    """A connected account, or the provider's refusal."""
    account = moment.account.find("account", name)
    if account is None:
        raise missing("account", name)
    return account


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what is known of a connected account."""
    account = get(moment, name)
    with moment.changing(account, "account.updated"):
        _write(moment, account, params)
    return account


def reject(moment: Moment, params: Thing, name: str) -> Thing:
    """Refuse to work with an account any longer."""
    account = get(moment, name)
    reasons = {"fraud": "rejected.fraud", "terms_of_service": "rejected.terms_of_service"}
    with moment.changing(account, "account.updated"):
        account.update(charges_enabled=False, payouts_enabled=False)
        account["requirements"]["disabled_reason"] = reasons.get(params["reason"], "rejected.other")
    return account


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Disconnect an account for good."""
    get(moment, name)
    moment.tell("account.application.deauthorized", application(moment))
    del moment.account.tables["account"][name]
    return {"id": name, "object": "account", "deleted": True}


def look(moment: Moment, name: str) -> Thing:
    """A connected account, or the one that asks."""
    return own(moment) if name == moment.account.identity else get(moment, name)


def own(moment: Moment) -> Thing:
    """The account that asks."""
    return account_shapes.own(moment.account.identity, moment.now)


def capability(moment: Moment, account_name: str, name: str) -> Thing:
    """One capability of an account."""
    account = get(moment, account_name)
    status = account["capabilities"].get(name)
    due = _missing(account) if status else []
    owed = {**account_shapes.requirements(due), "disabled_reason": "requirements.fields_needed" if due else None}
    return {
        "id": name,
        "object": "capability",
        "account": account_name,
        "future_requirements": account_shapes.nothing_due(),
        "requested": status is not None,
        "requested_at": account["created"] if status else None,
        "requirements": owed,
        "status": status or "unrequested",
    }


def request(moment: Moment, params: Thing, account_name: str, name: str) -> Thing:
    """Ask for a capability, or do without it."""
    if not (name.endswith("_payments") or name in OTHER_CAPABILITIES):
        raise missing("capability", name)
    update(moment, {"capabilities": {name: {"requested": params.get("requested", True)}}}, account_name)
    told = capability(moment, account_name, name)
    moment.tell("capability.updated", told)
    return told


def capabilities(moment: Moment, account_name: str) -> list[Thing]:
    """All that were asked for."""
    return [capability(moment, account_name, name) for name in get(moment, account_name)["capabilities"]]


def attach(moment: Moment, account: Thing, given: object, *, default: bool = True) -> Thing:
    """Give an account a bank account or a card to be paid to."""
    kept = saved.made_from(moment, given, "external_account")
    kept.pop("customer", None)
    kept.update(account=account["id"], available_payout_methods=["standard"], default_for_currency=default)
    moment.account.put(kept)
    shelf = account["external_accounts"]
    if default:
        for one in shelf["data"]:
            one["default_for_currency"] = False
    account["external_accounts"] = {**shelf, "data": [*shelf["data"], kept], "total_count": len(shelf["data"]) + 1}
    return kept


def add_external(moment: Moment, params: Thing, name: str) -> Thing:
    """The same, by itself."""
    account = get(moment, name)
    given = params.get("external_account") or params.get("bank_account")
    if given is None:
        raise invalid("Missing required param: external_account.", "external_account", "parameter_missing")
    first = not account["external_accounts"]["data"]
    kept = attach(moment, account, given, default=first or bool(params.get("default_for_currency")))
    rewrite(kept, params)
    moment.tell("account.external_account.created", kept)
    review(account)
    return kept


def external(moment: Moment, account_name: str, name: str) -> Thing:
    """One of an account's external accounts."""
    found: Thing | None = next(
        (one for one in get(moment, account_name)["external_accounts"]["data"] if one["id"] == name), None
    )
    if found is None:
        raise missing("external_account", name)
    return found


def update_external(moment: Moment, params: Thing, account_name: str, name: str) -> Thing:
    """Change what is said of an external account, or make it the default."""
    kept = external(moment, account_name, name)
    with moment.changing(kept, "account.external_account.updated"):
        rewrite(kept, params, "account_holder_name", "account_holder_type", "default_for_currency")
    return kept


def remove_external(moment: Moment, _params: Thing, account_name: str, name: str) -> Thing:
    """Let an external account go; the default one stays as long as there are others."""
    account, kept = get(moment, account_name), external(moment, account_name, name)
    shelf = account["external_accounts"]
    if kept["default_for_currency"] and len(shelf["data"]) > 1:
        raise unexpected(
            "You cannot delete the default external account for your default currency. Please make another external "
            "account the default using the `default_for_currency` param, and then delete this one.",
            "external_account_default",
        )
    rest = [one for one in shelf["data"] if one["id"] != name]
    account["external_accounts"] = {**shelf, "data": rest, "total_count": len(rest)}
    moment.tell("account.external_account.deleted", kept)
    del moment.account.tables[kept["object"]][name]
    review(account)
    return {"id": name, "object": kept["object"], "deleted": True}


def link(moment: Moment, params: Thing) -> Thing:
    """A link to the provider's pages where an account tells about itself; the pages are not here."""
    get(moment, params["account"])
    where = f"https://connect.stripe.com/setup/s/{params['account']}/{moment.account.letters(12)}"
    return {"object": "account_link", "created": moment.now, "expires_at": moment.now + 300, "url": where}


def login(moment: Moment, _params: Thing, name: str) -> Thing:
    """A link to an account's dashboard; only express accounts have one."""
    if get(moment, name)["type"] != "express":
        raise unexpected(
            f"Cannot create a login link for an account that is not an Express account: {name}.", "account_invalid"
        )
    where = f"https://connect.stripe.com/express/{name}/{moment.account.letters(12)}"
    return {"object": "login_link", "created": moment.now, "url": where}
