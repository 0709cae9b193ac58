"""Customers: who pays. Deleting one ends their subscriptions and leaves a tombstone."""

from typing import Any

from fakes.payments.state import automatic_tax
from fakes.payments.state.given import rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing
from fakes.payments.state.wholly import whole

PLAIN = ("description", "email", "name", "phone", "address", "shipping", "preferred_locales", "tax_exempt")


def _check(customer: Thing, params: Thing) -> None:
    email = params.get("email")
    if email and (email.count("@") != 1 or email.startswith("@") or email.endswith("@") or " " in email):
        raise invalid(f"Invalid email address: {email}", "email", "email_invalid")
    if "tax" in params:
        automatic_tax.validate(customer, params)


def create(moment: Moment, params: Thing) -> Thing:
    """A new customer, whoever else has the same address."""
    from fakes.payments.state import clocks, customer_parts, discounts, methods

    _check({}, params)
    customer: Thing = {
        "id": moment.account.fresh("customer"),
        "object": "customer",
        "address": None,
        "balance": params.get("balance", 0),
        "created": moment.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": (params.get("invoice_prefix") or moment.account.letters(8)).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": clocks.joined(moment, params.get("test_clock")),
    }
    method = methods.attachable(moment, params["payment_method"], customer) if params.get("payment_method") else None
    wish = (params.get("invoice_settings") or {}).get("default_payment_method")
    own = method is not None and wish in (params["payment_method"], method["id"])
    # It is attached further down, and is the customer's own by then.
    _write(moment, customer, {**params, "invoice_settings": {}} if own else params)
    if method is not None and own:
        customer["invoice_settings"]["default_payment_method"] = method["id"]
    tested = customer_parts.check(moment, customer, params)
    moment.account.put(customer)
    moment.effect("payments.customer", "create", customer, _values(customer))
    moment.tell("customer.created", customer)
    customer_parts.keep(moment, customer, params, tested)
    if params.get("coupon"):
        with whole(moment, customer), moment.changing(customer, "customer.updated"):
            discounts.of_customer(moment, customer, params["coupon"])
    if method:
        methods.attach_to(moment, method, customer)
    return customer


def _write(moment: Moment, customer: Thing, params: Thing) -> None:
    from fakes.payments.state import customer_parts

    customer_parts.write(customer, params)
    rewrite(customer, params, *PLAIN)
    settings = params.get("invoice_settings") or {}
    if settings.get("default_payment_method"):
        customer["invoice_settings"]["default_payment_method"] = _own(moment, customer, settings)
    elif "default_payment_method" in settings:
        customer["invoice_settings"]["default_payment_method"] = None


def _own(moment: Moment, customer: Thing, settings: Thing) -> str:
    """The wished default method, which must be the customer's."""
    method = moment.account.get("payment_method", settings["default_payment_method"])
    if method["customer"] != customer["id"]:
        raise invalid(
            "The customer does not have a payment method with the ID "
            f"{method['id']}. The payment method must be attached to the customer.",
            "invoice_settings[default_payment_method]",
            "resource_missing",
        )
    return str(method["id"])


def _values(customer: Thing) -> Thing:
    return {"email": customer["email"], "name": customer["name"]}


def present(moment: Moment, name: Any, param: str = "customer") -> Thing:
    """The customer a parameter names; a deleted one is missing."""
    customer = moment.account.get("customer", name, param)
    if customer.get("deleted"):
        raise invalid(f"No such customer: '{name}'", param, "resource_missing")
    return customer


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what is given; an empty text unsets."""
    from fakes.payments.state import customer_parts, discounts

    customer = present(moment, name, "id")
    _check(customer, params)
    tested = customer_parts.check(moment, customer, params)
    settings = params.get("invoice_settings") or {}
    if settings.get("default_payment_method"):
        _own(moment, customer, settings)
    if params.get("coupon"):
        moment.account.get("coupon", params["coupon"], "coupon")
    customer_parts.owe(moment, customer, params)
    customer_parts.keep(moment, customer, params, tested)
    with moment.changing(customer, "customer.updated"):
        _write(moment, customer, params)
        if "coupon" in params:
            discounts.of_customer(moment, customer, unset(params["coupon"]))
    moment.effect("payments.customer", "update", customer, _values(customer))
    return customer


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Delete for good: subscriptions end, payment methods are let go, the id stays known as deleted."""
    from fakes.payments.state import subscriptions

    customer = present(moment, name, "id")
    for subscription in moment.account.where("subscription", customer=name):
        if subscription["status"] not in subscriptions.ENDED:
            subscriptions.end(moment, subscription)
    for method in moment.account.where("payment_method", customer=name):
        method["customer"] = None
    moment.tell("customer.deleted", customer)
    moment.effect("payments.customer", "delete", customer, _values(customer))
    return moment.account.put({"id": name, "object": "customer", "deleted": True})
