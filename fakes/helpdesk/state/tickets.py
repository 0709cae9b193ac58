"""The tickets of one helpdesk account: make and change them, and what an effect tells of them.

Knows no HTTP and writes no journal. `checking` looks at everything before anything is made, so that a refusal leaves
nothing behind. Called by the routes for tickets; throwing away is in `bin`, merging in `merging`.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from itertools import islice
from typing import Any, Protocol

from fakes.helpdesk.problems import Problem, one_invalid
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.catalogue import Catalogue
from fakes.helpdesk.state.checking import Checking, Plan, retagged
from fakes.helpdesk.state.documents import Documents
from fakes.helpdesk.state.fields import Fields
from fakes.helpdesk.state.groups import Groups
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.people import Given, People, User, people_named
from fakes.helpdesk.state.saying import Said
from fakes.helpdesk.state.shelf import Index, Recency, Shelf
from fakes.helpdesk.state.stats import count
from fakes.helpdesk.state.statuses import Statuses
from fakes.helpdesk.state.ticket import API, Audit, Change, Comment, Ticket
from fakes.helpdesk.state.uploads import Attachment, Uploads

OUTDATED = (
    "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again."
)
TAGS_ONLY = frozenset({"id", "additional_tags", "remove_tags"})
NOTHING: Mapping[str, Any] = {}
WAITING = ("pending", "hold", "solved")


class Rules(Protocol):
    """What the helpdesk does by itself after a change."""

    def run(self, ticket: Ticket, audit: Audit, created: bool) -> None:
        """Let the account's rules act on a ticket that was just made or changed."""
        ...


