"""Small things that a merchant keeps at the vendor: secrets of apps, links to files, which methods are shown."""

from dataclasses import dataclass, field
from typing import Any

from fakes.payments.state import due
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.acting import fresh, keep
from fakes.payments.state.plain.kind import Kind
from fakes.payments.state.plain.shaping import shapes
from fakes.payments.state.problem import invalid, missing
from fakes.payments.state.store import Account, Thing

SECRET = Kind(name="apps.secret", path="apps/secrets", prefix="appsecret_1", offers=())
_EXPIRE = "expire_file_link"


@dataclass(slots=True)
class Payloads:
    """What the account's secrets say."""

    by_id: dict[str, str] = field(default_factory=dict)


def secret(moment: Moment, params: Thing) -> Thing:
    """Keep a secret under its name and scope, in place of the one that is there."""
    _scope(params)
    found = _found(moment.account, params) or keep(moment, SECRET, fresh(moment, SECRET, {**params, "payload": None}))
    found.pop("payload", None)
    found["expires_at"] = params.get("expires_at")
    moment.account.side(Payloads).by_id[found["id"]] = params["payload"]
    return found


def _scope(params: Thing) -> Thing:
    scope: Thing = params["scope"]
    if (scope["type"] == "user") != bool(scope.get("user")):
        raise invalid("A user is named by a scope of type `user`, and only by such a one.", "scope[user]")
    return {"type": scope["type"], **({"user": scope["user"]} if scope.get("user") else {})}


def _found(account: Account, params: Thing) -> Thing | None:
    scope = _scope(params)
    every = account.where(SECRET.name, name=params["name"])
    return next((one for one in every if one["scope"] == scope), None)


def find_secret(moment: Moment, params: Thing) -> Thing:
    """The secret of this name in this scope."""
    found = _found(moment.account, params)
    if found is None:
        raise missing("secret", params["name"], "name")
    return found


def drop_secret(moment: Moment, params: Thing) -> Thing:
    """Forget the secret of this name in this scope."""
    found = find_secret(moment, params)
    del moment.account.tables[SECRET.name][found["id"]]
    return {**found, "deleted": True}


def secrets(moment: Moment, params: Thing) -> list[Thing]:
    """The secrets of a scope, newest first."""
    scope = _scope(params)
    return [one for one in moment.account.newest(SECRET.name) if one["scope"] == scope]


def payload(account: Account, kept: Thing) -> str | None:
    """What a secret says."""
    return account.side(Payloads).by_id.get(kept["id"])


def _link(moment: Moment, link: Thing, params: Thing) -> None:
    """Links lead to the contents, which need a secret key here."""
    file = moment.account.get("file", link["file"])
    link["url"] = f"{file['url']}?link={link['id']}"
    if file["purpose"] in ("identity_document", "customer_signature"):
        raise invalid(f"No links are made to files with the purpose {file['purpose']}.", "file")
    file["links"]["data"].insert(0, link)
    _expiry(moment, link, params)


def _expiry(moment: Moment, link: Thing, params: Thing) -> None:
    if "expires_at" not in params:
        return
    due.drop(moment, _EXPIRE, link)
    at: Any = params["expires_at"]
    if at == "":
        link.update(expires_at=None, expired=False)
        return
    at = moment.now if at == "now" else at
    link.update(expires_at=at, expired=at <= moment.now)
    if not link["expired"]:
        due.plan(moment, at, _EXPIRE, link)


@due.work(_EXPIRE)
def _expire(moment: Moment, name: str) -> None:
    link = moment.account.find("file_link", name)
    if link is not None:
        link["expired"] = True


LINK = Kind(
    name="file_link",
    path="file_links",
    prefix="link_1",
    refers={"file": "file"},
    filters=("expired", "file"),
    also=_link,
    changed=_expiry,
)
ON = ("apple_pay", "card", "google_pay", "link")
"""What an account shows unless it is told otherwise."""


def _shown(_moment: Moment, kept: Thing, params: Thing) -> None:
    """Each method, as far as it is known: whether it is shown, and what the merchant prefers."""
    for mark, tree in shapes()[CONFIGURATION.name].items():
        name = mark.rstrip("?*")
        if not isinstance(tree, dict) or "available" not in tree:
            continue
        wanted = ((params.get(name) or {}).get("display_preference") or {}).get("preference")
        if wanted is None and name in kept:
            continue
        value = wanted if wanted in ("on", "off") else "on" if name in ON else "off"
        preference = {"overridable": None, "preference": wanted or "none", "value": value}
        kept[name] = {"available": value == "on", "display_preference": preference}


CONFIGURATION = Kind(
    name="payment_method_configuration",
    path="payment_method_configurations",
    prefix="pmc_1",
    born={"active": True, "is_default": False, "name": "Default", "application": None, "parent": None},
    filters=("active", "application"),
    also=_shown,
    changed=_shown,
)
KINDS = (SECRET, LINK, CONFIGURATION)
