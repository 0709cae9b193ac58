"""The table of outcomes, and that the client's exceptions meet it."""

from collections.abc import Generator

import httpx
import pytest
import respx

from harness.model import Outcome
from harness.phone.exchange import Exchange, Exchanged
from harness.phone.outcomes import error_of, fate_of_error, fate_of_status, together
from harness.phone.radio import Radio
from harness.phone.request import Request

URL = "http://pipeline.example.com/v1/orders"


async def _send() -> Exchanged:
    request = Request(method="POST", url=URL, path="/v1/orders", headers={}, content=b"{}")
    exchange = Exchange(request=request, timeout_s=1.0, announce=lambda: None)

    def script() -> Generator[Exchange, Exchanged, Exchanged]:
        return (yield exchange)

    async with httpx.AsyncClient() as client:
        heard: Exchanged = await Radio(client).drive(script())
    return heard


@pytest.mark.parametrize(
    ("problem", "error", "outcome", "definite"),
    [
        (httpx.ConnectError("x"), "refused", Outcome.FAILED, True),
        (httpx.ConnectTimeout("x"), "connect_timeout", Outcome.FAILED, True),
        (httpx.PoolTimeout("x"), "queue_timeout", Outcome.FAILED, True),
        (httpx.ReadTimeout("x"), "read_timeout", Outcome.UNKNOWN, False),
        (httpx.WriteTimeout("x"), "write_timeout", Outcome.UNKNOWN, False),
        (httpx.ReadError("x"), "reset", Outcome.UNKNOWN, False),
        (httpx.WriteError("x"), "reset", Outcome.UNKNOWN, False),
        (httpx.RemoteProtocolError("x"), "protocol", Outcome.UNKNOWN, False),
        (httpx.DecodingError("x"), "transport", Outcome.UNKNOWN, False),
    ],
)
async def test_exceptions_of_the_client(problem: Exception, error: str, outcome: Outcome, definite: bool) -> None:
    """What failed before sending certainly did nothing; everything later nobody knows."""
    with respx.mock:
        respx.post(URL).mock(side_effect=problem)
        heard = await _send()
    fate = fate_of_error(str(heard.error))
    assert (heard.error, fate.outcome, fate.definite) == (error, outcome, definite)


@pytest.mark.parametrize(
    ("status", "outcome", "retry"),
    [
        (202, Outcome.OK, False),
        (200, Outcome.UNKNOWN, True),
        (302, Outcome.UNKNOWN, True),
        (400, Outcome.FAILED, False),
        (401, Outcome.FAILED, False),
        (408, Outcome.UNKNOWN, True),
        (409, Outcome.FAILED, False),
        (422, Outcome.FAILED, False),
        (429, Outcome.FAILED, True),
        (500, Outcome.UNKNOWN, True),
        (504, Outcome.UNKNOWN, True),
    ],
)
async def test_statuses(status: int, outcome: Outcome, retry: bool) -> None:
    """Accepted is ok, refused is failed, too many is failed and tried again, all else nobody knows."""
    with respx.mock:
        respx.post(URL).respond(status, json={})
        heard = await _send()
    fate = fate_of_status(heard.status or 0, (202,))
    assert (fate.outcome, fate.retry) == (outcome, retry)


def test_an_exception_nobody_listed_is_unknown() -> None:
    """A new kind of trouble may not be taken for a definite failure."""
    assert fate_of_error(error_of(ValueError("?"))).outcome is Outcome.UNKNOWN
    assert fate_of_error("a word nobody knows").definite is False


def test_together() -> None:
    """Ok wins over unknown, unknown over failed."""
    assert together([Outcome.FAILED, Outcome.UNKNOWN, Outcome.OK]) is Outcome.OK
    assert together([Outcome.UNKNOWN, Outcome.FAILED]) is Outcome.UNKNOWN
    assert together([Outcome.FAILED]) is Outcome.FAILED
