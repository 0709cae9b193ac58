"""Payment intents: from being asked for to money taken, declined, authorised or given up.

`pay` is the one place where a card meets an intent, whoever asks: the merchant's server, the person's own device
with the client secret (`wallet`), or the provider itself for an invoice.
"""

from collections.abc import Callable
from dataclasses import replace

from fakes.payments.state import charges, methods
from fakes.payments.state.cards import Card
from fakes.payments.state.customers import merge_metadata, present, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import chargeable, currency_of
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
SETTLED: list[Callable[[Moment, Thing], None]] = []
"""Who wants to hear of an intent that changed its status for good: invoices and sessions register here."""
PLAIN = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def create(moment: Moment, params: Thing) -> Thing:
    """A payment intent; with `confirm`, the payment itself."""
    currency = currency_of(params["currency"])
    amount = chargeable(params["amount"], currency)
    if params.get("customer"):
        present(moment, params["customer"])
    types, automatic = _types(params)
    if not params.get("confirm"):
        for name in ("off_session", "error_on_requires_action", "return_url", "mandate"):
            if params.get(name):
                raise invalid(
                    f"You cannot provide `{name}` when creating a PaymentIntent unless `confirm` is set to true.", name
                )
    method = _given(moment, params)
    _usable(method, params.get("customer"))
    intent = fresh(moment, amount, currency, types, automatic, params.get("capture_method", "automatic_async"))
    intent["customer"] = params.get("customer")
    intent["confirmation_method"] = params.get("confirmation_method", "automatic")
    for name in PLAIN:
        intent[name] = unset(params.get(name))
    merge_metadata(intent, params.get("metadata", {}))
    moment.account.put(intent)
    moment.tell("payment_intent.created", intent)
    if method is not None:
        intent["payment_method"], intent["status"] = method["id"], "requires_confirmation"
    if params.get("confirm"):
        return confirm(moment, params, intent["id"])
    return intent


def _types(params: Thing) -> tuple[list[str], Thing | None]:
    named = params.get("payment_method_types") or params.get("allowed_payment_method_types")
    automatic = params.get("automatic_payment_methods") or {}
    if named:
        if automatic.get("enabled"):
            raise invalid(
                "You may only specify one of these parameters: automatic_payment_methods, payment_method_types."
            )
        if "card" not in named:
            raise invalid(
                f"The payment method type provided: {named[0]} is invalid. Please ensure the provided type is "
                "activated in your dashboard.",
                "payment_method_types",
                "payment_intent_invalid_parameter",
            )
        return list(named), None
    if automatic and not automatic["enabled"]:
        return ["card"], None
    return ["card"], {"allow_redirects": automatic.get("allow_redirects", "always"), "enabled": True}


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
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
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


def _given(moment: Moment, params: Thing) -> Thing | None:
    """The payment method that the parameters name."""
    return methods.resolve(moment, params["payment_method"]) if params.get("payment_method") else None


def _usable(method: Thing | None, customer: str | None) -> None:
    if method is None or method["customer"] in (None, customer):
        return
    if customer is None:
        raise unexpected(
            f"The provided PaymentMethod ({method['id']}) belongs to a Customer. You cannot use it without specifying "
            "that Customer; please supply the `customer` parameter.",
            "payment_intent_invalid_parameter",
            param="payment_method",
        )
    raise unexpected(
        f"The provided PaymentMethod does not belong to the Customer you supplied ({customer}). Please use a "
        "PaymentMethod that belongs to this Customer.",
        "payment_intent_invalid_parameter",
        param="payment_method",
    )


def wrong_state(intent: Thing, verb: str, why: str = "") -> Problem:
    """The refusal of something that an intent's status does not allow."""
    return unexpected(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.{why}",
        "payment_intent_unexpected_state",
        payment_intent=intent,
    )


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change an intent that has not been paid; metadata and description may change later too."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] not in OPEN and set(params) - {"metadata", "description", "receipt_email", "transfer_group"}:
        raise wrong_state(
            intent,
            "update",
            " Only a PaymentIntent with one of the following statuses may be updated: requires_payment_method, "
            "requires_confirmation, requires_action.",
        )
    currency = currency_of(params.get("currency") or intent["currency"])
    amount = chargeable(params["amount"] if "amount" in params else intent["amount"], currency)
    customer = params.get("customer", intent["customer"])
    if params.get("customer"):
        present(moment, customer)
    method = _given(moment, params)
    _usable(method, customer)
    intent.update(amount=amount, currency=currency, customer=customer)
    for field in PLAIN:
        if field in params:
            intent[field] = unset(params[field])
    if "metadata" in params:
        merge_metadata(intent, params["metadata"])
    if method is not None:
        intent["payment_method"], intent["status"] = method["id"], "requires_confirmation"
    return intent


