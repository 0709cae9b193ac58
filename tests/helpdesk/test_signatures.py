"""Every way to sign a webhook wrongly is refused by who checks as the vendor's page says."""

import base64
import hashlib
import hmac
from datetime import datetime

import pytest

from fakes.helpdesk.signing import FORGERIES, SIGNATURE, TIMESTAMP, forge
from harness.clock import SYSTEM, unix_s

SECRET = "c2VjcmV0"
BODY = b'{"ticket_id": 7, "status": "solved"}'
TOLERANCE_S = 300


def believed(headers: dict[str, str], body: bytes) -> bool:
    """The check of the vendor's page, and an age."""
    try:
        age_s = (SYSTEM.wall() - datetime.fromisoformat(headers[TIMESTAMP])).total_seconds()
    except (KeyError, ValueError):
        return False
    wanted = base64.b64encode(hmac.new(SECRET.encode(), headers[TIMESTAMP].encode() + body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted.decode(), headers.get(SIGNATURE, "")) and age_s < TOLERANCE_S


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
def test_every_way_to_sign(forgery: str) -> None:
    """Only what is signed well is believed."""
    assert believed(*forge(forgery, BODY, unix_s(), [SECRET])) == (forgery == "valid")
