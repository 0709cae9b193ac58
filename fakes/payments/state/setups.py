"""Setup intents: a way to pay made ready for later, without taking money now.

The customer's bank may be asked first, as for a payment. What succeeds is attached to its customer, and is known as
set up: its owner need not be there when it is charged.
"""

from collections.abc import Callable
from dataclasses import replace

from fakes.payments.state import asking, confirmation, mandates, methods, presented, setup_attempts
from fakes.payments.state.belonging import usable
from fakes.payments.state.customers import present
from fakes.payments.state.given import merge_metadata, rewrite
from fakes.payments.state.instrument import Card
from fakes.payments.state.intent_shapes import fitting, types_of
from fakes.payments.state.moment import Moment
from fakes.payments.state.paying import ANSWERED
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing
from fakes.payments.state.wholly import whole

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
ONLY_CONFIRMING = ("confirmation_token", "return_url", "mandate_data", "single_use")
SUCCEEDED: list[Callable[[Moment, Thing], None]] = []
"""Who wants to hear of a setup intent that succeeded: subscriptions register here."""


def create(moment: Moment, params: Thing) -> Thing:
    """A setup intent; with `confirm`, the set-up itself."""
    if params.get("customer"):
        present(moment, params["customer"])
    types, automatic = types_of(params, None)
    if not params.get("confirm"):
        for name in ONLY_CONFIRMING:
            if params.get(name):
                raise invalid(
                    f"You cannot provide `{name}` when creating a SetupIntent unless `confirm` is set to true.", name
                )
    method = _given(moment, params)
    usable(method, params.get("customer"), "setup_intent")
    setup = _fresh(moment, params, types, automatic)
    fitting(setup, method)
    merge_metadata(setup, params.get("metadata", {}))
    moment.account.put(setup)
    moment.tell("setup_intent.created", setup)
    if method is not None:
        setup.update(payment_method=method["id"], status="requires_confirmation")
    if params.get("confirm"):
        kept = {name: value for name, value in params.items() if name not in ("payment_method", "payment_method_data")}
        with whole(moment, setup):
            return confirm(moment, kept, setup["id"])
    return setup


def _given(moment: Moment, params: Thing) -> Thing | None:
    if params.get("payment_method_data"):
        return methods.create(moment, params["payment_method_data"])
    return methods.resolve(moment, params["payment_method"]) if params.get("payment_method") else None


def _fresh(moment: Moment, params: Thing, types: list[str], automatic: Thing | None) -> Thing:
    name = moment.account.fresh("setup_intent")
    card = (params.get("payment_method_options") or {}).get("card") or {}
    secure = {"mandate_options": None, "network": None}
    secure["request_three_d_secure"] = card.get("request_three_d_secure", "automatic")
    return {
        "id": name,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": automatic,
        "cancellation_reason": None,
        "client_secret": f"{name}_secret_{moment.account.letters(25)}",
        "created": moment.now,
        "customer": params.get("customer"),
        "customer_account": None,
        "description": params.get("description"),
        "excluded_payment_method_types": None,
        "flow_directions": params.get("flow_directions"),
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": params.get("on_behalf_of"),
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": secure} if "card" in types else {},
        "payment_method_types": types,
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": params.get("usage", "off_session"),
    }


