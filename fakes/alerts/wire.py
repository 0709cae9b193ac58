"""The alerts' routes: the chat webhook, and the door through which the mail server brings its mails. No rules here."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import orjson

from fakes.alerts.chat import Channel, Refused
from fakes.calls import Call, Refusal, Reply, Route

CHAT, MAIL = "alerts.chat", "alerts.mail"
TEXT = "text/plain; charset=utf-8"
STATUS = {
    "invalid_payload": 400,
    "invalid_blocks": 400,
    "invalid_attachments": 400,
    "no_text": 400,
    "too_many_attachments": 400,
    "user_not_found": 400,
    "action_prohibited": 403,
    "invalid_token": 403,
    "posting_to_general_channel_denied": 403,
    "channel_not_found": 404,
    "no_active_hooks": 404,
    "no_service": 404,
    "no_team": 404,
    "channel_is_archived": 410,
    "rate_limited": 429,
    "rollup_error": 500,
}


def word(name: str, status: int | None = None, retry_after_s: float | None = None) -> Reply:
    """The webhook answers in single words; with 429 it says when to come back."""
    headers = {}
    if name == "rate_limited" or retry_after_s is not None:
        headers["Retry-After"] = str(max(1, round(retry_after_s or 1)))
    return Reply(status or STATUS[name], name.encode(), headers, TEXT)


def failed(kind: str, call: Call, status: int | None, retry_after_s: float | None) -> Reply:
    """The webhook's own body for a planned failure; the mail server reads the status only."""
    if kind == "rate_limited":
        return word("rate_limited", 429, retry_after_s)
    if kind == "invalid":
        return word("invalid_payload", status or 400)
    return word("rollup_error" if (status or 500) == 500 else "service_unavailable", status or 500, retry_after_s)


class Routes:
    """The handlers of one channel and one mailbox."""

    def __init__(self, channel: Channel, hook: tuple[str, str, str], door: str, ident: Callable[[str], str]) -> None:
        self._channel = channel
        self._hook = hook
        self._door = door
        self._ident = ident

    def routes(self) -> tuple[Route, ...]:
        """The webhook and the mail server's door."""
        return (
            Route(
                method="POST", template="/services/{team}/{hook}/{token}", operation="POST incoming webhook",
                handler=self._post, writes=True, sink=CHAT,
            ),
            Route(
                method="POST", template="/smtp/{token}", operation="SMTP DATA", handler=self._mail, writes=True,
                sink=MAIL,
            ),
        )  # fmt: skip

    def read(self, call: Call) -> None:
        """Check the secret address and read the body; changes nothing."""
        if call.route is not None and call.route.sink == MAIL:
            if call.at["token"] != self._door:
                raise Refusal(word("invalid_token"))
        elif call.at["team"] != self._hook[0]:
            raise Refusal(word("no_team"))
        elif call.at["hook"] != self._hook[1]:
            raise Refusal(word("no_service"))
        elif call.at["token"] != self._hook[2]:
            raise Refusal(word("invalid_token"))
        call.account = "workspace"
        payload = _payload(call)
        call.params = payload if isinstance(payload, dict) else {"payload": payload}

    def _post(self, call: Call) -> Reply:
        try:
            text = self._channel.accept(_payload(call))
        except Refused as refused:
            return word(refused.word)
        call.effect(CHAT, "create", self._ident("msg"), {"text": text})
        return Reply(200, b"ok", {}, TEXT)

    def _mail(self, call: Call) -> Reply:
        made = self._ident("mail")
        call.effect(MAIL, "create", made, call.params)
        return Reply(200, orjson.dumps({"id": made}))


def _payload(call: Call) -> Any:
    """The message as it was given, as JSON or as the form field `payload`; None if it cannot be read."""
    raw: bytes | str = call.body
    if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raw = parse_qs(call.body.decode("utf-8", "replace")).get("payload", [call.body.decode("utf-8", "replace")])[-1]
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
