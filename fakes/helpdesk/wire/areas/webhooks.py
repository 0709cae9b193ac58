"""Routes of webhooks: make, change, try, their secrets, and what came of what they were told. No rules here."""

from typing import Any

from fakes.calls import Call, Handler, Reply
from fakes.helpdesk.problems import not_found
from fakes.helpdesk.state.webhooks import Attempt, Invocation, Webhook
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import body, number, part, query
from fakes.helpdesk.wire.courier import headers

LISTED = 100


class WebhookArea(Area):
    """Webhooks."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        one = "/webhooks/{id}"
        entries: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "/webhooks/test", self.test),
            ("GET", "/webhooks", self.index),
            ("POST", "/webhooks", self.create),
            ("GET", one, self.show),
            ("PUT", one, self.replace),
            ("PATCH", one, self.change),
            ("DELETE", one, self.delete),
            ("GET", f"{one}/signing_secret", self.secret),
            ("POST", f"{one}/signing_secret", self.reset_secret),
            ("GET", f"{one}/invocations", self.invocations),
            ("GET", f"{one}/invocations/{{invocation_id}}/attempts", self.attempts),
        )
        return tuple(Entry(method, path, work, ticket=False) for method, path, work in entries)

    def _one(self, call: Call) -> Webhook:
        return self.desk.webhooks.get(call.at["id"])

    def index(self, call: Call) -> Reply:
        """All webhooks, by cursor, or those whose name has these words."""
        wanted, state = query(call, "filter[name_contains]"), query(call, "filter[status]")
        found = [
            each.shown
            for each in self.desk.webhooks.all.values()
            if (wanted or "").casefold() in each.shown["name"].casefold() and state in (None, each.shown["status"])
        ]
        size, after = number(call, "page[size]", LISTED, LISTED), query(call, "page[after]")
        shown, meta, links = self._cut(call, found, size, after)
        return answer(200, {"webhooks": shown, "meta": meta, "links": links})

    def _cut(
        self, call: Call, found: list[dict[str, Any]], size: int, after: str | None
    ) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:  # fmt: skip
        """One page of records that have ULIDs."""
        start = next((place + 1 for place, each in enumerate(found) if each["id"] == after), 0)
        shown = found[start : start + size]
        more = start + size < len(found)
        meta: dict[str, Any] = {"has_more": more}
        links: dict[str, Any] = {}
        if more:
            meta["after_cursor"] = shown[-1]["id"]
            links["next"] = f"{self.desk.account.url}{call.path}?page[size]={size}&page[after]={shown[-1]['id']}"
        return shown, meta, links

    def create(self, call: Call) -> Reply:
        """Make a webhook, or one like another."""
        hooks, by = self.desk.webhooks, self.actor(call).id
        clone = query(call, "clone_webhook_id")
        made = hooks.clone(hooks.get(clone), by) if clone else hooks.create(part(call, "webhook"), by)
        self.courier.register(made)
        return answer(201, {"webhook": made.shown})

    async def test(self, call: Call) -> Reply:
        """Send one request and tell what came of it; a webhook's own values stand for those not given."""
        webhook_id = query(call, "webhook_id")
        known = self.desk.webhooks.get(webhook_id) if webhook_id else None
        trial = self.desk.webhooks.trial(body(call).get("request"), known, self.actor(call).id)
        came = await self.courier.try_out(trial, body(call).get("request"))
        if came is None:
            return answer(200, {"response": {"status_code": 504, "headers": [], "payload": ""}})
        return answer(
            200, {"response": {"status_code": came.status_code or 504, "headers": [], "payload": came.answer}}
        )

    def show(self, call: Call) -> Reply:
        """One webhook."""
        return answer(200, {"webhook": self._one(call).shown})

    def replace(self, call: Call) -> Reply:
        """Change all of a webhook."""
        return self._change(call, whole=True)

    def change(self, call: Call) -> Reply:
        """Change a part of a webhook."""
        return self._change(call, whole=False)

    def _change(self, call: Call, *, whole: bool) -> Reply:
        webhook = self._one(call)
        self.desk.webhooks.change(webhook, part(call, "webhook"), self.actor(call).id, whole=whole)
        self.courier.register(webhook)
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        """Remove a webhook; retries end."""
        webhook = self._one(call)
        self.desk.webhooks.delete(webhook)
        self.courier.forget(webhook)
        return Reply(204)

    def secret(self, call: Call) -> Reply:
        """The secret that a webhook's requests are signed with."""
        return answer(200, _secret(self._one(call).secret))

    def reset_secret(self, call: Call) -> Reply:
        """A new secret from now on."""
        webhook = self._one(call)
        secret = self.desk.webhooks.reset_secret(webhook)
        self.courier.register(webhook)
        return answer(201, _secret(secret))

    def invocations(self, call: Call) -> Reply:
        """What a webhook was told, newest first."""
        status = query(call, "filter[status]")
        newest = [_invocation(each) for each in reversed(self._one(call).invocations.values())]
        found = [each for each in newest if status in (None, each["status"])]
        size, after = number(call, "page[size]", LISTED, LISTED), query(call, "page[after]")
        shown, meta, links = self._cut(call, found, size, after)
        return answer(200, {"invocations": shown, "meta": meta, "links": links})

    def attempts(self, call: Call) -> Reply:
        """The requests that were sent for one invocation."""
        webhook = self._one(call)
        found = webhook.invocations.get(call.at["invocation_id"])
        if found is None:
            raise not_found()
        carried = headers(webhook, found, self.desk.account.id)
        return answer(200, {"attempts": [_attempt(webhook, found, each, carried) for each in found.attempts]})


def _secret(secret: str) -> dict[str, Any]:
    return {"signing_secret": {"secret": secret, "algorithm": "SHA256"}}


def _invocation(one: Invocation) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": one.id, "status": one.status, "latest_completed_at": one.latest_completed_at}
    code = one.attempts[-1].status_code if one.attempts else None
    return shown if code is None else {**shown, "status_code": code}


def _attempt(webhook: Webhook, invocation: Invocation, one: Attempt, carried: dict[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": webhook.id, "invocation_id": invocation.id, "status": one.status, "completed_at": one.completed_at,
    }  # fmt: skip
    if one.status_code is not None:
        shown["status_code"] = one.status_code
        sent = [{"key": name, "value": value} for name, value in carried.items()]
        shown["request"] = {"headers": sent, "payload": invocation.body.decode("utf-8", "replace")}
        shown["response"] = {"headers": [], "payload": one.answer}
    return shown
