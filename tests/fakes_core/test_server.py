"""The server around a slice: what is journaled when, what a slice's errors become, and what never reaches a journal."""

import asyncio

import pytest

from harness.clock import until
from tests.fakes_core.bench import ADA, Bench


async def test_records_of_a_call_in_order(tiny: Bench) -> None:
    """A call is received, has its effect, and is answered, in that order, under one id."""
    answer = await tiny.create(headers={"Idempotency-Key": "k1"})
    (received,), (effect,), (answered,) = (tiny.records(kind) for kind in ("received", "effect", "answered"))
    assert answer.status_code == 201
    assert received["n"] < effect["n"] < answered["n"]
    assert received["call"] == effect["call"] == answered["call"]
    assert (received["key"], received["operation"], received["sink"]) == ("k1", "POST /things", "tiny.thing")
    assert (effect["op"], effect["object"], effect["person"]) == ("create", answer.json()["id"], ADA)
    assert (answered["status"], answered["lost"]) == (201, None)


async def test_refusal_leaves_no_effect(tiny: Bench) -> None:
    """A refused call is answered in the vendor's shape and leaves no effect."""
    answer = await tiny.create(headers={"Authorization": "Bearer wrong"})
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorised"})
    assert tiny.records("effect") == []
    assert tiny.records("answered")[0]["status"] == 401


async def test_bug_in_a_handler(tiny: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    """A bug of a slice is the vendor's own 500, a record, and a traceback for its author."""
    answer = await tiny.http.post("/bug", json={})
    assert (answer.status_code, answer.json()) == (500, {"error": "server_error"})
    assert tiny.records("bug")[0]["error"] == "ZeroDivisionError: planted"
    assert "in bug" in capfd.readouterr().err


async def test_asynchronous_handler(tiny: Bench) -> None:
    """A handler may be a coroutine."""
    assert (await tiny.http.post("/later", json={})).json() == {"later": True}


async def test_what_a_waiting_call_has_done_is_in_the_journal(tiny: Bench) -> None:
    """A call is journaled as received before its handler waits, although its records are written at once."""
    waiting = asyncio.create_task(tiny.http.post("/later", json={"seconds": 30}))
    assert await until(lambda: tiny.records("received"), within_s=10)
    assert tiny.records("answered") == []
    waiting.cancel()


async def test_unknown_route_and_wrong_method(tiny: Bench) -> None:
    """A path nobody has and a method it has not are both the slice's to answer, and journaled."""
    assert (await tiny.http.get("/nowhere")).status_code == 404
    answer = await tiny.http.delete("/things")
    assert (answer.status_code, answer.json()["allowed"]) == (405, ["POST"])
    assert [one["path"] for one in tiny.records("unknown_route")] == ["/nowhere", "/things"]


async def test_secrets_stay_out_of_the_journal(tiny: Bench) -> None:
    """Passwords, tokens, card numbers and secret addresses are never written down; the rest is (planted violation)."""
    await tiny.http.post(
        "/things",
        json={
            "name": f"Ada {ADA}",
            "password": "correct horse",
            "card": {"number": "4242424242424242", "brand": "visa"},
            "note": "paid with 4000 0000 0000 0002, tracking 12345678901234",
            "nested": [{"api_key": "k-123", "client_secret": "pi_1_secret_2"}],
        },
        headers={"Authorization": "Bearer sk_test_abcdef0123456789"},
    )
    await tiny.http.post("/hooks/T0KEN-B00", json={})
    text = tiny.journal.read_text()
    for secret in ("correct horse", "4242424242424242", "k-123", "_secret_", "sk_test", "T0KEN-B00"):
        received = "\n".join(line for line in text.splitlines() if '"k":"received"' in line)
        assert secret not in received
    assert "correct horse" not in text
    assert "12345678901234" in text
    assert "4000 0000 0000 0002" not in tiny.records("received")[0]["params"]["note"]
    assert '"brand":"visa"' in text


async def test_large_parameters_are_cut(tiny: Bench) -> None:
    """A journal takes at most four kilobytes of parameters and says how many there were."""
    await tiny.create(**{f"field_{number}": "x" * 300 for number in range(50)})
    params = tiny.records("received")[0]["params"]
    assert len(params["cut"]) <= 4000
    assert params["bytes"] > 4000


async def test_large_body_arrives_whole(tiny: Bench) -> None:
    """A body of many packets is read to its end."""
    answer = await tiny.create(blob="y" * 2_000_000)
    assert len(answer.json()["blob"]) == 2_000_000
