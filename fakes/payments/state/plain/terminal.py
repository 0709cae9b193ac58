"""Readers in shops, where they stand, how they are set up, and what the merchant makes them do."""

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.kind import EVERYTHING, Kind, Step
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing

ALL = (*EVERYTHING, "delete")
SIMULATED = {
    "simulated-wpe": "simulated_wisepos_e",
    "simulated-s700": "simulated_stripe_s700",
    "simulated-s710": "simulated_stripe_s710",
}
"""Registration codes of readers that the vendor simulates."""


def _placed(_moment: Moment, _location: Thing, params: Thing) -> None:
    for names in (("display_name", "display_name_kanji"), ("address", "address_kanji")):
        if not any(params.get(name) for name in names):
            raise invalid(f"Missing required param: {names[0]}.", names[0], "parameter_missing")


def _registered(moment: Moment, reader: Thing, params: Thing) -> None:
    """Three words name the reader that shows them; nobody looks whether one does."""
    code = params["registration_code"]
    if code not in SIMULATED and len(code.split("-")) != 3:
        raise Problem(f"No reader found with the registration code {code}.", param="registration_code")
    kind, number = SIMULATED.get(code, "bbpos_wisepos_e"), moment.account.letters(10).upper()
    reader.update(device_type=kind, label=params.get("label") or f"{kind}-{number[:4]}", serial_number=number)
    reader.update(last_seen_at=moment.now * 1000, device_sw_version="2.37.2.0", ip_address="192.168.2.2")


def _begins(kind: str, field: str) -> Step:
    """The reader is to do something; it waits for somebody with a card."""

    def begin(moment: Moment, reader: Thing, params: Thing) -> None:
        if (reader["action"] or {}).get("status") == "in_progress":
            raise unexpected("Reader is currently busy processing another request.", "terminal_reader_busy")
        intent = moment.account.get(field, params[field], field)
        if field == "payment_intent" and intent["status"] not in ("requires_payment_method", "requires_confirmation"):
            raise unexpected(
                f"This PaymentIntent's status is {intent['status']}, so no reader can process it.",
                "payment_intent_unexpected_state",
            )
        asked: Thing = {field: intent["id"]}
        if params.get("process_config"):
            asked["process_config"] = params["process_config"]
        if kind == "process_setup_intent":
            asked["generated_card"] = None
        told = {"failure_code": None, "failure_message": None, kind: asked}
        reader["action"] = {**told, "status": "in_progress", "type": kind}
        moment.tell("terminal.reader.action_updated", reader)

    return Step(also=begin)


def _displays(_moment: Moment, reader: Thing, params: Thing) -> None:
    cart = params.get("cart")
    if not cart:
        raise invalid("Missing required param: cart.", "cart", "parameter_missing")
    shown = {"cart": {"tax": None, **cart}, "type": params["type"]}
    told = {"failure_code": None, "failure_message": None, "set_reader_display": shown}
    reader["action"] = {**told, "status": "succeeded", "type": "set_reader_display"}


LOCATION = Kind(
    name="terminal.location",
    path="terminal/locations",
    prefix="tml_",
    offers=ALL,
    also=_placed,
)
READER = Kind(
    name="terminal.reader",
    path="terminal/readers",
    prefix="tmr_",
    born={"status": "online", "action": None},
    offers=ALL,
    refers={"location": "terminal.location"},
    filters=("device_type", "location", "serial_number", "status"),
    receipt=("device_type", "serial_number"),
    also=_registered,
    steps={
        "process_payment_intent": _begins("process_payment_intent", "payment_intent"),
        "process_setup_intent": _begins("process_setup_intent", "setup_intent"),
        "set_reader_display": Step(also=_displays),
        "cancel_action": Step(to={"action": None}),
    },
)
CONFIGURATION = Kind(
    name="terminal.configuration",
    path="terminal/configurations",
    prefix="tmc_",
    born={"is_account_default": False},
    offers=ALL,
    filters=("is_account_default",),
)
KINDS = (LOCATION, READER, CONFIGURATION)


def token(moment: Moment, params: Thing) -> Thing:
    """A secret with which a phone talks to readers, at this location or at all; it is not kept."""
    told: Thing = {"object": "terminal.connection_token", "secret": f"pst_test_{moment.account.letters(40)}"}
    if params.get("location"):
        told["location"] = moment.account.get("terminal.location", params["location"], "location")["id"]
    return told
