"""The team's chat: one incoming webhook. It has no idempotency: a repeat after a lost answer shows twice."""

from staging.pipeline.settings import Settings
from staging.pipeline.vendors import failures
from staging.pipeline.vendors.web import Web

VENDOR = "chat"
_web: Web
_url: str


def open_client(settings: Settings) -> None:
    """Make the client; once per process."""
    global _web, _url
    _web = Web(VENDOR, "", settings.delays.message_timeout_s)
    _url = settings.chat_webhook_url


async def close_client() -> None:
    """Close the client."""
    await _web.close()


async def say(text: str) -> None:
    """The message has been accepted."""
    response = await _web.raw("POST", _url, json={"text": text})
    if not response.is_success:
        raise failures.of_status(VENDOR, response.status_code, response.headers.get("Retry-After"))
    if response.text.strip() != "ok":
        raise failures.Transient(VENDOR, "answered something other than ok")
