"""What a reader asks its customer to write, choose or sign, and the answers that the test helpers give.

Nobody writes anything: the answers are always the same. Called by the steps of readers in `plain.terminal`.
"""

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import reading
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing

VERB = "collect_inputs"
ANSWERS = {"email": "jenny.rosen@example.com", "numeric": "1234", "phone": "+15555550123", "text": "Jenny Rosen"}
"""What is written; nothing is drawn where a signature is asked for."""
CUSTOM = ("description", "skip_button", "submit_button", "title")


def collect(_moment: Moment, reader: Thing, params: Thing) -> None:
    """Begin to ask; the reader waits for the customer."""
    reading.idle(reader)
    if not params["inputs"]:
        raise invalid("Missing required param: inputs.", "inputs", "parameter_missing")
    asked = {"inputs": [_asked(place, one) for place, one in enumerate(params["inputs"])]}
    reading.act(reader, VERB, {**asked, "metadata": params.get("metadata") or {}})


def _asked(place: int, wanted: Thing) -> Thing:
    kind = wanted["type"]
    told: Thing = {
        "custom_text": {name: wanted["custom_text"].get(name) for name in CUSTOM},
        "required": wanted.get("required", False),
        "toggles": [
            {**dict.fromkeys(("default_value", "description", "title")), **one, "value": None}
            for one in wanted.get("toggles") or ()
        ],
        "type": kind,
        kind: {"value": None},
    }
    if kind == "selection":
        choices = (wanted.get("selection") or {}).get("choices")
        if not choices:
            at = f"inputs[{place}][selection]"
            raise invalid(f"Missing required param: {at}.", at, "parameter_missing")
        told[kind] = {"choices": [{"style": None, **one} for one in choices], "id": None, "text": None}
    return told


def succeed(moment: Moment, reader: Thing, params: Thing) -> None:
    """The test helper: the customer answers everything, or skips what they may."""
    skips = params.get("skip_non_required_inputs") == "all"
    asked = _waiting(reader)["inputs"]
    found = [{**one, "skipped": True} if skips and not one["required"] else _answered(one) for one in asked]
    reading.end(moment, reader, lambda: {"inputs": found})


def _answered(one: Thing) -> Thing:
    kind = one["type"]
    if kind == "selection":
        first = one[kind]["choices"][0]
        answer = {**one[kind], "id": first["id"], "text": first["text"]}
    else:
        answer = {"value": ANSWERS.get(kind)}
    toggles = [{**each, "value": each["default_value"] or "disabled"} for each in one["toggles"]]
    return {**one, kind: answer, "skipped": False, "toggles": toggles}


def time_out(moment: Moment, reader: Thing, _params: Thing) -> None:
    """The test helper: the customer walks away."""
    _waiting(reader)
    reading.end(moment, reader, _too_late)


def _too_late() -> Thing:
    raise Problem("The reader waited too long for the customer.", code="terminal_reader_timeout")


def _waiting(reader: Thing) -> Thing:
    action: Thing = reader["action"] or {}
    if action.get("status") != "in_progress" or action["type"] != VERB:
        raise unexpected("The reader does not collect inputs. Make it do so first.", "intent_invalid_state")
    asked: Thing = action[VERB]
    return asked
