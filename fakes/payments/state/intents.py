"""Payment intents: from being asked for to money taken, declined, authorised or given up.

How a payment method meets an intent is `paying`; what an intent looks like is `intent_shapes`.
"""

from fakes.payments.state import banks, confirmation, mandates, methods, paying, transfers
from fakes.payments.state.belonging import usable
from fakes.payments.state.capturing import cancel, capture, give_up, increment, wrong_state
from fakes.payments.state.customers import present
from fakes.payments.state.given import rewrite
from fakes.payments.state.intent_shapes import fitting, fresh, options_of, types_of
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import chargeable, currency_of
from fakes.payments.state.paying import OPEN, SETTLED, pay
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing
from fakes.payments.state.wholly import whole

__all__ = [
    "OPEN",
    "SETTLED",
    "cancel",
    "capture",
    "confirm",
    "create",
    "fresh",
    "give_up",
    "increment",
    "pay",
    "update",
]

PLAIN = (
    "application_fee_amount",
    "description",
    "on_behalf_of",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)
ONLY_CONFIRMING = (
    "confirmation_token",
    "off_session",
    "error_on_requires_action",
    "return_url",
    "mandate",
    "mandate_data",
)
"""Parameters of a creation that make sense only with `confirm`."""
LATE = frozenset({"metadata", "description", "receipt_email", "transfer_group"})
"""What may change after the payment."""


def create(moment: Moment, params: Thing) -> Thing:
    """A payment intent; with `confirm`, the payment itself."""
    currency = currency_of(params["currency"])
    amount = chargeable(params["amount"], currency)
    if params.get("customer"):
        present(moment, params["customer"])
    types, automatic = types_of(params, currency)
    if not params.get("confirm"):
        for name in ONLY_CONFIRMING:
            if params.get(name):
                raise invalid(
                    f"You cannot provide `{name}` when creating a PaymentIntent unless `confirm` is set to true.", name
                )
    _described(params)
    transfers.check(moment, params)
    params = confirmation.opened(moment, params)
    if params.get("confirm"):
        _comes_back(moment, automatic, params)
    method = _given(moment, params)
    usable(method, params.get("customer"))
    intent = fresh(moment, amount, currency, types, automatic, params.get("capture_method", "automatic_async"))
    fitting(intent, method)
    intent["customer"] = params.get("customer")
    intent["confirmation_method"] = params.get("confirmation_method", "automatic")
    _write(intent, params)
    moment.account.put(intent)
    _wants(moment, intent, params)
    moment.tell("payment_intent.created", intent)
    if method is not None:
        intent["payment_method"], intent["status"] = method["id"], "requires_confirmation"
    if params.get("confirm"):
        with whole(moment, intent):
            return confirm(moment, {name: params[name] for name in params if name not in _GIVEN}, intent["id"])
    return intent


_GIVEN = ("payment_method", "payment_method_data", "setup_future_usage", "payment_method_options", "capture_method")
"""What creation has carried out before it confirms."""


def _write(intent: Thing, params: Thing) -> None:
    rewrite(intent, params, *PLAIN)
    if "payment_method_options" in params:
        given = params["payment_method_options"] or {}
        intent["payment_method_options"] = options_of(intent["payment_method_types"], given)


def _wants(moment: Moment, intent: Thing, params: Thing) -> None:
    """Keep what the options want of a card's bank, though the intent shows it only in part."""
    wanted = ((params.get("payment_method_options") or {}).get("card") or {}).get("request_three_d_secure")
    if wanted in ("any", "challenge"):
        moment.account.side(Standing).secure_wanted.add(intent["id"])


def _described(params: Thing) -> None:
    """Statement descriptors have a length, an alphabet, and at least one letter."""
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        text = params.get(name)
        if not text:
            continue
        if len(text) > 22:
            raise invalid("The statement descriptor must be at most 22 characters.", name)
        if any(one in text for one in "<>'\"*") or not any(one.isalpha() for one in text):
            raise invalid(
                "The statement descriptor must contain at least one alphabetic character, and none of < > ' \" *.", name
            )


