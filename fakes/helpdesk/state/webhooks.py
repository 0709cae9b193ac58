"""The webhooks of one account: what they are, what they were told, and what came of it.

Triggers put invocations into `outbox`; they are sent once the call is over (`wire.courier`). What came of each is told
to `heard`. Called by `triggers` and the routes for webhooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from fakes.helpdesk.problems import Problem, not_found
from fakes.helpdesk.signing import TESTING_SECRET, fresh_secret
from fakes.helpdesk.state.account import Account, text
from fakes.helpdesk.state.breaker import Breaker
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.placeholders import Placeholders
from fakes.helpdesk.state.ticket import Audit, Ticket

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FORMATS = {
    "json": "application/json; charset=utf-8",
    "xml": "application/xml",
    "form_encoded": "application/x-www-form-urlencoded",
}
AUTHENTICATIONS = {"basic_auth": ("username", "password"), "bearer_token": ("token",), "api_key": ("name", "value")}
TRIGGERED = "conditional_ticket_events"
EVENT = "zen:event-type:"
EVENTS = tuple(
    f"{EVENT}{kind}"
    for kind in (
        "ticket.created",
        "ticket.status_changed",
        "ticket.priority_changed",
        "ticket.tags_changed",
        "ticket.comment_added",
        "ticket.group_assignment_changed",
        "ticket.agent_assignment_changed",
        "ticket.soft_deleted",
        "ticket.undeleted",
        "user.created",
        "user.deleted",
        "organization.created",
        "organization.deleted",
    )
)
KEPT = 1000
"""How many invocations of a webhook are remembered."""
BROKEN = "circuit broken"
Record = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One request that was sent for an invocation, or was not."""

    status: str
    status_code: int | None
    completed_at: str
    answer: str = ""


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One thing that a webhook was to be told."""

    id: str
    webhook_id: str
    about: int | None
    """The record that it is about."""
    type: str
    body: bytes
    created_s: int
    latest_completed_at: str
    status: str = "pending"
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Webhook:
    """One webhook."""

    id: str
    shown: Record
    """Its shape, without secrets."""
    authentication: Record | None
    secret: str
    breaker: Breaker
    invocations: dict[str, Invocation] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Whether it is told anything."""
        return bool(self.shown["status"] == "active")


