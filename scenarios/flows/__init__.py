"""The flows people take, one small file each: what is asked, in which order, and what it comes to.

Generators without any I/O, in the words of `harness.phone.steps`; driven by the phone over HTTP and by the load alike.
What a request looks like and what it should leave downstream is the target file's to say.
"""

from collections.abc import Mapping

from harness.phone.steps import FlowMaker
from scenarios.flows.buy import buy
from scenarios.flows.cancel import cancel
from scenarios.flows.change_plan import change_plan
from scenarios.flows.help_attachment import help_attachment
from scenarios.flows.help_text import help_text
from scenarios.flows.open_notice import open_notice
from scenarios.flows.read_state import read_state
from scenarios.flows.sign_in import sign_in
from scenarios.flows.sign_up import sign_up
from scenarios.flows.subscribe import subscribe

FLOWS: Mapping[str, FlowMaker] = {
    "sign_up": sign_up,
    "sign_in": sign_in,
    "buy": buy,
    "subscribe": subscribe,
    "change_plan": change_plan,
    "cancel": cancel,
    "help_text": help_text,
    "help_attachment": help_attachment,
    "read_state": read_state,
    "open_notice": open_notice,
}

__all__ = ["FLOWS"]
