"""How other pipelines are spoken to: where keys and tokens go, how bodies are written, what answers mean."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from harness.errors import TargetError
from harness.journal import Journal
from harness.model import Outcome
from harness.people import People
from harness.phone import Ledger, Phone, Urls
from harness.phone.dialect import Dialect, extracted
from harness.phone.exchange import Exchanged
from harness.phone.request import Request, places_of, with_extra
from harness.rng import Rng
from harness.target import Operation, load_target, target_of_text
from scenarios.flows import FLOWS
from tests.phone.tiny import Answer, Seen, tiny
from tests.target.test_mistakes import GOOD

FILE = {"name": 'a "b".png', "content_type": "image/png", "content_base64": "iVBORw0KGgo="}
SCOPE: dict[str, Any] = {"person": {"email": "ann@x", "phone": ""}, "ticket": {"attachment": FILE}, "order_id": "o/1"}


def asked(operation: dict[str, Any], *, top: str = "", key: str | None = "k-1", **more: Any) -> Request:
    """The request of this operation, of a target with these lines on top."""
    target = target_of_text(top + GOOD.replace('path = "/v1/me"', 'path = "/v1/me"\nauth = false'))
    one = Operation.model_validate({"method": "POST", "path": "/x", **operation})
    target = target.model_copy(update={"operations": {**target.operations, "x": one}})
    return Dialect(target, "http://h").request("x", SCOPE, key=key, token="t-1", **more)


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("header:X-Once", lambda request: request.headers["X-Once"]),
        ("query:once", lambda request: request.url.partition("?once=")[2]),
        ("body:input.clientKey", lambda request: json.loads(request.content)["input"]["clientKey"]),
    ],
)
def test_the_key_goes_where_the_target_says(where: str, place: Any) -> None:
    """In a header, in the query, or deep in the body beside what is there."""
    request = asked({"key": where, "body": {"input": {"email": "{person.email}"}}})
    assert place(request) == "k-1"
    assert json.loads(request.content)["input"]["email"] == "ann@x"


@pytest.mark.parametrize(
    ("where", "place", "value"),
    [
        ("bearer", lambda request: request.headers["Authorization"], "Bearer t-1"),
        ("header:X-Session", lambda request: request.headers["X-Session"], "t-1"),
        ("cookie:sid", lambda request: request.headers["Cookie"], "lang=en; sid=t-1"),
        ("query:session", lambda request: request.path, "/x?session=t-1"),
        ("body:session", lambda request: json.loads(request.content), {"session": "t-1"}),
    ],
)
def test_the_token_goes_where_the_target_says(where: str, place: Any, value: Any) -> None:
    """As a bearer token, in a header, in a cookie beside others, in the query, or in the body."""
    headers = {"Cookie": "lang=en"} if where.startswith("cookie") else {}
    request = asked({"headers": headers}, top=f'auth = {{ token = "{where}" }}\n')
    assert place(request) == value
    assert ("Authorization" in request.headers) == (where == "bearer")


def test_graphql_is_sent_as_it_is_written() -> None:
    """Braces of the document are no placeholders; those of its variables are, and optional ones disappear."""
    document = "mutation($i: In!) {signUp(input: $i) {id}}"
    variables = {"i": {"email": "{person.email}", "phone": "{person.phone?}"}}
    request = asked({"graphql": document, "variables": variables, "key": "body:variables.i.key"})
    assert json.loads(request.content) == {"query": document, "variables": {"i": {"email": "ann@x", "key": "k-1"}}}


def test_a_form_is_written_as_forms_are() -> None:
    """Tables in brackets, lists by repetition, true in small letters."""
    body = {"email": "{person.email}", "lead": {"source": "a b"}, "tag": ["x", "y"], "news": True}
    request = asked({"encoding": "form", "body": body})
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    pairs = [("email", "ann@x"), ("lead[source]", "a b"), ("tag", "x"), ("tag", "y"), ("news", "true")]
    assert parse_qsl(request.content.decode()) == pairs


def test_a_form_in_parts_carries_a_file() -> None:
    """A standard parser finds the field, and the file with its name, its type and its bytes."""
    request = asked({"encoding": "multipart", "body": {"email": "{person.email}", "shot": "{ticket.attachment}"}})
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    field, file = BytesParser(policy=HTTP).parsebytes(head + request.content).iter_parts()
    assert (field.get_param("name", header="content-disposition"), field.get_content().strip()) == ("email", "ann@x")
    assert (file.get_filename(), file.get_content_type()) == ("a %22b%22.png", "image/png")
    assert file.get_payload(decode=True) == b"\x89PNG\r\n\x1a\n"


def test_a_natural_key_is_what_makes_the_thing_one() -> None:
    """Nothing is added to the request; the ledger is told what the repeat has in common; it may be repeated."""
    one = Operation.model_validate({"method": "POST", "path": "/x", "key": "natural:{person.email}/{order_id}"})
    assert (one.keyed, one.may_repeat) == (False, True)
    dialect = Dialect(target_of_text(GOOD), "http://h")
    assert dialect.key_of(one, SCOPE, "k-1") == "ann@x/o/1"
    assert not asked({"key": "natural:{person.email}"}).content


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"data": {"id": 1}}, 200),
        ({"data": {"id": 1}, "errors": []}, 200),
        ({"errors": [{"extensions": {"code": "UNAUTHENTICATED"}}]}, 401),
        ({"errors": [{"extensions": {"code": "BUSY"}}]}, 409),
        ({"errors": [{"extensions": {"code": "OOPS"}}]}, 500),
        ({"errors": [{"message": "no code"}]}, 500),
    ],
)
def test_a_good_status_may_say_no(body: dict[str, Any], status: int) -> None:
    """Errors in the body stand for the statuses that the target gives their codes; others for one nobody can trust."""
    errors = '{field="errors", code="errors.0.extensions.code", in_progress=["BUSY"], statuses={UNAUTHENTICATED=401}}'
    dialect = Dialect(target_of_text(f"errors = {errors}\n{GOOD}"), "http://h")
    heard = Exchanged(status=200, body=json.dumps(body).encode())
    fate, _ = dialect.hear("me", heard)
    assert heard.status == status
    outcomes = {200: Outcome.OK, 401: Outcome.FAILED, 409: Outcome.UNKNOWN, 500: Outcome.UNKNOWN}
    assert fate.outcome is outcomes[status]


def test_what_is_remembered_comes_from_body_cookie_or_header() -> None:
    """Several cookies in one header, with commas in their dates; what is absent is not remembered."""
    one = Operation.model_validate(
        {
            "method": "GET",
            "path": "/x",
            "extract": {"id": "data.0.id", "token": "cookie:sid", "at": "header:X-At", "no": "n"},
        }
    )
    cookies = "lang=en; Expires=Thu, 26 Nov 2026 03:00:00 GMT, sid=t-9; HttpOnly; Path=/"
    heard = Exchanged(status=200, headers={"set-cookie": cookies, "x-at": "now"})
    assert dict(extracted(one, heard, {"data": [{"id": 7}]})) == {"id": 7, "token": "t-9", "at": "now"}


def test_a_field_is_found_by_what_fills_it() -> None:
    """Deep in a body or in variables; a field nobody asked for goes beside; what fills nothing is nowhere."""
    one = Operation.model_validate({"method": "POST", "path": "/x", "body": {"v": 1, "in": {"sku": "{product.id}"}}})
    assert places_of(one, "product.id") == ["in.sku"]
    assert places_of(one, "plan.id") == []
    assert with_extra(one, {"v": 1, "in": {"sku": "a"}}, {"price": 1}) == {"v": 1, "in": {"sku": "a", "price": 1}}
    graph = Operation.model_validate(
        {"method": "POST", "path": "/x", "graphql": "mutation", "variables": {"mail": "{person.email?}"}}
    )
    assert places_of(graph, "person.email") == ["variables.mail"]


async def test_phones_do_not_share_cookies(tmp_path: Path) -> None:
    """One person's cookie is never sent by another's phone, although both use one connection pool."""
    sent: list[str | None] = []

    def say(seen: Seen) -> Answer:
        sent.append(seen.headers.get("cookie"))
        return 200, {}

    text = f'auth = {{ token = "cookie:sid" }}\n{GOOD}'.replace(
        'path = "/v1/accounts"', 'path = "/v1/accounts"\nextract = {token = "cookie:sid"}'
    )
    async with tiny(say) as server, httpx.AsyncClient(trust_env=False) as client:
        server.headers = {"Set-Cookie": "sid=ann; Path=/"}
        journal = Journal(tmp_path / "phone.jsonl", "phone")
        urls = Urls(base=server.url, wallet=server.url)
        rng = Rng(1)
        phones = [
            Phone(target_of_text(text), urls, Ledger(journal), People(rng).person(who), "cell", client, rng, FLOWS)
            for who in ("ann", "bob")
        ]
        await phones[0].play("sign_up")
        await phones[0].read("final")
        await phones[1].play("sign_up")
        journal.close()
    assert sent == [None, "sid=ann", None]
    assert phones[0].token == "ann"


ADAPTER = """
class Signed:
    def request(self, operation, method, url, headers, content):
        return method, url + "?signed=" + operation, {**headers, "X-Sum": str(len(content))}, content

    def answer(self, operation, status, headers, content):
        return (403, b"{}") if content == b"no" else (status, content)

