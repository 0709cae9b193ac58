"""Financial accounts: what they can do, and how they are closed."""

from collections.abc import Iterator

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.kind import Kind, Step
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing
from fakes.payments.state.treasury.ledger import ACCOUNT, PLACES

ROUTING = "200000001"


def _opened(moment: Moment, account: Thing, params: Thing) -> None:
    if params["supported_currencies"] != ["usd"]:
        raise invalid("Only usd is supported.", "supported_currencies")
    account.update(supported_currencies=["usd"], status="open", country="US", status_details={"closed": None})
    account["balance"] = {name: {"usd": 0} for name in PLACES}
    account.update(active_features=[], pending_features=[], restricted_features=[], is_default=False)
    account.update(financial_addresses=[], features={"object": "treasury.financial_account_features"})
    _switch(moment, account, params.get("features") or {})


def _forwards_nothing(params: Thing) -> None:
    if "forwarding_settings" in params:
        raise invalid("This account does not offer to forward what is left.", "forwarding_settings")


def _changed(moment: Moment, account: Thing, params: Thing) -> None:
    _forwards_nothing(params)
    _switch(moment, account, params.get("features") or {})


def _switch(moment: Moment, account: Thing, wanted: Thing) -> None:
    """Requested features are active at once."""
    for path, toggle in _toggles(wanted):
        group = account["features"]
        for name in path[:-1]:
            group = group.setdefault(name, {})
        on = toggle["requested"]
        group[path[-1]] = {"requested": on, "status": "active" if on else "restricted", "status_details": []}
        word = ".".join(path)
        account["active_features"] = [one for one in account["active_features"] if one != word] + [word] * on
        if word == "financial_addresses.aba" and on and not account["financial_addresses"]:
            account["financial_addresses"] = [_address(moment)]


def _toggles(given: Thing, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Thing]]:
    for name, value in given.items():
        if isinstance(value, dict) and "requested" in value:
            yield (*path, name), value
        elif isinstance(value, dict):
            yield from _toggles(value, (*path, name))


def _address(moment: Moment) -> Thing:
    last = f"{moment.account.chance.randrange(10_000):04d}"
    told = {"account_holder_name": "Merchant", "account_number_last4": last, "bank_name": "Goldman Sachs Bank USA"}
    return {"aba": {**told, "routing_number": ROUTING}, "supported_networks": ["ach"], "type": "aba"}


def _close(_moment: Moment, account: Thing, params: Thing) -> None:
    _forwards_nothing(params)
    if any(amount for sums in account["balance"].values() for amount in sums.values()):
        raise unexpected("A financial account is closed only when nothing is in it.", "balance_not_zero")
    account.update(status="closed", status_details={"closed": {"reasons": ["other"]}})


KIND = Kind(
    name=ACCOUNT,
    path="treasury/financial_accounts",
    prefix="fa_1",
    filters=("status",),
    told=ACCOUNT,
    also=_opened,
    changed=_changed,
    steps={"close": Step(of=("open",), event=f"{ACCOUNT}.closed", also=_close)},
)


def features(moment: Moment, name: str) -> Thing:
    """What an account can do."""
    found: Thing = moment.account.get(ACCOUNT, name)["features"]
    return found


def switch(moment: Moment, params: Thing, name: str) -> Thing:
    """Ask for features, or give them up."""
    account = moment.account.get(ACCOUNT, name)
    _switch(moment, account, params)
    moment.tell(f"{ACCOUNT}.features_status_updated", account)
    return features(moment, name)
