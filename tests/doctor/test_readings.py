"""What is read from a visit: for each finding a visit that was made up, in which it must be found."""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from harness.doctor import events, journey, surroundings, vendors
from harness.doctor.findings import Finding, Level
from harness.doctor.visit import ORIGIN, Visit
from tests.checkers.story import ANN, Story
from tests.doctor.conftest import Heard, seen_in

NONE: Mapping[str, str] = {}
CONTACT = {"sink": "crm.contact", "match": {}, "values": {"email": "a", "company": "Acme"}, "per": "person"}


def kinds(found: Iterable[Finding]) -> dict[str, Finding]:
    """The findings by kind."""
    return {one.kind: one for one in found}


def heard(
    path: str = "/v1/me", status: int = 200, body: str = "{}", method: str = "GET", headers: Mapping[str, str] = NONE
) -> Heard:
    """An answer of the pipeline."""
    return Heard(method, path, status, body, 0.0, headers)


def played(story: Story, status: int, outcome: str) -> None:
    """Ann signs up and is answered so."""
    story.add("cell", cell="first_visit[sign_up]", scenario="first_visit", flow="sign_up", persons=[], promises=[])
    story.add("person", person=ANN, origin="scenario", cell="first_visit[sign_up]", email=f"{ANN}@example.com")
    story.add(
        "intent", intent="i1", person=ANN, cell="first_visit[sign_up]", flow="sign_up", key="k", expects=[CONTACT],
        values={},
    )  # fmt: skip
    story.add(
        "attempt", attempt="a1", intent="i1", person=ANN, operation="sign_up", method="POST", path="/v1/accounts",
        key="k", scheduled=None, main=True,
    )  # fmt: skip
    story.add(
        "outcome",
        attempt="a1",
        intent="i1",
        person=ANN,
        outcome=outcome,
        status=status,
        error=None,
        ms=12.0,
        state=None,
    )
    story.add("concluded", intent="i1", person=ANN, outcome=outcome)
    story.add("cell_end", cell="first_visit[sign_up]", error=None)


STATUSES = [
    (201, "unknown", "accept = [201] if that is meant"),
    (404, "failed", "there is no such route: look at `path`"),
    (401, "failed", "the token was not taken"),
    (422, "failed", "compare `body` of the operation"),
    (500, "unknown", "the pipeline broke"),
]


@pytest.mark.parametrize(("status", "outcome", "remedy"), STATUSES, ids=[str(status) for status, _, _ in STATUSES])
def test_a_flow_that_fails_is_told_with_the_answer(
    tmp_path: Path, story: Story, status: int, outcome: str, remedy: str
) -> None:
    """The request, the status, what the answer said (without secrets), and where in the target file to look."""
    played(story, status, outcome)
    visit = seen_in(story, tmp_path)
    visit.answers = [heard("/v1/accounts", status, '{"error": "no", "access_token": "abc"}', "POST")]
    found = kinds(journey.journey(visit))["flow_fails"]
    assert found.seen.startswith(f"POST /v1/accounts {status} in 12 ms\nit said: ")
    assert "abc" not in found.seen
    assert found.where == "operations.sign_up"
    assert remedy in found.remedy


def test_a_flow_that_works_says_what_it_left(tmp_path: Path, story: Story) -> None:
    """Step by step, down to the vendors."""
    played(story, 202, "ok")
    story.add("effect", call=None, fake="crm", sink="crm.contact", op="create", object="1", person=ANN, markers=[ANN],
              ids=[], values={"email": ANN})  # fmt: skip
    found = kinds(journey.journey(seen_in(story, tmp_path)))["flow_works"]
    assert found.seen == "POST /v1/accounts 202 in 12 ms; downstream: crm.contact"


def test_an_answer_without_what_the_file_expects(tmp_path: Path, story: Story) -> None:
    """The place in the file, and what the answer has instead."""
    visit = seen_in(story, tmp_path)
    visit.answers = [heard("/v1/accounts", 202, '{"account_id": 1, "token": "x", "state": "s"}', "POST")]
    found = kinds(journey.answers(visit))["answer_lacks"]
    assert found.seen == "its answer has no access_token; it has account_id, token, state"
    assert found.where == "operations.sign_up: extract.token = 'access_token'"


def test_a_vendor_that_was_never_called(tmp_path: Path, story: Story) -> None:
    """Somebody signed up and nothing came: the names that lead there are told."""
    played(story, 202, "ok")
    found = kinds(vendors.calls(seen_in(story, tmp_path)))["vendor_never_called"]
    assert found.about == "crm"
    assert "CRM_BASE_URL holds its address" in found.where


