"""What an answer allows that it should not: others to keep it on its way, or a stranger's page to read it.

Pure: looks at one request and its answer; decides nothing. Called by the phone for every answer that it hears.
"""

import re
from collections.abc import Iterator

from harness.phone.exchange import Exchanged
from harness.phone.request import Request

SHARED = re.compile(r"\bpublic\b|\bs-maxage\b", re.IGNORECASE)
TOLD_BY = ("Authorization", "Cookie")
"""Headers that say whose request it is."""
PRIVATE = re.compile(r"\bno-store\b|\bprivate\b", re.IGNORECASE)


def indiscretions(request: Request, heard: Exchanged) -> Iterator[tuple[str, str]]:
    """Each kind of indiscretion of this answer, and the header that says so."""
    if heard.status is None:
        return
    kept = heard.headers.get("cache-control", "")
    personal = any(name in request.headers for name in TOLD_BY)
    if personal and heard.status < 300 and SHARED.search(kept) and not PRIVATE.search(kept):
        yield "may_be_kept", kept
    origin = request.headers.get("Origin")
    allowed, credentials = (heard.headers.get(f"access-control-allow-{name}") for name in ("origin", "credentials"))
    if origin and allowed == origin and str(credentials).lower() == "true":
        yield "strangers_may_read", origin
