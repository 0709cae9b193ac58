"""Readers in shops, where they stand, how they are set up, and what the merchant can make them do.

Declarations; what comes of a card that is held to a reader is `plain.reading`.
"""

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import inputs, reading
from fakes.payments.state.plain.kind import EVERYTHING, Kind, Step
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Thing

ALL = (*EVERYTHING, "delete")
HELPERS = "test_helpers/terminal/readers"
"""Where the test helpers of readers are."""
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


def _displays(_moment: Moment, reader: Thing, params: Thing) -> None:
    reading.idle(reader)
    cart = params.get("cart")
    if not cart:
        raise invalid("Missing required param: cart.", "cart", "parameter_missing")
    shown = {"cart": {"tax": None, **cart}, "type": params["type"]}
    told = {"api_error": None, "failure_code": None, "failure_message": None, "set_reader_display": shown}
    reader["action"] = {**told, "status": "succeeded", "type": "set_reader_display"}


def _begins(verb: str, field: str, config: str) -> Step:
    return Step(also=reading.begins(verb, field, config))


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
        "process_payment_intent": _begins("process_payment_intent", "payment_intent", "process_config"),
        "process_setup_intent": _begins("process_setup_intent", "setup_intent", "process_config"),
        "collect_payment_method": _begins("collect_payment_method", "payment_intent", "collect_config"),
        "confirm_payment_intent": Step(also=reading.confirm),
        "refund_payment": Step(also=reading.refund),
        "collect_inputs": Step(also=inputs.collect),
        "present_payment_method": Step(also=reading.present, under=HELPERS),
        "succeed_input_collection": Step(also=inputs.succeed, under=HELPERS),
        "timeout_input_collection": Step(also=inputs.time_out, under=HELPERS),
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
