"""Each flow against a scripted answerer: what it declares, asks, pays, and what it says it came to."""

import ast
import base64
import hashlib
from pathlib import Path

import pytest

import scenarios.flows
from harness.errors import UsageError
from harness.model import Outcome
from harness.phone.steps import Answer, Paid, Pay, Poll, Send
from scenarios.flows import FLOWS
from tests.flows.answerer import Answerer

WAITING = {"status": "pending", "payment": None}
PAYABLE = {"status": "awaiting_payment", "payment": {"client_secret": "s3cret"}}
PAID = {"status": "paid", "payment": None}


def _refused() -> Answer:
    return Answer(outcome=Outcome.FAILED, status=409)


@pytest.mark.parametrize("flow", FLOWS)
def test_every_flow_declares_before_it_sends(flow: str) -> None:
    """The intent comes first, then one main request with the flow's operation."""
    world = Answerer(things={"order_id": "ord_1"})
    world.play(flow)
    assert world.steps[0] is world.begin
    (main,) = [step for step in world.of(Send) if step.main]
    assert world.begin.flow == flow
    assert main is world.steps[1]


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN])
def test_what_was_not_accepted_is_not_gone_on_with(flow: str, outcome: Outcome) -> None:
    """A refused or unknown request is the flow's outcome; nothing is polled and nothing is paid."""
    refused = Answer(outcome=outcome)
    world = Answerer(sent=dict.fromkeys(("buy", "help", *FLOWS), refused))
    assert world.play(flow) is outcome
    assert world.of(Poll) + world.of(Pay) == []


@pytest.mark.parametrize(("product", "amount", "decimal"), [("credits_10", 900, "9.00"), ("credits_jp", 1200, "1200")])
def test_buying(product: str, amount: int, decimal: str) -> None:
    """Order, wait for the handle, pay it once, wait for the word `paid`."""
    world = Answerer(learns={"order_id": "ord_1"}, polled={"order": [WAITING, PAYABLE, WAITING, PAID]})
    assert world.play("buy", product=product) is Outcome.OK
    assert [type(step).__name__ for step in world.steps] == ["Begin", "Send", "Poll", "Pay", "Poll"]
    assert world.of(Pay)[0].handle == "s3cret"
    matches = {one.sink: one.match for one in world.begin.expects}
    assert matches["payments.charge"]["amount"] == amount
    assert matches["crm.deal"]["amount"] == decimal
    assert world.of(Poll)[0].scope["order_id"] == "ord_1"


def test_walking_away_pays_nothing() -> None:
    """The order stands and can be paid, and the phone is put away."""
    world = Answerer(polled={"order": [PAYABLE]})
    assert world.play("buy", method="walk_away") is Outcome.OK
    assert world.of(Pay) == []
    assert [one.sink for one in world.begin.expects] == ["payments.customer"]


def test_a_declined_card_can_be_tried_again() -> None:
    """As many payments as tries, no wait for a paid order, nothing expected but the customer and an escalation."""
    world = Answerer(polled={"order": [PAYABLE]}, paid=Paid(outcome=Outcome.OK, result="declined"))
    assert world.play("buy", method="declined_card", tries=2) is Outcome.OK
    assert len({step.method for step in world.of(Pay)}) == 1
    assert len(world.of(Pay)) == 2
    assert [one.sink for one in world.begin.expects] == ["payments.customer", "alerts.chat"]


def test_an_accepted_order_that_never_becomes_payable_stays_ok() -> None:
    """So that its missing charge is found to be lost."""
    world = Answerer(polled={"order": [WAITING]})
    assert world.play("buy") is Outcome.OK
    assert world.of(Pay) == []


def test_a_payment_nobody_knows_about_is_unknown_until_the_app_says_paid() -> None:
    """The wallet's lost answer leaves it open; the app's word decides it."""
    lost = Paid(outcome=Outcome.UNKNOWN)
    assert Answerer(polled={"order": [PAYABLE, WAITING]}, paid=lost).play("buy") is Outcome.UNKNOWN
    assert Answerer(polled={"order": [PAYABLE, PAID]}, paid=lost).play("buy") is Outcome.OK


def test_subscribing_remembers_the_plan() -> None:
    """What the app believes in afterwards decides what changing means."""
    active = {"status": "active"}
    world = Answerer(polled={"subscription": [PAYABLE, active]})
    assert world.play("subscribe", plan="pro") is Outcome.OK
    assert world.things["plan"] == "pro"
    other = Answerer(things=world.things, polled={"subscription": [{"plan": "starter"}]})
    other.play("change_plan")
    assert [one.values["plan"] for one in other.begin.expects] == ["starter", "starter"]
    assert other.things["plan"] == "starter"


def test_a_refused_change_leaves_the_plan() -> None:
    """What was not accepted is not believed."""
    world = Answerer(things={"plan": "starter"}, sent={"change_plan": _refused()})
    assert world.play("change_plan") is Outcome.FAILED
    assert world.things["plan"] == "starter"


def test_asking_for_help_by_category() -> None:
    """Queue and priority follow the category and the plan; access to the account also wakes the team."""
    world = Answerer(things={"plan": "pro"})
    world.play("help_text", category="account_access")
    ticket, chat = world.begin.expects
    assert (ticket.values["group"], ticket.values["priority"], chat.sink) == ("Account access", "urgent", "alerts.chat")
    calm = Answerer(things={"plan": "pro"})
    calm.play("help_text")
    assert [one.sink for one in calm.begin.expects] == ["helpdesk.ticket"]
    assert calm.begin.expects[0].values["priority"] == "high"


def test_an_attachment_is_declared_by_its_hash() -> None:
    """What is sent has the size and the hash that are expected at the other end."""
    world = Answerer()
    world.play("help_attachment", file={"name": "big.png", "size": 1000})
    sent = world.of(Send)[0].scope["ticket"]["attachment"]
    content = base64.b64decode(sent["content_base64"])
    (wanted,) = world.begin.expects[0].values["attachments"]
    assert (wanted["size"], wanted["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert wanted["name"] == sent["name"]


def test_an_old_notice_claims_what_it_claimed() -> None:
    """The app sends what the push said, about the thing it knows."""
    world = Answerer(things={"order_id": "ord_9"})
    world.play("open_notice", kind="order", state="Paid")
    assert world.of(Send)[0].scope["notice"] == {"kind": "order", "id": "ord_9", "state": "Paid"}


@pytest.mark.parametrize(
    ("flow", "choices", "message"),
    [
        ("buy", {"product": "gold"}, "product 'gold' is not in the target file"),
        ("buy", {"method": "cash"}, "no payment method is called 'cash'; there are card, declined_card"),
        ("help_text", {"category": "urgent"}, "no category of questions is called 'urgent'; there are technical"),
    ],
)
def test_a_choice_that_does_not_exist_is_named(flow: str, choices: dict[str, str], message: str) -> None:
    """A wrong word is a usage error, before anything is declared."""
    world = Answerer()
    with pytest.raises(UsageError, match=message):
        world.play(flow, **choices)
    assert world.steps == []


def test_flows_do_no_io() -> None:
    """No flow imports anything that could talk to the outside."""
    sources = list(Path(scenarios.flows.__file__).parent.glob("*.py"))
    trees = [ast.walk(ast.parse(path.read_text())) for path in sources]
    plain = {alias.name for tree in trees for node in tree if isinstance(node, ast.Import) for alias in node.names}
    assert len(sources) >= 11
    assert plain <= {"base64", "hashlib"}
