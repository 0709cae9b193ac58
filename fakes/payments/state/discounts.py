"""Discounts: coupons at work, on a customer, a subscription, one of its items, an invoice or an invoice item.

Made from a coupon or a promotion code, given to what they are for, taken away when their time is over. How much they
take off is worked out by `totals`.
"""

from collections.abc import Mapping

from fakes.payments.state import billing, periods
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, missing
from fakes.payments.state.store import Account, Thing

Owner = Mapping[str, str]
"""Whom a discount is for: `customer`, `subscription`, `subscription_item`, `invoice`, `invoice_item`."""


def make(
    moment: Moment, coupon: Thing, param: str, owner: Owner, code: Thing | None = None, *, counted: bool = True
) -> Thing:
    """A discount by this coupon for this owner, and one redemption more, unless it is not `counted`."""
    account, now = moment.account, moment.now
    redeemable(moment, coupon, param)
    end = None
    if coupon["duration"] == "repeating":
        end = periods.after(now, {"interval": "month", "interval_count": coupon["duration_in_months"]})
    discount: Thing = {
        "id": account.fresh("discount"),
        "object": "discount",
        "checkout_session": None,
        "customer": None,
        "customer_account": None,
        "end": end,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": code and code["id"],
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": now,
        "subscription": None,
        "subscription_item": None,
        **owner,
    }
    if not counted:
        return account.put(discount)
    coupon["times_redeemed"] += 1
    coupon["valid"] = redeemable_now(coupon, now)
    if code is not None:
        code["times_redeemed"] += 1
        if code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]:
            code["active"] = False
    return account.put(discount)


def redeemable_now(coupon: Thing, now: int) -> bool:
    """Whether a coupon can still be redeemed."""
    full = coupon["max_redemptions"] is not None and coupon["times_redeemed"] >= coupon["max_redemptions"]
    return not full and (coupon["redeem_by"] is None or coupon["redeem_by"] > now)


def redeemable(moment: Moment, coupon: Thing, param: str) -> None:
    """Refuse a coupon whose redemptions or time are used up."""
    coupon["valid"] = redeemable_now(coupon, moment.now)
    if not coupon["valid"]:
        raise invalid(f"Coupon expired: {coupon['id']}", param, "coupon_expired")


def usable(moment: Moment, name: str, param: str, customer: str | None, amount: int | None = None) -> Thing:
    """The promotion code of this id, if this customer may use it now."""
    account = moment.account
    code = account.get("promotion_code", name, param)
    restrictions = code["restrictions"]
    expired = code["expires_at"] is not None and code["expires_at"] <= moment.now
    if not code["active"] or expired:
        raise invalid("This promotion code is not active or has expired.", param, "promotion_code_expired")
    if code["customer"] not in (None, customer):
        raise invalid("This promotion code cannot be redeemed by this customer.", param)
    if restrictions["first_time_transaction"] and account.where("subscription", customer=str(customer)):
        raise invalid(
            "This promotion code cannot be redeemed because the associated customer has prior transactions.", param
        )
    least = restrictions["minimum_amount"]
    if least is not None and amount is not None and amount < least:
        raise invalid("This promotion code needs a higher order amount.", param)
    return code


def given(moment: Moment, wanted: list[Thing], param: str, owner: Owner, *, counted: bool = True) -> list[str]:
    """The discounts that a parameter asks for, by coupon, promotion code or discount; answers their ids."""
    account, names = moment.account, []
    for place, one in enumerate(wanted):
        at = f"{param}[{place}]"
        if one.get("discount"):
            names.append(account.get("discount", one["discount"], f"{at}[discount]")["id"])
        elif one.get("promotion_code"):
            code = usable(moment, one["promotion_code"], f"{at}[promotion_code]", owner.get("customer"))
            coupon = billing.of(account).coupons[code["promotion"]["coupon"]]
            names.append(make(moment, coupon, f"{at}[promotion_code]", owner, code, counted=counted)["id"])
        elif one.get("coupon"):
            coupon = account.get("coupon", one["coupon"], f"{at}[coupon]")
            names.append(make(moment, coupon, f"{at}[coupon]", owner, counted=counted)["id"])
        else:
            raise invalid("You must specify one of `coupon`, `discount` or `promotion_code`.", at)
    return names


