"""Coupons, and the promotion codes by which customers redeem them."""

from fakes.payments.state import billing, discounts
from fakes.payments.state.customers import present
from fakes.payments.state.given import fits, merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing

CODE_LETTERS = 8


def create(moment: Moment, params: Thing) -> Thing:
    """A coupon, under its own id if one is given: a percentage or an amount off, for a while."""
    account = moment.account
    name = params.get("id") or account.letters(CODE_LETTERS)
    if account.find("coupon", name):
        raise unexpected("Coupon already exists.", "resource_already_exists", param="id")
    percent, amount = params.get("percent_off"), params.get("amount_off")
    if (percent is None) == (amount is None):
        raise invalid("You must pass either `percent_off` or `amount_off`, and not both.", "percent_off")
    if percent is not None and not 0 < percent <= 100:
        raise invalid("Invalid percent_off: it must be greater than 0 and at most 100.", "percent_off")
    if amount is not None and (amount < 1 or not params.get("currency")):
        param = "amount_off" if amount < 1 else "currency"
        raise invalid("A coupon of an amount must have a positive `amount_off` and a `currency`.", param)
    duration = params.get("duration", "once")
    if (duration == "repeating") != (params.get("duration_in_months") is not None):
        raise invalid(
            "You must pass `duration_in_months` when passing `duration=repeating`, and only then.",
            "duration_in_months",
        )
    if params.get("redeem_by") is not None and params["redeem_by"] <= moment.now:
        raise invalid("`redeem_by` must be in the future.", "redeem_by")
    coupon: Thing = {
        "id": name,
        "object": "coupon",
        "amount_off": amount,
        "created": moment.now,
        "currency": currency_of(params["currency"]) if amount is not None else None,
        "duration": duration,
        "duration_in_months": params.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": {},
        "name": unset(params.get("name")),
        "percent_off": percent,
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    merge_metadata(coupon, params.get("metadata", {}))
    kept = billing.of(account)
    if (params.get("applies_to") or {}).get("products"):
        kept.coupon_products[name] = [
            account.get("product", one, "applies_to[products]")["id"] for one in params["applies_to"]["products"]
        ]
    kept.currency_options[name] = _options(params)
    kept.coupons[name] = account.put(coupon)
    moment.tell("coupon.created", coupon)
    return coupon


def _options(params: Thing) -> Thing:
    given = params.get("currency_options") or {}
    return {name: {"amount_off": int(one["amount_off"])} for name, one in given.items() if "amount_off" in one}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a coupon's name and metadata: never what it takes off."""
    coupon = moment.account.get("coupon", name)
    with moment.changing(coupon, "coupon.updated"):
        rewrite(coupon, params, "name")
    billing.of(moment.account).currency_options[name].update(_options(params))
    return coupon


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Delete a coupon; who has redeemed it keeps the discount."""
    coupon = moment.account.get("coupon", name)
    del moment.account.tables["coupon"][name]
    coupon["valid"] = False
    moment.tell("coupon.deleted", coupon)
    return {"id": name, "object": "coupon", "deleted": True}


def create_code(moment: Moment, params: Thing) -> Thing:
    """A promotion code for a coupon; no two active ones that the same customer could use are alike."""
    account, kept = moment.account, billing.of(moment.account)
    name = (params.get("promotion") or {}).get("coupon") or params.get("coupon")
    if not name:
        raise invalid("Missing required param: promotion[coupon].", "promotion[coupon]", "parameter_missing")
    coupon = account.get("coupon", name, "promotion[coupon]")
    discounts.redeemable(moment, coupon, "promotion[coupon]")
    if params.get("customer"):
        present(moment, params["customer"])
    text = params.get("code") or account.letters(CODE_LETTERS).upper()
    if not text.replace("-", "").isalnum():
        raise invalid("Promotion codes may consist of letters, digits and dashes only.", "code")
    holder = account.find("promotion_code", kept.code_holders.get(text.lower()))
    if holder is not None and holder["active"]:
        raise invalid("An active promotion code with `code: " + text + "` already exists.", "code")
    restrictions = params.get("restrictions") or {}
    code: Thing = {
        "id": account.fresh("promotion_code"),
        "object": "promotion_code",
        "active": params.get("active", True),
        "code": text,
        "created": moment.now,
        "customer": params.get("customer"),
        "customer_account": None,
        "expires_at": params.get("expires_at"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": {},
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": {
            "first_time_transaction": restrictions.get("first_time_transaction", False),
            "minimum_amount": restrictions.get("minimum_amount"),
            "minimum_amount_currency": restrictions.get("minimum_amount_currency"),
        },
        "times_redeemed": 0,
    }
    merge_metadata(code, params.get("metadata", {}))
    account.put(code)
    if code["active"]:
        kept.code_holders[text.lower()] = code["id"]
    moment.tell("promotion_code.created", code)
    return code


def update_code(moment: Moment, params: Thing, name: str) -> Thing:
    """Take a code out of use, or back into it while its coupon is good."""
    account = moment.account
    code = account.get("promotion_code", name)
    if params.get("active"):
        coupon = billing.of(account).coupons[code["promotion"]["coupon"]]
        discounts.redeemable(moment, coupon, "active")
    with moment.changing(code, "promotion_code.updated"):
        rewrite(code, params, "active")
    if code["active"]:
        billing.of(account).code_holders[code["code"].lower()] = name
    return code


def code_wanted(_moment: Moment, code: Thing, params: Thing) -> bool:
    """The filters of the list of promotion codes."""
    if "coupon" in params and code["promotion"]["coupon"] != params["coupon"]:
        return False
    if "code" in params and code["code"].lower() != params["code"].lower():
        return False
    return fits(code, params, "active", "customer")
