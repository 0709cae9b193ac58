"""The harness's hand on the fakes while a run lasts: plan faults, move deliveries, let the vendor's own side act.

A control channel: it may steer, never judge; what it answers is not evidence. The server is `fakes/control.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from harness.errors import ControlError
from harness.faults import DeliveryRule, Fault


@dataclass(frozen=True, slots=True)
class Pending:
    """What the fakes still have to do: calls in flight, deliveries not acknowledged, and for whom."""

    calls: int
    deliveries: int
    by_person: dict[str, list[str]]


class Control:
    """Client of the control channel; every method raises `ControlError` with what was asked and what came back."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(60.0, connect=5.0),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = await self._client.request(method, path, **content)
        except httpx.HTTPError as problem:
            raise ControlError(f"{method} {path} of the fakes' control channel: {problem!r}") from problem
        if answer.status_code >= 300:
            raise ControlError(
                f"{method} {path} of the fakes' control channel answered {answer.status_code}: {answer.text[:400]}"
            )
        return answer.json()

    async def manifest(self) -> dict[str, Any]:
        """What each fake offers: sinks, forgeries, lies, acts, payment methods."""
        return dict(await self._ask("GET", "/manifest"))

    async def endpoint(self, fake: str, url: str) -> None:
        """Tell a fake where its webhooks go."""
        await self._ask("PUT", f"/endpoints/{fake}", json={"url": url})

    async def plan(self, faults: Iterable[Fault]) -> list[str]:
        """Add faults; answers their rule ids in the same order."""
        answer = await self._ask("POST", "/faults", json={"faults": [fault.as_data() for fault in faults]})
        return list(answer["ids"])

    async def mend(self, person: str) -> None:
        """End every fault and delivery rule of one person."""
        await self._ask("DELETE", "/faults", params={"person": person})
        await self._ask("DELETE", "/rules", params={"person": person})

    async def rule(self, rules: Iterable[DeliveryRule]) -> None:
        """Add delivery rules."""
        await self._ask("POST", "/rules", json={"rules": [rule.as_data() for rule in rules]})

    async def resend(self, person: str, **how: Any) -> list[str]:
        """Deliver past events again; returns when they were answered."""
        return list((await self._ask("POST", "/resend", json={"person": person, **how}))["deliveries"])

    async def forge(self, person: str, **how: Any) -> list[dict[str, Any]]:
        """Deliver a fresh event that is not true, signed in the named way."""
        return list((await self._ask("POST", "/forge", json={"person": person, **how}))["deliveries"])

    async def act(self, person: str, fake: str, act: str, **how: Any) -> Any:
        """Let the vendor's own side do something to the person's objects."""
        return await self._ask("POST", "/acts", json={"person": person, "fake": fake, "act": act, **how})

    async def release(self, name: str) -> None:
        """Let go of a barrier or of held deliveries."""
        await self._ask("POST", "/release", json={"name": name})

    async def calm(self) -> None:
        """End every fault and rule, release every hold."""
        await self._ask("POST", "/calm", json={})

    async def pending(self) -> Pending:
        """What the fakes still have to do, now."""
        answer = await self._ask("GET", "/pending")
        return Pending(answer["calls"], answer["deliveries"], answer["by_person"])

    async def counts(self, person: str) -> dict[str, Any]:
        """How often each fault of a person fired and what effects they have; steers, never judges."""
        return dict(await self._ask("GET", "/counts", params={"person": person}))
