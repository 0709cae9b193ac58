"""The chat API's routes, `/api/{method}`: forms or JSON in, `ok` with 200 whatever happened out. No rules here.

Unknown arguments are ignored, as the vendor does. The methods themselves stand in `methods`.
"""

import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from fakes.alerts.state.refused import Refused
from fakes.alerts.state.workspace import Workspace
from fakes.alerts.wire.hook import SINK
from fakes.alerts.wire.methods import METHODS, Method, Methods
from fakes.calls import Call, Refusal, Reply, Route, come_back
from fakes.contents import Part
from fakes.limits import Windows
from fakes.nesting import too_deep
from harness.clock import Clock

PREFIX = "/api/"
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"
IN_FORMS_AS_JSON = ("attachments", "blocks", "metadata")
TIER_S = 60.0


def answer(body: Mapping[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """A JSON answer; one that is not `ok` refuses although its status is 200."""
    content = "application/json; charset=utf-8"
    return Reply(status, orjson.dumps(body), headers or {}, content, refuses=not body.get("ok"))


def refusal(refused: Refused) -> Reply:
    """The API's answer for a word."""
    if refused.word == "rate_limited":
        return too_many(refused.wait_s)
    body: dict[str, Any] = {"ok": False, "error": refused.word, **refused.more}
    if refused.messages:
        body["errors"] = list(refused.messages)
        body["response_metadata"] = {"messages": [f"[ERROR] {one}" for one in refused.messages]}
    return answer(body)


def too_many(wait_s: float | None) -> Reply:
    """429, which is one of the few statuses that the API uses."""
    return answer({"ok": False, "error": "ratelimited"}, 429, come_back(wait_s or 1))


def failed(kind: str, status: int | None, retry_after_s: float | None) -> Reply:
    """The API's own body for a planned failure."""
    if kind == "rate_limited":
        return too_many(retry_after_s)
    if kind == "invalid":
        return answer({"ok": False, "error": "invalid_arguments"}, status or 200)
    error = "service_unavailable" if kind == "unavailable" else "internal_error"
    return answer({"ok": False, "error": error}, status or 500, come_back(retry_after_s))


def shown(call: Call) -> str:
    """The token that a call shows: in its header, or else as an argument, but in a JSON body it is not looked at."""
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if call.headers.get("content-type", "").startswith(JSON_TYPE):
        return ""
    try:
        return str(_arguments(call).get("token", "")).strip()
    except Refused:
        return ""


class ApiRoutes(Part):
    """The API of one workspace, for one token."""

    KEPT = ("_windows",)

    def __init__(self, workspace: Workspace, clock: Clock, token: str, url: str) -> None:
        self._workspace = workspace
        self._token = token
        self._methods = Methods(workspace, url)
        self._windows = Windows(clock, TIER_S)

    def clear(self) -> None:
        """Forget how often each method was called."""
        self._windows.forget()

    def routes(self) -> tuple[Route, ...]:
        """Each method by POST, those that only read by GET as well."""
        return tuple(
            Route(
                method=verb, template=PREFIX + name, operation=name, handler=self._handler(name, method),
                writes=method.writes, sink=SINK if method.writes else None,
            )
            for name, method in METHODS.items()
            for verb in (("POST",) if method.writes else ("POST", "GET"))
        )  # fmt: skip

    def read(self, call: Call) -> None:
        """Read the arguments and check the token and its scope; changes nothing."""
        assert call.route is not None
        name = call.route.operation
        try:
            call.params = _arguments(call)
            if self._workspace.settings.refuse_api_with:
                raise Refused(self._workspace.settings.refuse_api_with)
            self._check(call, METHODS[name])
        except Refused as refused:
            raise Refusal(refusal(refused)) from None

    def _check(self, call: Call, method: Method) -> None:
        if not method.scope and method.open:
            return
        given = shown(call)
        if not given:
            raise Refused("not_authed")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Refused("invalid_auth")
        provided = self._workspace.settings.scopes
        if method.scope and method.scope not in provided.split(","):
            raise Refused("missing_scope", more={"needed": method.scope, "provided": provided})

    def _handler(self, name: str, method: Method) -> Any:
        window, carry_out = self._windows[name], method.of(self._methods)

        def handle(call: Call) -> Reply:
            allowed = 0 if name == "chat.postMessage" else self._workspace.settings.per_minute
            wait = window.wait_s(allowed)
            if wait:
                return too_many(wait)
            window.count(allowed)
            try:
                done = carry_out(call.params, call)
            except Refused as refused:
                return refusal(refused)
            return answer({"ok": True, **done, **_warned(call)})

        return handle

    @staticmethod
    def unknown(call: Call) -> Reply:
        """What the API says to a method that it does not have."""
        return answer({"ok": False, "error": "unknown_method", "req_method": call.path.removeprefix(PREFIX)})


def _warned(call: Call) -> dict[str, Any]:
    """The API complains about JSON without a charset, and about forms with one; mildly."""
    content = call.headers.get("content-type", "").lower()
    if content.startswith(JSON_TYPE) and "charset" not in content:
        warning = "missing_charset"
    elif content.startswith(FORM_TYPE) and "charset" in content:
        warning = "superfluous_charset"
    else:
        return {}
    return {"warning": warning, "response_metadata": {"warnings": [warning]}}


def _arguments(call: Call) -> dict[str, Any]:
    """The arguments of query and body."""
    found: dict[str, Any] = dict(parse_qsl(call.query, keep_blank_values=True))
    if not call.body:
        return _parsed(found)
    content = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content == JSON_TYPE:
        try:
            given = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            raise Refused("invalid_json") from None
        if not isinstance(given, dict):
            raise Refused("json_not_object")
        return found | given
    if content == FORM_TYPE:
        try:
            return _parsed(found | dict(parse_qsl(call.body.decode(), keep_blank_values=True)))
        except UnicodeDecodeError:
            raise Refused("invalid_form_data") from None
    raise Refused("invalid_post_type" if content else "missing_post_type")


def _parsed(form: dict[str, Any]) -> dict[str, Any]:
    """In a form, structured arguments are JSON within text."""
    for name in IN_FORMS_AS_JSON:
        if form.get(name):
            try:
                form[name] = orjson.loads("" if too_deep(form[name].encode()) else form[name])
            except orjson.JSONDecodeError:
                raise Refused(f"invalid_{name}_format" if name != "attachments" else "invalid_attachments") from None
    return form
