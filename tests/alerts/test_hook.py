"""The chat webhook with the official clients of two languages, and its errors as plain words."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from fakes.alerts.state.hook import Hook
from fakes.alerts.state.message import NESTED_MAX, TEXT_MAX, checked
from fakes.alerts.state.refused import Refused
from fakes.alerts.state.settings import Settings
from fakes.alerts.state.workspace import Workspace
from fakes.plugin import Fakes
from harness.clock import ManualClock
from harness.rng import Rng
from tests.nodes import play

SCRIPT = Path(__file__).with_name("hook.cjs")


@pytest.fixture
def webhook(served: Fakes) -> WebhookClient:
    """The official client."""
    return WebhookClient(served.key("alerts", "slack_url"))


def hook(channel: str = "alerts", **settings: Any) -> tuple[Hook, ManualClock]:
    """A webhook of its own, and the clock of its workspace."""
    clock, turned = ManualClock(), Settings(**settings)
    return Hook(Workspace(clock, Rng(1), turned), turned, channel), clock


def test_a_message_is_one_effect_and_a_repeat_a_second(webhook: WebhookClient, served: Fakes, marker: str) -> None:
    """There is no idempotency at all."""
    for _ in range(2):
        answer = webhook.send(text=f"Dead letter: crm for {marker}@customers.example.com")
        assert (answer.status_code, answer.body) == (200, "ok")
    effects = served.effects("alerts.chat", person=marker)
    assert [each["values"] for each in effects] == [
        {"text": f"Dead letter: crm for {marker}@customers.example.com"}
    ] * 2
    assert len({each["object"] for each in effects}) == 2


def test_blocks_alone_are_a_message(webhook: WebhookClient, served: Fakes, marker: str) -> None:
    """Their texts are what the effect tells."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"*Alert* {marker}"}}
    assert webhook.send(blocks=[section, {"type": "divider"}]).body == "ok"
    (effect,) = served.effects("alerts.chat", person=marker)
    assert effect["values"] == {"text": f"*Alert* {marker}"}


def test_the_node_client(tuned: Fakes, marker: str) -> None:
    """Text, attachments, a refusal and a limit, as the client for Node sees them."""
    url = tuned.key("alerts", "slack_url")
    told = play(SCRIPT, {"url": url, "messages": [marker, {"attachments": [{"fallback": f"b {marker}"}]}, {}]})
    refused = {"name": "IncomingWebhookHTTPError", "code": "slack_webhook_http_error", "status": 400, "body": "no_text"}
    assert told == ["ok", "ok", refused]
    assert [each["values"]["text"] for each in tuned.effects("alerts.chat", person=marker)] == [marker, f"b {marker}"]
    tuned.control("PUT", "/settings/alerts", settings={"refuse_with": "channel_is_archived"})
    (archived,) = play(SCRIPT, {"url": url, "messages": ["x"]})
    assert (archived["status"], archived["body"]) == (410, "channel_is_archived")


def test_a_wrong_address_is_refused_in_words(served: Fakes) -> None:
    """Each part of the address has its own word."""
    url = served.key("alerts", "slack_url")
    head, team, hook_id, _ = url.rsplit("/", 3)
    addresses = {
        "token": f"{head}/{team}/{hook_id}/wrong",
        "hook": f"{head}/{team}/BWRONG/x",
        "team": f"{head}/TWRONG/{hook_id}/x",
    }
    answers = {name: WebhookClient(address).send(text="x") for name, address in addresses.items()}
    said = {name: (answer.status_code, answer.body) for name, answer in answers.items()}
    assert said == {"token": (403, "invalid_token"), "hook": (404, "no_service"), "team": (404, "no_team")}


def test_the_secret_stays_out_of_the_journal(webhook: WebhookClient, served: Fakes, marker: str) -> None:
    """Calls are journaled with the secret part hidden."""
    webhook.send(text=marker)
    secret = served.key("alerts", "slack_url").rpartition("/")[2]
    assert secret not in served.journal.read_text()
    assert served.records("received", person=marker)[0]["path"].endswith("/***")


