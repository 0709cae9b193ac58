"""The door of a network without a way out: lets connections in to named places, and nothing out.

`door.py PORT=HOST:PORT ...` forwards what arrives. A file that runs by itself, in a container of its own that is in
both networks; only its ports are published, on this machine's loopback alone. Started by `harness.stack.containers`.
"""

import asyncio
import contextlib
import socket
import struct
import sys

EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside its container; what is published, and where, the run decides
PIECE = 65536
RESET = struct.pack("ii", 1, 0)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()


async def _serve(port: int, host: str, there: int) -> None:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(host, there)
        except OSError:
            # A reset, as the network gives it where nobody listens.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_carry(reader, inner_writer))
                both.create_task(_carry(inner_reader, writer))
        finally:
            for one in (writer, inner_writer):
                one.transport.abort() if one.transport.is_closing() else one.close()

    server = await asyncio.start_server(visit, EVERYWHERE, port, backlog=1024)
    async with server:
        await server.serve_forever()


async def _all(ways: list[tuple[int, str, int]]) -> None:
    async with asyncio.TaskGroup() as servers:
        for port, host, there in ways:
            servers.create_task(_serve(port, host, there))


def main() -> None:
    """Open the ways that the command line names, until ended."""
    ways = []
    for word in sys.argv[1:]:
        port, _, place = word.partition("=")
        host, _, there = place.rpartition(":")
        ways.append((int(port), host, int(there)))
    asyncio.run(_all(ways))


if __name__ == "__main__":
    main()
