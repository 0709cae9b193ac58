"""The door: what arrives is carried both ways, and where nobody listens a visitor is told at once."""

import asyncio
import sys

import pytest

from harness.stack import ProcessSpec, Stack, door, ports


async def test_what_arrives_is_carried_both_ways(stack: Stack) -> None:
    """A question, its end, the answer; many at once; a place where nobody is gives a reset."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read()).upper())
        writer.close()

    inside = await asyncio.start_server(echo, "127.0.0.1", 0)
    there = inside.sockets[0].getsockname()[1]
    here, nowhere, nobody = ports.free(3)
    ports.hand_over(nobody)
    words = [f"{here}=127.0.0.1:{there}", f"{nowhere}=127.0.0.1:{nobody}"]
    await stack.start(
        ProcessSpec(name="door", command=[sys.executable, door.__file__, *words], ready=f"tcp:127.0.0.1:{here}")
    )

    async def visit(port: int, text: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(text)
        writer.write_eof()
        try:
            return await reader.read()
        finally:
            writer.close()

    async with inside:
        said = await asyncio.gather(*(visit(here, b"a%d" % number * 50_000) for number in range(5)))
        assert said == [b"A%d" % number * 50_000 for number in range(5)]
        with pytest.raises(ConnectionResetError):
            await visit(nowhere, b"x")
