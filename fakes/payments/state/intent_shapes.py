"""What a payment intent looks like before anybody pays, and which ways to pay it takes."""

from fakes.payments.state import banks
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing


def types_of(params: Thing, currency: str | None) -> tuple[list[str], Thing | None]:
    """The types of payment method that the parameters ask for, and the setting that chooses them; cards if nobody does.

    `currency` is None for setups, which have none.
    """
    named = params.get("payment_method_types") or params.get("allowed_payment_method_types")
    automatic = params.get("automatic_payment_methods") or {}
    if named:
        if automatic.get("enabled"):
            raise invalid(
                "You may only specify one of these parameters: automatic_payment_methods, payment_method_types."
            )
        for one in named:
            _offered(one, currency)
        return list(named), None
    if automatic and not automatic["enabled"]:
        return ["card"], None
    return ["card"], {"allow_redirects": automatic.get("allow_redirects", "always"), "enabled": True}


IN_PERSON = {"card_present": "", "interac_present": "cad"}
"""Ways to pay at a reader, and the currencies of each; empty takes all."""


def _offered(kind: str, currency: str | None) -> None:
    if kind not in banks.TYPES and (kind not in IN_PERSON or (currency is None and IN_PERSON[kind])):
        raise invalid(
            f"The payment method type provided: {kind} is invalid. Please ensure the provided type is activated in "
            "your dashboard.",
            "payment_method_types",
            "payment_intent_invalid_parameter",
        )
    taken = (banks.WAYS[kind].currencies if kind in banks.WAYS else IN_PERSON.get(kind, "")).split()
    if currency and taken and currency not in taken:
        raise invalid(
            f"The currency provided ({currency}) is invalid for one or more of the configured payment method types. "
            f"{kind} takes {', '.join(taken)}.",
            "currency",
            "payment_intent_invalid_parameter",
        )


def fitting(intent: Thing, method: Thing | None) -> None:
    """Refuse a payment method of a type that the intent does not take."""
    if method is not None and method["type"] not in intent["payment_method_types"]:
        words = "PaymentIntent" if intent["object"] == "payment_intent" else "SetupIntent"
        raise unexpected(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this {words}. Please attach a "
            f"PaymentMethod with one of the following types: {', '.join(intent['payment_method_types'])}.",
            "payment_intent_incompatible_payment_method",
            param="payment_method",
        )


def options_of(types: list[str], given: Thing) -> Thing:
    """The `payment_method_options` that an intent shows for these types."""
    told: Thing = {}
    for kind in types:
        asked = {name: value for name, value in (given.get(kind) or {}).items() if value != ""}
        if kind == "card":
            plain = {"installments": None, "mandate_options": None, "network": None}
            secure = asked.get("request_three_d_secure", "automatic")
            kept = {name: asked[name] for name in _CARD if name in asked}
            told["card"] = {**plain, "request_three_d_secure": secure, **kept}
        elif kind in ("us_bank_account", "acss_debit"):
            told[kind] = {"verification_method": asked.get("verification_method", "automatic")}
        elif kind == "customer_balance":
            told[kind] = {"funding_type": asked.get("funding_type"), "setup_future_usage": "none"}
            if asked.get("bank_transfer"):
                how = asked["bank_transfer"]
                told[kind]["bank_transfer"] = {**how, "type": str(how["type"]).replace("_account", "_transfer")}
        elif kind == "card_present":
            told[kind] = {**dict.fromkeys(_CARD_PRESENT, False), **asked}
        else:
            told[kind] = {}
    return told


_CARD = (
    "capture_method",
    "setup_future_usage",
    "network",
    "request_incremental_authorization",
    "require_cvc_recollection",
)
_CARD_PRESENT = ("request_extended_authorization", "request_incremental_authorization_support")


def fresh(moment: Moment, amount: int, currency: str, types: list[str], automatic: Thing | None, capture: str) -> Thing:
    """A payment intent as it is before anybody pays; not kept or told yet."""
    name = moment.account.fresh("payment_intent")
    return {
        "id": name,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": capture,
        "client_secret": f"{name}_secret_{moment.account.letters(25)}",
        "confirmation_method": "automatic",
        "created": moment.now,
        "currency": currency,
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": options_of(types, {}),
        "payment_method_types": types,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
