"""`python -m bench.nothing`: an ASGI app under uvicorn that does nothing, the yardstick of the fakes.

It reads the whole body and answers as many bytes as its path says (`/312`); it keeps nothing, writes nothing and knows
no vendor. Prints where it is as one JSON line, then serves until SIGTERM. Started by `bench.fakes`.
"""

import json
import sys
from functools import cache
from typing import Any

import uvicorn

from fakes.listening import address, bound


@cache
def answer(path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two messages of an answer of this size, made once."""
    size = int(path.strip("/") or 0)
    headers = [(b"content-length", str(size).encode()), (b"content-type", b"application/json")]
    return (
        {"type": "http.response.start", "status": 200, "headers": headers},
        {"type": "http.response.body", "body": (b'"' + b"x" * (size - 2) + b'"')[:size]},
    )


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Read, and answer."""
    while (await receive()).get("more_body"):
        pass
    start, body = answer(scope["path"])
    await send(start)
    await send(body)


def main() -> int:
    """Serve on any free port."""
    sock = bound("127.0.0.1", 0, "the app that does nothing")
    sys.stdout.write(json.dumps({"url": address(sock)}) + "\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        app, http="httptools", loop="uvloop", ws="none", lifespan="off", log_config=None, access_log=False
    )
    uvicorn.Server(config).run(sockets=[sock])
    return 0


if __name__ == "__main__":
    sys.exit(main())
