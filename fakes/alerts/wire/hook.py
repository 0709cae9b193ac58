"""The chat webhook's route: messages as JSON or as a form field, answers in single words of plain text; no rules."""

import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson

from fakes.alerts.state.hook import Hook
from fakes.alerts.state.refused import Refused
from fakes.calls import Call, Refusal, Reply, Route, come_back
from fakes.nesting import too_deep

SINK = "alerts.chat"
TEXT = "text/plain; charset=utf-8"
STATUS: Mapping[str, int] = {
    "action_prohibited": 403,
    "channel_is_archived": 410,
    "channel_not_found": 404,
    "invalid_token": 403,
    "no_active_hooks": 404,
    "no_service": 404,
    "no_service_id": 404,
    "no_team": 404,
    "posting_to_general_channel_denied": 403,
    "rate_limited": 429,
    "rollup_error": 500,
    "team_disabled": 403,
}
"""Every other word comes with 400."""


def word(name: str, status: int | None = None, retry_after_s: float | None = None) -> Reply:
    """The webhook answers in single words; with 429 it says when to come back."""
    wait = retry_after_s or (1.0 if name == "rate_limited" else None)
    return Reply(status or STATUS.get(name, 400), name.encode(), come_back(wait), TEXT)


def failed(kind: str, status: int | None, retry_after_s: float | None) -> Reply:
    """The webhook's own body for a planned failure."""
    if kind == "rate_limited":
        return word("rate_limited", 429, retry_after_s)
    if kind == "invalid":
        return word("invalid_payload", status or 400)
    return word("rollup_error" if (status or 500) == 500 else "service_unavailable", status or 500, retry_after_s)


class HookRoutes:
    """One webhook with its secret address: team, hook and token."""

    def __init__(self, hook: Hook, address: tuple[str, str, str]) -> None:
        self._hook = hook
        self._address = address

    def routes(self) -> tuple[Route, ...]:
        """The one route."""
        return (
            Route(
                method="POST", template="/services/{team}/{hook}/{token}", operation="POST incoming webhook",
                handler=self._post, writes=True, sink=SINK,
            ),
        )  # fmt: skip

    def read(self, call: Call) -> None:
        """Check the secret address and read the message; changes nothing."""
        team, hook, token = self._address
        if call.at["team"] != team:
            raise Refusal(word("no_team"))
        if call.at["hook"] != hook:
            raise Refusal(word("no_service"))
        if not hmac.compare_digest(call.at["token"].encode(), token.encode()):
            raise Refusal(word("invalid_token"))
        payload = _payload(call)
        call.params = payload if isinstance(payload, dict) else {"payload": payload}

    def _post(self, call: Call) -> Reply:
        try:
            message = self._hook.post(_payload(call))
        except Refused as refused:
            return word(refused.word, retry_after_s=refused.wait_s)
        call.effect(SINK, "create", message.ts, {"text": message.shown})
        return Reply(200, b"ok", {}, TEXT)


def _payload(call: Call) -> Any:
    """The message as it was given, as JSON or as the form field `payload`; None if it cannot be read."""
    raw = call.body
    if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        text = call.body.decode("utf-8", "replace")
        raw = parse_qs(text).get("payload", [text])[-1].encode()
    try:
        return None if too_deep(raw) else orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