def test_a_form_field_may_carry_the_message(served: Fakes, marker: str) -> None:
    """As old clients send it: `payload=` with JSON in it."""
    form = {"payload": f'{{"text": "{marker}"}}'}
    answer = httpx.post(served.key("alerts", "slack_url"), data=form, trust_env=False)
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"].startswith("text/plain")
    assert len(served.effects("alerts.chat", person=marker)) == 1


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [("rate_limited", 429, "rate_limited"), ("server_error", 500, "rollup_error"), ("invalid", 400, "invalid_payload")],
)
def test_planned_failures(
    webhook: WebhookClient, served: Fakes, marker: str, kind: str, status: int, said: str
) -> None:
    """The webhook's own words; 429 says when to come back; nothing is posted."""
    fault = {"person": marker, "fake": "alerts", "kind": kind, "sink": "alerts.chat", "retry_after_s": 2}
    served.control("POST", "/faults", faults=[fault])
    answer = webhook.send(text=marker)
    assert (answer.status_code, answer.body) == (status, said)
    assert kind != "rate_limited" or answer.headers["retry-after"] == "2"
    assert not served.effects("alerts.chat", person=marker)


def test_the_limit_is_set_while_it_runs(tuned: Fakes, marker: str) -> None:
    """One a second from now on; the client's own handler waits as told and gets through."""
    tuned.control("PUT", "/settings/alerts", settings={"per_second": 1})
    patient = WebhookClient(
        tuned.key("alerts", "slack_url"), retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)]
    )
    assert [patient.send(text=marker).status_code for _ in range(2)] == [200, 200]
    assert len(tuned.effects("alerts.chat", person=marker)) == 2
    tries = [each["call"] for each in tuned.records("received", person=marker)]
    statuses = [each["status"] for call in tries for each in tuned.records("answered", call=call)]
    assert (statuses[:2], statuses[-1]) == ([200, 429], 200)


WRONG: list[tuple[Any, str]] = [
    (None, "invalid_payload"),
    (["x"], "invalid_payload"),
    ({"text": 7}, "invalid_payload"),
    ({}, "no_text"),
    ({"text": ""}, "no_text"),
    ({"attachments": [{}]}, "no_text"),
    ({"blocks": "x"}, "invalid_blocks"),
    ({"blocks": [{"no": "type"}]}, "invalid_blocks"),
    ({"text": "x", "attachments": "y"}, "invalid_attachments"),
    ({"text": "x", "attachments": ["y"]}, "invalid_attachments"),
    ({"text": "x", "attachments": [{"blocks": [{"type": "nonsense"}]}]}, "invalid_attachments"),
    ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
    ({"text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
]


@pytest.mark.parametrize(("payload", "word"), WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_a_wrong_payload_is_refused_by_its_word(payload: Any, word: str) -> None:
    """The documented words."""
    with pytest.raises(Refused) as refused:
        hook()[0].post(payload)
    assert refused.value.word == word


def test_the_limit_and_the_archived_channel() -> None:
    """One a second where the switch says so; an archived channel takes nothing."""
    one, clock = hook(per_second=1)
    one.post({"text": "one"})
    with pytest.raises(Refused, match="rate_limited") as refused:
        one.post({"text": "two"})
    assert refused.value.wait_s == 1.0
    clock.advance(1)
    assert one.post({"text": "three"}).shown == "three"
    one.settings.refuse_with = "action_prohibited"
    with pytest.raises(Refused, match="action_prohibited"):
        one.post({"text": "four"})
    with pytest.raises(Refused, match="channel_is_archived"):
        hook("old-alerts")[0].post({"text": "five"})


def test_a_long_text_is_cut_and_deep_nesting_is_left_out() -> None:
    """Neither is an error."""
    assert len(checked({"text": "x" * (TEXT_MAX + 1)})) == TEXT_MAX
    deep: dict[str, Any] = {"text": "too deep"}
    for _ in range(NESTED_MAX + 1):
        deep = {"inner": deep}
    assert checked({"attachments": [{"text": "seen", "more": deep}]}) == "seen"
