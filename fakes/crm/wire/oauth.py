"""Routes of OAuth: the user's consent, tokens, what is known of them. Open: they ask for no token. No rules here."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from fakes.calls import Call, Reply, Route
from fakes.crm.problems import Problem
from fakes.crm.state.access import Access, Denied
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, object_body, query, refusal

VERSIONS = ("v1", "v3", "2026-03", "2026-09")


class OAuth:
    """The handlers of one portal's OAuth."""

    def __init__(self, portal: Portal, access: Access) -> None:
        self._portal = portal
        self._access = access

    def routes(self) -> Iterator[Route]:
        """All routes; none of them counts towards a limit."""
        yield self._route("GET", "/oauth/authorize", self._authorize)
        for version in VERSIONS:
            yield self._route("POST", f"/oauth/{version}/token", self._token)
        for version in VERSIONS[1:]:
            yield self._route("POST", f"/oauth/{version}/token/introspect", self._introspect)
            yield self._route("POST", f"/oauth/{version}/token/revoke", self._revoke)
        for kind in ("access", "refresh"):
            yield self._route("GET", f"/oauth/v1/{kind}-tokens/{{token}}", self._about)
        yield self._route("DELETE", "/oauth/v1/refresh-tokens/{token}", self._drop)
        yield self._route("POST", "/oauth/v2/private-apps/get/access-token-info", self._private)

    def _route(self, method: str, template: str, work: Callable[[Call], Reply]) -> Route:
        def handler(call: Call) -> Reply:
            try:
                return work(call)
            except Denied as denied:
                return self._denied(denied)
            except Problem as problem:
                return refusal(self._portal, problem)

        # Tokens are no record of anybody: no fault aimed at writes should meet them.
        return Route(
            method=method, template=template, operation=f"{method} {template}", handler=handler, writes=False
        )  # fmt: skip

    def _denied(self, denied: Denied) -> Reply:
        body = {
            "error": denied.error,
            "error_description": denied.message,
            "status": denied.status,
            "message": denied.message,
            "correlationId": self._portal.correlation_id(),
        }
        return answer(401 if denied.error == "invalid_client" else 400, body)

    def _authorize(self, call: Call) -> Reply:
        """The page on which a user consents: here they always do, at once."""
        names = ("client_id", "redirect_uri", "scope", "scopes", "optional_scope", "optional_scopes")
        asked = {name: value for name in names if (value := query(call, name))}
        code = self._access.consent(asked)
        state = query(call, "state")
        back = {"code": code, **({"state": state} if state is not None else {})}
        redirect = asked["redirect_uri"]
        joint = "&" if urlsplit(redirect).query else "?"
        return Reply(302, b"", {"Location": f"{redirect}{joint}{urlencode(back)}"})

    @staticmethod
    def _form(call: Call) -> dict[str, str]:
        form: dict[str, str] = call.params.get("form_secret", {})
        return form

    def _token(self, call: Call) -> Reply:
        return answer(200, self._access.exchange(self._form(call)), {"Cache-Control": "no-store"})

    def _introspect(self, call: Call) -> Reply:
        return answer(200, self._access.about(self._form(call).get("token", "")) or {"active": False})

    def _revoke(self, call: Call) -> Reply:
        self._access.revoke(self._form(call).get("token", ""))
        return Reply(200)

    def _about(self, call: Call) -> Reply:
        told = self._access.about(call.at["token"])
        if told is None or not told["active"]:
            raise Problem("OBJECT_NOT_FOUND", "token not found or expired")
        return answer(200, told)

    def _drop(self, call: Call) -> Reply:
        self._access.revoke(call.at["token"])
        return Reply(204)

    def _private(self, call: Call) -> Reply:
        given = object_body(self._portal, call).get("tokenKey")
        caller = self._access.caller(f"Bearer {given}")
        body: dict[str, Any] = {
            "userId": 1,
            "hubId": self._portal.number,
            "appId": self._access.app.number,
            "scopes": sorted(caller.scopes),
        }
        return answer(200, body)
