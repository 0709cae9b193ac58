"""The rules of records: unique values, clearing, lifecycle stages, validation, batches that are all or nothing."""

import pytest

from fakes.crm.problems import Problem
from fakes.crm.state import batch
from fakes.crm.state.records import Portal
from fakes.crm.state.settings import Settings
from harness.clock import ManualClock
from harness.rng import Rng

ANN = {"email": "ann@customers.example.com", "firstname": "Ann"}


def codes(problem: Problem) -> list[str]:
    return [each.code for each in problem.details]


def unique_ref(portal: Portal) -> None:
    given = {
        "name": "order_ref",
        "label": "Order",
        "type": "string",
        "fieldType": "text",
        "groupName": "dealinformation",
    }
    portal.schemas["deals"].create({**given, "hasUniqueValue": True}, portal.moment())


def test_a_second_contact_with_an_email_is_refused_and_names_the_first(portal: Portal) -> None:
    """The e-mail is unique without regard to case, and the id stands in the sentence."""
    first = portal.create("contacts", ANN).record
    with pytest.raises(Problem) as refused:
        portal.create("contacts", {"email": " Ann@Customers.Example.com"})
    assert refused.value.category == "CONFLICT"
    assert refused.value.message == f"Contact already exists. Existing ID: {first.id}"


def test_an_archived_contact_frees_its_email(portal: Portal) -> None:
    """Only live records hold a unique value."""
    portal.archive("contacts", portal.create("contacts", ANN).record.id)
    assert portal.create("contacts", ANN).op == "create"


def test_a_custom_unique_property_is_enforced(portal: Portal) -> None:
    """A second deal with the same order_ref is refused by its code."""
    unique_ref(portal)
    portal.create("deals", {"order_ref": "o-1"})
    with pytest.raises(Problem) as refused:
        portal.create("deals", {"order_ref": "o-1"})
    assert codes(refused.value) == ["CONFLICTING_UNIQUE_VALUE"]


def test_an_empty_text_clears_and_the_same_value_again_is_no_change(portal: Portal) -> None:
    """Only what really changes is a change."""
    record = portal.create("contacts", ANN).record
    assert portal.change(record, {"firstname": "Ann"}).op is None
    assert portal.change(record, {"firstname": ""}).op == "update"
    assert "firstname" not in record.values


def test_a_lifecycle_stage_never_goes_back_unless_allowed(portal: Portal) -> None:
    """Silently ignored by default; cleared first, or with the switch, it goes."""
    record = portal.create("contacts", {**ANN, "lifecyclestage": "customer"}).record
    assert portal.change(record, {"lifecyclestage": "lead"}).op is None
    assert record.values["lifecyclestage"] == "customer"
    portal.change(record, {"lifecyclestage": ""})
    assert portal.change(record, {"lifecyclestage": "lead"}).op == "update"
    portal.change(record, {"lifecyclestage": "customer"})
    portal.settings.lifecycle_backward = "allow"
    assert portal.change(record, {"lifecyclestage": "lead"}).record.values["lifecyclestage"] == "lead"


WRONG = [
    ("contacts", {"nosuch": "1"}, "PROPERTY_DOESNT_EXIST"),
    ("contacts", {"email": "not an address"}, "INVALID_EMAIL"),
    ("contacts", {"lifecyclestage": "friend"}, "INVALID_OPTION"),
    ("contacts", {"createdate": "2026-01-01"}, "READ_ONLY_VALUE"),
    ("contacts", {"hubspot_owner_id": "1"}, "INVALID_OPTION"),
    ("deals", {"hs_object_id": "9"}, "READ_ONLY_VALUE"),
    ("deals", {"amount": "NaN"}, "INVALID_LONG"),
    ("deals", {"closedate": "soon"}, "INVALID_DATE"),
    ("deals", {"deal_currency_code": "usd"}, "INVALID_OPTION"),
]


@pytest.mark.parametrize(("kind", "values", "code"), WRONG, ids=[f"{code}-{next(iter(v))}" for _, v, code in WRONG])
def test_a_wrong_value_is_refused_by_its_code(portal: Portal, kind: str, values: dict[str, str], code: str) -> None:
    """Each kind of wrong value has its own code and makes nothing."""
    with pytest.raises(Problem) as refused:
        portal.create(kind, values)
    assert codes(refused.value) == [code]
    assert not portal.records[kind]


