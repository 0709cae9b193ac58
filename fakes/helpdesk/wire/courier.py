"""Brings what webhooks are to be told to the delivery engine, once the call that caused it is over.

Registers each webhook as an endpoint of its own. Called by the door of the routes and after acts.
"""

import base64
import json
from typing import Any

from fakes.calls import Call, News
from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.state.webhooks import EVENT, FORMATS, TRIGGERED, Attempt, Invocation, Webhook
from fakes.world import World

TOPIC = "ticket.told"


class Courier:
    """One account's way to the delivery engine."""

    def __init__(self, desk: Desk, world: World) -> None:
        self._desk = desk
        self._world = world

    def register(self, webhook: Webhook) -> None:
        """Let the engine know a webhook as it is now."""
        hooks, shown, number = self._desk.webhooks, webhook.shown, webhook.id
        self._world.webhooks.register(
            number, shown["endpoint"], lambda kind, account: account == number, secrets=[webhook.secret],
            enabled=webhook.active, method=shown["http_method"], again=hooks.again,
            told=lambda attempt: hooks.heard(attempt.event, attempt.status, attempt.answer),
        )  # fmt: skip

    def forget(self, webhook: Webhook) -> None:
        """Let the engine forget a webhook; retries to it end."""
        self._world.webhooks.forget(webhook.id)

    async def try_out(self, trial: Webhook, request: Any) -> Attempt | None:
        """Send one request for a webhook that is not kept; what came of it, None when nothing can be sent."""
        payload = request.get("payload") if isinstance(request, dict) else None
        content = (payload if isinstance(payload, str) else json.dumps(payload or {})).encode()
        invocation = Invocation(
            id=self._desk.account.new_ulid(), webhook_id=trial.id, about=None, type=TRIGGERED, body=content,
            created_s=self._desk.account.second(), latest_completed_at=self._desk.account.now(),
        )  # fmt: skip
        came: list[Attempt] = []
        self._world.webhooks.register(
            trial.id, trial.shown["endpoint"], lambda kind, account: account == trial.id, secrets=[trial.secret],
            method=trial.shown["http_method"], again=lambda retry, status, retry_after: None,
            told=lambda one: came.append(
                Attempt(status="", status_code=one.status, completed_at=self._desk.account.now(), answer=one.answer)
            ),
        )  # fmt: skip
        try:
            self._world.ledger.news(None, self._news(trial, invocation))
            await self._world.acknowledged([invocation.id])
        finally:
            self._world.webhooks.forget(trial.id)
        return came[0] if came else None

    def flush(self, call: Call | None) -> None:
        """Hand over all that waits."""
        outbox = self._desk.webhooks.outbox
        while outbox:
            invocation = outbox.pop(0)
            if invocation.webhook_id not in self._desk.webhooks.all:
                continue
            self._world.ledger.news(call, self.news(invocation))

    def news(self, invocation: Invocation) -> News:
        """An invocation as the engine takes it."""
        return self._news(self._desk.webhooks.all[invocation.webhook_id], invocation)

    def _news(self, webhook: Webhook, invocation: Invocation) -> News:
        return News(
            id=invocation.id,
            type=invocation.type,
            topic=invocation.type.removeprefix(EVENT) if invocation.type != TRIGGERED else TOPIC,
            object_id=str(invocation.about or invocation.id),
            body=invocation.body,
            created_s=invocation.created_s,
            account=webhook.id,
            headers={**headers(webhook, invocation, self._desk.account.id), **_credentials(webhook)},
        )


def headers(webhook: Webhook, invocation: Invocation, account_id: int) -> dict[str, str]:
    """What a request carries besides its signature and its credentials."""
    return {
        "User-Agent": "Zendesk Webhook", "Content-Type": FORMATS[webhook.shown["request_format"]],
        "X-Zendesk-Account-Id": str(account_id), "X-Zendesk-Webhook-Id": webhook.id,
        "X-Zendesk-Webhook-Invocation-Id": invocation.id,
    }  # fmt: skip


def _credentials(webhook: Webhook) -> dict[str, str]:
    if webhook.authentication is None:
        return {}
    kind, data = webhook.authentication["type"], webhook.authentication["data"]
    if kind == "basic_auth":
        shown = f"{data['username']}:{data['password']}".encode()
        return {"Authorization": "Basic " + base64.b64encode(shown).decode()}
    return {"Authorization": f"Bearer {data['token']}"} if kind == "bearer_token" else {data["name"]: data["value"]}