def called(story: Story, status: int, fake: str = "crm", **more: object) -> None:
    """The pipeline calls a vendor."""
    call = f"c{len(story.records)}"
    story.add("received", call=call, fake=fake, method="GET", path="/x", operation=None, writes=False, sink=None,
              key=None, person=None, markers=[], ids=[], params={}, **more)  # fmt: skip
    story.add("answered", call=call, status=status, ms=1.0, lost=None)


def test_a_vendors_key_that_is_refused(tmp_path: Path, story: Story) -> None:
    """401 at a fake is a wrong key; the environment names that hold it are told."""
    called(story, 401)
    found = kinds(vendors.calls(seen_in(story, tmp_path)))["vendor_key_refused"]
    assert "1 of 1 calls were refused" in found.seen
    assert "CRM_TOKEN" in found.where


def test_calls_to_hosts_that_are_no_fake(tmp_path: Path, story: Story) -> None:
    """Those that were blocked, and those that only a log complains of."""
    story.add("host", host="api.vendor.example", event="blocked", fake=None, method="POST", path="/v1/things")
    visit = seen_in(story, tmp_path)
    (tmp_path / "logs" / "api.log").write_text("Error: getaddrinfo ENOTFOUND api.other.example\nall is well\n")
    found = [one for one in vendors.outside(visit) if one.kind == "call_outside"]
    assert [one.where for one in found] == ["api.vendor.example", "api.other.example"]
    assert "POST /v1/things" in found[0].seen
    assert "api.log" in found[1].seen


def test_a_vendors_own_host_that_a_fake_stood_for(tmp_path: Path, story: Story) -> None:
    """As the target file wants it, or only in this walk."""
    called(story, 200, host="api.vendor.example")
    visit = seen_in(story, tmp_path)
    assert kinds(vendors.outside(visit))["vendor_host_called"].level is Level.OK
    visit.as_written = False
    assert kinds(vendors.outside(visit))["vendor_host_called"].level is Level.WRONG


def test_a_route_that_the_fake_lacks(tmp_path: Path, story: Story) -> None:
    """Method, path, how often, and the name that may hold a path too much."""
    story.add("unknown_route", call="c1", fake="crm", method="GET", path="/v9/nothing")
    found = kinds(vendors.lacking(seen_in(story, tmp_path)))["route_lacking"]
    assert found.seen.startswith("GET /v9/nothing (x 1)")
    assert "CRM_BASE_URL" in found.where


def test_a_record_with_blanks(tmp_path: Path, story: Story) -> None:
    """What was sent blank, and what the file expects and was never sent."""
    played(story, 202, "ok")
    story.add("effect", call=None, fake="crm", sink="crm.contact", op="create", object="7", person=ANN, markers=[ANN],
              ids=[], values={"email": ANN, "phone": ""})  # fmt: skip
    found = kinds(vendors.samples(seen_in(story, tmp_path)))["record_blank"]
    assert found.seen.endswith("sent blank: phone; never sent: company")
    assert found.level is Level.WRONG


def event(story: Story, *statuses: int, ms: float = 5.0) -> None:
    """The payment provider tells an event, tried so often."""
    story.add("news", event="evt_1", fake="payments", type="t", topic="t", object="o", ids=[], person=ANN, created=1)
    for number, status in enumerate(statuses, 1):
        story.add("delivery", delivery=f"d{number}", event="evt_1", fake="payments", type="t", topic="t", person=ANN,
                  attempt=number, copy=0, resigned=False)  # fmt: skip
        story.add("delivered", delivery=f"d{number}", event="evt_1", status=status, ms=ms, error=None)


WEBHOOKS = [
    ((400, 400), "webhook_refused", "STRIPE_WEBHOOK_SECRETS holds this run's"),
    ((404, 404), "webhook_no_route", "look at webhooks.payments.path"),
    ((302,), "webhook_redirected", "providers follow no redirects"),
    ((500, 200), "webhook_breaks", "the pipeline broke on it"),
]


@pytest.mark.parametrize(("statuses", "kind", "remedy"), WEBHOOKS, ids=[kind for _, kind, _ in WEBHOOKS])
def test_events_that_are_not_taken(
    tmp_path: Path, story: Story, statuses: tuple[int, ...], kind: str, remedy: str
) -> None:
    """By how they were answered: a wrong secret, a wrong path, a redirect, a crash."""
    event(story, *statuses)
    found = kinds(events.webhooks(seen_in(story, tmp_path)))[kind]
    assert found.level is Level.WRONG
    assert remedy in found.remedy


