"""Who calls and what they say: the key where the declaration puts it, and the body as fields. Changes nothing.

An account of its own for each key with `.<name>` at the end of the real one.
"""

import base64
import binascii
import hmac
from typing import Any
from urllib.parse import parse_qsl

import orjson

from fakes.calls import Call
from fakes.generic.problems import Problem
from fakes.generic.state.places import dig
from harness.target.declared import Declared

MAIN = "main"
FORM = "application/x-www-form-urlencoded"


class Gate:
    """Reads calls for one vendor."""

    def __init__(self, declared: Declared, token: str) -> None:
        self._declared = declared
        self._token = token

    def read(self, call: Call) -> None:
        """Fill `params`, `key` and `account`; `Problem` for a wrong key or a body that cannot be read."""
        query = dict(parse_qsl(call.query, keep_blank_values=True))
        call.account = self._account(call, query)
        call.params = self._body(call) if call.route is not None and call.route.writes else query
        where, _, name = self._declared.key.partition(":")
        if where == "header":
            call.key = call.headers.get(name.lower()) or None
        elif where == "body" and isinstance(found := dig(call.params, name), str):
            call.key = found or None

    def _account(self, call: Call, query: dict[str, str]) -> str:
        shown = self._shown(call, query)
        if shown is None:
            return MAIN
        for one in shown:
            name = self.opened(one)
            if name is not None:
                return name
        raise Problem("unauthorised", "the key is missing or wrong")

    def opened(self, shown: str) -> str | None:
        """The name of the account that a key opens; None when it opens none."""
        if hmac.compare_digest(shown.encode(), self._token.encode()):
            return MAIN
        base, dot, name = shown.rpartition(".")
        return name if dot and name and hmac.compare_digest(base.encode(), self._token.encode()) else None

    def _shown(self, call: Call, query: dict[str, str]) -> tuple[str, ...] | None:
        """The keys that a call may have shown; None where no key is asked for."""
        auth, given = self._declared.auth, call.headers.get("authorization", "")
        if auth.kind == "none":
            return None
        if auth.kind == "header":
            return (call.headers.get(auth.name.lower(), ""),)
        if auth.kind == "query":
            return (query.pop(auth.name, ""),)
        scheme, _, rest = given.partition(" ")
        if scheme.lower() != auth.kind:
            return ()
        if auth.kind == "bearer":
            return (rest.strip(),)
        try:
            user, _, password = base64.b64decode(rest, validate=True).decode("utf-8", "replace").partition(":")
        except (binascii.Error, ValueError):
            return ()
        # Some vendors take the key as the user, with anything as the password.
        return (user, password) if user == auth.user else (user,)

    def _body(self, call: Call) -> dict[str, Any]:
        if not call.body:
            return {}
        kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == FORM:
            return dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        if not (kind in ("", "application/json") or kind.endswith("+json")):
            raise Problem("invalid", f"cannot read a body of the type {kind}")
        try:
            body = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            raise Problem("invalid", "the body is not JSON") from None
        if not isinstance(body, dict):
            raise Problem("invalid", "the body is not a JSON object")
        return body
