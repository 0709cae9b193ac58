"""What a reader is made to do: it waits for a card, somebody presents one, and what comes of it ends the action.

Not how a card is paid with, set up or refunded: that is `intents`, `setups` and `refunds`, as for cards elsewhere.
Called by the steps of readers in `plain.terminal`; nothing happens here by itself, or later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fakes.payments.state import cards, intents, methods, presented, refunds, setups
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import chargeable
from fakes.payments.state.plain.kind import Also
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing

FRESH = ("requires_payment_method",)
REPLACED = "process_payment_intent"
TIPPED = ("process_payment_intent", "collect_payment_method")
WORDS = {"payment_intent": "Payment intent", "setup_intent": "Setup intent"}
GUIDE = (
    "https://stripe.com/docs/terminal/payments/collect-card-payment?terminal-sdk-platform=server-driven#handle-errors"
)


@dataclass(slots=True)
class Waiting:
    """What readers were told that their actions do not show."""

    redisplay: dict[str, str | None] = field(default_factory=dict)
    """Whether a saved card may be shown to its customer again, by reader."""


def idle(reader: Thing, verb: str = "") -> None:
    """Refuse a reader that waits for somebody; but a payment takes the place of one that no card was held to."""
    action = reader["action"] or {}
    if action.get("status") == "in_progress" and not verb == action["type"] == REPLACED:
        raise unexpected(
            "Reader is currently busy processing another request. Please reference the integration guide at "
            f"{GUIDE} for details on how to handle this error.",
            "terminal_reader_busy",
        )


def begins(verb: str, named: str, config: str, statuses: Sequence[str] = FRESH) -> Also:
    """The step by which a reader begins something with an intent; it waits for somebody with a card."""

    def begin(moment: Moment, reader: Thing, params: Thing) -> None:
        idle(reader, verb)
        intent = moment.account.get(named, params[named], named)
        _at_a_reader(intent, statuses)
        asked: Thing = {named: intent["id"]}
        if params.get(config):
            asked[config] = {name: value for name, value in params[config].items() if name != "allow_redisplay"}
        act(reader, verb, asked)
        shown = params.get("allow_redisplay") or (params.get(config) or {}).get("allow_redisplay")
        moment.account.side(Waiting).redisplay[reader["id"]] = shown

    return begin


def _at_a_reader(intent: Thing, statuses: Sequence[str]) -> None:
    word = WORDS[intent["object"]]
    if "card_present" not in intent["payment_method_types"]:
        raise invalid(
            f"{word} cannot be processed by a reader: its payment_method_types must include card_present.",
            intent["object"],
            f"{intent['object']}_invalid_parameter",
        )
    if intent["status"] not in statuses:
        raise unexpected(
            f"{word} must be in the {statuses[0]} state to be processed by a reader.",
            "intent_invalid_state",
            **{intent["object"]: intent},
        )


def act(reader: Thing, verb: str, asked: Thing) -> None:
    """Begin an action; it goes on until somebody ends it."""
    said = {"api_error": None, "failure_code": None, "failure_message": None, verb: asked}
    reader["action"] = {**said, "status": "in_progress", "type": verb}


def refund(moment: Moment, reader: Thing, params: Thing) -> None:
    """Begin to give money back to the card that paid, which has to be presented again."""
    idle(reader)
    charge = refunds.charge_for(moment, params)
    refunds.refundable(moment, charge)
    if charge["payment_method_details"].get("type") != "card_present":
        raise invalid(
            f"Charge {charge['id']} was not paid at a reader, so no reader can refund it.",
            "charge" if params.get("charge") else "payment_intent",
        )
    act(reader, "refund_payment", {name: value for name, value in params.items() if value != ""})


def confirm(moment: Moment, reader: Thing, params: Thing) -> None:
    """Pay an intent with the card that a reader collected for it; the answer says how it ended."""
    idle(reader)
    intent = moment.account.get("payment_intent", params["payment_intent"], "payment_intent")
    _at_a_reader(intent, ("requires_confirmation",))
    asked: Thing = {"payment_intent": intent["id"]}
    if params.get("confirm_config"):
        asked["confirm_config"] = params["confirm_config"]
    act(reader, "confirm_payment_intent", asked)
    end(moment, reader, lambda: _confirmed(moment, intent))


def _confirmed(moment: Moment, intent: Thing) -> Thing:
    intents.confirm(moment, {}, intent["id"])
    return {}


def present(moment: Moment, reader: Thing, params: Thing) -> None:
    """The test helper: somebody holds a card to the reader."""
    action = reader["action"] or {}
    if action.get("status") != "in_progress" or action["type"] not in PRESENTED:
        raise unexpected(
            "The reader does not wait for a card. Make it process or collect a payment first.", "intent_invalid_state"
        )
    if params.get("type", "card_present") != "card_present":
        raise invalid(f"No {params['type']} can be presented to this reader, only a card_present.", "type")
    verb, asked = action["type"], action[action["type"]]
    tip = _tip(moment, verb, asked, params)
    name = _card(params) or _usual(moment, verb, asked)
    if verb in TIPPED:
        name = _minding(name, _intent(moment, asked), tip)
    redisplay = moment.account.side(Waiting).redisplay.pop(reader["id"], None)
    method = presented.method(moment, name, reader, redisplay)
    end(moment, reader, lambda: PRESENTED[verb](moment, asked, method, tip))


def _intent(moment: Moment, asked: Thing) -> Thing:
    return moment.account.get("payment_intent", asked["payment_intent"], "payment_intent")


def _tip(moment: Moment, verb: str, asked: Thing, params: Thing) -> int:
    """What the customer adds on the reader, if they may."""
    tip: int = params.get("amount_tip", 0)
    if "amount_tip" not in params:
        return 0
    config = asked.get("process_config") or asked.get("collect_config") or {}
    if verb not in TIPPED or config.get("skip_tipping"):
        raise invalid("The reader does not ask for a tip.", "amount_tip")
    if tip < 0:
        raise invalid("Invalid non-negative integer", "amount_tip", "parameter_invalid_integer")
    intent = _intent(moment, asked)
    chargeable(intent["amount"] + tip, intent["currency"])
    return tip


def _card(params: Thing) -> str | None:
    """The card of the number that is given, if one is."""
    number = str((params.get("card_present") or {}).get("number") or "").replace(" ", "")
    if not number:
        return None
    if number not in cards.IN_PERSON_BY_NUMBER:
        raise Problem(
            "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test "
            "cards, visit: https://stripe.com/docs/terminal/references/testing.",
            kind="card_error",
            status=402,
            code="card_declined",
            decline_code="test_mode_live_card",
            param="card_present[number]",
        )
    return cards.IN_PERSON_BY_NUMBER[number]


def _usual(moment: Moment, verb: str, asked: Thing) -> str:
    """Without a number: the card that paid for a refund, else a Visa."""
    if verb == "refund_payment":
        return moment.account.links.card_of_method[refunds.charge_for(moment, asked)["payment_method"]]
    return cards.PRESENT + "visa"


def _minding(name: str, intent: Thing, tip: int) -> str:
    """The card; a standard one is declined by the last two digits of what is to be paid."""
    declined = f"{name}_{(intent['amount'] + tip) % 100:02}"
    return declined if declined in cards.BY_AMOUNT else name


def end(moment: Moment, reader: Thing, do: Callable[[], Thing]) -> None:
    """Do what the reader was to do, and say in its action how that ended; nothing is raised."""
    action = reader["action"]
    try:
        found = do()
    except Problem as problem:
        why = {name: value for name, value in problem.shown().items() if name != "payment_method"}
        said = {"api_error": why, "failure_code": problem.code, "failure_message": problem.message}
        reader["action"] = {**action, **said, "status": "failed"}
        moment.tell("terminal.reader.action_failed", reader)
        return
    kind = action["type"]
    reader["action"] = {**action, kind: {**action[kind], **found}, "status": "succeeded"}
    # Of a collected card the vendor says that the action was updated, not that it succeeded.
    told = "updated" if kind == "collect_payment_method" else "succeeded"
    moment.tell(f"terminal.reader.action_{told}", reader)


def _tipped(intent: Thing, tip: int) -> None:
    intent["amount"] += tip
    intent["amount_details"] = {"tip": {"amount": tip} if tip > 0 else {}}


def _pays(moment: Moment, asked: Thing, method: Thing, tip: int) -> Thing:
    intent = _intent(moment, asked)
    if tip:
        _tipped(intent, tip)
    try:
        intents.confirm(moment, {"payment_method": method["id"]}, intent["id"])
    except Problem:
        if tip:
            _tipped(intent, -tip)
            moment.account.noted(intent)
        raise
    return {}


def _is_collected(moment: Moment, asked: Thing, method: Thing, tip: int) -> Thing:
    intent = _intent(moment, asked)
    _at_a_reader(intent, FRESH)
    if tip:
        _tipped(intent, tip)
    intent.update(payment_method=method["id"], status="requires_confirmation")
    moment.account.noted(intent)
    return {"payment_method": {**method}}


def _is_set_up(moment: Moment, asked: Thing, method: Thing, _tip: int) -> Thing:
    setup = setups.confirm(moment, {"payment_method": method["id"]}, asked["setup_intent"])
    attempt = moment.account.get("setup_attempt", setup["latest_attempt"])
    return {"generated_card": attempt["payment_method_details"]["card_present"]["generated_card"]}


def _is_refunded(moment: Moment, asked: Thing, method: Thing, _tip: int) -> Thing:
    charge = refunds.charge_for(moment, asked)
    paid = moment.account.get("payment_method", charge["payment_method"])
    if methods.card_of(moment, paid).number != methods.card_of(moment, method).number:
        raise unexpected("The card presented is not the card that paid.", "charge_not_refundable")
    wanted = {name: value for name, value in asked.items() if name != "refund_payment_config"}
    return {"refund": refunds.create(moment, wanted)["id"]}


PRESENTED: dict[str, Callable[[Moment, Thing, Thing, int], Thing]] = {
    "process_payment_intent": _pays,
    "collect_payment_method": _is_collected,
    "process_setup_intent": _is_set_up,
    "refund_payment": _is_refunded,
}
"""What comes of a card, by what the reader was to do: what its action shows besides."""
