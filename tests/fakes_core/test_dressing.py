"""Unusual but right: what the wire carries when a genuine event is oddly dressed."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest

from fakes.dressing import DRESSES, rewritten
from harness.faults import Mishap
from tests.fakes_core.bench import ADA, Bench

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@asynccontextmanager
async def wire() -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address that keeps the very bytes it is sent, and where they are kept."""
    kept: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"chunked" in head.lower():
            body = await reader.readuntil(b"0\r\n\r\n")
        else:
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            body = await reader.readexactly(int(length.split(b":")[1]))
        kept.append(head + body)
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", kept


async def dressed_as(tiny: Bench, dress: str) -> bytes:
    """The bytes of one event in this dress."""
    async with wire() as (url, kept):
        await tiny.control.endpoint("tiny", url)
        await tiny.rule(Mishap.DRESS, forgery=dress)
        await tiny.create()
        await tiny.quiet()
        (told,) = kept
    return told


@pytest.mark.parametrize(
    ("dress", "shows"),
    [
        ("charset", b"content-type: application/json; charset=utf-8\r\n"),
        ("shouted_type", b"content-type: Application/JSON\r\n"),
        ("header_case", b"\r\ntInY-SiGnAtUrE: t="),
        ("chunked", b"transfer-encoding: chunked\r\n"),
        ("odd_bytes", b'"id" : "'),
    ],
)
async def test_the_wire_shows_it(tiny: Bench, dress: str, shows: bytes) -> None:
    """Each dress is seen by who reads the bytes, and journaled."""
    told = await dressed_as(tiny, dress)
    head, _, body = told.partition(b"\r\n\r\n")
    assert shows in told if dress != "chunked" else shows in head.lower() + b"\r\n"
    assert (b"content-length" in head.lower()) == (dress != "chunked")
    assert ADA.encode() in body
    (delivery,) = tiny.records("delivery")
    assert (delivery["dress"], delivery["forgery"]) == (dress, None)
    (fault,) = tiny.records("fault")
    assert fault["kind"] == "dress"


async def test_what_was_rewritten_is_signed_as_it_is_sent(tiny: Bench) -> None:
    """Over its own bytes: who reads and writes them again gets others."""
    head, _, body = (await dressed_as(tiny, "odd_bytes")).partition(b"\r\n\r\n")
    said = next(line for line in head.decode().split("\r\n") if line.startswith("tiny-signature"))
    time, _, signature = said.partition(": t=")[2].partition(",")
    secret = tiny.running.public["tiny"]["webhook_secret"]
    assert hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest() == signature
    assert orjson.dumps(orjson.loads(body)) != body


def test_rewriting_keeps_the_content() -> None:
    """Escapes and spaces differ, nothing else; what is no JSON stays as it is."""
    body = orjson.dumps({"name": "Zoë/✓", "n": [1, 1.5, None], "big": 2**60})
    assert orjson.loads(rewritten(body)) == orjson.loads(body)
    assert rewritten(b"<no json>") == b"<no json>"


async def test_an_unknown_dress_is_refused_with_what_there_is(tiny: Bench) -> None:
    """A wrong signature is no dress."""
    rule = {"person": ADA, "fake": "tiny", "kind": "dress", "forgery": "garbage"}
    answer = await tiny.raw.post("/rules", json={"rules": [rule]})
    assert answer.status_code == 422
    assert all(name in answer.json()["error"] for name in DRESSES)