def confirm(moment: Moment, params: Thing, name: str) -> Thing:
    """Pay with the payment method given here or before; a decline is raised after it was written down."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] == "succeeded":
        raise unexpected(
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    if intent["status"] not in OPEN:
        raise wrong_state(intent, "confirm")
    method = _given(moment, params) or moment.account.find("payment_method", intent["payment_method"])
    if method is None:
        raise unexpected(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    _usable(method, intent["customer"])
    for field in ("receipt_email", "setup_future_usage", "shipping"):
        if field in params:
            intent[field] = unset(params[field])
    return pay(moment, intent, method, off_session=bool(params.get("off_session")), return_url=params.get("return_url"))


def pay(
    moment: Moment,
    intent: Thing,
    method: Thing,
    *,
    off_session: bool = False,
    authenticated: bool = False,
    return_url: str | None = None,
    card: Card | None = None,
) -> Thing:
    """Let a card meet an intent; raises the card error once the decline has been written down and told."""
    card = card or methods.card_of(moment, method)
    intent["payment_method"], intent["last_payment_error"] = method["id"], None
    asks = card.authenticate == "always" or (card.authenticate == "off_session" and off_session)
    if asks and off_session:
        raise _fail(moment, intent, method, _away(card))
    if asks and not authenticated:
        intent["status"], intent["next_action"] = "requires_action", _next_action(moment, intent, return_url)
        moment.tell("payment_intent.requires_action", intent)
        return intent
    if card.code is not None:
        raise _fail(moment, intent, method, card)
    _take(moment, intent, method)
    return intent


def _away(card: Card) -> Card:
    """What a card that asks for its owner says when the owner is away."""
    message = "Your card was declined. This transaction requires authentication."
    return replace(card, code="authentication_required", decline="authentication_required", message=message)


def _take(moment: Moment, intent: Thing, method: Thing) -> None:
    card = methods.card_of(moment, method)
    customer = moment.account.find("customer", intent["customer"])
    if intent["setup_future_usage"] and customer is not None:
        methods.attach_to(moment, method, customer)
    charge = charges.attempt(moment, intent, method, card, pays=True)
    intent["next_action"] = None
    if intent["capture_method"] == "manual":
        intent["status"], intent["amount_capturable"] = "requires_capture", intent["amount"]
        moment.tell("payment_intent.amount_capturable_updated", intent)
        return
    intent["status"], intent["amount_received"] = "succeeded", intent["amount"]
    moment.tell("payment_intent.succeeded", intent)
    _settled(moment, intent)
    charges.book(moment, charge)


def _settled(moment: Moment, intent: Thing) -> None:
    for hear in SETTLED:
        hear(moment, intent)


def _fail(moment: Moment, intent: Thing, method: Thing, card: Card) -> Problem:
    problem = methods.declined(card, method)
    charge = charges.attempt(moment, intent, method, card, pays=False)
    shown = {
        "charge": charge["id"],
        "code": problem.code,
        "decline_code": problem.more.get("decline_code"),
        "advice_code": problem.more.get("advice_code"),
        "doc_url": f"https://docs.stripe.com/error-codes/{str(problem.code).replace('_', '-')}",
        "message": problem.message,
        "param": problem.param,
        "payment_method": method,
        "type": "card_error",
    }
    intent["last_payment_error"] = {name: value for name, value in shown.items() if value is not None}
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    moment.tell("payment_intent.payment_failed", intent)
    _settled(moment, intent)
    problem.more.update(charge=charge["id"], payment_intent=intent)
    return problem


def _next_action(moment: Moment, intent: Thing, return_url: str | None) -> Thing:
    where = f"https://hooks.stripe.com/3d_secure_2/hosted?merchant={moment.account.letters(12)}&intent={intent['id']}"
    if return_url and not moment.client:
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": where}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": where}}


def capture(moment: Moment, params: Thing, name: str) -> Thing:
    """Take the money that was authorised, or part of it; the rest is let go."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] != "requires_capture":
        raise unexpected(
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}. Only a "
            "PaymentIntent with one of the following statuses may be captured: requires_capture.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    amount = params["amount_to_capture"] if "amount_to_capture" in params else intent["amount"]
    if amount < 1:
        raise invalid("Invalid positive integer", "amount_to_capture", "parameter_invalid_integer")
    if amount > intent["amount_capturable"]:
        raise invalid(
            f"The requested capture amount is greater than the authorized amount ({intent['amount_capturable']}).",
            "amount_to_capture",
            "amount_too_large",
        )
    charge = moment.account.get("charge", intent["latest_charge"])
    if "metadata" in params:
        merge_metadata(intent, params["metadata"])
    with moment.changing(charge, "charge.captured"):
        charge.update(captured=True, amount_captured=amount)
    moment.effect("payments.charge", "update", charge, {**charges.values(charge), "amount_captured": amount})
    intent.update(status="succeeded", amount_capturable=0, amount_received=amount)
    moment.tell("payment_intent.succeeded", intent)
    _settled(moment, intent)
    charges.book(moment, charge)
    return intent


def cancel(moment: Moment, params: Thing, name: str) -> Thing:
    """Give an unpaid intent up for good."""
    intent = moment.account.get("payment_intent", name)
    if name in moment.account.links.invoice_of_intent:
        raise unexpected(
            "You cannot cancel this PaymentIntent because it belongs to an invoice. Void the invoice instead.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    return give_up(moment, intent, params.get("cancellation_reason"))


def give_up(moment: Moment, intent: Thing, reason: str | None) -> Thing:
    """Cancel an intent, whoever decides it."""
    if intent["status"] not in (*OPEN, "requires_capture", "processing"):
        raise wrong_state(
            intent,
            "cancel",
            " Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, "
            "requires_capture, requires_confirmation, requires_action, processing.",
        )
    if intent["status"] == "requires_capture":
        charge = moment.account.get("charge", intent["latest_charge"])
        with moment.changing(charge, "charge.refunded"):
            charge.update(amount_refunded=charge["amount"], refunded=True)
    intent.update(
        status="canceled", canceled_at=moment.now, cancellation_reason=reason, amount_capturable=0, next_action=None
    )
    moment.tell("payment_intent.canceled", intent)
    return intent
