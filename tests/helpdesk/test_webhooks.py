"""Webhooks that are really sent: signed, retried, stopped by the circuit breaker, misrouted on purpose."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from zenpy import Zenpy
from zenpy.lib.api_objects import Trigger, Webhook

from fakes.plugin import Fakes
from tests.helpdesk.hook import Got, Hook, hooked


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Our endpoint."""
    with hooked() as one:
        yield one


@pytest.fixture
def webhook(served: Fakes, client: Zenpy, hook: Hook, marker: str) -> Iterator[Any]:
    """A webhook of ours that is told of each new ticket with the test's tag."""
    served.tune("helpdesk", webhook_retry_s=0.05)
    made = client.webhooks.create(
        Webhook(
            name=marker, endpoint=hook.url, http_method="POST", request_format="json", status="active",
            subscriptions=["conditional_ticket_events"], authentication={"type": "bearer_token", "data": {"token": "t"},
                                                                         "add_position": "header"},
        )
    )  # fmt: skip
    body = '{"ticket": {{ticket.id}}, "title": "{{ticket.title}}"}'
    conditions = {"all": [{"field": "current_tags", "operator": "includes", "value": marker}], "any": []}
    actions = [{"field": "notification_webhook", "value": [made.id, body]}]
    rule = client.triggers.create(Trigger(title=marker, conditions=conditions, actions=actions))
    yield made
    served.settle()
    client.triggers.delete(rule)
    client.webhooks.delete(made)


def _ticket(served: Fakes, http: requests.Session, marker: str) -> int:
    asked: Any = {"ticket": {"subject": marker, "comment": {"body": "x"}, "tags": [marker]}}
    answer = http.post(f"{served.url('helpdesk')}/api/v2/tickets", json=asked, timeout=10)
    return int(answer.json()["ticket"]["id"])


def _signed_well(got: Got, secret: str) -> bool:
    said = got.headers["x-zendesk-webhook-signature-timestamp"].encode() + got.body
    wanted = base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(wanted, got.headers["x-zendesk-webhook-signature"])


def test_a_request_is_signed_and_told_once(
    served: Fakes, client: Zenpy, http: requests.Session, hook: Hook, webhook: Any, marker: str
) -> None:
    """The signature over time and body, the vendor's headers, the password; the journal says whose it is."""
    number = _ticket(served, http, marker)
    (got,) = hook.wait(1)
    secret = client.webhooks.show_secret(webhook).secret
    assert got.said == {"ticket": number, "title": marker}
    assert _signed_well(got, secret)
    assert got.headers["authorization"] == "Bearer t"
    assert got.headers["x-zendesk-webhook-id"] == webhook.id
    served.settle()
    (invocation,) = list(client.webhooks.invocations(webhook))
    assert (invocation.id, invocation.status) == (got.headers["x-zendesk-webhook-invocation-id"], "success")
    (attempt,) = list(client.webhooks.invocation_attempts(webhook.id, invocation.id))
    assert (attempt.status_code, attempt.response.payload) == (200, "ok")
    assert [each["person"] for each in served.records("delivery", endpoint=webhook.id)] == [marker]


def test_a_secret_that_was_reset_signs_from_now_on(
    served: Fakes, client: Zenpy, http: requests.Session, hook: Hook, webhook: Any, marker: str
) -> None:
    """The old one is good for nothing."""
    old = client.webhooks.show_secret(webhook).secret
    new = client.webhooks.reset_secret(webhook).secret
    _ticket(served, http, marker)
    (got,) = hook.wait(1)
    assert (_signed_well(got, new), _signed_well(got, old)) == (True, False)


RETRIED: list[tuple[str, list[tuple[int, dict[str, str]]], int]] = [
    ("conflict", [(409, {})] * 2, 3),
    ("conflict for good", [(409, {})] * 9, 4),
    ("busy", [(429, {"Retry-After": "0"}), (503, {"Retry-After": "0"})], 3),
    ("busy for long", [(429, {"Retry-After": "60"})], 1),
    ("busy without a word", [(503, {})], 1),
    ("broken", [(500, {})], 1),
    ("gone", [(404, {})], 1),
]