def test_events_that_are_taken_late(tmp_path: Path, story: Story) -> None:
    """Acknowledged, but after a time in which providers have given up."""
    event(story, 200, ms=9000.0)
    assert "webhook_slow" in kinds(events.webhooks(seen_in(story, tmp_path)))


def test_events_that_nobody_hears(tmp_path: Path, story: Story) -> None:
    """No endpoint is registered."""
    event(story)
    visit = seen_in(story, tmp_path)
    visit.target = visit.target.model_copy(update={"webhooks": {}})
    assert "1 events happened and nobody" in kinds(events.webhooks(visit))["webhook_not_registered"].seen


def test_events_that_are_taken(tmp_path: Path, story: Story) -> None:
    """Nothing is wrong with them."""
    event(story, 200)
    assert list(kinds(events.webhooks(seen_in(story, tmp_path)))) == ["webhooks"]


def around(tmp_path: Path, *answers: Heard) -> Visit:
    """A visit in which only this was heard."""
    visit = seen_in(Story(), tmp_path)
    visit.answers = list(answers)
    return visit


def test_clocks_that_are_apart(tmp_path: Path) -> None:
    """By the dates of the answers, in seconds and direction."""
    late = Heard("GET", "/", 200, "", -400.0)
    assert "400 s behind" in kinds(surroundings.clocks(around(tmp_path, late)))["clocks_apart"].seen
    assert "clocks_apart" not in kinds(surroundings.clocks(around(tmp_path, heard())))


def test_answers_by_status(tmp_path: Path) -> None:
    """A 5xx among them is wrong."""
    found = kinds(surroundings.by_status(around(tmp_path, heard(), heard(status=500))))["answers_by_status"]
    assert (found.seen, found.level) == ("200: 1, 500: 1", Level.WRONG)


def test_who_knows_no_preflights_is_not_broken(tmp_path: Path) -> None:
    """Many servers answer an OPTIONS that nobody wrote a handler for with a 501."""
    found = kinds(surroundings.by_status(around(tmp_path, heard(), heard(status=501, method="OPTIONS"))))
    assert (found["answers_by_status"].seen, found["answers_by_status"].level) == ("200: 1", Level.OK)


def test_complaints_in_logs(tmp_path: Path) -> None:
    """The lines themselves, each once, without secrets."""
    visit = around(tmp_path)
    (tmp_path / "logs" / "api.log").write_text("fine\nERROR no " + "sk_test_" + "abcdef123456\n" * 2)
    found = kinds(surroundings.logs(visit))["log_complains"]
    assert "complain" in found.seen
    assert "abcdef" not in found.seen


OPEN = {"access-control-allow-origin": ORIGIN, "access-control-allow-credentials": "true"}


def test_a_door_that_is_open_to_every_page(tmp_path: Path) -> None:
    """An origin that nobody knows is echoed, with cookies."""
    visit = around(tmp_path)
    visit.preflights = [heard("/v1/accounts", method="OPTIONS", headers=OPEN)]
    assert "cors_open" in kinds(surroundings.cors(visit))
    visit.preflights = [heard("/v1/accounts", method="OPTIONS")]
    assert kinds(surroundings.cors(visit))["cors"].level is Level.OK


def test_routes_for_operators(tmp_path: Path) -> None:
    """Refused, silent, or with an answer that cannot be read."""
    visit = around(tmp_path)
    visit.ops = {"health": "ConnectError", "metrics": heard("/m", 401), "pending": heard("/p", body='{"all": 1}')}
    assert {"ops_silent", "ops_refused", "pending_unread"} <= set(kinds(surroundings.operators(visit)))


def test_what_the_checkers_say_is_told_once(tmp_path: Path) -> None:
    """The first verdict's findings, with the flow that they are about."""
    finding = {"kind": "lost", "sink": "crm.deal", "message": "no crm.deal", "expected": {"amount": 1}}
    cell = {"flow": "buy", "scenario": "x", "error": None, "promises": [{"findings": [finding, finding]}]}
    visit = around(tmp_path)
    visit.verdict = {"cells": [cell]}
    (found,) = vendors.effects(visit)
    assert (found.kind, found.about, found.seen) == ("effect_lost", "buy", "no crm.deal")


def test_no_finding_is_told_without_a_remedy() -> None:
    """Whatever is wrong comes with what to do: the source says so for each."""
    for path in (Path(journey.__file__).parent).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding":
                said = {one.arg: ast.unparse(one.value) for one in node.keywords}
                assert "remedy" in said or "WRONG" not in said.get("level", ""), f"{path.name}:{node.lineno}: {said}"
