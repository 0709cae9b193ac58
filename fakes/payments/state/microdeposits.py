"""Microdeposits: the owner of a bank account proves that it is theirs by the two amounts, or the code, that it got.

The amounts and codes are the documented test values; everything else is a wrong guess.
"""

from fakes.payments.state import paying, setups
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing

TRIES = 10
_RIGHT = ([32, 45], "SM11AA")
_TOO_OFTEN = ([10, 11], "SM33CC")
_TOO_LATE = ([40, 41], "SM44DD")


def verify(moment: Moment, params: Thing, name: str) -> Thing:
    """Prove it for a payment or a set-up, which then goes on."""
    intent = moment.account.get("payment_intent" if name.startswith("pi_") else "setup_intent", name)
    kind, action = intent["object"], intent["next_action"] or {}
    if action.get("type") != "verify_with_microdeposits":
        raise unexpected(
            f"This intent does not wait for microdeposits: it has a status of {intent['status']}.",
            f"{kind}_unexpected_state",
            **{kind: intent},
        )
    said = sorted(params["amounts"]) if params.get("amounts") else params.get("descriptor_code")
    if not said:
        raise invalid(
            "You must provide one of the following parameters: amounts or descriptor_code.", code="parameter_missing"
        )
    _judge(moment, intent, said)
    moment.account.side(Standing).verified.add(intent["payment_method"])
    method = moment.account.get("payment_method", intent["payment_method"])
    if kind == "payment_intent":
        return paying.pay(moment, intent, method)
    return setups.set_up(moment, intent, method, authenticated=True)


def _judge(moment: Moment, intent: Thing, said: object) -> None:
    if said in _RIGHT:
        return
    tries = moment.account.side(Standing).tries
    tries[intent["id"]] = tries.get(intent["id"], 0) + 1
    more = {intent["object"]: intent}
    if said in _TOO_LATE:
        raise _said("The verification of this bank account has timed out.", "timeout", more)
    if said in _TOO_OFTEN or tries[intent["id"]] >= TRIES:
        raise _said("You have exceeded the number of allowed verification attempts.", "attempts_exceeded", more)
    raise _said(
        "The amounts provided do not match the amounts that were sent to the bank account.", "amounts_mismatch", more
    )


def _said(message: str, why: str, more: Thing) -> Problem:
    return Problem(message, code=f"payment_method_microdeposit_verification_{why}", **more)
