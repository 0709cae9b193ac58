"""What a declaration says is what the fake does: keys, uniqueness, wrapping, pages, limits, lags, webhooks."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.target.declared import Declared, Hooks
from tests.generic.pipeline import is_signed

ADA = "hxadaadaada222"
MAIL = f"{ADA}@example.com"
PEOPLE: dict[str, Any] = {"path": "/people"}


@contextmanager
def served(**declared: Any) -> Iterator[tuple[Fakes, httpx.Client]]:
    """A fake called `leads` with this declaration, and a client with its key."""
    whole = {"collections": {"person": PEOPLE}, **declared}
    one = Declared.model_validate(whole)
    with running(Options(only=[], declared={"leads": one}, seed=1)) as fakes:
        auth = {"Authorization": f"Bearer {fakes.key('leads', 'token')}"}
        with fakes.client("leads", headers=auth) as client:
            yield fakes, client


def people(**more: Any) -> dict[str, Any]:
    """One collection of people with these further words."""
    return {"collections": {"person": {**PEOPLE, **more}}}


def test_a_key_makes_one_record_and_one_effect() -> None:
    """The same request is answered as before; another one under the same key is refused."""
    with served(key="header:Idempotency-Key") as (fakes, client):
        key = {"Idempotency-Key": "k1"}
        first, again = (client.post("/people", json={"email": MAIL}, headers=key) for _ in range(2))
        assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
        assert len(fakes.effects("leads.person", person=ADA)) == 1
        assert client.post("/people", json={"email": "other"}, headers=key).json()["error"]["code"] == "key_reused"


def test_a_key_in_the_body() -> None:
    """The declaration says where the key is."""
    with served(key="body:request_id") as (fakes, client):
        for _ in range(2):
            client.post("/people", json={"email": MAIL, "request_id": "r1"})
        assert len(fakes.effects("leads.person")) == 1
        assert fakes.records("received")[0]["key"] == "r1"


@pytest.mark.parametrize(
    ("duplicate", "status", "name", "effects"),
    [
        ("refuse", 409, "Ann", ["create"]),
        ("update", 200, "Ada", ["create", "update"]),
        ("same", 200, "Ann", ["create"]),
    ],
)
def test_a_second_one_with_the_same_unique_field(duplicate: str, status: int, name: str, effects: list[str]) -> None:
    """Refused, merged, or answered as it is; compared without regard to capital letters."""
    with served(**people(unique=["email"], duplicate=duplicate)) as (fakes, client):
        made = client.post("/people", json={"email": MAIL, "name": "Ann"}).json()
        again = client.post("/people", json={"email": MAIL.upper(), "name": "Ada"})
        assert again.status_code == status
        assert client.get(f"/people/{made['id']}").json()["name"] == name
        assert [one["op"] for one in fakes.effects("leads.person")] == effects


def test_a_unique_field_is_free_again_when_its_record_is_gone() -> None:
    """Changing into somebody else's address is refused; after their removal it is not."""
    with served(**people(unique=["email"], required=["email"])) as (_, client):
        one = client.post("/people", json={"email": "a@example.com"}).json()["id"]
        other = client.post("/people", json={"email": "b@example.com"}).json()["id"]
        assert client.patch(f"/people/{other}", json={"email": "a@example.com"}).status_code == 409
        assert client.patch(f"/people/{other}", json={"email": ""}).status_code == 400
        assert client.delete(f"/people/{one}").status_code == 204
        assert client.patch(f"/people/{other}", json={"email": "a@example.com"}).status_code == 200


def test_put_replaces_what_patch_merges() -> None:
    """Only the moment of creation outlives a PUT."""
    with served(**people(update=["PATCH", "PUT"], created_at="made")) as (_, client):
        made = client.post("/people", json={"email": MAIL, "name": "Ann"}).json()
        merged = client.patch(f"/people/{made['id']}", json={"city": "Bath"}).json()
        assert merged == {**made, "city": "Bath"}
        assert client.put(f"/people/{made['id']}", json={"email": MAIL}).json() == {
            "id": made["id"], "email": MAIL, "made": made["made"]
        }  # fmt: skip


def test_records_under_another_one() -> None:
    """A note stands under a person that exists, is theirs in the journal, and is not seen under another."""
    notes = {"person": PEOPLE, "note": {"path": "/people/{person}/notes", "ids": "number"}}
    with served(collections=notes) as (fakes, client):
        ada, ben = (client.post("/people", json={"email": one}).json()["id"] for one in (MAIL, "ben@example.com"))
        note = client.post(f"/people/{ada}/notes", json={"text": "called"}).json()
        assert note == {"id": 1001, "text": "called"}
        assert client.get(f"/people/{ben}/notes").json()["items"] == []
        assert client.get(f"/people/{ben}/notes/1001").status_code == 404
        assert client.post("/people/nobody/notes", json={}).status_code == 404
        (effect,) = fakes.effects("leads.note")
        assert (effect["person"], effect["ids"]) == (ADA, [ada])


