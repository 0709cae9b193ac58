"""How one pipeline is spoken to: requests as its target file describes them, answers as it means them.

Between the script, which decides what is asked, and the wire. Sends nothing.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.phone.adapter import adapter_of
from harness.phone.exchange import Exchanged, fate_of
from harness.phone.outcomes import Fate
from harness.phone.request import Request, build, natural_key, parsed
from harness.target import Operation, Target
from harness.target.words import dig

NOBODY_KNOWS = 500
STILL_SERVED = 409


class Dialect:
    """One target's way of asking and answering."""

    def __init__(self, target: Target, base: str) -> None:
        self._target = target
        self._base = base
        self._adapter = adapter_of(target.adapter)

    def request(
        self, name: str, scope: Mapping[str, Any], *, key: str | None, token: str | None, **more: Any
    ) -> Request:
        """The request of this operation; raises `Unfilled` when something is missing."""
        operation = self._target.operation(name)
        sent = self._target.auth.token
        built = build(operation, self._base, scope, key=key, token=token, sent=sent, **more)
        return self._adapter.request(name, built, self._base)

    def key_of(self, operation: Operation, scope: Mapping[str, Any], key: str) -> str | None:
        """What makes a repeat known as one: the client's key, or the request's natural one; None without either."""
        return key if operation.keyed else natural_key(operation, scope)

    def hear(self, name: str, exchanged: Exchanged) -> tuple[Fate, Any]:
        """What to believe after an exchange, and its JSON; its status becomes the one that the answer stands for."""
        self.understand(name, exchanged)
        errors = self._target.errors
        return fate_of(exchanged, self._target.operation(name).accept, errors.code, errors.in_progress)

    def understand(self, name: str, exchanged: Exchanged) -> None:
        """Put the status in place that an answer stands for: a good one may say no in its body."""
        self._adapter.answer(name, exchanged)
        errors = self._target.errors
        if errors.field is None or exchanged.status not in self._target.operation(name).accept or exchanged.error:
            return
        try:
            body = parsed(exchanged.body)
        except ValueError:
            return
        if dig(body, errors.field):
            code = str(dig(body, errors.code))
            otherwise = STILL_SERVED if code in errors.in_progress else NOBODY_KNOWS
            exchanged.status = errors.statuses.get(code, otherwise)


def extracted(operation: Operation, exchanged: Exchanged, body: Any) -> Iterator[tuple[str, Any]]:
    """What an answer gives the app to remember: by path in its JSON, from a cookie or from a header."""
    for name, where in operation.extract.items():
        kind, colon, inner = where.partition(":")
        if colon and kind == "cookie":
            value: Any = _cookie(exchanged.headers.get("set-cookie", ""), inner)
        elif colon and kind == "header":
            value = exchanged.headers.get(inner.lower())
        else:
            value = dig(body, where)
        if value is not None:
            yield name, value


def _cookie(header: str, name: str) -> str | None:
    """The value that a cookie is set to; several settings may be joined by commas."""
    found = re.search(rf"(?:^|,\s*){re.escape(name)}=\"?([^;,\"]*)", header)
    return found[1] or None if found else None
