"""A tiny pipeline in a process of its own: answers as the shop does, and says on its last line what it received.

Started as `python -m tests.load.pipeline`; prints its URL, then serves until its stdin closes.
"""

import asyncio
import json
import sys

from tests.phone.shop import Shop
from tests.phone.tiny import tiny


async def main() -> None:
    """Serve until nobody listens any more."""
    async with tiny(Shop()) as server:
        print(server.url, flush=True)  # noqa: T201 - its first line is its address
        await asyncio.to_thread(sys.stdin.read)
        seen = [[one.method, one.path, one.key] for one in server.whole()]
        print(json.dumps({"seen": seen, "halves": len(server.halves())}), flush=True)  # noqa: T201 - and its last


asyncio.run(main())
