"""Form bodies, parameters and credentials, as bytes."""

import json
from typing import Any

import pytest

from fakes.payments.state.problem import Problem
from fakes.payments.wire.form import nested, pairs_of
from fakes.payments.wire.parameters import check
from tests.payments.conftest import Bare


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a[]=x&a[]=y", {"a": {"0": "x", "1": "y"}}),
        ("a[0][b]=1&a[1][b]=2", {"a": {"0": {"b": "1"}, "1": {"b": "2"}}}),
        ("a[][b]=1&a[][c]=2&a[][b]=3", {"a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}}}),
        ("a=&b=%F0%9F%92%B3", {"a": "", "b": "💳"}),
    ],
)
def test_forms(text: str, tree: dict[str, Any]) -> None:
    """Brackets nest."""
    assert nested(pairs_of(text)) == tree


@pytest.mark.parametrize("body", [b"a=%FF", b"a[b=1", b"a=1&a[b]=2", b"[x]=1", "ä=1".encode()])
def test_broken_forms(bare: Bare, body: bytes) -> None:
    """What cannot be read is a 400, never a failure."""
    call = bare.call("POST", "/v1/customers")
    call.body = body
    assert call.route is not None
    reply: Any = call.route.handler(call)
    assert reply.status == 400


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"currency": "usd"}, "parameter_missing"),
        ({"currency": "usd", "amount": ""}, "parameter_invalid_empty"),
        ({"currency": "usd", "amount": "1e3"}, "parameter_invalid_integer"),
        ({"currency": "usd", "amount": "9", "confirm": "yes"}, "parameter_invalid_boolean"),
        ({"currency": "usd", "amount": "9", "capture_method": "now"}, None),
        ({"currency": "usd", "amount": "9", "nope": "1"}, "parameter_unknown"),
        ({"currency": "usd", "amount": {"0": "9"}}, None),
        ({"currency": "usd", "amount": "9", "metadata": "x"}, None),
        ({"currency": "usd", "amount": "9", "payment_method_types": "card"}, None),
    ],
)
def test_parameters(given: dict[str, Any], code: str | None) -> None:
    """A parameter of the wrong kind is refused with the provider's code."""
    with pytest.raises(Problem) as caught:
        check("POST /v1/payment_intents", given)
    assert (caught.value.code, caught.value.status, caught.value.executed) == (code, 400, False)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Bearer", 401),
        ("Basic %%%", 401),
        ("Bearer sk_live_abcdefgh", 401),
        ("Bearer sk_test_", 401),
        ("Bearer sk_test_any", 200),
        ("Basic c2tfdGVzdF9hbnk6", 200),
    ],
)
def test_credentials(bare: Bare, header: str, status: int) -> None:
    """Test keys by Bearer or Basic, nothing else."""
    from fakes.calls import Refusal

    call = bare.call("GET", "/v1/customers")
    call.headers = {"authorization": header}
    if status == 200:
        bare.slice.read(call)
        assert call.account == "sk_test_any"
        return
    with pytest.raises(Refusal) as caught:
        bare.slice.read(call)
    assert caught.value.reply.status == status
    assert caught.value.reply.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("kind", "status"), [("server_error", 502), ("rate_limited", 429), ("invalid", 400), ("unavailable", 503)]
)
def test_failures(bare: Bare, kind: str, status: int) -> None:
    """The provider's own trouble has its error object; a 429 has a reason and no Retry-After."""
    call = bare.call("POST", "/v1/customers")
    reply = bare.slice.failure(kind, call, retry_after_s=3, status=502 if kind == "server_error" else None)
    assert reply.status == status
    assert json.loads(reply.body)["error"]["message"]
    assert ("Stripe-Rate-Limited-Reason" in reply.headers) is (status == 429)
    assert "Retry-After" not in reply.headers
