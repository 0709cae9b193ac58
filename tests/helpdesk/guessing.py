"""Calls that somebody might make who has heard of the helpdesk: most of them fitting, some not. Not a test itself."""

from collections.abc import Callable
from random import Random
from typing import Any

from fakes.calls import Route

JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**63,
    1.5,
    "",
    " ",
    "x",
    "%",
    "\u0000",
    [],
    {},
    [None],
    {"id": []},
    ["a", 1],
    "9" * 40,
)
QUERIES = (
    "type:ticket status<solved",
    "tags:a",
    "ann*",
    'name:"Bob',
    "created>2026-01-01",
    "created<2hours",
    "-priority:high",
    "order_by:created sort:asc",
    "requester:none",
    "assignee:me",
    "custom_field_1:x",
    "status>new",
    "due_date>x",
    '* "',
)
NEEDED = (
    "comment",
    "name",
    "title",
    "subject",
    "conditions",
    "actions",
    "endpoint",
    "http_method",
    "request_format",
    "subscriptions",
    "agent_label",
    "status_category",
    "body",
    "to",
    "key",
    "score",
    "user_id",
    "group_id",
    "organization_id",
    "id",
    "value",
    "type",
)
"""What some record cannot be without."""
ALIKE = {
    "deleted_tickets": "tickets",
    "requests": "tickets",
    "deleted_users": "users",
    "problems": "tickets",
    "ticket_metrics": "tickets",
}


