"""`python -m bench.plain`: a Starlette app that does nothing but read a form's bytes and answer so many bytes as JSON.

The yardstick beside other payment fakes: what a handler in a framework costs that keeps nothing. Prints where it is as
one JSON line, then serves until SIGTERM. Started by `bench.rivals`.
"""

import json
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fakes.listening import address, bound

SIZE = 1_100
BODY = b'{"id": "cus_1", "text": "' + b"x" * (SIZE - 27) + b'"}'


async def customers(request: Request) -> Response:
    """Read, and answer."""
    await request.body()
    return Response(BODY, media_type="application/json")


def main() -> int:
    """Serve on any free port."""
    sock = bound("127.0.0.1", 0, "the plain app")
    sys.stdout.write(json.dumps({"url": address(sock)}) + "\n")
    sys.stdout.flush()
    app = Starlette(routes=[Route("/v1/customers", customers, methods=["POST"])])
    config = uvicorn.Config(app, http="httptools", loop="uvloop", ws="none", lifespan="off", log_config=None)
    config.access_log = False
    uvicorn.Server(config).run(sockets=[sock])
    return 0


if __name__ == "__main__":
    sys.exit(main())
