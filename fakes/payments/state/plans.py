"""Plans: the older way to make recurring prices. Each plan is a price too, under the same id."""

from fakes.payments.state import billing, catalogue, subscription_shapes
from fakes.payments.state.given import rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Account, Thing


def create(moment: Moment, params: Thing) -> Thing:
    """A plan, under its own id if one is given."""
    account = moment.account
    if params.get("id") and account.find("price", params["id"]):
        raise unexpected("Plan already exists.", "resource_already_exists", param="id")
    wanted: Thing = {name: params[name] for name in ("currency", "active", "nickname", "metadata") if name in params}
    for new, old in (("unit_amount", "amount"), ("unit_amount_decimal", "amount_decimal"), ("tiers", "tiers")):
        if old in params:
            wanted[new] = params[old]
    for name in ("billing_scheme", "tiers_mode"):
        if name in params:
            wanted[name] = params[name]
    if "transform_usage" in params:
        wanted["transform_quantity"] = params["transform_usage"]
    rhythm = ("interval", "interval_count", "usage_type", "meter", "trial_period_days")
    wanted["recurring"] = {name: params[name] for name in rhythm if name in params}
    product = params.get("product")
    if not product:
        raise invalid("Missing required param: product.", "product", "parameter_missing")
    told = len(moment.told)
    wanted["product_data" if isinstance(product, dict) else "product"] = product
    price = catalogue.create_price(moment, wanted)
    if params.get("id"):
        _rename(account, price, params["id"])
        moment.told[told:] = [one for one in moment.told[told:] if one.type != "price.created"]
        moment.tell("price.created", price)
    plan = subscription_shapes.plan(price)
    moment.tell("plan.created", plan)
    return plan


def _rename(account: Account, price: Thing, name: str) -> None:
    kept, old = billing.of(account), price["id"]
    del account.tables["price"][old]
    price["id"] = name
    account.put(price)
    kept.currency_options[name] = kept.currency_options.pop(old)
    if old in kept.tiers:
        kept.tiers[name] = kept.tiers.pop(old)


def _price(moment: Moment, name: str) -> Thing:
    price = moment.account.find("price", name)
    if price is None or not price["recurring"]:
        return moment.account.get("plan", name)
    return price


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what a plan may change: never its amount or rhythm."""
    price = _price(moment, name)
    before = subscription_shapes.plan(dict(price))
    rewrite(price, params, "active", "nickname", "product")
    if "trial_period_days" in params:
        price["recurring"]["trial_period_days"] = params["trial_period_days"]
    plan = subscription_shapes.plan(price)
    moment.tell("plan.updated", plan, was=before)
    return plan


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Delete a plan; subscriptions that have it keep it."""
    price = _price(moment, name)
    del moment.account.tables["price"][name]
    moment.tell("plan.deleted", subscription_shapes.plan(price))
    moment.tell("price.deleted", price)
    return {"id": name, "object": "plan", "deleted": True}