def test_values_are_kept_as_text(portal: Portal) -> None:
    """Numbers keep the spelling they came with, moments become ISO, e-mails lower case."""
    deal = portal.create("deals", {"amount": "9.00", "closedate": "1767225600000"}).record
    assert deal.values == {"amount": "9.00", "closedate": "2026-01-01T00:00:00.000Z"}
    assert portal.create("contacts", {"email": "Bo@X.example.com"}).record.values == {"email": "bo@x.example.com"}


def test_upsert_says_new_once_and_changes_nothing_twice(portal: Portal) -> None:
    """By e-mail: made, then found; identical values are no change."""
    body = {"inputs": [{"id": ANN["email"], "idProperty": "email", "properties": {"firstname": "Ann"}}]}
    ops = [batch.upsert(portal, "contacts", body).written[0][0].op for _ in range(2)]
    assert ops == ["create", None]
    assert len(portal.records["contacts"]) == 1


def test_a_batch_without_trace_ids_is_all_or_nothing(portal: Portal) -> None:
    """One wrong input keeps the others from being made."""
    inputs = [{"properties": ANN}, {"properties": {"nosuch": "1"}}]
    with pytest.raises(Problem):
        batch.create(portal, "contacts", {"inputs": inputs})
    assert not portal.records["contacts"]


def test_a_batch_with_trace_ids_lists_what_failed(portal: Portal) -> None:
    """The rest is made, and the failure names its input."""
    inputs = [
        {"properties": ANN, "objectWriteTraceId": "1"},
        {"properties": {"nosuch": "1"}, "objectWriteTraceId": "2"},
    ]
    done = batch.create(portal, "contacts", {"inputs": inputs})
    assert [written.op for written, _ in done.written] == ["create"]
    assert done.problems[0].context == {"objectWriteTraceId": ["2"]}


MALFORMED = [
    ({}, "inputs"),
    ({"inputs": [{"properties": {}}]}, "[id]"),
    ({"inputs": [{"id": "a@b.example", "idProperty": "email"}]}, "[properties]"),
    ({"inputs": [{"id": "1", "idProperty": "phone", "properties": {}}]}, "not a unique property"),
    ({"inputs": [{"id": "1", "properties": {}}]}, "idProperty is required"),
    (
        {"inputs": [{"id": "A", "idProperty": "email", "properties": {}}, {"id": "a", "idProperty": "email"}]},
        "Duplicate",
    ),
    ({"inputs": [{"id": str(n), "idProperty": "email", "properties": {}} for n in range(101)]}, "Maximum"),
]


@pytest.mark.parametrize(("body", "said"), MALFORMED, ids=[said for _, said in MALFORMED])
def test_a_malformed_batch_is_refused_as_a_whole(portal: Portal, body: object, said: str) -> None:
    """The refusal says what is wrong, and nothing is made."""
    with pytest.raises(Problem) as refused:
        batch.upsert(portal, "contacts", body)
    assert refused.value.category == "VALIDATION_ERROR"
    assert said in refused.value.message
    assert not portal.records["contacts"]


def test_ids_follow_the_seed_and_are_never_given_twice(clock: ManualClock) -> None:
    """The same seed gives the same ids; clearing the portal starts neither ids nor properties over."""
    one, other = (Portal(Rng(9), clock, Settings()) for _ in range(2))
    first = one.create("contacts", ANN).record.id
    assert other.create("contacts", ANN).record.id == first
    unique_ref(one)
    one.clear()
    assert one.create("contacts", ANN).record.id == str(int(first) + 1)
    assert len(first) >= 10
    assert one.schemas["deals"].unique == ("order_ref",)


def test_a_custom_property_is_made_once(portal: Portal) -> None:
    """A second one of that name is refused; a wrong type too."""
    unique_ref(portal)
    with pytest.raises(Problem, match="OBJECT_ALREADY_EXISTS"):
        unique_ref(portal)
    wrong = {"name": "x", "label": "X", "type": "text", "fieldType": "text", "groupName": "dealinformation"}
    with pytest.raises(Problem, match="Invalid property type"):
        portal.schemas["deals"].create(wrong, portal.moment())
