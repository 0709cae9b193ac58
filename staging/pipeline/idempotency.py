"""The app's own idempotency keys: one key, one answer, kept in the same transaction as what it answers for."""

import hashlib
import hmac
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from staging.pipeline.database import Connection, Row, one


class Reused(Exception):
    """The key was used for something else."""


def fingerprint(secret: str, route: str, body: dict[str, Any]) -> str:
    """What a request means, without keeping what it says."""
    canonical = orjson.dumps([route, body], option=orjson.OPT_SORT_KEYS)
    return hmac.new(secret.encode(), canonical, hashlib.sha256).hexdigest()


async def claim(connection: Connection, scope: str, key: str, print_: str) -> Row | None:
    """Take the key, or return its earlier answer; waits while another request with the same key is in flight."""
    taken = await one(
        connection,
        "INSERT INTO client_keys (scope, key, fingerprint) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING key",
        scope,
        key,
        print_,
    )
    if taken is not None:
        return None
    earlier = await one(
        connection,
        "SELECT fingerprint, answer, extract(epoch FROM at)::bigint AS at FROM client_keys "
        "WHERE scope = %s AND key = %s",
        scope,
        key,
    )
    if earlier is None or not hmac.compare_digest(earlier["fingerprint"], print_):
        raise Reused
    return earlier


async def keep(connection: Connection, scope: str, key: str, answer: dict[str, Any]) -> int:
    """Keep the answer for the next time; returns the second in which it was given."""
    row = await one(
        connection,
        "UPDATE client_keys SET answer = %s WHERE scope = %s AND key = %s "
        "RETURNING extract(epoch FROM at)::bigint AS at",
        Jsonb(answer),
        scope,
        key,
    )
    return int(row["at"]) if row else 0