def test_wrapping_fields_and_further_values() -> None:
    """A record inside its wrapping and its fields inside the record; effects name what the declaration digs out."""
    shape = people(wrap="data.record", fields="props", ids="uuid", values={"email": "props.mails.0"})
    with served(**shape) as (fakes, client):
        assert client.post("/people", json={"props": {}}).status_code == 400
        made = client.post("/people", json={"data": {"record": {"props": {"mails": [MAIL]}}}}).json()["data"]["record"]
        assert made["props"] == {"mails": [MAIL]}
        assert [len(part) for part in made["id"].split("-")] == [8, 4, 4, 4, 12]
        assert fakes.effects("leads.person")[0]["values"] == {"mails": [MAIL], "email": MAIL}


PAGES = [
    ({"style": "cursor", "next": "meta.after"}, lambda page: {"cursor": page["meta"]["after"]}),
    ({"style": "page", "at": "page", "next": "meta.after"}, lambda page: {"page": page["meta"]["after"]}),
    ({"style": "offset", "at": "skip", "next": "meta.after"}, lambda page: {"skip": page["meta"]["after"]}),
]


@pytest.mark.parametrize(("pages", "following"), PAGES, ids=[pages["style"] for pages, _ in PAGES])
def test_lists_come_in_pages(pages: dict[str, Any], following: Any) -> None:
    """Every record once, in order, and an end."""
    with served(pages={**pages, "items": "data", "total": "meta.total"}) as (_, client):
        made = [client.post("/people", json={"n": n}).json()["id"] for n in range(5)]
        seen: list[str] = []
        where: dict[str, Any] = {}
        while True:
            page = client.get("/people", params={"limit": 2, **where}).json()
            assert page["meta"]["total"] == 5
            seen += [one["id"] for one in page["data"]]
            if page["meta"]["after"] is None:
                break
            where = following(page)
        assert seen == made
        assert client.get("/people", params={"limit": "x"}).status_code == 400


def test_a_list_that_is_only_a_list() -> None:
    """No wrapping, no pages."""
    with served(pages={"style": "all", "items": ""}) as (_, client):
        client.post("/people", json={"n": 1})
        assert [one["n"] for one in client.get("/people").json()] == [1]


def test_filters_and_search_know_nothing_new_for_a_while() -> None:
    """Searching before creating fails while the lag lasts, as with real ones."""
    with served(search_lag_s=600.0, **people(search="/people/search")) as (fakes, client):
        client.post("/people", json={"email": MAIL})
        assert client.get("/people", params={"email": MAIL}).json()["items"] == []
        fakes.tune("leads", search_lag_s=0)
        assert len(client.get("/people", params={"email": MAIL}).json()["items"]) == 1
        assert client.get("/people", params={"email": "other"}).json()["items"] == []
        assert len(client.get("/people/search", params={"term": "ADAADA"}).json()["items"]) == 1
        assert client.get("/people/search").status_code == 400


def test_too_many_calls_are_told_when_to_come_back() -> None:
    """The limit is per key, and its refusal leaves nothing."""
    with served(rate={"calls": 2, "per_s": 600.0}) as (fakes, client):
        answers = [client.post("/people", json={"n": n}) for n in range(3)]
        assert [one.status_code for one in answers] == [201, 201, 429]
        assert int(answers[2].headers["retry-after"]) > 500
        assert len(fakes.effects("leads.person")) == 2
        other = {"Authorization": f"Bearer {fakes.key('leads', 'token')}.other"}
        assert client.post("/people", json={}, headers=other).status_code == 201


def test_keys_where_the_declaration_says() -> None:
    """Header, query and basic; a wrong one is refused in the declared body and status, and never journaled."""
    body = {"body": {"detail": "{message}", "code": "{status}"}, "unauthorised": 403}
    ways: list[dict[str, Any]] = [{"kind": "header", "name": "X-Key"}, {"kind": "query", "name": "k"}]
    for auth in [*ways, {"kind": "basic", "user": "ann"}]:
        with served(auth=auth, errors=body) as (fakes, client):
            token = fakes.key("leads", "token")
            shown: dict[str, dict[str, Any]] = {
                "header": {"headers": {"X-Key": token}}, "query": {"params": {"k": token}},
                "basic": {"auth": ("ann", token)},
            }  # fmt: skip
            right = shown[auth["kind"]]
            assert client.get("/people", **right).status_code == 200, auth
            refused = client.get("/people")
            assert (refused.status_code, refused.json()["code"]) == (403, 403)
            assert token not in fakes.journal.read_text()


