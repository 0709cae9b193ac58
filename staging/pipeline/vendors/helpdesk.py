"""The helpdesk: uploads, groups by name, tickets with an idempotency key."""

from typing import Any

import httpx

from staging.pipeline.settings import Settings
from staging.pipeline.vendors import failures
from staging.pipeline.vendors.web import Web

VENDOR = "helpdesk"
_web: Web
_groups: dict[str, int] = {}


def open_client(settings: Settings) -> None:
    """Make the client; once per process."""
    global _web
    auth = httpx.BasicAuth(f"{settings.helpdesk_email}/token", settings.helpdesk_token)
    _web = Web(VENDOR, settings.helpdesk_base_url, settings.delays.vendor_timeout_s, auth=auth)
    _groups.clear()


async def close_client() -> None:
    """Close the client."""
    await _web.close()


async def upload(name: str, content_type: str, content: bytes) -> str:
    """The token of an uploaded file, good for one ticket."""
    answer = await _web.call(
        "POST", "/api/v2/uploads", params={"filename": name}, content=content, headers={"Content-Type": content_type}
    )
    token = (answer.get("upload") or {}).get("token")
    if not token:
        raise failures.Transient(VENDOR, "answered without an upload token")
    return str(token)


async def group_id(name: str) -> int:
    """The id of a queue by its name; looked up once."""
    if name not in _groups:
        answer = await _web.call("GET", "/api/v2/groups", params={"per_page": 100})
        _groups.update({group["name"]: group["id"] for group in answer.get("groups", [])})
    if name not in _groups:
        raise failures.Invalid(VENDOR, f"has no group {name!r}")
    return _groups[name]


async def ticket_by_reference(external_id: str) -> str | None:
    """The id of the ticket that carries our reference, if there is one."""
    answer = await _web.call("GET", "/api/v2/tickets", params={"external_id": external_id})
    found = [t for t in answer.get("tickets", []) if t.get("external_id") == external_id]
    return str(found[0]["id"]) if found else None


async def create_ticket(ticket: dict[str, Any], key: str) -> str:
    """A ticket, once per key; returns its id."""
    answer = await _web.call("POST", "/api/v2/tickets", json={"ticket": ticket}, headers={"Idempotency-Key": key})
    made = (answer.get("ticket") or {}).get("id")
    if not made:
        raise failures.Transient(VENDOR, "answered without a ticket")
    return str(made)
