"""Which cells a target can be asked: what it lacks is left out with the reason, and never silently."""

from typing import Any

import pytest

from harness.checkers.uncovered import promises
from harness.needs import answerable, fitted
from harness.people import People
from harness.phone.steps import Context, traits_of
from harness.promises import acknowledged, converges, exactly_once, polite, shown, synced
from harness.rng import Rng
from harness.scenario import select
from harness.target import Target
from harness.target.scopes import FLOWS as NAMED
from harness.target.scopes import SCOPES
from scenarios import CATALOGUE
from scenarios.flows import FLOWS
from scenarios.flows.help_text import question
from scenarios.flows.parts import offer, payment
from tests.phone.bench import shipped


def without(*path: str, **change: Any) -> Target:
    """The shipped target without the table at this path, and with these instead."""
    data = shipped().as_data()
    table: Any = data
    for step in path[:-1]:
        table = table[step]
    if path:
        del table[path[-1]]
    return Target.from_data({**data, **change})


def why(target: Target, *patterns: str) -> dict[str, str]:
    """The reasons for the cells that are left out."""
    return {one.cell: one.why for one in fitted(select(CATALOGUE, patterns), target)[1]}


def test_the_shipped_target_can_be_asked_nearly_everything() -> None:
    """Left out is what needs a page, other vendors' webhooks, containers, or the other answer to a policy."""
    reasons = {one for one in why(shipped()).values() if not one.startswith("played with a real page only")}
    assert reasons == {
        "the target takes no webhooks of crm", "the target takes no webhooks of helpdesk",
        "the target file says 'kept' of the policy past_due_access",
        "processes share their network: run with --stack docker",
    }  # fmt: skip


ASKS = "escalations[help_text-account_access]"
DECLINED = "declined_card[buy-declined_card]"
LACKING = [
    (("flows", "help_text"), "plain_success[help_text]", "the target has no flow help_text"),
    (("payment", "methods", "declined_card"), DECLINED, "the target has no payment method declined_card"),
    (("payment", "methods", "walk_away"), "replayed_signatures[buy]", "the target has no payment method walk_away"),
    (("tickets", "account_access"), ASKS, "the target has no category of questions account_access"),
    (("webhooks", "payments"), "overtaken[buy]", "the target takes no webhooks of payments"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "cell", "said"), LACKING, ids=[cell for _, cell, _ in LACKING])
def test_what_the_target_lacks_is_the_reason(path: tuple[str, ...], cell: str, said: str) -> None:
    """The cell is left out, others are played."""
    target = without(*path)
    left = why(target)
    assert left[cell] == said
    assert "plain_success[help_text]" not in left or path[-1] == "help_text"


def test_a_vendor_that_a_flow_does_not_touch_cannot_be_in_trouble() -> None:
    """Without an effect in the CRM, nothing of buying can fail there."""
    data = shipped().as_data()
    effects = [one for one in data["flows"]["buy"]["effects"] if not one["sink"].startswith("crm")]
    data["flows"]["buy"]["effects"] = effects
    left = why(Target.from_data(data), "vendor_trouble[buy-*]")
    assert set(left.values()) == {"buy leaves nothing at crm"}
    assert not any("payments" in cell for cell in left)


def test_a_request_without_a_key_is_not_sent_twice() -> None:
    """An app that may not repeat cannot be asked what a repeat does; with a natural key it can."""
    data = shipped().as_data()
    data["operations"]["buy"]["key"] = "none"
    left = why(
        Target.from_data(data), "airplane_mode[buy-reply_lost]", "double_tap[buy-server_guard_0ms]", "plain_success"
    )
    assert left["airplane_mode[buy-reply_lost]"].endswith("so an app may not send it again")
    assert left["double_tap[buy-server_guard_0ms]"].endswith("would make two requests one")
    data["operations"]["buy"]["key"] = "natural:{person.email}/{product.id}"
    assert why(Target.from_data(data), "airplane_mode[buy-reply_lost]", "double_tap") == {}


def test_a_team_that_is_told_nothing_cannot_be_alerted() -> None:
    """Alerts go to the sinks that effects, or `ops.alerts`, name."""
    data = shipped().as_data()
    for flow in data["flows"].values():
        flow["effects"] = [one for one in flow["effects"] if not one["sink"].startswith("alerts")]
    said = why(Target.from_data(data), "dead_letters", "plain_success")["dead_letters[sign_up]"]
    assert said == "the target tells its team nothing by alerts.chat and alerts.mail (`ops.alerts` says by what)"
    data["ops"]["alerts"] = ["alerts.chat", "alerts.mail"]
    assert why(Target.from_data(data), "dead_letters") == {}


def test_the_target_itself_may_leave_cells_out() -> None:
    """With a reason of its own, by pattern."""
    left = why(without(not_covered=[{"cells": ["overtaken", "*-reply_lost]"], "why": "later"}]))
    assert left["overtaken[buy]"] == left["airplane_mode[buy-reply_lost]"] == "later"


def test_promises_are_made_as_the_target_makes_them() -> None:
    """Own limits, own words; what is not promised is not asked, and records always are."""
    asked = [exactly_once(), converges(), acknowledged(), synced(), polite(), shown("Payment pending")]
    own = {"acknowledged_s": 8, "shown": {"Payment pending": ["awaiting payment"]}, "not_judged": ["polite", "synced"]}
    made = answerable(asked, without(promises=own), "buy")
    assert made == [exactly_once(), converges(), acknowledged(8), shown("awaiting payment")]
    assert answerable(asked, shipped(), "buy") == asked


def test_what_cannot_be_judged_is_not_asked() -> None:
    """Without `agree` nobody knows what should agree, and without `state` nothing is shown at once."""
    data = without(agree=[]).as_data()
    data["operations"]["buy"]["state"] = None
    assert answerable([converges(), shown("Paid"), exactly_once()], Target.from_data(data), "buy") == [exactly_once()]


def test_the_report_lists_promises_that_are_not_made() -> None:
    """They are not covered, and never passed."""
    said = promises(without(promises={"not_judged": ["polite"]}).as_data())
    assert said == [{"what": "the promise polite", "why": "the target does not make it (`promises.not_judged`)"}]


def test_the_words_for_placeholders_are_those_of_flows() -> None:
    """What a target file may name is what the flows fill in."""
    target, person = shipped(), People(Rng(1)).person("somebody")
    assert tuple(FLOWS) == NAMED or set(FLOWS) == set(NAMED)
    assert set(SCOPES["person"]) == set(traits_of(person))
    assert set(SCOPES["product"]) == set(offer(target.product()))
    assert set(SCOPES["plan"]) == set(offer(target.plan()))
    context = Context(target=target, person=person, things={}, choices={}, chance=Rng(1).stream("x"))
    assert set(question(context)) <= set(SCOPES["ticket"])
    assert set(payment(context)) | {"token"} == set(SCOPES["payment"])
