"""Bank accounts that customers let the merchant look into: a session links one a moment later; nobody logs in."""

from fakes.payments.state import due
from fakes.payments.state.banks import SOON_S
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.acting import fresh, keep
from fakes.payments.state.plain.kind import Kind, Step
from fakes.payments.state.problem import invalid, missing, unexpected
from fakes.payments.state.store import Account, Thing

NAME, TOLD = "financial_connections.account", "financial_connections.account"
_LINK = "link_bank_account"
HOUR_S = 3600
_PARTS = {"balance": "balances", "ownership": "ownership", "transactions": "transactions"}
"""What can be refreshed, and the permission that it needs."""


def _asked(moment: Moment, session: Thing, params: Thing) -> None:
    holder = params["account_holder"]
    name = holder.get(holder["type"])
    if not name:
        path = f"account_holder[{holder['type']}]"
        raise invalid(f"Missing required param: {path}.", path, "parameter_missing")
    moment.account.get(holder["type"], name, f"account_holder[{holder['type']}]")
    if not params["permissions"]:
        raise invalid("Missing required param: permissions.", "permissions", "parameter_missing")
    session["client_secret"] = f"{session['id']}_secret_{moment.account.letters(24)}"
    session["accounts"]["url"] = f"/v1/financial_connections/accounts?session={session['id']}"
    due.plan(moment, moment.now + SOON_S, _LINK, session)


@due.work(_LINK)
def _link(moment: Moment, name: str) -> None:
    """The customer has chosen an account of a bank that there is only for tests."""
    session = moment.account.find(SESSION.name, name)
    if session is None:
        return
    holder = {part: value for part, value in session["account_holder"].items() if value is not None}
    account = fresh(moment, ACCOUNT, {"account_holder": holder})
    account["permissions"] = list(session["permissions"])
    keep(moment, ACCOUNT, account)
    session["accounts"]["data"].append(account)
    for part in session.get("prefetch") or ():
        _refreshed(moment, account, "balance" if part == "balances" else part)


def _refreshed(moment: Moment, account: Thing, part: str) -> None:
    again = moment.now + HOUR_S
    told = {"last_attempted_at": moment.now, "next_refresh_available_at": again, "status": "succeeded"}
    word = "transaction" if part == "transactions" else part
    if part == "transactions":
        told["id"] = f"fctxnref_1{moment.account.letters(23)}"
    if part == "balance":
        amounts = {"usd": 100000}
        cash = {"available": dict(amounts)}
        account["balance"] = {"as_of": moment.now, "cash": cash, "current": amounts, "type": "cash"}
    if part == "ownership":
        account["ownership"] = f"fcaowns_1{moment.account.letters(23)}"
    account[f"{word}_refresh"] = told
    moment.tell(f"{TOLD}.refreshed_{part}", account)


def _refresh(moment: Moment, account: Thing, params: Thing) -> None:
    for part in params["features"]:
        if _PARTS[part] not in account["permissions"]:
            raise invalid(f"This account was not linked with the permission `{_PARTS[part]}`.", "features")
    for part in params["features"]:
        before = account.get(f"{'transaction' if part == 'transactions' else part}_refresh")
        if before and before["next_refresh_available_at"] > moment.now:
            raise unexpected(f"The {part} of this account cannot be refreshed yet.", "too_early_to_refresh")
        _refreshed(moment, account, part)


def _subscribes(_moment: Moment, account: Thing, params: Thing) -> None:
    account["subscriptions"] = sorted({*(account["subscriptions"] or ()), *params["features"]})


def _unsubscribes(_moment: Moment, account: Thing, params: Thing) -> None:
    account["subscriptions"] = [one for one in account["subscriptions"] or () if one not in params["features"]]


SESSION = Kind(
    name="financial_connections.session",
    path="financial_connections/sessions",
    prefix="fcsess_1",
    offers=("create", "retrieve"),
    also=_asked,
)
ACCOUNT = Kind(
    name=NAME,
    path="financial_connections/accounts",
    prefix="fca_1",
    born={
        "category": "cash",
        "display_name": "Success Checking",
        "institution_name": "Test Institution",
        "last4": "6789",
        "status": "active",
        "subcategory": "checking",
        "supported_payment_method_types": ["us_bank_account"],
        "subscriptions": [],
    },
    offers=("retrieve",),
    told=TOLD,
    steps={
        "disconnect": Step(to={"status": "disconnected"}, of=("active", "inactive"), event=f"{TOLD}.disconnected"),
        "refresh": Step(of=("active",), also=_refresh),
        "subscribe": Step(of=("active",), also=_subscribes),
        "unsubscribe": Step(of=("active",), also=_unsubscribes),
    },
)
TRANSACTION = Kind(
    name="financial_connections.transaction",
    path="financial_connections/transactions",
    prefix="fctxn_1",
    offers=("list", "retrieve"),
    filters=("account",),
    within={"account": NAME},
)
KINDS = (SESSION, ACCOUNT, TRANSACTION)


def wanted(moment: Moment, account: Thing, params: Thing) -> bool:
    """The filters of the list of accounts."""
    if "session" in params:
        session = moment.account.get(SESSION.name, params["session"], "session")
        if all(one["id"] != account["id"] for one in session["accounts"]["data"]):
            return False
    holder = params.get("account_holder") or {}
    return all(account["account_holder"].get(name) == value for name, value in holder.items())


def owners(account: Account, name: str, ownership: str) -> list[Thing]:
    """Who owns an account, as of this refresh."""
    found = account.get(NAME, name)
    if found.get("ownership") != ownership:
        raise missing("ownership", ownership, "ownership")
    told = {"id": f"fcaown_{ownership[8:]}", "object": "financial_connections.account_owner", "ownership": ownership}
    return [
        {
            **told,
            "email": "jane@example.com",
            "name": "Jane Doe",
            "phone": None,
            "raw_address": None,
            "refreshed_at": None,
        }
    ]
