"""What is sold, and for how much: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import catalogue, coupons, plans, subscription_shapes, tax_rates
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import missing
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params


def _plan(moment: Moment, _params: Params, at: Mapping[str, str]) -> Params:
    """A recurring price in its older shape."""
    price = moment.account.find("price", at["id"])
    if price is None or not price["recurring"]:
        raise missing("plan", at["id"])
    return subscription_shapes.plan(price)


def _plans(moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    """A page of the recurring prices in their older shape."""

    def keep(price: Params) -> bool:
        same = all(name not in params or price[name] == params[name] for name in ("active", "product"))
        return bool(price["recurring"]) and same

    where = {"product": params["product"]} if "product" in params else {}
    page = pages.page_of(moment.account.tables["price"], params, "/v1/plans", "plan", keep, where)
    return {**page, "data": [subscription_shapes.plan(price) for price in page["data"]]}


CATALOGUE: dict[str, Operation] = {
    "POST /v1/products": Operation("product", catalogue.create_product),
    "GET /v1/products": Operation("product", keep=catalogue.product_wanted),
    "GET /v1/products/{id}": Operation("product"),
    "POST /v1/products/{id}": Operation("product", catalogue.update_product),
    "DELETE /v1/products/{id}": Operation("product", catalogue.delete_product),
    "POST /v1/prices": Operation("price", catalogue.create_price),
    "GET /v1/prices": Operation("price", keep=catalogue.price_wanted, by=("product",)),
    "GET /v1/prices/{id}": Operation("price"),
    "POST /v1/prices/{id}": Operation("price", catalogue.update_price),
    "POST /v1/plans": Operation("plan", plans.create),
    "GET /v1/plans": Operation("plan", look=_plans),
    "GET /v1/plans/{id}": Operation("plan", look=_plan),
    "POST /v1/plans/{id}": Operation("plan", plans.update),
    "DELETE /v1/plans/{id}": Operation("plan", plans.delete),
    "POST /v1/coupons": Operation("coupon", coupons.create),
    "GET /v1/coupons": Operation("coupon"),
    "GET /v1/coupons/{id}": Operation("coupon"),
    "POST /v1/coupons/{id}": Operation("coupon", coupons.update),
    "DELETE /v1/coupons/{id}": Operation("coupon", coupons.delete),
    "POST /v1/promotion_codes": Operation("promotion_code", coupons.create_code),
    "GET /v1/promotion_codes": Operation("promotion_code", keep=coupons.code_wanted, by=("customer",)),
    "GET /v1/promotion_codes/{id}": Operation("promotion_code"),
    "POST /v1/promotion_codes/{id}": Operation("promotion_code", coupons.update_code),
    "POST /v1/tax_rates": Operation("tax_rate", tax_rates.create),
    "GET /v1/tax_rates": Operation("tax_rate", keep=tax_rates.wanted),
    "GET /v1/tax_rates/{id}": Operation("tax_rate"),
    "POST /v1/tax_rates/{id}": Operation("tax_rate", tax_rates.update),
}
