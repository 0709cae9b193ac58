"""Routes of the incremental exports. No rules here."""

from collections.abc import Callable
from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import Problem, bad_parameter
from fakes.helpdesk.state.exporting import PAGE, Exporting
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.shelf import Recency
from fakes.helpdesk.state.ticket import Audit, Ticket
from fakes.helpdesk.wire import faces, shapes
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import every, number, query

SAMPLE = 50
Shape = Callable[[int], dict[str, Any] | None]


class IncrementalArea(Area):
    """What changed since a moment."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        entries = (
            ("/incremental/tickets", self.tickets), ("/incremental/tickets/sample", self.sample),
            ("/incremental/tickets/cursor", self.tickets_by_cursor), ("/incremental/users", self.users),
            ("/incremental/users/cursor", self.users_by_cursor), ("/incremental/organizations", self.organizations),
            ("/incremental/ticket_events", self.ticket_events),
        )  # fmt: skip
        return tuple(Entry("GET", path, work, limit="incremental", ticket="ticket" in path) for path, work in entries)

    @property
    def _exporting(self) -> Exporting:
        return Exporting(self.desk.account)

    def _start(self, call: Call) -> int:
        given = query(call, "start_time")
        if given is None or not given.isascii() or not given.isdigit() or len(given) > 11:
            raise bad_parameter("start_time", "must be a Unix time in seconds")
        self._exporting.check_start(int(given))
        return int(given)

    # -- shapes -------------------------------------------------------------------------------------------------

    def _ticket(self, call: Call) -> Shape:
        tickets, gone = self.desk.tickets, self.desk.bin.gone
        without = query(call, "exclude_deleted") == "true"

        def shape(ticket_id: int) -> dict[str, Any] | None:
            found: Ticket | None = tickets.all.get(ticket_id)
            if found is None and not without:
                found = tickets.deleted.get(ticket_id) or gone.get(ticket_id)
            return None if found is None else shapes.ticket(self.desk, found)

        return shape

    def _user(self, user_id: int) -> dict[str, Any] | None:
        people = self.desk.people
        found: User | None = people.users.get(user_id) or people.deleted.get(user_id) or people.gone.get(user_id)
        shown = {} if found is None else faces.user(self.desk, found)
        return {**shown, "permanently_deleted": user_id in people.gone} if shown else None

    # -- by time ------------------------------------------------------------------------------------------------

    def _by_time(self, call: Call, name: str, changed: Recency, shape: Shape, most: int = PAGE) -> Reply:
        found = self._exporting.by_time(changed, self._start(call), number(call, "per_page", most, most))
        shown = [each for one in found.ids if (each := shape(one)) is not None]
        return self._told(call, name, shown, found.second, ended=found.ended)

    def _told(self, call: Call, name: str, shown: list[dict[str, Any]], second: int, *, ended: bool) -> Reply:
        rest = f"&per_page={query(call, 'per_page')}" if query(call, "per_page") else ""
        url = f"{self.desk.account.url}{call.path}?start_time={second}{rest}"
        body = {name: shown, "count": len(shown), "end_of_stream": ended, "end_time": second, "next_page": url}
        if name == "tickets" and "users" in every(call, "include"):
            known = dict.fromkeys(each["requester_id"] for each in shown)
            body["users"] = [each for one in known if (each := self._user(one)) is not None]
        return answer(200, body)

    def tickets(self, call: Call) -> Reply:
        """The tickets that changed, deleted ones too."""
        return self._by_time(call, "tickets", self.desk.tickets.changed, self._ticket(call))

    def sample(self, call: Call) -> Reply:
        """A few of the tickets that changed, to try an export with."""
        return self._by_time(call, "tickets", self.desk.tickets.changed, self._ticket(call), SAMPLE)

    def users(self, call: Call) -> Reply:
        """The users who changed, deleted ones too."""
        return self._by_time(call, "users", self.desk.people.changed, self._user)

    def organizations(self, call: Call) -> Reply:
        """The organizations that changed."""
        return self._by_time(call, "organizations", self.desk.organizations.changed, self.desk.organizations.all.get)

    def ticket_events(self, call: Call) -> Reply:
        """What was done to tickets; comments only where `include` asks for them."""
        audits, size = self.desk.tickets.audits, number(call, "per_page", PAGE, PAGE)
        found = self._exporting.events(audits.ids, audits.at, self._start(call), size)
        with_comments = "comment_events" in every(call, "include")
        shown = [_event(self.desk, audits.at(each), with_comments) for each in found.ids]
        return self._told(call, "ticket_events", shown, found.second, ended=found.ended)

    # -- by cursor ----------------------------------------------------------------------------------------------

    def _by_cursor(self, call: Call, name: str, changed: Recency, shape: Shape) -> Reply:
        cursor = query(call, "cursor")
        second, place = (self._start(call), 0) if cursor is None else _read(cursor)
        found = self._exporting.by_cursor(changed, second, place, number(call, "per_page", PAGE, PAGE))
        after = f"{found.second:x}-{found.number:x}"
        rest = f"&per_page={query(call, 'per_page')}" if query(call, "per_page") else ""
        body = {
            name: [each for one in found.ids if (each := shape(one)) is not None],
            "after_url": f"{self.desk.account.url}{call.path}?cursor={after}{rest}", "before_url": None,
            "after_cursor": after, "before_cursor": None, "end_of_stream": found.ended,
        }  # fmt: skip
        return answer(200, body)

    def tickets_by_cursor(self, call: Call) -> Reply:
        """The tickets that changed, each change once."""
        return self._by_cursor(call, "tickets", self.desk.tickets.changed, self._ticket(call))

    def users_by_cursor(self, call: Call) -> Reply:
        """The users who changed, each change once."""
        return self._by_cursor(call, "users", self.desk.people.changed, self._user)


def _read(cursor: str) -> tuple[int, int]:
    second, _, place = cursor.partition("-")
    try:
        return int(second, 16), int(place, 16)
    except ValueError:
        raise Problem("InvalidCursor", "cursor is not valid") from None


def _event(desk: Any, audit: Audit, with_comments: bool) -> dict[str, Any]:
    shown = shapes.audit(desk, audit)
    children = []
    for each in shown["events"]:
        if each["type"] == "Comment" and not with_comments:
            continue
        child = {"id": each["id"], "via": audit.via["channel"], "via_reference_id": None, "event_type": each["type"]}
        if "field_name" in each:
            child |= {each["field_name"]: each["value"]}
            child |= {"previous_value": each["previous_value"]} if "previous_value" in each else {}
        else:
            child |= {name: value for name, value in each.items() if name not in ("id", "type")}
        children.append(child)
    return {
        "id": audit.id, "ticket_id": audit.ticket_id, "timestamp": audit.second, "created_at": audit.created_at,
        "updater_id": audit.author_id, "via": audit.via["channel"], "system": shapes.SYSTEM,
        "metadata": {"custom": audit.metadata}, "event_type": "Audit", "child_events": children,
    }  # fmt: skip
