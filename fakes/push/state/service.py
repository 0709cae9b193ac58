"""The push service: a ticket for each notification at once, a receipt some time later.

Nothing is idempotent: the same message twice is two notifications. A ticket says that the service took it, a receipt
that the phone's maker did; whether the phone has it is said by neither. Called by `wire.routes`.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.contents import Part
from fakes.limits import Windows
from fakes.push.state.devices import DEFAULT_PROJECT, Device, Devices
from fakes.push.state.messages import checked, recipients, too_big
from fakes.push.state.problem import Problem
from fakes.push.state.settings import Settings
from harness.clock import Clock

RECEIPTS_MAX = 1_000
RECEIPT_KEPT_S = 86_400
SENTENCES: Mapping[str, str] = {
    "DeviceNotRegistered": '"{token}" is not a registered push notification recipient',
    "MessageTooBig": "The notification payload is too large: at most 4096 bytes may be sent to a device",
    "MessageRateExceeded": "Messages are sent too frequently to this device",
    "MismatchSenderId": "The push credentials belong to another sender than the device's token",
    "InvalidCredentials": "The push credentials of the app are invalid",
    "DeveloperError": "The notification could not be sent because of how the app is set up",
    "ExpoError": "The service could not send the notification",
    "ProviderError": "The phone's maker could not take the notification",
}


@dataclass(slots=True)
class Receipt:
    """What became of one notification, and from when on that is told."""

    due_s: float
    told: dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """One ticket; with the notification that goes out, if one does."""

    ticket: dict[str, Any]
    notification: dict[str, Any] = field(default_factory=dict)


class Service(Part):
    """The service of every project."""

    KEPT = ("_receipts", "_windows")

    def __init__(self, clock: Clock, devices: Devices, settings: Settings, ident: Callable[[str], str]) -> None:
        self.settings = settings
        self._clock = clock
        self._devices = devices
        self._ident = ident
        self._receipts: OrderedDict[str, Receipt] = OrderedDict()
        self._windows = Windows(clock, 1.0)

    def clear(self) -> None:
        """Forget every receipt and how much was sent."""
        self._receipts.clear()
        self._windows.forget()

    def send(self, asked: Any) -> list[Outcome]:
        """Each notification's ticket, in order; `Problem` when the whole request is refused."""
        messages = checked(asked)
        pairs = [(message, token) for message in messages for token in recipients(message)]
        found = [(message, token, self._devices.find(token, self.settings.strangers)) for message, token in pairs]
        project = self._one_project([device for _, _, device in found if device is not None])
        self._limit(project, len(pairs))
        self._forget_old()
        return [self._send(message, token, device) for message, token, device in found]

    @staticmethod
    def _one_project(devices: list[Device]) -> str:
        by_project: dict[str, list[str]] = {}
        for device in devices:
            by_project.setdefault(device.project, []).append(device.token)
        if len(by_project) > 1:
            raise Problem(
                "PUSH_TOO_MANY_EXPERIENCE_IDS",
                "All push notification messages in the same request must be for the same project; "
                "check the details field to investigate conflicting tokens.",
                details=dict(by_project),
            )
        return next(iter(by_project), DEFAULT_PROJECT)

    def _limit(self, project: str, number: int) -> None:
        allowed, window = self.settings.per_second, self._windows[project]
        if window.wait_s(allowed):
            raise Problem(
                "TOO_MANY_REQUESTS",
                f"The project {project} has exceeded the limit of {allowed} notifications per second.",
                status=429,
            )
        window.count(allowed, number)

    def _send(self, message: Mapping[str, Any], token: str, device: Device | None) -> Outcome:
        if device is None or not (device.installed or device.noticed is False):
            return Outcome(failed("DeviceNotRegistered", token))
        if device.next_ticket:
            error, device.next_ticket = device.next_ticket, ""
            return Outcome(failed(error, token))
        if too_big(message):
            return Outcome(failed("MessageTooBig", token))
        made = self._ident("ticket")
        told: dict[str, Any] = {"status": "ok"}
        now_s = self._clock.wall().timestamp()
        if device.next_receipt:
            told, device.next_receipt = failed(device.next_receipt, token), ""
        elif not device.installed:
            told, device.noticed = failed("DeviceNotRegistered", token), True
        self._receipts[made] = Receipt(now_s + self.settings.receipt_lag_s, told)
        if told["status"] != "ok":
            return Outcome({"status": "ok", "id": made})
        shown = {name: value for name, value in message.items() if value is not None}
        return Outcome({"status": "ok", "id": made}, {**shown, "id": made, "to": token, **_end(message, now_s)})

    def receipts(self, asked: Any) -> dict[str, Any]:
        """The receipts of these tickets that are there by now; of the others nothing is said."""
        ids = asked.get("ids") if isinstance(asked, Mapping) else None
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise Problem("VALIDATION_ERROR", '"ids" must be an array of strings.')
        if len(ids) > RECEIPTS_MAX:
            raise Problem(
                "PUSH_TOO_MANY_RECEIPTS",
                f"The request asked for {len(ids)} receipts, which is over the limit of {RECEIPTS_MAX}.",
            )
        self._forget_old()
        now_s = self._clock.wall().timestamp()
        found = {one: self._receipts[one] for one in ids if one in self._receipts}
        return {one: receipt.told for one, receipt in found.items() if now_s >= receipt.due_s}

    def _forget_old(self) -> None:
        """Receipts are there for a day."""
        oldest_s = self._clock.wall().timestamp() - RECEIPT_KEPT_S
        while self._receipts and next(iter(self._receipts.values())).due_s < oldest_s:
            self._receipts.popitem(last=False)


def failed(error: str, token: str) -> dict[str, Any]:
    """A ticket or a receipt that is an error."""
    details = {"error": error}
    if error == "DeviceNotRegistered":
        details["expoPushToken"] = token
    return {"status": "error", "message": SENTENCES[error].format(token=token), "details": details}


def _end(message: Mapping[str, Any], now_s: float) -> dict[str, Any]:
    """When the notification is not worth showing any more, if ever: `ttl` wins over `expiration`."""
    if message.get("ttl") is not None:
        return {"expires": now_s + min(message["ttl"], RECEIPT_KEPT_S * 365)}
    if message.get("expiration") is not None:
        return {"expires": message["expiration"]}
    return {}
