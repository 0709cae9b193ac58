"""Is a process ready? One look each, never a wait.

Not the waiting, which is the stack's; one function per kind of `ProcessSpec.ready`.
"""

import asyncio
import contextlib
from urllib.parse import urlsplit

import httpx

from harness.errors import MachineError
from harness.stack import ports
from harness.stack.running import Running
from harness.stack.spec import ProcessSpec

LOOK_S = 2.0


async def is_ready(running: Running) -> bool:
    """Whether this process is ready now, by its own spec."""
    spec = running.spec
    if spec.ready == "line":
        return running.line is not None
    if spec.ready == "exit":
        return running.exit_code == 0
    if spec.ready == "started":
        return True
    if spec.address:
        return await _accepts(*spec.address)
    return await _answers(spec.ready)


def why_not(running: Running) -> str:
    """What was waited for, in words, for a process that never became ready."""
    spec = running.spec
    if spec.address:
        return f"nothing accepted a connection at {spec.address[0]}:{spec.address[1]}"
    kinds = {"line": "it wrote no line to stdout", "exit": "it did not end"}
    return kinds.get(spec.ready, f"{spec.ready} did not answer with a 2xx status")


def refuse_taken_port(spec: ProcessSpec) -> None:
    """Raise `MachineError` when another program listens where this one should: it would be taken for it."""
    address = spec.address
    if spec.ready.startswith(("http://", "https://")):
        url = urlsplit(spec.ready)
        address = (url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
    if address and address[0] in ("127.0.0.1", "localhost", "::1") and ports.is_taken(*address):
        raise MachineError(
            f'port {address[1]} on {address[0]}, where "{spec.name}" should listen, is taken by another program; '
            "stop that program, or give this one another port"
        )


async def _accepts(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(LOOK_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def _answers(url: str) -> bool:
    # Nothing is sent but the question, and a throwaway certificate is usual here: it is not verified.
    async with httpx.AsyncClient(timeout=LOOK_S, trust_env=False, verify=False) as client:
        try:
            return (await client.get(url)).is_success
        except httpx.HTTPError:
            return False