@pytest.mark.parametrize(("name", "answers", "requests_"), RETRIED, ids=[name for name, _, _ in RETRIED])
def test_only_some_failures_are_tried_again(
    served: Fakes, http: requests.Session, hook: Hook, webhook: Any, marker: str, name: str,
    answers: list[tuple[int, dict[str, str]]], requests_: int,
) -> None:  # fmt: skip
    """Conflicts and short waits, three times at most."""
    hook.answers += answers
    _ticket(served, http, marker)
    hook.wait(requests_)
    served.settle()
    assert len(hook.got) == requests_
    assert len({each.body for each in hook.got}) == 1


def test_the_circuit_breaker_stops_requests(
    served: Fakes, client: Zenpy, http: requests.Session, hook: Hook, webhook: Any, marker: str
) -> None:
    """After enough errors nothing is sent, and the invocations say why."""
    served.tune("helpdesk", breaker_least=2, breaker_pause_s=30.0)
    hook.answers += [(500, {})] * 5
    try:
        for count in (1, 2):
            _ticket(served, http, marker)
            hook.wait(count)
            served.settle()
        _ticket(served, http, marker)
        served.settle()
    finally:
        served.tune("helpdesk", breaker_least=100, breaker_pause_s=5.0)
    assert len(hook.got) == 2
    found = [each.status for each in client.webhooks.invocations(webhook)]
    assert found == ["circuit broken", "terminated", "terminated"]


def test_requests_come_twice_where_a_rule_says_so(
    served: Fakes, http: requests.Session, hook: Hook, webhook: Any, marker: str
) -> None:
    """The rules of deliveries hold for webhooks of the helpdesk as for all."""
    served.rule("helpdesk", "repeat", marker, copies=1)
    _ticket(served, http, marker)
    first, second = hook.wait(2)
    assert first.body == second.body


def test_a_webhook_is_tried_out(client: Zenpy, served: Fakes, http: requests.Session, hook: Hook, webhook: Any) -> None:
    """One request, signed, with the answer in the answer; without a webhook the vendor's public secret signs."""
    url = f"{served.url('helpdesk')}/api/v2/webhooks/test"
    hook.answers.append((418, {}))
    asked = {"request": {"endpoint": hook.url, "http_method": "PUT", "payload": '{"a": 1}'}}
    known = http.post(url, json=asked, params={"webhook_id": webhook.id}, timeout=10).json()["response"]
    assert (known["status_code"], known["payload"], hook.got[0].method) == (418, "ok", "PUT")
    assert _signed_well(hook.got[0], client.webhooks.show_secret(webhook).secret)
    http.post(url, json=asked, timeout=10)
    assert _signed_well(hook.got[1], "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==")
    assert http.post(url, json={"request": {"endpoint": "nowhere"}}, timeout=10).status_code == 400


def test_a_lie_is_signed_as_wrongly_as_asked(
    served: Fakes, client: Zenpy, http: requests.Session, hook: Hook, webhook: Any, marker: str
) -> None:
    """Well signed or not, it says that a ticket was solved which was not."""
    number = _ticket(served, http, marker)
    hook.wait(1)
    secret = client.webhooks.show_secret(webhook).secret
    for forgery in ("valid", "wrong_secret", "without_time", "altered_byte", "garbage"):
        served.control("POST", "/forge", fake="helpdesk", person=marker, lie="ticket_solved", forgery=forgery)
    lies = hook.wait(6)[1:]
    assert [_signed_well(each, secret) for each in lies] == [True, False, False, False, False]
    assert lies[0].said["ticket_id"] == number
    assert client.tickets(id=number).status == "new"
