"""What a target cannot be asked is left out with the reason, and is never a pass."""

from harness.cell import Cell, first_list
from harness.needs import answerable, fitted, flow, means, news, operators_can, plans, vendor, vendors_of
from harness.promises import converges, exactly_once, fact, shown
from harness.scenario import scenario
from harness.target import Target, target_of_text

SMALL = """
name = "a shop"
base_url = "http://127.0.0.1:1"
[operations.join]
method = "POST"
path = "/join"
[operations.me]
method = "GET"
path = "/me"
[flows.sign_up]
request = "join"
[[flows.sign_up.effects]]
sink = "crm.contact"
[truth]
read = "me"
"""


def small(more: str = "") -> Target:
    """A target that only signs people up."""
    return target_of_text(more + SMALL, "small.toml")


@scenario(
    flows=("sign_up", "buy"), variants=("", "paid"), promises=[exactly_once()], facts=[fact("attempts")],
    needs=lambda case: [means("card")] if case.variant == "paid" else [],
)  # fmt: skip
async def sample(cell: Cell) -> None:
    """A sample."""


def test_cells_of_flows_that_the_target_lacks_are_left_out_with_the_reason() -> None:
    """And so are those whose own needs are not met."""
    played, left = fitted(sample.cells(), small())
    assert [case.id for case in played] == ["sample[sign_up]"]
    assert [(one.cell, one.why) for one in left] == [
        ("sample[sign_up-paid]", "the target has no payment method card"),
        ("sample[buy]", "the target has no flow buy"),
        ("sample[buy-paid]", "the target has no flow buy"),
    ]


def test_what_must_come_before_a_flow_is_needed_too() -> None:
    """Nobody cancels what they cannot subscribe to."""
    assert flow("cancel")(small()) == "the target has no flow subscribe"
    assert flow("sign_up")(small()) is None


def test_vendors_are_known_by_what_is_started_and_what_is_expected() -> None:
    """A CRM by its effect, a helpdesk by its address in the environment; nobody else."""
    target = small('[env]\nDESK = "{fakes.helpdesk.url}"\n'.replace("[env]\n", "env = { ").replace('"\n', '" }\n'))
    assert vendors_of(target) == {"crm", "helpdesk"}
    assert vendor("payments")(target) == "the target does not use payments"
    assert news("crm")(target) == "the target takes no webhooks of crm"
    assert plans(1)(target) == "the target has fewer than 1 plans"


def test_promises_that_nothing_could_decide_are_not_made() -> None:
    """No table says what must agree, no list says what the app shows."""
    promises = [exactly_once(), converges(), shown("Paid")]
    assert answerable(promises, small()) == [exactly_once()]
    assert answerable(promises, small('words = ["Paid"]\n')) == [exactly_once(), shown("Paid")]


def test_what_operators_can_do_is_the_target_files_to_say() -> None:
    """Each route by its name, and the token."""
    assert operators_can("dead_letters", "retry")(small()) == "the target names no ops.dead_letters and ops.retry"
    ops = '[ops]\ndead_letters = "/d"\nretry = "/d/{id}"\n'
    assert operators_can("dead_letters")(target_of_text(SMALL + ops, "small.toml")) == "the target names no ops.token"
    assert operators_can("dead_letters")(target_of_text(SMALL + ops + 'token = "o"\n', "small.toml")) is None


def test_dead_letters_are_found_in_whatever_an_operator_is_told() -> None:
    """The first list of objects, at any depth."""
    assert first_list({"total": 1, "page": {"items": [{"id": 7}, "x"]}}) == [{"id": 7}]
    assert first_list("nothing") == []