class Idle: pass
class Rude:
    def request(self, *given): return 7
"""


def with_adapter(folder: Path, named: str) -> Dialect:
    """The dialect of a target file with this adapter beside it."""
    (folder / "signing.py").write_text(ADAPTER)
    (folder / "target.toml").write_text(f'adapter = "{named}"\n{GOOD}')
    return Dialect(load_target(folder / "target.toml"), "http://h")


def test_an_adapter_sees_requests_and_answers(tmp_path: Path) -> None:
    """It may change either; errors of the network never reach it."""
    dialect = with_adapter(tmp_path, "signing:Signed")
    request = dialect.request("sign_up", SCOPE, key="k", token=None)
    assert (request.path, request.headers["X-Sum"]) == ("/v1/accounts?signed=sign_up", str(len(request.content)))
    heard = Exchanged(status=200, body=b"no")
    assert dialect.hear("me", heard)[0].outcome is Outcome.FAILED
    assert dialect.hear("me", Exchanged(error="reset"))[0].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("signing:Sined", "signing.py has no class Sined; it has Signed, Idle, Rude"),
        ("signing:Idle", "has neither request() nor answer(), so it would change nothing"),
        ("sining:Signed", "target.toml:1: adapter: .*sining.py is not there"),
        ("signing:Rude", r"request\(\) returned 7, expected \(method, url, headers, content\)"),
    ],
)
def test_a_wrong_adapter_is_told(tmp_path: Path, named: str, said: str) -> None:
    """Before anything starts, or at its first wrong answer: what was found and what was expected."""
    with pytest.raises(TargetError, match=said.replace("()", r"\(\)") if "\\" not in said else said):
        with_adapter(tmp_path, named).request("sign_up", SCOPE, key="k", token=None)
