"""What customers may use: features, the products that have them, and who is entitled by a subscription that is alive.

Looked at whenever something of a customer's subscriptions is told; a feature that is attached to a product later counts
from then on.
"""

from dataclasses import dataclass, field

from fakes.payments.state.given import fits
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.kind import Kind
from fakes.payments.state.problem import invalid, missing
from fakes.payments.state.store import Account, Thing

FEATURE, ATTACHED, ENTITLEMENT = "entitlements.feature", "product_feature", "entitlements.active_entitlement"
SUMMARY = "entitlements.active_entitlement_summary"
ALIVE = ("active", "trialing", "past_due")
"""The statuses of a subscription that entitle its customer."""
_TOLD = "customer.subscription."
_LISTED = 10
"""How many entitlements a summary names."""


@dataclass(slots=True)
class Entitled:
    """Which product has which features, and who has which entitlement."""

    of_product: dict[str, list[str]] = field(default_factory=dict)
    """Product -> the attachments of features to it."""
    of_customer: dict[str, dict[str, str]] = field(default_factory=dict)
    """Customer -> feature -> the entitlement."""


def _named(moment: Moment, feature: Thing, params: Thing) -> None:
    if moment.account.where(FEATURE, lookup_key=params["lookup_key"]):
        raise invalid(f"A feature with the lookup key `{params['lookup_key']}` already exists.", "lookup_key")
    feature["active"] = True


FEATURES = Kind(
    name=FEATURE,
    path="entitlements/features",
    prefix="feat_test_61",
    offers=("create", "retrieve", "update"),
    also=_named,
)


def wanted(_moment: Moment, feature: Thing, params: Thing) -> bool:
    """The filters of the list of features."""
    archived: bool = params.get("archived", not feature["active"])
    return archived != feature["active"] and fits(feature, params, "lookup_key")


def attach(moment: Moment, params: Thing, product: str) -> Thing:
    """Give a feature to a product."""
    moment.account.get("product", product)
    feature = moment.account.get(FEATURE, params["entitlement_feature"], "entitlement_feature")
    if not feature["active"]:
        raise invalid("An archived feature cannot be attached to a product.", "entitlement_feature")
    if any(one["entitlement_feature"]["id"] == feature["id"] for one in attached(moment.account, product)):
        raise invalid("This feature is attached to the product already.", "entitlement_feature")
    made: Thing = {"id": f"prodft_1{moment.account.letters(23)}", "object": ATTACHED, "livemode": False}
    made["entitlement_feature"] = feature
    moment.account.side(Entitled).of_product.setdefault(product, []).append(made["id"])
    return moment.account.put(made)


def attached(account: Account, product: str) -> list[Thing]:
    """The features of a product, newest first."""
    names = account.side(Entitled).of_product.get(product, [])
    return [account.tables[ATTACHED][name] for name in reversed(names)]


def of_product(account: Account, product: str, name: str) -> Thing:
    """One of them."""
    account.get("product", product)
    if name not in account.side(Entitled).of_product.get(product, ()):
        raise missing(ATTACHED, name)
    return account.get(ATTACHED, name)


def detach(moment: Moment, _params: Thing, product: str, name: str) -> Thing:
    """Take a feature from a product; who is entitled by it stays so until their subscription changes or renews."""
    of_product(moment.account, product, name)
    moment.account.side(Entitled).of_product[product].remove(name)
    del moment.account.tables[ATTACHED][name]
    return {"id": name, "object": ATTACHED, "deleted": True}


def active(account: Account, customer: str) -> list[Thing]:
    """What a customer is entitled to, newest first."""
    names = account.side(Entitled).of_customer.get(customer, {}).values()
    return [account.tables[ENTITLEMENT][name] for name in reversed(names)]


def follow(moment: Moment) -> None:
    """Look again at what those customers are entitled to of whose subscriptions something was told."""
    account = moment.account
    if FEATURE not in account.tables:
        return
    changed = [told.ids[0] for told in moment.told if told.type.startswith(_TOLD) and told.ids]
    found = (account.find("subscription", name) for name in changed)
    for customer in dict.fromkeys(one["customer"] for one in found if one is not None):
        _look_again(moment, customer)


def _look_again(moment: Moment, customer: str) -> None:
    account = moment.account
    before = account.side(Entitled).of_customer.get(customer, {})
    features = _due(account, customer)
    if before.keys() == features.keys():
        return
    was = _summary(account, customer)
    now = {name: before.get(name) or _entitle(account, feature) for name, feature in features.items()}
    for name in before.keys() - now.keys():
        del account.tables[ENTITLEMENT][before[name]]
    account.side(Entitled).of_customer[customer] = now
    moment.tell(f"{SUMMARY}.updated", _summary(account, customer), was=was)


def _due(account: Account, customer: str) -> dict[str, Thing]:
    """The features of all that the customer is subscribed to."""
    alive = [one for one in account.where("subscription", customer=customer) if one["status"] in ALIVE]
    products = [item["price"]["product"] for one in alive for item in one["items"]["data"]]
    every = [one["entitlement_feature"] for product in products for one in reversed(attached(account, product))]
    return {feature["id"]: feature for feature in every}


def _entitle(account: Account, feature: Thing) -> str:
    made: Thing = {"id": f"ent_test_61{account.letters(20)}", "object": ENTITLEMENT, "livemode": False}
    made.update(feature=feature["id"], lookup_key=feature["lookup_key"])
    return str(account.put(made)["id"])


def _summary(account: Account, customer: str) -> Thing:
    every = active(account, customer)
    url = f"/v1/customer/{customer}/entitlements"
    listed = {"object": "list", "data": every[:_LISTED], "has_more": len(every) > _LISTED, "url": url}
    return {"object": SUMMARY, "customer": customer, "entitlements": listed, "livemode": False}