def _given(moment: Moment, params: Thing) -> Thing | None:
    """The payment method that the parameters name or describe."""
    if params.get("payment_method") and params.get("payment_method_data"):
        raise invalid("You may only specify one of these parameters: payment_method, payment_method_data.")
    if params.get("payment_method_data"):
        return methods.create(moment, params["payment_method_data"])
    return methods.resolve(moment, params["payment_method"]) if params.get("payment_method") else None


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change an intent that has not been paid; metadata and description may change later too."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] not in OPEN and set(params) - LATE:
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
    named = params.get("payment_method_types") or params.get("allowed_payment_method_types")
    types = types_of(params, currency)[0] if named else intent["payment_method_types"]
    _described(params)
    method = _given(moment, params)
    usable(method, customer)
    fitting({**intent, "payment_method_types": types}, method)
    if types != intent["payment_method_types"]:
        intent.update(payment_method_types=types, automatic_payment_methods=None)
        intent["payment_method_options"] = options_of(types, {})
    intent.update(amount=amount, currency=currency, customer=customer)
    _write(intent, params)
    _wants(moment, intent, params)
    if method is not None:
        intent.update(payment_method=method["id"], status="requires_confirmation", next_action=None)
    return intent


def _comes_back(moment: Moment, automatic: Thing | None, params: Thing) -> None:
    """Methods that may redirect need a place to come back to, if the merchant turned them on and confirms itself."""
    asked = params.get("automatic_payment_methods") or {}
    if moment.client or not asked.get("enabled") or params.get("return_url") or params.get("off_session"):
        return
    if (automatic or {}).get("allow_redirects") == "always":
        raise invalid(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
            "these payment methods might redirect your customer off of your page, you must provide a `return_url`. If "
            "you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to "
            "`true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
            "Payment Intents.",
            "return_url",
        )


def confirm(moment: Moment, params: Thing, name: str) -> Thing:
    """Pay with the payment method given here or before; a decline is raised after it was written down."""
    intent = moment.account.get("payment_intent", name)
    _confirmable(moment, intent)
    if not intent["payment_method"] or "confirm" not in params:
        params = confirmation.opened(moment, params)
    method = _given(moment, params) or moment.account.find("payment_method", intent["payment_method"])
    if method is None and "customer_balance" in intent["payment_method_types"]:
        method = methods.make(moment, "customer_balance")
    if method is None:
        raise unexpected(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    usable(methods.usable_again(moment, method), intent["customer"])
    fitting(intent, method)
    _needs(moment, method, params)
    confirmation.used(moment, params, intent)
    _write(intent, {field: params[field] for field in _ON_CONFIRM if field in params})
    _wants(moment, intent, params)
    _verified(moment, intent, method)
    if banks.how(method["type"]) == "debit" and method["id"] not in moment.account.side(Standing).mandates:
        mandates.make(moment, method, params, once=None if intent["setup_future_usage"] else intent)
    standing = moment.account.side(Standing)
    authenticated = intent["id"] in standing.authenticated
    standing.authenticated.discard(intent["id"])
    paid = pay(
        moment,
        intent,
        method,
        off_session=bool(params.get("off_session")),
        authenticated=authenticated,
        return_url=params.get("return_url"),
        sdk=bool(params.get("use_stripe_sdk")),
    )
    if paid["status"] == "requires_action" and params.get("error_on_requires_action"):
        raise paying.needs_its_owner(moment, intent, method)
    return paid


_ON_CONFIRM = ("receipt_email", "setup_future_usage", "shipping", "payment_method_options")


def _confirmable(moment: Moment, intent: Thing) -> None:
    if intent["status"] == "succeeded":
        raise unexpected(
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    if intent["status"] not in OPEN:
        raise wrong_state(intent, "confirm")
    if moment.client and intent["confirmation_method"] == "manual":
        raise unexpected(
            "This PaymentIntent's confirmation_method is set to manual: it can only be confirmed with a secret key.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )


def _needs(moment: Moment, method: Thing, params: Thing) -> None:
    """Bank debits need a mandate, redirects a place to come back to; the vendor's software on a device sees to both."""
    way = banks.how(method["type"])
    if moment.client or params.get("off_session"):
        return
    if way == "redirect" and not params.get("return_url"):
        raise invalid(
            "A `return_url` must be specified because this PaymentIntent is being confirmed with a payment method that "
            f"may redirect: {method['type']}.",
            "return_url",
            "parameter_missing",
        )
    if way == "debit" and not (params.get("mandate_data") or params.get("mandate") or method["customer"]):
        raise invalid(
            "This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance from "
            "the customer and retry the request, providing acceptance data in the `mandate_data` parameter.",
            "mandate_data",
            "payment_intent_mandate_invalid",
        )


def _verified(moment: Moment, intent: Thing, method: Thing) -> None:
    """Whether the owner of a bank account must prove that it is theirs is the merchant's choice, too."""
    options = intent["payment_method_options"].get(method["type"]) or {}
    verified = moment.account.side(Standing).verified
    if options.get("verification_method") in ("instant", "skip"):
        verified.add(method["id"])
    elif options.get("verification_method") == "microdeposits":
        verified.discard(method["id"])