class Tickets(Part):
    """All tickets of one account."""

    KEPT = ("all", "deleted", "audits", "changed", "by")

    def __init__(
        self, account: Account, people: People, groups: Groups, fields: Fields, forms: Shelf[dict[str, Any]],
        statuses: Statuses,
        uploads: Uploads, catalogue: Catalogue,
    ) -> None:  # fmt: skip
        self._account = account
        self._people = people
        self._groups = groups
        self._uploads = uploads
        self._catalogue = catalogue
        self.all: Shelf[Ticket] = Shelf()
        self.deleted: Shelf[Ticket] = Shelf()
        self.audits: Shelf[Audit] = Shelf()
        self.changed = Recency()
        self.by = {name: Index() for name in ("requester", "assignee", "organization", "external_id", "problem", "ccs",
                                              "followers", "tag", "group", "type")}  # fmt: skip
        self.rules: Rules | None = None
        self.told: Callable[[Ticket, Audit, bool], None] = lambda ticket, audit, created: None
        """Who wants to hear of each change."""
        self._documents = Documents(account, people, groups)
        self._checking = Checking(account, people, groups, fields, forms, statuses, uploads, self.all)

    def clear(self) -> None:
        """Forget all tickets."""
        for each in (self.all, self.deleted, self.audits, self.changed):
            each.clear()
        for index in self.by.values():
            index.clear()

    def get(self, ticket_id: Any) -> Ticket:
        """The live ticket with this id."""
        return self.all.wanted(ticket_id)

    def by_change(self, *, newest_first: bool, most: int) -> list[int]:
        """The first so many live tickets in the order of their last change."""
        changes = self.changed.backwards() if newest_first else (each[2] for each in self.changed.since(0))
        return list(islice((each for each in changes if each in self.all), most))

    def create(self, given: Mapping[str, Any], actor: User | None = None, via: Mapping[str, Any] = API) -> Change:
        """Make a ticket with its first comment, and its requester if the e-mail is new."""
        plan = self._checking.plan(given, None, given.get("comment") or _described(given))
        if plan.said is None:
            raise one_invalid("base", "Description: cannot be blank", "BlankValue")
        submitter = self._submitter(given)
        requester = self._requester(plan) or actor or self._people.agent
        author = plan.said.author_id or submitter or requester.id
        second, now = self._account.moment()
        plan.values.setdefault("organization_id", requester.organization_id)
        organization = self._people.organizations.all.get(plan.values["organization_id"])
        plan.inherited = [*requester.tags, *(organization["tags"] if organization else ())]
        plan.values.setdefault("status", "open" if plan.values.get("assignee_id") else "new")
        if plan.values["status"] == "new" and plan.values.get("assignee_id"):
            plan.values["status"] = "open"
        ticket = Ticket(
            id=self._account.new_id("ticket"),
            subject=None,
            requester=requester,
            submitter_id=submitter or requester.id,
            created_at=now,
            updated_at=now,
            changed_s=second,
            values={"status": None},
            tags=[],
            custom={},
            via=via,
            recipient=given.get("recipient") if isinstance(given.get("recipient"), str) else None,
        )
        audit = self._audit(ticket, author, via, given)
        self.all.put(ticket.id, ticket)
        comment = self._comment(ticket, audit, plan.said, author, plan.said.public is not False)
        self._apply(ticket, plan, audit, created=True)
        self._event(audit, "Create", "requester_id", requester.id)
        self._finish(ticket, audit, created=True)
        return Change(ticket, "create", comment, audit)

    def update(
        self, ticket: Ticket, given: Mapping[str, Any], actor: User | None = None, via: Mapping[str, Any] = API,
        *, in_bulk: bool = False,
    ) -> Change:  # fmt: skip
        """Change a ticket and add a comment; `tags` replaces, `additional_tags` and `remove_tags` do not.

        A closed ticket takes nothing, but for tags in a bulk call.
        """
        actor = actor or self._people.agent
        if ticket.values["status"] == "closed" and not (in_bulk and TAGS_ONLY.issuperset(given)):
            raise one_invalid("status", "Status: closed prevents ticket update")
        if given.get("safe_update") and given.get("updated_stamp") != ticket.updated_at:
            raise Problem("UpdateConflict", OUTDATED)
        plan = self._checking.plan(given, ticket, given.get("comment"))
        self._moved_by(ticket, plan, actor)
        author = (plan.said.author_id if plan.said else None) or actor.id
        requester = self._requester(plan)
        before = copy(ticket.stats)
        audit = self._audit(ticket, actor.id, via, given)
        comment = None
        if plan.said is not None:
            public = plan.said.public
            public = any(each.public for each in ticket.comments) if public is None else public
            comment = self._comment(ticket, audit, plan.said, author, public)
        if requester is not None and requester is not ticket.requester:
            self._event(audit, "Change", "requester_id", requester.id, ticket.requester.id)
            ticket.requester = requester
            ticket.stats.requester_updated_at = self._account.now()
        self._apply(ticket, plan, audit, created=False)
        if not audit.events and comment is None:
            ticket.stats = before
            ticket.audits.pop()
            return Change(ticket, None, None, audit)
        self._finish(ticket, audit, created=False)
        return Change(ticket, "update", comment, audit)

    def hide(self, ticket: Ticket, comment: Comment, actor: User) -> Change:
        """Hide a comment from customers, for good."""
        comment.public = False
        audit = self._audit(ticket, actor.id, API, {})
        event = {
            "id": self._account.new_id("event"),
            "type": "CommentPrivacyChange",
            "comment_id": comment.id,
            "public": False,
        }
        audit.events.append(event)
        self.audits.put(audit.id, audit)
        self.touch(ticket)
        return Change(ticket, "update", None, audit)

    def attach(self, change: Change, files: Sequence[Attachment]) -> None:
        """Let the comment of a change have files that no upload brought."""
        if change.comment is not None and files:
            change.comment.attachments.extend(files)
            self.touch(change.ticket)

    def change_by_rule(self, ticket: Ticket, given: Mapping[str, Any], audit: Audit, via: Mapping[str, Any]) -> None:
        """Let a rule of the account change a ticket within an audit under way; what does not fit is left out."""
        try:
            plan = self._checking.plan(given, ticket, None)
        except Problem:
            return
        start = len(audit.events)
        self._apply(ticket, plan, audit, created=False)
        for event in audit.events[start:]:
            event["via"] = dict(via)

    def values_of(self, ticket: Ticket) -> dict[str, Any]:
        """The ticket as effects tell it."""
        group = self._groups.live.get(ticket.values.get("group_id"))
        return {
            "subject": ticket.subject,
            "body": ticket.comments[0].body if ticket.comments else "",
            "priority": ticket.values.get("priority"),
            "group": group["name"] if group else None,
            "tags": list(ticket.tags),
            "requester_email": ticket.requester.email,
            "status": ticket.values["status"],
            "external_id": ticket.values.get("external_id"),
            "attachments": [each.told() for comment in ticket.comments for each in comment.attachments],
        }

    # -- one step each ------------------------------------------------------------------------------------------

    def _submitter(self, given: Mapping[str, Any]) -> int | None:
        known = self._people.known(given.get("submitter_id"))
        if given.get("submitter_id") is not None and known is None:
            raise one_invalid("submitter", "Submitter: is invalid")
        return known.id if known else None

    def _requester(self, plan: Plan) -> User | None:
        named = plan.requester
        return self._people.add(named) if isinstance(named, Given) else named

    def _moved_by(self, ticket: Ticket, plan: Plan, actor: User) -> None:
        """What follows from who acts: a customer's answer opens a ticket, whoever solves one is its assignee."""
        status, values = ticket.values["status"], plan.values
        if plan.said is not None and not actor.staff and "status" not in values and status in WAITING:
            values["status"] = "open"
        if values.get("assignee_id") and values.get("status", status) == "new":
            values["status"] = "open"
        solving = values.get("status") == "solved" and status != "solved"
        if solving and actor.staff and values.get("assignee_id", ticket.values.get("assignee_id")) is None:
            values["assignee_id"] = actor.id
            if ticket.values.get("group_id") is None:
                values.setdefault("group_id", self._groups.memberships.default_of(actor.id))

    def _audit(self, ticket: Ticket, author_id: int, via: Mapping[str, Any], given: Mapping[str, Any]) -> Audit:
        said_more, (second, now) = given.get("metadata"), self._account.moment()
        audit = Audit(
            id=self._account.new_id("audit"),
            ticket_id=ticket.id,
            author_id=author_id,
            created_at=now,
            second=second,
            via=via,
            metadata=dict(said_more) if isinstance(said_more, Mapping) else NOTHING,
        )
        ticket.audits.append(audit)
        return audit

    def _event(self, audit: Audit, kind: str, name: str, value: Any, before: Any = None) -> None:
        event = {"id": self._account.new_id("event"), "type": kind, "value": _told(value), "field_name": name}
        if kind == "Change":
            event["previous_value"] = _told(before)
        audit.events.append(event)

    def _apply(self, ticket: Ticket, plan: Plan, audit: Audit, *, created: bool) -> None:
        """Write a plan into a ticket, and what changed into the audit."""
        kind, given = "Create" if created else "Change", plan.given
        subject = given.get("subject", given.get("raw_subject"))
        if ("subject" in given or "raw_subject" in given) and (subject or None) != ticket.subject:
            self._event(audit, kind, "subject", subject, ticket.subject)
            ticket.subject = None if subject in (None, "") else str(subject)
        for name, value in plan.values.items():
            before = ticket.values.get(name)
            if value == before:
                continue
            self._event(audit, kind, name, value, before)
            ticket.values[name] = value
            count(ticket, name, value, before, self._account.now())
        gone = self._options_gone(ticket, plan)
        for number, valued in plan.custom.items():
            if ticket.custom.get(number) != valued.value:
                self._event(audit, kind, str(number), valued.value, ticket.custom.get(number))
            ticket.custom[number] = valued.value
        tags = list(dict.fromkeys([*retagged(ticket.tags, given, plan.custom, gone), *plan.inherited]))
        if tags != ticket.tags:
            self._event(audit, kind, "tags", tags, ticket.tags)
            ticket.tags = tags
        for name, wanted in plan.copies.items():
            ids = people_named(self._people, wanted)
            if ids != getattr(ticket, name):
                self._event(
                    audit, kind, "collaborator_ids" if name == "ccs" else "follower_ids", ids, getattr(ticket, name)
                )
                setattr(ticket, name, ids)

    def _options_gone(self, ticket: Ticket, plan: Plan) -> tuple[str, ...]:
        """The tags of options that are no longer chosen."""
        gone: list[str] = []
        for number in plan.custom:
            old = ticket.custom.get(number)
            gone += [str(each) for each in (old if isinstance(old, list) else [old]) if each not in (None, True, False)]
        return tuple(gone)

    def _comment(self, ticket: Ticket, audit: Audit, spoken: Said, author_id: int, public: bool) -> Comment:
        files = [file for token in spoken.tokens for file in self._uploads.take(token)]
        made = Comment(
            id=self._account.new_id("event"),
            audit_id=audit.id,
            author_id=author_id,
            body=spoken.body,
            html=spoken.html,
            public=public,
            created_at=self._account.now(),
            attachments=files,
            via=audit.via,
        )
        author = self._people.known(author_id)
        if author is not None and author.staff and public and ticket.comments:
            ticket.stats.replies += 1
            ticket.stats.first_reply_at = ticket.stats.first_reply_at or made.created_at
        ticket.stats.latest_comment_added_at = made.created_at
        ticket.comments.append(made)
        audit.comment = made
        return made

    def _finish(self, ticket: Ticket, audit: Audit, *, created: bool) -> None:
        if self.rules is not None:
            self.rules.run(ticket, audit, created)
        self.audits.put(audit.id, audit)
        self.touch(ticket)
        self.told(ticket, audit, created)

    def touch(self, ticket: Ticket) -> None:
        """Say that a ticket changed: lists, exports and the search learn of it."""
        ticket.changed_s, ticket.updated_at = self._account.moment()
        self.changed.touch(ticket.id, ticket.changed_s)
        self._index(ticket)
        if ticket.deleted_at is None:
            self._catalogue.learn(self._documents.of(ticket))
        else:
            self._catalogue.forget("ticket", ticket.id)

    def _index(self, ticket: Ticket) -> None:
        number, kept = ticket.id, ticket.indexed
        now = keys_of(ticket) if ticket.deleted_at is None else frozenset()
        for name, value in kept - now:
            self.by[name].drop(value, number)
        for name, value in now - kept:
            self.by[name].add(value, number)
        ticket.indexed = now


def keys_of(ticket: Ticket) -> frozenset[tuple[str, Any]]:
    """Under which values a ticket is listed."""
    values = ticket.values
    single = {
        "requester": ticket.requester.id, "assignee": values.get("assignee_id"), "problem": values.get("problem_id"),
        "organization": values.get("organization_id"), "external_id": values.get("external_id"),
        "group": values.get("group_id"), "type": values.get("type"),
    }  # fmt: skip
    found = {(name, value) for name, value in single.items() if value is not None}
    found.update(("ccs", each) for each in ticket.ccs)
    found.update(("followers", each) for each in ticket.followers)
    found.update(("tag", each) for each in ticket.tags)
    return frozenset(found)


def _described(given: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"body": given["description"]} if given.get("description") else None


def _told(value: Any) -> Any:
    if value is None or isinstance(value, list | str):
        return list(value) if isinstance(value, list) else value
    return str(value).lower() if isinstance(value, bool) else str(value)