def test_a_basic_key_as_the_user() -> None:
    """Some vendors take the key as the user, with anything as the password."""
    with served(auth={"kind": "basic"}) as (fakes, client):
        shown = base64.b64encode(f"{fakes.key('leads', 'token')}:X".encode()).decode()
        assert client.get("/people", headers={"Authorization": f"Basic {shown}"}).status_code == 200


def test_what_it_holds_outlives_the_process(tmp_path: Path) -> None:
    """With a state file the records, their unique fields and the key are there again, and ids go on."""
    one = Declared.model_validate({"collections": {"person": {**PEOPLE, "ids": "number", "unique": ["email"]}}})
    options = Options(only=[], declared={"leads": one}, seed=1, state=tmp_path / "state")
    told = []
    for number in range(2):
        with running(options) as fakes, fakes.client("leads") as client:
            client.headers["Authorization"] = f"Bearer {fakes.key('leads', 'token')}"
            told.append(client.post("/people", json={"email": f"{number}@example.com"}).json()["id"])
            assert client.post("/people", json={"email": "0@example.com"}).status_code == 409
    assert told == [1001, 1002]


SIGNED: dict[str, Callable[[bytes, bytes], str]] = {
    "hmac_hex": lambda secret, body: "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest(),
    "hmac_base64": lambda secret, body: (
        "sha256=" + base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
    ),
    "token": lambda secret, body: "sha256=" + secret.decode(),
}


@pytest.mark.parametrize("scheme", SIGNED)
def test_changes_are_told_and_signed(scheme: str) -> None:
    """Each change is an event with the record; forgeries carry another signature, or none."""
    heard: list[tuple[dict[str, str], bytes]] = []

    async def hook(request: Request) -> Response:
        heard.append((dict(request.headers), await request.body()))
        return Response()

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    hooks = {"header": "X-Sign", "scheme": scheme, "prefix": "sha256=", "type": "event", "data": "payload.record"}
    with served(webhooks=hooks) as (fakes, client):
        fakes.webhooks_to("leads", app, "/hook")
        made = client.post("/people", json={"email": MAIL}).json()
        fakes.act("leads", "edit", ADA, field="name", value="Ann")
        fakes.settle()
        secret = fakes.key("leads", "webhook_secret").encode()
        for headers, body in heard:
            assert headers["x-sign"] == SIGNED[scheme](secret, body)
        bodies = [httpx.Response(200, content=body).json() for _, body in heard]
        assert [one["event"] for one in bodies] == ["person.created", "person.updated"]
        assert bodies[1]["payload"]["record"] == {**made, "name": "Ann"}
        for forgery in Hooks.model_validate({"scheme": scheme}).forgeries:
            fakes.control("POST", "/forge", fake="leads", person=ADA, lie="deleted", forgery=forgery)
            headers, body = heard[-1]
            assert headers.get("x-sign") != SIGNED[scheme](secret, body), forgery


def test_a_receiver_can_tell_each_wrong_way_of_a_timed_signature() -> None:
    """Each is refused by one that compares the whole digest for the very bytes and allows five minutes."""
    heard: list[tuple[str, bytes]] = []

    async def hook(request: Request) -> Response:
        heard.append((request.headers.get("x-signature", ""), await request.body()))
        return Response()

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    with served(webhooks={"scheme": "timestamped"}) as (fakes, client):
        fakes.webhooks_to("leads", app, "/hook")
        client.post("/people", json={"email": MAIL})
        fakes.settle()
        secret = fakes.key("leads", "webhook_secret")
        assert [is_signed(secret, *one) for one in heard] == [True]
        for forgery in Hooks(scheme="timestamped").forgeries:
            fakes.control("POST", "/forge", fake="leads", person=ADA, lie="deleted", forgery=forgery)
            assert not is_signed(secret, *heard[-1]), forgery
        assert len({header for header, _ in heard}) > len(heard) - 3


def test_a_time_that_is_signed_can_be_an_old_one() -> None:
    """A replay is signed well, for a time that has passed; only the time says that it is none."""
    heard: list[tuple[str, bytes]] = []

    async def hook(request: Request) -> Response:
        heard.append((request.headers["x-signature"], await request.body()))
        return Response()

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    with served(webhooks={"scheme": "timestamped"}) as (fakes, client):
        fakes.webhooks_to("leads", app, "/hook")
        client.post("/people", json={"email": MAIL})
        fakes.settle()
        fakes.control("POST", "/forge", fake="leads", person=ADA, lie="deleted", forgery="expired")
        secret = fakes.key("leads", "webhook_secret").encode()
        times = []
        for header, body in heard:
            time, _, digest = header.removeprefix("t=").partition(",v1=")
            assert digest == hmac.new(secret, f"{time}.".encode() + body, hashlib.sha256).hexdigest()
            times.append(int(time))
        assert times[1] - times[0] < -3500
