"""Whose a payment method is: a customer's method is used for that customer, and for nobody else."""

from fakes.payments.state.problem import unexpected
from fakes.payments.state.store import Thing


def usable(method: Thing | None, customer: str | None, what: str = "payment_intent") -> None:
    """Refuse a method that belongs to somebody else than the `customer` of an intent."""
    if method is None or method["customer"] in (None, customer):
        return
    if customer is None:
        raise unexpected(
            f"The provided PaymentMethod ({method['id']}) belongs to a Customer. You cannot use it without specifying "
            "that Customer; please supply the `customer` parameter.",
            f"{what}_invalid_parameter",
            param="payment_method",
        )
    raise unexpected(
        f"The provided PaymentMethod does not belong to the Customer you supplied ({customer}). Please use a "
        "PaymentMethod that belongs to this Customer.",
        f"{what}_invalid_parameter",
        param="payment_method",
    )
