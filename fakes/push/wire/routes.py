"""The push service's routes. No rules here.

Bodies may be gzipped. Each notification is told as news to the delivery engine, which brings it to its device: on the
way the delivery rules of a person make it late, doubled, lost or out of order.
"""

import zlib
from typing import Any

import orjson

from fakes.calls import Call, News, Refusal, Reply, Route
from fakes.encoding import trimmed
from fakes.isolated import Accounts
from fakes.nesting import too_deep
from fakes.push.account import Account
from fakes.push.state.devices import DEFAULT_PROJECT
from fakes.push.state.problem import Problem
from fakes.push.state.settings import Settings
from fakes.push.wire import answers
from fakes.virtual import NS

SINK = "push.notification"
TOPIC = "notification"
PREFIX = "/--/api/v2/push"
BODY_MAX = 4_000_000
REGISTER = "POST push/getExpoPushToken"
SHOWN = ("title", "subtitle", "body", "data")
GUNZIP = 16 + zlib.MAX_WBITS


class Routes:
    """The service of every account, over HTTP."""

    def __init__(self, accounts: Accounts[Account], settings: Settings, access_token: str) -> None:
        self._accounts = accounts
        self._settings = settings
        self._access_token = access_token

    def routes(self) -> tuple[Route, ...]:
        """The three of the service."""
        return (
            Route(
                method="POST", template=f"{PREFIX}/send", operation="POST push/send", handler=self._send, writes=True,
                sink=SINK,
            ),
            Route(
                method="POST", template=f"{PREFIX}/getReceipts", operation="POST push/getReceipts",
                handler=self._receipts, writes=False,
            ),
            Route(
                method="POST", template=f"{PREFIX}/getExpoPushToken", operation=REGISTER,
                handler=self._register, writes=True,
            ),
        )  # fmt: skip

    def read(self, call: Call) -> None:
        """Check who calls and read the body; changes nothing."""
        try:
            if call.headers.get("content-encoding", "").strip().lower() == "gzip":
                call.body = _unzipped(call.body)
            free = call.route is None or call.route.operation == REGISTER
            call.account = self._entered(call.headers.get("authorization", ""), free)
            asked = _json(call.body)
        except Problem as problem:
            raise Refusal(answers.refusal(problem)) from None
        call.params = asked if isinstance(asked, dict) else {"messages": asked}

    def _entered(self, given: str, free: bool) -> str:
        """The account that a token opens, the main one without a token; whoever is `free` needs none."""
        scheme, _, shown = given.partition(" ")
        name = self._accounts.opened(shown, self._access_token) if scheme.lower() == "bearer" else None
        if name is None and given and not free:
            raise Problem("UNAUTHORIZED", "The bearer token is invalid.", 401)
        if name is None and self._settings.token_required and not free:
            raise Problem("UNAUTHORIZED", "Insufficient permissions: the project requires an access token.", 401)
        return name or self._accounts.main_name

    def _send(self, call: Call) -> Reply:
        asked = call.params if call.body.lstrip().startswith(b"{") else call.params["messages"]
        account = self._accounts.of(call)
        try:
            outcomes = account.service.send(asked)
        except Problem as problem:
            return answers.refusal(problem)
        for outcome in outcomes:
            if outcome.notification:
                self._tell(call, account, outcome.notification)
        tickets = [outcome.ticket for outcome in outcomes]
        one = isinstance(asked, dict) and isinstance(asked["to"], str)
        return answers.told(tickets[0] if one else tickets)

    @staticmethod
    def _tell(call: Call, account: Account, notification: dict[str, Any]) -> None:
        made, token = notification["id"], notification["to"]
        values = {"to": token, **{name: notification[name] for name in SHOWN if name in notification}}
        call.effect(SINK, "create", made, values, [token])
        told = {**notification, "sent": account.clock.wall().isoformat()}
        call.news(
            News(
                id=made,
                type=TOPIC,
                topic=TOPIC,
                object_id=made,
                body=trimmed(orjson.dumps(told)),
                created_s=account.clock.unix_ns() // NS,
                ids=(token,),
                account=account.outside,
            )
        )

    def _receipts(self, call: Call) -> Reply:
        try:
            return answers.told(self._accounts.of(call).service.receipts(call.params))
        except Problem as problem:
            return answers.refusal(problem)

    def _register(self, call: Call) -> Reply:
        asked = call.params
        wanted = [name for name in ("deviceId", "deviceToken", "appId") if not isinstance(asked.get(name), str)]
        if wanted:
            return answers.refusal(Problem("VALIDATION_ERROR", f'"{wanted[0]}" is required.'))
        project = str(asked.get("projectId") or asked.get("experienceId") or DEFAULT_PROJECT)
        device = self._accounts.of(call).devices.register(asked["deviceId"], project)
        call.owns(device.token)
        return answers.told({"expoPushToken": device.token})


def _unzipped(body: bytes) -> bytes:
    reader = zlib.decompressobj(GUNZIP)
    try:
        text = reader.decompress(body, BODY_MAX)
    except zlib.error:
        raise Problem("VALIDATION_ERROR", "The body is not gzip.") from None
    if reader.unconsumed_tail:
        raise Problem("PAYLOAD_TOO_LARGE", "request entity too large", 413)
    return text


def _json(body: bytes) -> Any:
    if len(body) > BODY_MAX:
        raise Problem("PAYLOAD_TOO_LARGE", "request entity too large", 413)
    if too_deep(body):
        raise Problem("VALIDATION_ERROR", "The body is nested too deep.")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem("VALIDATION_ERROR", "The body is not JSON.") from None
