"""A JSON call over HTTP with a deadline for the whole of it; every failure comes out as one of ours."""

import asyncio
from typing import Any

import httpx
import orjson

from staging.pipeline.vendors import failures


class Web:
    """One vendor's HTTP client: base address, credentials, deadline."""

    def __init__(self, vendor: str, base_url: str, timeout_s: float, **options: Any) -> None:
        self.vendor = vendor
        self.timeout_s = timeout_s
        limits = httpx.Limits(max_connections=60, max_keepalive_connections=20, keepalive_expiry=5.0)
        self.client = httpx.AsyncClient(base_url=base_url, timeout=timeout_s, limits=limits, trust_env=False, **options)

    async def raw(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer, whatever its status; or `Transient` when there is none in time."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await self.client.request(method, path, **request)
        except TimeoutError:
            raise failures.Transient(self.vendor, f"no answer within {self.timeout_s:g} s") from None
        except httpx.InvalidURL:
            raise failures.Invalid(self.vendor, "address is not valid") from None
        except httpx.HTTPError as error:
            raise failures.Transient(self.vendor, f"connection failed ({type(error).__name__})") from None

    async def call(self, method: str, path: str, *, allow: tuple[int, ...] = (), **request: Any) -> Any:
        """The JSON of a 2xx answer, or nothing for a status in `allow`; anything else is a failure."""
        response = await self.raw(method, path, **request)
        if response.status_code in allow:
            return None
        if not response.is_success:
            raise failures.of_status(self.vendor, response.status_code, response.headers.get("Retry-After"))
        if response.status_code == 204:
            return {}
        try:
            answer = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            raise failures.Transient(self.vendor, "answered something other than JSON") from None
        if not isinstance(answer, dict):
            raise failures.Transient(self.vendor, "answered JSON of another shape")
        return answer

    async def close(self) -> None:
        """Close what is open."""
        await self.client.aclose()
