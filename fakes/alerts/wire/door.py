"""The door through which the mail server brings each mail to the slice, so that it is a call like every other."""

import hmac
from collections.abc import Callable

import orjson

from fakes.alerts.wire.hook import word
from fakes.calls import Call, Refusal, Reply, Route

SINK = "alerts.mail"


class DoorRoutes:
    """One door with its secret."""

    def __init__(self, secret: str, ident: Callable[[str], str]) -> None:
        self._secret = secret.encode()
        self._ident = ident

    def routes(self) -> tuple[Route, ...]:
        """The one route."""
        return (
            Route(
                method="POST", template="/smtp/{token}", operation="SMTP DATA", handler=self._mail, writes=True,
                sink=SINK,
            ),
        )  # fmt: skip

    def read(self, call: Call) -> None:
        """Check the secret and read the mail; changes nothing."""
        if not hmac.compare_digest(call.at["token"].encode(), self._secret):
            raise Refusal(word("invalid_token"))
        try:
            call.params = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            raise Refusal(word("invalid_payload")) from None

    def _mail(self, call: Call) -> Reply:
        made = self._ident("mail")
        call.effect(SINK, "create", made, call.params)
        return Reply(200, orjson.dumps({"id": made}))
