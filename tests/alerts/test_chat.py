"""The chat webhook with the official client, and its errors as plain words."""

from typing import Any

import pytest
from slack_sdk.webhook import WebhookClient

from fakes.alerts.chat import Channel, Refused, Settings
from fakes.plugin import Fakes
from harness.clock import ManualClock


@pytest.fixture
def webhook(served: Fakes) -> WebhookClient:
    """The official client."""
    return WebhookClient(served.key("alerts", "slack_url"))


def test_a_message_is_one_effect_and_a_repeat_a_second(webhook: WebhookClient, served: Fakes, marker: str) -> None:
    """There is no idempotency at all."""
    for _ in range(2):
        answer = webhook.send(text=f"Dead letter: crm for {marker}@customers.example.com")
        assert (answer.status_code, answer.body) == (200, "ok")
    effects = served.effects("alerts.chat", person=marker)
    assert [each["values"] for each in effects] == [
        {"text": f"Dead letter: crm for {marker}@customers.example.com"}
    ] * 2


def test_blocks_alone_are_a_message(webhook: WebhookClient, served: Fakes, marker: str) -> None:
    """Their texts are what the effect tells."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"*Alert* {marker}"}}
    assert webhook.send(blocks=[section, {"type": "divider"}]).body == "ok"
    (effect,) = served.effects("alerts.chat", person=marker)
    assert effect["values"] == {"text": f"*Alert* {marker}"}


def test_a_wrong_address_is_refused_in_words(served: Fakes) -> None:
    """Each part of the address has its own word."""
    url = served.key("alerts", "slack_url")
    head, team, hook, _ = url.rsplit("/", 3)
    addresses = {
        "token": f"{head}/{team}/{hook}/wrong",
        "hook": f"{head}/{team}/BWRONG/x",
        "team": f"{head}/TWRONG/{hook}/x",
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


WRONG: list[tuple[Any, str]] = [
    (None, "invalid_payload"),
    (["x"], "invalid_payload"),
    ({"text": 7}, "invalid_payload"),
    ({}, "no_text"),
    ({"text": ""}, "no_text"),
    ({"blocks": "x"}, "invalid_blocks"),
    ({"blocks": [{"no": "type"}]}, "invalid_blocks"),
    ({"text": "x", "attachments": "y"}, "invalid_attachments"),
    ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
]


@pytest.mark.parametrize(("payload", "word"), WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_a_wrong_payload_is_refused_by_its_word(payload: Any, word: str) -> None:
    """The documented words."""
    with pytest.raises(Refused) as refused:
        Channel(ManualClock(), Settings()).accept(payload)
    assert refused.value.word == word


def test_the_limit_and_the_archived_channel() -> None:
    """One a second where the switch says so; an archived channel takes nothing."""
    clock = ManualClock()
    channel = Channel(clock, Settings(per_second=1))
    channel.accept({"text": "one"})
    with pytest.raises(Refused, match="rate_limited"):
        channel.accept({"text": "two"})
    clock.advance(1)
    assert channel.accept({"text": "three"}) == "three"
    channel.settings.refuse_with = "channel_is_archived"
    with pytest.raises(Refused, match="channel_is_archived"):
        channel.accept({"text": "four"})
