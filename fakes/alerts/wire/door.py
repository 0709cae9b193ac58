"""The door through which the mail server brings recipients and mails to the slice, so that each is a call."""

import hmac
from collections.abc import Callable

import orjson

from fakes.alerts.smtp.listener import SPOOLED
from fakes.alerts.state.mails import Mails
from fakes.alerts.wire.hook import word
from fakes.calls import Call, Refusal, Reply, Route

SINK = "alerts.mail"


def leads(call: Call) -> bool:
    """Whether a call comes through the door."""
    return call.route is not None and call.route.sink == SINK


def failed(kind: str, status: int | None) -> Reply:
    """A planned failure: a status, of which the mail server makes SMTP's code, which cannot say when to come back."""
    return Reply(429 if kind == "rate_limited" else status or (400 if kind == "invalid" else 500))


class DoorRoutes:
    """One door with its secret."""

    def __init__(self, secret: str, mails: Mails, ident: Callable[[str], str]) -> None:
        self._secret = secret.encode()
        self._mails = mails
        self._ident = ident

    def routes(self) -> tuple[Route, ...]:
        """One for each recipient, one for each mail."""
        return (
            Route(
                method="POST", template="/smtp/{token}/recipients", operation="SMTP RCPT", handler=self._recipient,
                writes=False, sink=SINK,
            ),
            Route(
                method="POST", template="/smtp/{token}", operation="SMTP DATA", handler=self._mail, writes=True,
                sink=SINK,
            ),
        )  # fmt: skip

    def read(self, call: Call) -> None:
        """Check the secret and read what is brought; changes nothing."""
        if not hmac.compare_digest(call.at["token"].encode(), self._secret):
            raise Refusal(word("invalid_token"))
        try:
            call.params = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            raise Refusal(word("invalid_payload")) from None

    def _recipient(self, call: Call) -> Reply:
        return Reply(200, b"{}")

    def _mail(self, call: Call) -> Reply:
        made = self._ident("mail")
        self._mails.keep(made, call.headers.get(SPOOLED, ""), call.params)
        call.effect(SINK, "create", made, call.params)
        return Reply(200, orjson.dumps({"id": made}))