def wrong_state(setup: Thing, verb: str) -> Problem:
    """The refusal of something that a setup intent's status does not allow."""
    return unexpected(
        f"You cannot {verb} this SetupIntent because it has a status of {setup['status']}.",
        "setup_intent_unexpected_state",
        setup_intent=setup,
    )


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a setup intent that is not done yet; metadata and description may change later too."""
    setup = moment.account.get("setup_intent", name)
    if setup["status"] not in OPEN and set(params) - {"metadata", "description"}:
        raise wrong_state(setup, "update")
    customer = params.get("customer", setup["customer"])
    if params.get("customer"):
        present(moment, customer)
    types = types_of(params, None)[0] if params.get("payment_method_types") else setup["payment_method_types"]
    method = _given(moment, params)
    usable(method, customer, "setup_intent")
    fitting({**setup, "payment_method_types": types}, method)
    setup.update(customer=customer, payment_method_types=types)
    rewrite(setup, params, "description", "flow_directions")
    if method is not None:
        setup.update(payment_method=method["id"], status="requires_confirmation", next_action=None)
    return setup


def confirm(moment: Moment, params: Thing, name: str) -> Thing:
    """Set the payment method up that is given here or was given before; a decline is raised once it is written down."""
    setup = moment.account.get("setup_intent", name)
    if setup["status"] not in OPEN:
        raise wrong_state(setup, "confirm")
    params = confirmation.opened(moment, params)
    method = _given(moment, params) or moment.account.find("payment_method", setup["payment_method"])
    if method is None:
        raise unexpected(
            "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a "
            "payment method and then confirm it again.",
            "setup_intent_unexpected_state",
            setup_intent=setup,
        )
    usable(method, setup["customer"], "setup_intent")
    fitting(setup, method)
    confirmation.used(moment, params, setup)
    return set_up(moment, setup, method, return_url=params.get("return_url"), params=params)


def set_up(
    moment: Moment,
    setup: Thing,
    method: Thing,
    *,
    authenticated: bool = False,
    return_url: str | None = None,
    params: Thing | None = None,
) -> Thing:
    """Let a method be set up; raises the card error once the decline has been written down and told."""
    card = methods.card_of(moment, method)
    standing = moment.account.side(Standing)
    setup.update(payment_method=method["id"], last_setup_error=None)
    if return_url:
        standing.return_urls[setup["id"]] = return_url
    if card.kind == "card":
        wanted = (setup["payment_method_options"].get("card") or {}).get("request_three_d_secure") != "automatic"
        asks = card.asks(away=False, known=False, wanted=wanted)
        action = (
            asking.challenge(moment, setup, sdk=moment.client or bool((params or {}).get("use_stripe_sdk")))
            if asks
            else None
        )
    else:
        action = asking.action(moment, setup, method)
    if action is not None and not authenticated:
        setup_attempts.make(moment, setup, method, "requires_action")
        setup.update(status="requires_action", next_action=action)
        moment.tell("setup_intent.requires_action", setup)
        return setup
    if card.code is not None and not card.attaches:
        raise _failed(moment, setup, method, _said_no(card) if card.kind == "card_present" else card)
    return _succeed(moment, setup, method, params or {})


def _succeed(moment: Moment, setup: Thing, method: Thing, params: Thing) -> Thing:
    customer = moment.account.find("customer", setup["customer"])
    attempt = setup_attempts.make(moment, setup, method, "succeeded")
    kept = method
    if method["type"] == "card_present":
        kept = presented.generate(moment, method, setup_attempt=attempt["id"])
        attempt["payment_method_details"]["card_present"].update(generated_card=kept["id"], offline=None)
    if customer is not None:
        methods.attach_to(moment, kept, customer)
    standing = moment.account.side(Standing)
    standing.set_up.add(kept["id"])
    standing.verified.add(kept["id"])
    if method["type"] in mandates.TAKES and (method["type"] != "card" or params.get("mandate_data")):
        setup["mandate"] = mandates.make(moment, method, params)["id"]
    setup.update(status="succeeded", next_action=None)
    moment.tell("setup_intent.succeeded", setup)
    for hear in SUCCEEDED:
        hear(moment, setup)
    return setup


def _failed(moment: Moment, setup: Thing, method: Thing, card: Card) -> Problem:
    problem = methods.declined(card, method)
    shown = problem.shown()
    setup_attempts.make(moment, setup, method, "failed", shown)
    setup.update(status="requires_payment_method", payment_method=None, next_action=None, last_setup_error=shown)
    moment.tell("setup_intent.setup_failed", setup)
    problem.more.update(setup_intent=setup)
    return problem


def _said_no(card: Card) -> Card:
    message = (
        "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    )
    return replace(card, code="setup_intent_authentication_failure", decline=None, message=message)


def answered(moment: Moment, setup: Thing, *, yes: bool) -> Problem | None:
    """The customer answered their bank; what came of it is written down, and a decline answered."""
    if setup["status"] != "requires_action":
        raise wrong_state(setup, "answer for")
    method = moment.account.get("payment_method", setup["payment_method"])
    if not yes:
        return _failed(moment, setup, method, _said_no(methods.card_of(moment, method)))
    try:
        set_up(moment, setup, method, authenticated=True)
    except Problem as problem:
        return problem
    for hear in ANSWERED:
        hear(moment, setup)
    return None


def cancel(moment: Moment, params: Thing, name: str) -> Thing:
    """Give a setup intent up for good."""
    setup = moment.account.get("setup_intent", name)
    if setup["status"] not in OPEN:
        raise wrong_state(setup, "cancel")
    setup.update(status="canceled", cancellation_reason=params.get("cancellation_reason"), next_action=None)
    moment.tell("setup_intent.canceled", setup)
    return setup
