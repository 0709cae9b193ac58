"""What the person's own device may do with the publishable key: some calls freely, others for the intent it holds.

An intent is held by its client secret. Everything else needs the secret key.
"""

from typing import Any

from fakes.calls import Call
from fakes.payments.state.problem import Problem
from fakes.payments.state.store import Account

HELD = {
    "GET /v1/payment_intents/{id}": "payment_intent",
    "POST /v1/payment_intents/{id}/confirm": "payment_intent",
    "POST /v1/payment_intents/{id}/verify_microdeposits": "payment_intent",
    "GET /v1/setup_intents/{id}": "setup_intent",
    "POST /v1/setup_intents/{id}/confirm": "setup_intent",
    "POST /v1/setup_intents/{id}/verify_microdeposits": "setup_intent",
    "GET /v1/sources/{id}": "source",
}
"""What a device does to an intent, and the kind of intent."""
FREE = frozenset({"POST /v1/payment_methods", "POST /v1/sources", "POST /v1/tokens"})
"""What a device does without holding anything."""
_WORDS = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent", "source": "source"}


def may(call: Call) -> bool:
    """Whether a device may make this call at all."""
    operation = call.route.operation if call.route else ""
    return operation in FREE or (operation in HELD and "client_secret" in call.params)


def check(account: Account, call: Call) -> None:
    """Refuse a secret that is not that of the object in the path."""
    kind = HELD.get(call.route.operation if call.route else "")
    if kind is None:
        return
    thing: dict[str, Any] = account.get(kind, call.at["id"])
    if call.params.get("client_secret") != thing["client_secret"]:
        raise Problem(
            f"The client_secret provided does not match any associated {_WORDS[kind]} on this account.",
            code=f"{kind}_unexpected_state",
            param="client_secret",
            executed=False,
        )
