"""The helpdesk's routes: tickets, users, groups, uploads, files and search. No rules here.

Every path answers with and without `.json` at its end, as the real one does.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fakes.calls import Call, Handler, Reply, Route
from fakes.helpdesk.problems import Problem, not_found, one_invalid
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.idempotency import Keys
from fakes.helpdesk.state.people import People
from fakes.helpdesk.state.search import Search, asks_for
from fakes.helpdesk.state.tickets import Change, Tickets
from fakes.helpdesk.state.uploads import Uploads
from fakes.helpdesk.wire.answers import Shapes, answer, part, query

SINK = "helpdesk.ticket"
LOOKUP = "x-idempotency-lookup"
Guard = Callable[[Handler], Handler]
Table = tuple[tuple[str, str, Callable[[Call], Reply], bool, str | None], ...]


class Routes:
    """The handlers of one account."""

    def __init__(
        self,
        account: Account,
        people: People,
        uploads: Uploads,
        tickets: Tickets,
        keys: Keys,
        search: Search,
        shapes: Shapes,
    ) -> None:
        self._account = account
        self._people = people
        self._uploads = uploads
        self._tickets = tickets
        self._keys = keys
        self._search = search
        self._shapes = shapes

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Every route, with and without `.json`."""
        for method, path, work, writes, sink in self._table():
            template = f"/api/v2{path}"
            for suffix in ("", ".json"):
                yield Route(
                    method=method, template=template + suffix, operation=f"{method} {template}",
                    handler=guard(work), writes=writes, sink=sink,
                )  # fmt: skip
        yield Route(
            method="GET", template="/attachments/token/{token}", operation="GET content_url",
            handler=guard(self._content), writes=False,
        )  # fmt: skip

    def _table(self) -> Table:
        return (
            ("POST", "/tickets", self._create, True, SINK),
            ("GET", "/tickets", self._list, False, SINK),
            ("GET", "/tickets/count", self._count, False, SINK),
            ("GET", "/tickets/show_many", self._show_many, False, SINK),
            ("GET", "/tickets/{id}", self._get, False, SINK),
            ("PUT", "/tickets/{id}", self._update, True, SINK),
            ("DELETE", "/tickets/{id}", self._delete, True, SINK),
            ("GET", "/tickets/{id}/comments", self._comments, False, SINK),
            ("PUT", "/tickets/{id}/tags", self._add_tags, True, SINK),
            ("GET", "/search", self._find, False, SINK),
            ("GET", "/search/count", self._find_count, False, SINK),
            ("POST", "/users", self._create_user, True, None),
            ("POST", "/users/create_or_update", self._upsert_user, True, None),
            ("GET", "/users", self._users, False, None),
            ("GET", "/users/me", self._me, False, None),
            ("GET", "/users/search", self._search_users, False, None),
            ("GET", "/users/{id}", self._user, False, None),
            ("PUT", "/users/{id}", self._change_user, True, None),
            ("GET", "/users/{id}/tickets/requested", self._requested, False, SINK),
            ("GET", "/groups", self._groups, False, None),
            ("GET", "/groups/assignable", self._groups, False, None),
            ("GET", "/groups/{id}", self._group, False, None),
            ("GET", "/ticket_fields", self._fields, False, None),
            ("POST", "/ticket_fields", self._create_field, True, None),
            ("POST", "/uploads", self._upload, True, None),
            ("DELETE", "/uploads/{token}", self._drop_upload, True, None),
            ("GET", "/attachments/{id}", self._attachment, False, None),
        )

    def _journal(self, call: Call, change: Change) -> None:
        if change.op is None:
            return
        ticket = change.ticket
        mine = [] if ticket.requester is self._people.agent else [str(ticket.requester.id)]
        files = [str(file.id) for comment in ticket.comments for file in comment.attachments]
        call.effect(SINK, change.op, str(ticket.id), self._tickets.values_of(ticket), (*mine, *files))

    def _create(self, call: Call) -> Reply:
        given, params = part(call, "ticket"), call.params["body"]
        if call.key is not None:
            kept = self._keys.replay(call.key, params)
            if kept is not None:
                return Reply(201, kept, {LOOKUP: "hit"}, "application/json; charset=utf-8")
        change = self._tickets.create(given)
        reply = self._changed(change, 201)
        reply.headers["Location"] = self._shapes.ticket(change.ticket)["url"]
        if call.key is not None:
            self._keys.keep(call.key, params, reply.body)
            reply.headers[LOOKUP] = "miss"
        self._journal(call, change)
        return reply

    def _changed(self, change: Change, status: int) -> Reply:
        return answer(status, {"ticket": self._shapes.ticket(change.ticket), "audit": self._shapes.audit(change)})

    def _update(self, call: Call) -> Reply:
        ticket = self._tickets.get(call.at["id"])
        change = self._tickets.update(ticket, part(call, "ticket"))
        self._journal(call, change)
        return self._changed(change, 200)

    def _add_tags(self, call: Call) -> Reply:
        body = call.params.get("body")
        given = body.get("tags") if isinstance(body, dict) else None
        change = self._tickets.update(self._tickets.get(call.at["id"]), {"additional_tags": given})
        self._journal(call, change)
        return answer(200, {"tags": change.ticket.tags})

    def _delete(self, call: Call) -> Reply:
        self._journal(call, self._tickets.delete(self._tickets.get(call.at["id"])))
        return Reply(204)

    def _get(self, call: Call) -> Reply:
        return answer(200, {"ticket": self._shapes.ticket(self._tickets.get(call.at["id"]))})

    def _list(self, call: Call) -> Reply:
        external_id = query(call, "external_id")
        found = [
            self._shapes.ticket(each)
            for each in self._tickets.all.values()
            if not each.deleted and external_id in (None, each.values.get("external_id"))
        ]
        return answer(200, self._shapes.page(call, "tickets", found))

    def _count(self, call: Call) -> Reply:
        number = sum(not each.deleted for each in self._tickets.all.values())
        return answer(200, {"count": {"value": number, "refreshed_at": self._account.now()}})

    def _show_many(self, call: Call) -> Reply:
        wanted = {each for each in (query(call, "ids") or "").split(",") if each.isdigit()}
        found = [self._shapes.ticket(each) for each in self._tickets.all.values() if str(each.id) in wanted]
        return answer(200, self._shapes.page(call, "tickets", found))

    def _comments(self, call: Call) -> Reply:
        comments = [self._shapes.comment(each) for each in self._tickets.get(call.at["id"]).comments]
        return answer(200, self._shapes.page(call, "comments", comments))

    def _requested(self, call: Call) -> Reply:
        user = self._people.get(call.at["id"])
        found = [each for each in self._tickets.all.values() if each.requester is user and not each.deleted]
        return answer(200, self._shapes.page(call, "tickets", [self._shapes.ticket(each) for each in found]))

    def _hits(self, call: Call) -> list[dict[str, Any]]:
        asked = query(call, "query")
        if not asked:
            raise Problem("invalid", "Invalid search: query is required")
        hits: list[dict[str, Any]] = []
        kind = asks_for(asked)
        if kind in (None, "ticket"):
            hits += [{**self._shapes.ticket(each), "result_type": "ticket"} for each in self._search.tickets(asked)]
        if kind in (None, "user"):
            hits += [{**self._shapes.user(each), "result_type": "user"} for each in self._people.search(asked, None)]
        return hits

    def _find(self, call: Call) -> Reply:
        return answer(200, {**self._shapes.page(call, "results", self._hits(call)), "facets": None})

    def _find_count(self, call: Call) -> Reply:
        return answer(200, {"count": len(self._hits(call))})

    def _create_user(self, call: Call) -> Reply:
        made = self._people.create(part(call, "user"))
        call.owns(str(made.id))
        return answer(201, {"user": self._shapes.user(made)})

    def _upsert_user(self, call: Call) -> Reply:
        user, made = self._people.create_or_update(part(call, "user"))
        call.owns(str(user.id))
        return answer(201 if made else 200, {"user": self._shapes.user(user)})

    def _change_user(self, call: Call) -> Reply:
        user = self._people.change(self._people.get(call.at["id"]), part(call, "user"))
        return answer(200, {"user": self._shapes.user(user)})

    def _users(self, call: Call) -> Reply:
        return answer(
            200, self._shapes.page(call, "users", [self._shapes.user(each) for each in self._people.users.values()])
        )

    def _me(self, call: Call) -> Reply:
        return answer(200, {"user": self._shapes.user(self._people.agent)})

    def _search_users(self, call: Call) -> Reply:
        found = self._people.search(query(call, "query") or "", query(call, "external_id"))
        return answer(200, self._shapes.page(call, "users", [self._shapes.user(each) for each in found]))

    def _user(self, call: Call) -> Reply:
        return answer(200, {"user": self._shapes.user(self._people.get(call.at["id"]))})

    def _groups(self, call: Call) -> Reply:
        return answer(
            200, self._shapes.page(call, "groups", [self._shapes.group(each) for each in self._account.groups])
        )

    def _group(self, call: Call) -> Reply:
        found = self._account.group(call.at["id"])
        if found is None:
            raise not_found()
        return answer(200, {"group": self._shapes.group(found)})

    def _fields(self, call: Call) -> Reply:
        return answer(200, self._shapes.page(call, "ticket_fields", list(self._account.fields.values())))

    def _create_field(self, call: Call) -> Reply:
        return answer(201, {"ticket_field": self._account.new_field(part(call, "ticket_field"))})

    def _upload(self, call: Call) -> Reply:
        name = query(call, "filename")
        if not name:
            raise one_invalid("base", "Filename: cannot be blank", "BlankValue")
        kind = call.headers.get("content-type") or "application/octet-stream"
        upload = self._uploads.add(name, kind, call.body, query(call, "token"))
        made = upload.files[-1]
        call.owns(upload.token, str(made.id))
        files = [self._shapes.attachment(each) for each in upload.files]
        body = {"token": upload.token, "attachment": self._shapes.attachment(made), "attachments": files}
        return answer(201, {"upload": body})

    def _drop_upload(self, call: Call) -> Reply:
        self._uploads.drop(call.at["token"])
        return Reply(204)

    def _attachment(self, call: Call) -> Reply:
        return answer(200, {"attachment": self._shapes.attachment(self._uploads.by_id(call.at["id"]))})

    def _content(self, call: Call) -> Reply:
        file = self._uploads.by_token(call.at["token"])
        return Reply(200, file.content, {"Content-Disposition": f'attachment; filename="{file.id}"'}, file.content_type)