class Webhooks(Part):
    """All webhooks of one account."""

    KEPT = ("all", "_by_invocation")

    def __init__(self, account: Account, placeholders: Placeholders) -> None:
        self._account = account
        self._placeholders = placeholders
        self.all: dict[str, Webhook] = {}
        self.outbox: list[Invocation] = []
        self._by_invocation: dict[str, Webhook] = {}

    def clear(self) -> None:
        """Forget all webhooks."""
        self.all.clear()
        self.outbox.clear()
        self._by_invocation.clear()

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold these webhooks instead; what was on its way to them then, and has arrived since, has arrived."""
        since = self._by_invocation
        super().become(contents)
        for webhook in self.all.values():
            # The answer to its try may have come since, and no other one comes.
            webhook.breaker.trying = False
            for number, one in webhook.invocations.items():
                if not one.attempts and number in since:
                    webhook.invocations[number] = since[number].invocations[number]

    def get(self, webhook_id: str) -> Webhook:
        """The webhook with this id."""
        if webhook_id not in self.all:
            raise not_found()
        return self.all[webhook_id]

    # -- changing -----------------------------------------------------------------------------------------------

    def create(self, given: Mapping[str, Any], by: int) -> Webhook:
        """Make a webhook."""
        made = self._made(given, by, fresh_secret())
        self.all[made.id] = made
        return made

    def _made(self, given: Mapping[str, Any], by: int, secret: str) -> Webhook:
        shown, authentication = self._checked(given, None)
        number = self._account.new_ulid()
        return Webhook(
            id=number, authentication=authentication, secret=secret, breaker=Breaker(),
            shown={"id": number, **shown, "created_at": self._account.now(), "created_by": str(by)},
        )  # fmt: skip

    def clone(self, webhook: Webhook, by: int) -> Webhook:
        """Make a webhook like another one, with a secret of its own."""
        return self.create({**webhook.shown, "authentication": webhook.authentication}, by)

    def trial(self, given: Any, known: Webhook | None, by: int) -> Webhook:
        """A webhook to try once, which is not kept."""
        base = {**known.shown, "authentication": known.authentication} if known else {"name": "test"}
        usual = {"http_method": "POST", "request_format": "json", "subscriptions": [TRIGGERED]}
        wanted = {**usual, **base, **(given if isinstance(given, Mapping) else {})}
        return self._made(wanted, by, known.secret if known else TESTING_SECRET)

    def change(self, webhook: Webhook, given: Mapping[str, Any], by: int, *, whole: bool) -> None:
        """Change a webhook: all of it, or only what is given."""
        base = {} if whole else {**webhook.shown, "authentication": webhook.authentication}
        shown, authentication = self._checked({**base, **given}, webhook)
        webhook.shown |= {**shown, "updated_at": self._account.now(), "updated_by": str(by)}
        webhook.authentication = authentication
        if authentication is None:
            webhook.shown.pop("authentication", None)

    def delete(self, webhook: Webhook) -> None:
        """Remove a webhook, and with it what it was told."""
        del self.all[webhook.id]
        for each in webhook.invocations:
            self._by_invocation.pop(each, None)

    def _checked(self, given: Mapping[str, Any], before: Webhook | None) -> tuple[Record, Record | None]:
        shown: Record = {
            "name": text(given, "name"), "description": text(given, "description") or "",
            "status": given.get("status", "active"), "endpoint": text(given, "endpoint"),
            "http_method": text(given, "http_method"), "request_format": text(given, "request_format"),
            "subscriptions": given.get("subscriptions") or (before.shown["subscriptions"] if before else []),
        }  # fmt: skip
        for name in ("name", "endpoint", "http_method", "request_format"):
            if not shown[name]:
                raise _wrong(f"{name} is required", "MissingParameter")
        if shown["status"] not in ("active", "inactive"):
            raise _wrong("status must be active or inactive")
        if shown["http_method"] not in METHODS or shown["request_format"] not in FORMATS:
            raise _wrong("http_method or request_format is not supported")
        if urlsplit(shown["endpoint"]).scheme not in ("http", "https") or not urlsplit(shown["endpoint"]).netloc:
            raise _wrong("endpoint must be a valid URL")
        _check_subscriptions(shown)
        authentication = _authentication(given.get("authentication"))
        if authentication is not None:
            secret = ("password", "token", "value")
            data = {name: value for name, value in authentication["data"].items() if name not in secret}
            shown["authentication"] = {**authentication, "data": data}
        return shown, authentication

    def reset_secret(self, webhook: Webhook) -> str:
        """A new signing secret; the old one is good for nothing from now on."""
        webhook.secret = fresh_secret()
        return webhook.secret

    # -- telling ------------------------------------------------------------------------------------------------

    def notify(self, webhook_id: str, body: str, ticket: Ticket, audit: Audit) -> None:
        """Let a webhook be told of a ticket, as a trigger wishes; unknown and inactive ones are told nothing."""
        webhook = self.all.get(webhook_id)
        if webhook is None or not webhook.active:
            return
        as_json = webhook.shown["request_format"] == "json"
        content = self._placeholders.filled(body, ticket, audit, as_json=as_json).encode()
        self.invoke(webhook, content, ticket.id)

    @property
    def listening(self) -> bool:
        """Whether any webhook subscribes to events."""
        return any(each.shown["subscriptions"] != [TRIGGERED] for each in self.all.values())

    def wanting(self, kind: str) -> list[Webhook]:
        """The webhooks that subscribe to an event."""
        return [each for each in self.all.values() if each.active and kind in each.shown["subscriptions"]]

    def invoke(self, webhook: Webhook, body: bytes, about: int | None, kind: str = TRIGGERED) -> Invocation:
        """Let a webhook be told something, unless its circuit breaker has tripped."""
        made = Invocation(
            id=self._account.new_ulid(), webhook_id=webhook.id, about=about, type=kind, body=body,
            created_s=self._account.second(), latest_completed_at=self._account.now(),
        )  # fmt: skip
        webhook.invocations[made.id] = made
        self._by_invocation[made.id] = webhook
        if len(webhook.invocations) > KEPT:
            gone = next(iter(webhook.invocations))
            del webhook.invocations[gone]
            self._by_invocation.pop(gone, None)
        if webhook.breaker.admits(self._account):
            self.outbox.append(made)
        else:
            self._ended(made, BROKEN, None, "")
        return made

    def _ended(self, invocation: Invocation, status: str, code: int | None, answer: str) -> None:
        now = self._account.now()
        invocation.status, invocation.latest_completed_at = status, now
        invocation.attempts.append(Attempt(status=status, status_code=code, completed_at=now, answer=answer))

    def heard(self, invocation_id: str, code: int | None, answer: str) -> None:
        """What came of a request; None for no answer."""
        webhook = self._by_invocation.get(invocation_id)
        if webhook is None:
            return
        good = code is not None and 200 <= code < 300
        webhook.breaker.heard(self._account, not good)
        status = "success" if good else "timeout" if code is None else "terminated"
        self._ended(webhook.invocations[invocation_id], status, code, answer)

    def again(self, retry: int, code: int | None, retry_after: str | None) -> float | None:
        """In how many seconds a request is sent again; None when it is not."""
        if retry > 3:
            return None
        if code is None or code == 409:
            return self._account.settings.webhook_retry_s
        if code in (429, 503) and retry_after is not None and retry_after.isascii() and retry_after.isdigit():
            return float(retry_after) if int(retry_after[:6]) < 60 else None
        return None


def _check_subscriptions(shown: Record) -> None:
    """A webhook stands in triggers, or it subscribes to events by POST and JSON; not both."""
    wanted = shown["subscriptions"]
    if wanted == [TRIGGERED]:
        return
    if not isinstance(wanted, list) or not wanted or any(each not in EVENTS for each in wanted):
        raise _wrong(f"subscriptions must be [{TRIGGERED!r}] or known event types")
    if (shown["http_method"], shown["request_format"]) != ("POST", "json"):
        raise _wrong("a webhook that subscribes to events must use POST and json")


def _authentication(given: Any) -> Record | None:
    if given is None:
        return None
    kind = str(given.get("type")) if isinstance(given, Mapping) else ""
    data = given.get("data") if isinstance(given, Mapping) else None
    if kind not in AUTHENTICATIONS or not isinstance(data, Mapping):
        raise _wrong("authentication must have a type and data")
    if any(not isinstance(data.get(name), str) for name in AUTHENTICATIONS[kind]):
        raise _wrong(f"authentication data must have {' and '.join(AUTHENTICATIONS[kind])}")
    named = {name: data[name] for name in AUTHENTICATIONS[kind]}
    return {"type": kind, "data": named, "add_position": given.get("add_position") or "header"}


def _wrong(why: str, code: str = "InvalidParameter") -> Problem:
    return Problem("InvalidWebhook", why, beside={"code": code})