class Guesser:
    """Makes calls up; knows the ids that it was told."""

    def __init__(self, chance: Random, routes: list[Route]) -> None:
        self._chance = chance
        self._routes = routes
        self.known: dict[str, list[Any]] = {}

    def learn(self, body: Any) -> None:
        """Remember the ids in an answer, by kind."""
        for name, inner in body.items() if isinstance(body, dict) else ():
            kind = name if name.endswith("s") else f"{name}s"
            for each in inner if isinstance(inner, list) else [inner]:
                found = each.get("id", each.get("token")) if isinstance(each, dict) else None
                if found is not None and found not in self.known.setdefault(kind, []):
                    self.known[kind].append(found)

    def an_id(self, kind: str) -> Any:
        """Mostly one of this kind."""
        kind = ALIKE.get(kind, kind)
        pool = self.known.get(kind) or [each for ids in self.known.values() for each in ids]
        return (
            self._chance.choice(pool)
            if pool and self._chance.random() < 0.92
            else self._chance.choice(("5", "x", "-1"))
        )

    def call(self) -> tuple[str, str, Any, dict[str, Any]]:
        """Method, path, body and query."""
        route = self._chance.choice(self._routes)
        parts, before = [], ""
        for part in route.template.split("/"):
            parts.append(str(self.an_id(self._kind(part, before))) if part.startswith("{") else part)
            before = part if not part.startswith("{") else before
        names = [each for each in route.template.split("/") if each and "{" not in each][2:]
        return route.method, "/".join(parts), self._body(route.method, names), self._query(route.template)

    def _kind(self, part: str, before: str) -> str:
        return {"{token}": "uploads"}.get(part, before)

    def _query(self, template: str) -> dict[str, Any]:
        if self._chance.random() < 0.5 and not any(
            each in template for each in ("_many", "search", "incremental", "uploads")
        ):
            return {}
        some: dict[str, Callable[[], Any]] = {
            "query": lambda: self._chance.choice(QUERIES),
            "ids": lambda: f"{self.an_id(_noun(template))},{self.an_id('users')}",
            "page[size]": lambda: self._chance.choice((1, 2, 100, 0, "x")),
            "page[after]": lambda: self._chance.choice(("7f", "", "zz")),
            "sort": lambda: self._chance.choice(("-id", "id", "updated_at", "x")),
            "start_time": lambda: self._chance.choice((1, 0, "", 10**10)),
            "filter[type]": lambda: self._chance.choice(("ticket", "user", "x")),
            "name": lambda: self._chance.choice(("an", "a", "")),
            "filename": lambda: "a.txt",
            "external_id": lambda: "e1",
            "external_ids": lambda: "e1,e2",
            "role": lambda: "agent",
            "include": lambda: "users,comment_events",
            "cursor": lambda: self._chance.choice(("1-1", "x")),
            "page": lambda: 2,
        }
        wanted = [each for each in some if self._chance.random() < 0.3]
        return {name: some[name]() for name in wanted}

    # -- bodies -------------------------------------------------------------------------------------------------

    def _body(self, method: str, names: list[str]) -> Any:
        if method in ("GET", "DELETE") and self._chance.random() < 0.8:
            return None
        if self._chance.random() < 0.05:
            return self._chance.choice(JUNK)
        body: dict[str, Any] = {
            "tags": self._tags(),
            "ids": [self.an_id("tickets")],
            "text": "broke",
            "trigger_ids": [],
        }
        for name in names:
            single = {"statuses": "status", "custom_statuses": "custom_status"}.get(name, name.removesuffix("s"))
            single = single[:-2] + "y" if single.endswith("ie") else single
            body[single] = self._record()
            if name.endswith("s") and self._chance.random() < 0.3:
                body[name] = [self._record() for _ in range(2)]
        return body | {
            each: self._record() for each in ("message", "side_conversation", "request", "custom_field_option")
        }

    def _record(self) -> dict[str, Any]:
        fields = self._fields()
        return {
            name: self._chance.choice(JUNK) if self._chance.random() < 0.03 else make()
            for name, make in fields.items()
            if self._chance.random() < (0.95 if name in NEEDED else 0.2)
        }

    def _fields(self) -> dict[str, Callable[[], Any]]:
        pick = self._chance.choice

        def email() -> str:
            return pick(("ann@x.example.com", "bob@x.example.com", "eve@acme.example.com", "new@y.example.com"))

        return {
            "subject": lambda: pick(("Help", "It broke")),
            "comment": self._comment,
            "title": lambda: pick(("A", "B")),
            "name": lambda: f"{pick(('Ann', 'Bob', 'Acme'))} {pick(range(50))}",
            "email": email,
            "value": email,
            "requester": lambda: {"name": "Ann", "email": email()},
            "requester_id": lambda: self.an_id("users"),
            "user_id": lambda: self.an_id("users"),
            "id": lambda: self.an_id(pick(("users", "tickets"))),
            "assignee_id": lambda: self.an_id("users"),
            "group_id": lambda: self.an_id("groups"),
            "organization_id": lambda: self.an_id("organizations"),
            "problem_id": lambda: self.an_id("tickets"),
            "status": lambda: pick(("new", "open", "pending", "hold", "solved", "closed")),
            "role": lambda: pick(("agent", "end-user")),
            "priority": lambda: pick(("low", "urgent")),
            "type": lambda: pick(("problem", "text", "tagger", "email", "email")),
            "tags": self._tags,
            "additional_tags": self._tags,
            "remove_tags": self._tags,
            "external_id": lambda: pick(("e1", "e2", 7)),
            "custom_fields": lambda: [{"id": self.an_id("ticket_fields"), "value": pick(("a", "b", True, ["a"]))}],
            "email_ccs": lambda: [{"user_email": email(), "action": pick(("put", "delete"))}],
            "collaborators": lambda: [email()],
            "followers": lambda: [{"user_id": self.an_id("users")}],
            "suspended": lambda: pick((True, False)),
            "custom_status_id": lambda: self.an_id("custom_statuses"),
            "ticket_form_id": lambda: self.an_id("ticket_forms"),
            "key": lambda: pick(("seats", "plan")),
            "domain_names": lambda: ["acme.example.com"],
            "score": lambda: "good",
            "custom_field_options": lambda: [{"name": "A", "value": "a"}],
            "conditions": self._conditions,
            "actions": self._actions,
            "body": lambda: "Have you?",
            "to": lambda: [{"email": email()}],
            "state": lambda: pick(("open", "closed")),
            "endpoint": lambda: "http://127.0.0.1:9/",
            "http_method": lambda: "POST",
            "request_format": lambda: "json",
            "subscriptions": lambda: ["conditional_ticket_events"],
            "agent_label": lambda: "Parts",
            "status_category": lambda: pick(("open", "hold")),
            "solved": lambda: True,
            "safe_update": lambda: False,
            "user_fields": lambda: {"seats": pick((3, "x"))},
            "organization_fields": lambda: {"plan": "a"},
            "verified": lambda: True,
        }

    def _tags(self) -> Any:
        return self._chance.choice((["a"], ["a", "B c"], "x y", []))

    def _comment(self) -> Any:
        return {"body": "It broke", "public": self._chance.random() < 0.7, "uploads": [self.an_id("uploads")]}

    def _conditions(self) -> Any:
        some = (("status", "less_than", "solved"), ("current_tags", "includes", "a"), ("priority", "changed", None))
        return {"all": [dict(zip(("field", "operator", "value"), self._chance.choice(some), strict=True))]}

    def _actions(self) -> Any:
        told = [self.an_id("webhooks"), '{"t": "{{ticket.title}}"}']
        some = (
            ("priority", "high"),
            ("set_tags", "x"),
            ("group_id", self.an_id("groups")),
            ("notification_webhook", told),
        )
        return [dict(zip(("field", "value"), self._chance.choice(some), strict=True))]


def _noun(template: str) -> str:
    return template.split("/")[3] if template.count("/") > 2 else "tickets"