def replace(moment: Moment, thing: Thing, wanted: list[Thing], owner: Owner, param: str = "discounts") -> None:
    """Let a subscription, or another holder of a list of discounts, have these and no others; each is told."""
    account, before = moment.account, list(thing["discounts"])
    thing["discounts"] = given(moment, wanted, param, owner)
    for name in before:
        if name not in thing["discounts"]:
            end(moment, name)
    for name in thing["discounts"]:
        if name not in before:
            moment.tell("customer.discount.created", account.get("discount", name))


def end(moment: Moment, name: str) -> None:
    """A discount is over; invoices that have it keep it."""
    discount = moment.account.find("discount", name)
    if discount is not None and discount["end"] is None:
        discount["end"] = moment.now
    if discount is not None:
        moment.tell("customer.discount.deleted", discount)


def of_customer(moment: Moment, customer: Thing, coupon: str | None) -> None:
    """Give a customer a discount by this coupon, or take away what they have (None)."""
    account, old = moment.account, customer.get("discount")
    if coupon is None:
        customer["discount"] = None
        if old is not None:
            end(moment, old["id"])
        return
    found = account.find("coupon", coupon)
    if found is None:
        raise missing("coupon", coupon, "coupon")
    customer["discount"] = make(moment, found, "coupon", {"customer": customer["id"]})
    if old is None:
        moment.tell("customer.discount.created", customer["discount"])
    else:
        moment.tell("customer.discount.updated", customer["discount"], was=old)


def remove_from_customer(moment: Moment, _params: Thing, name: str) -> Thing:
    """Take a customer's discount away."""
    customer = moment.account.get("customer", name, "customer")
    discount = customer.get("discount")
    if not discount:
        raise missing("discount", name)
    of_customer(moment, customer, None)
    return _deleted(discount)


def remove_from_subscription(moment: Moment, _params: Thing, name: str) -> Thing:
    """Take all of a subscription's discounts away."""
    subscription = moment.account.get("subscription", name)
    if not subscription["discounts"]:
        raise missing("discount", name)
    first = moment.account.get("discount", subscription["discounts"][0])
    with moment.changing(subscription, "customer.subscription.updated"):
        replace(moment, subscription, [], {})
    return _deleted(first)


def _deleted(discount: Thing) -> Thing:
    kept = ("checkout_session", "customer", "customer_account", "id", "invoice", "invoice_item", "object")
    more = ("promotion_code", "source", "start", "subscription", "subscription_item")
    return {**{name: discount[name] for name in (*kept, *more)}, "deleted": True}


def inherited(moment: Moment, customer: Thing, subscription: Thing | None) -> list[str]:
    """What comes off a new invoice: the subscription's discounts, or else the customer's; used ones are ended here."""
    account = moment.account
    if subscription is not None and subscription["discounts"]:
        live = [name for name in subscription["discounts"] if running(account, name, moment.now)]
        subscription["discounts"] = _still_good(moment, subscription["discounts"], live)
        return live
    discount = customer.get("discount")
    if not discount:
        return []
    live = [discount["id"]] if running(account, discount["id"], moment.now) else []
    if not _still_good(moment, [discount["id"]], live):
        customer["discount"] = None
    return live


def running(account: Account, name: str, now: int) -> bool:
    """Whether a discount still comes off."""
    discount = account.find("discount", name)
    return discount is not None and (discount["end"] is None or discount["end"] > now)


def _still_good(moment: Moment, names: list[str], live: list[str]) -> list[str]:
    """Those that are good for the next invoice too; the others are told to be over."""
    account, kept = moment.account, []
    for name in names:
        coupon = billing.of(account).coupons[account.get("discount", name)["source"]["coupon"]]
        if name in live and coupon["duration"] != "once":
            kept.append(name)
        else:
            end(moment, name)
    return kept
