"""The phones behind the service: whose app they have, whether it is still there, and what has arrived on each.

A notification arrives when somebody brings it (`arrive`), which may be late, twice or in another order than it was
sent. What has expired by then, or finds the app gone, is dropped, as phones do. Called by `service` and `wire.routes`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.contents import Part
from harness.clock import Clock
from harness.rng import Rng

TOKEN = re.compile(r"Expo(?:nent)?PushToken\[[^\[\]\s]{1,200}\]")
UUID = re.compile(r"[a-z\d]{8}-[a-z\d]{4}-[a-z\d]{4}-[a-z\d]{4}-[a-z\d]{12}", re.IGNORECASE)
DEFAULT_PROJECT = "@staging/app"
ARRIVED_MAX = 200


@dataclass(slots=True)
class Device:
    """One installation of an app on one phone."""

    token: str
    project: str
    installed: bool = True
    noticed: bool = True
    """Whether the service knows whether the app is there; it learns from a receipt that it is gone."""
    next_ticket: str = ""
    next_receipt: str = ""
    """The error of the next ticket or receipt, planned by an act."""
    arrived: list[dict[str, Any]] = field(default_factory=list)
    """The newest `ARRIVED_MAX`, oldest first."""


class Devices(Part):
    """Every phone that was ever spoken of."""

    KEPT = ("_of", "_by_phone")
    LASTS = ("_numbered",)

    def __init__(self, clock: Clock, rng: Rng) -> None:
        self._clock = clock
        self._rng = rng
        self._of: dict[str, Device] = {}
        self._by_phone: dict[tuple[str, str], str] = {}
        self._numbered = 0

    def clear(self) -> None:
        """Forget all phones."""
        self._of.clear()
        self._by_phone.clear()

    def well_formed(self, token: str) -> bool:
        """Whether it looks like a device's token."""
        return bool(TOKEN.fullmatch(token) or UUID.fullmatch(token))

    def register(self, phone: str, project: str) -> Device:
        """The device of an app on a phone, which keeps its token when it comes again."""
        known = self._by_phone.get((phone, project))
        if known is None:
            self._numbered += 1
            letters = self._rng.ident("", f"push/token/{self._numbered}/{project}").lstrip("_")
            known = self._by_phone[phone, project] = f"ExponentPushToken[{letters}]"
            self._of[known] = Device(known, project)
        device = self._of[known]
        device.installed = device.noticed = True
        return device

    def find(self, token: str, strangers: bool) -> Device | None:
        """The device of a token; with `strangers` any well-formed token stands for one."""
        found = self._of.get(token)
        if found is None and strangers and self.well_formed(token):
            found = self._of[token] = Device(token, DEFAULT_PROJECT)
        return found

    def known(self, token: str) -> Device | None:
        """The device of a token that was given out or used."""
        return self._of.get(token)

    def arrive(self, told: Mapping[str, Any]) -> bool:
        """Bring a notification to its phone; whether it is shown there."""
        device = self._of.get(str(told.get("to")))
        now = self._clock.wall()
        expires = told.get("expires")
        if device is None or not device.installed or (expires is not None and now.timestamp() > expires):
            return False
        device.arrived.append({**told, "at": now.isoformat()})
        del device.arrived[:-ARRIVED_MAX]
        return True
