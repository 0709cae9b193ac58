"""Snapshots, forks and a file that outlives the process: records, keys that were answered, limits and lags."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.errors import ControlError
from harness.target.declared import Declared
from tests.generic.test_behaviour import PEOPLE, people, served

NOTES = {"path": "/people/{person}/notes", "ids": "number"}
KEYED: dict[str, Any] = {
    "key": "header:Idempotency-Key",
    "collections": {"person": {**PEOPLE, "unique": ["email"]}, "note": NOTES},
}


def take(fakes: Fakes, account: str | None = None) -> str:
    """The name of a snapshot of an account."""
    return str(fakes.control("POST", "/snapshots", fake="leads", account=account)["name"])


def restore(fakes: Fakes, snapshot: str, account: str | None = None) -> None:
    """Put it back, or into another account."""
    fakes.control("POST", f"/snapshots/{snapshot}/restore", account=account)


def emails(client: httpx.Client, **shown: str) -> list[str]:
    """The people of an account, oldest first."""
    return [one["email"] for one in client.get("/people", headers=shown).json()["items"]]


def test_back_to_a_snapshot() -> None:
    """Records, what is unique and what keys were answered are as they were, record for record."""
    with served(**KEYED) as (fakes, client):

        def made(email: str, key: str) -> httpx.Response:
            return client.post("/people", json={"email": email}, headers={"Idempotency-Key": key})

        ann, ben = made("ann@example.com", "a"), made("ben@example.com", "b")
        path = f"/people/{ann.json()['id']}"
        note = client.post(f"{path}/notes", json={"text": "first"}).json()["id"]
        before, snapshot = client.get("/people").content, take(fakes)
        client.patch(path, json={"email": "other@example.com"})
        client.delete(f"/people/{ben.json()['id']}")
        cid = made("cid@example.com", "c").json()["id"]
        later = client.post(f"{path}/notes", json={"text": "second"}).json()["id"]
        for _ in range(2):
            restore(fakes, snapshot)
            assert client.get("/people").content == before
            assert [one["id"] for one in client.get(f"{path}/notes").json()["items"]] == [note]
            assert made("ann@example.com", "a").content == ann.content
            assert made("ann@example.com", "new").status_code == 409
            again = made("cid@example.com", "c")
            assert again.status_code == 201
            assert again.json()["id"] != cid
            assert client.post(f"{path}/notes", json={"text": "third"}).json()["id"] not in (note, later)
            client.patch(path, json={"name": "Ann"})


def test_a_lag_is_as_long_as_it_was() -> None:
    """What lists did not know yet they do not know after a restore either, and learn it as late."""
    with served(**people(), search_lag_s=3600.0) as (fakes, client):
        client.post("/people", json={"email": "ann@example.com"})
        fakes.control("POST", "/time", fake="leads", seconds=1800)
        snapshot = take(fakes)
        for _ in range(2):
            assert emails(client) == []
            fakes.control("POST", "/time", fake="leads", seconds=1801)
            assert emails(client) == ["ann@example.com"]
            restore(fakes, snapshot)


def test_a_limit_is_as_near_as_it_was() -> None:
    """Calls that counted then count again, those that came later do not."""
    with served(**people(), rate={"calls": 2, "per_s": 3600.0}) as (fakes, client):
        assert client.get("/people").status_code == 200
        snapshot = take(fakes)
        for _ in range(2):
            assert [client.get("/people").status_code for _ in range(2)] == [200, 429]
            restore(fakes, snapshot)


def test_a_fork() -> None:
    """It has the records and the answered keys, under its own key; then each goes its own way."""
    with served(**KEYED) as (fakes, client):
        token = fakes.key("leads", "token")

        def key(name: str) -> dict[str, str]:
            return {"Authorization": f"Bearer {token}.{name}"}

        asked = {"json": {"email": "ann@example.com"}}
        made = client.post("/people", headers={**key("source"), "Idempotency-Key": "k"}, **asked)  # type: ignore[arg-type]
        restore(fakes, take(fakes, "source"), "fork")
        restore(fakes, take(fakes, f"{token}.source"), f"{token}.by-key")
        restore(fakes, take(fakes, f"{token}.fork"), token)
        for shown in (key("fork"), key("by-key"), {"Authorization": f"Bearer {token}"}):
            assert emails(client, **shown) == ["ann@example.com"]
            again = client.post("/people", headers={**shown, "Idempotency-Key": "k"}, **asked)  # type: ignore[arg-type]
            assert again.content == made.content
        path = f"/people/{made.json()['id']}"
        client.patch(path, headers=key("fork"), json={"email": "fork@example.com"})
        client.post("/people", headers=key("source"), json={"email": "ben@example.com"})
        assert emails(client, **key("fork")) == ["fork@example.com"]
        assert emails(client, **key("source")) == ["ann@example.com", "ben@example.com"]


@pytest.mark.parametrize("account", ["", "wrong.key", "key-with.dots.in-it"])
def test_what_is_no_account(account: str) -> None:
    """It is neither copied nor made so, and a key that may be a secret is not repeated."""
    with served(**people()) as (fakes, _):
        snapshot = take(fakes)
        for ask in (lambda: take(fakes, account), lambda: restore(fakes, snapshot, account)):
            with pytest.raises(ControlError, match=r"422.*neither a key nor a name") as refused:
                ask()
            assert not account or account not in str(refused.value)


def declared(**collections: Mapping[str, Any]) -> Declared:
    """A vendor with these collections that tells what happens."""
    return Declared.model_validate({"webhooks": {}, "collections": collections})


def test_ids_go_on_in_a_later_process(tmp_path: Path) -> None:
    """With the same seed too: no record, and no event, is called like one of before, not even like one that is gone."""
    one, ids, events = declared(person=PEOPLE, note=NOTES), [], []
    for number in range(2):
        journal = tmp_path / f"{number}.jsonl"
        options = Options(only=[], declared={"leads": one}, seed=1, state=tmp_path / "state", journal=journal)
        with running(options) as fakes, fakes.client("leads") as client:
            client.headers["Authorization"] = f"Bearer {fakes.key('leads', 'token')}"
            person = client.post("/people", json={}).json()["id"]
            note = client.post(f"/people/{person}/notes", json={}).json()["id"]
            client.delete(f"/people/{person}/notes/{note}")
            ids += [person, note]
            events += [one["event"] for one in fakes.records("news")]
    assert len(set(ids)) == 4
    assert len(set(events)) == len(events) == 6


def test_a_later_process_changes_nothing(tmp_path: Path) -> None:
    """Records are as they were, with the time of their last change; what is declared now says what is unique."""
    people_now = {**PEOPLE, "created_at": "made", "updated_at": "changed"}
    before = declared(person=people_now, note=NOTES)
    after = declared(person={**people_now, "unique": ["email"]}, company={"path": "/companies"})
    shown: list[Any] = []
    for one in (before, after):
        options = Options(only=[], declared={"leads": one}, seed=1, state=tmp_path / "state")
        with running(options) as fakes, fakes.client("leads") as client:
            client.headers["Authorization"] = f"Bearer {fakes.key('leads', 'token')}"
            if not shown:
                fakes.control("POST", "/time", fake="leads", seconds=86_400)
                client.post("/people", json={"email": "ann@example.com"})
            shown.append(client.get("/people").json())
            if one is after:
                assert client.post("/people", json={"email": "ann@example.com"}).status_code == 409
                assert client.post("/companies", json={"name": "new"}).status_code == 201
    assert shown[0] == shown[1]
