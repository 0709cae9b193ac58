"""Routes of what happens beside a ticket: side conversations and satisfaction ratings. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.ratings import FILTERS
from fakes.helpdesk.state.side_conversations import SideConversation
from fakes.helpdesk.state.ticket import Change
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import body, part, query
from fakes.helpdesk.wire.paging import by_number


class BesideArea(Area):
    """Side conversations and satisfaction ratings."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        many = "/tickets/{id}/side_conversations"
        one = f"{many}/{{conversation_id}}"
        return (
            Entry("GET", many, self.conversations),
            Entry("POST", many, self.begin),
            Entry("GET", one, self.conversation),
            Entry("PUT", one, self.change),
            Entry("POST", f"{one}/reply", self.reply),
            Entry("GET", f"{one}/events", self.events),
            Entry("POST", "/tickets/{id}/satisfaction_rating", self.rate, who="user"),
            Entry("GET", "/satisfaction_ratings", self.ratings),
            Entry("GET", "/satisfaction_ratings/count", self.count),
            Entry("GET", "/satisfaction_ratings/{id}", self.rating),
        )

    # -- side conversations -------------------------------------------------------------------------------------

    def _shape(self, one: SideConversation) -> dict[str, Any]:
        said = next((each["message"] for each in reversed(one.events) if each["message"]), None)
        path = f"{self.desk.account.url}/api/v2/tickets/{one.ticket_id}/side_conversations/{one.id}"
        return {
            "id": one.id, "url": path, "ticket_id": one.ticket_id, "subject": one.subject, "state": one.state,
            "preview_text": said["preview_text"] if said else None, "participants": one.participants,
            "created_at": one.created_at, "updated_at": one.updated_at, "message_added_at": one.message_added_at,
            "state_updated_at": one.state_updated_at, "external_ids": one.external_ids,
        }  # fmt: skip

    def _one(self, call: Call) -> SideConversation:
        return self.desk.side.get(self.desk.tickets.get(call.at["id"]), call.at["conversation_id"])

    def conversations(self, call: Call) -> Reply:
        """The side conversations of a ticket."""
        found = list(self.desk.side.of.get(self.desk.tickets.get(call.at["id"]).id, {}).values())
        return answer(200, by_number(call, self.desk.account.url, "side_conversations", found, self._shape))

    def begin(self, call: Call) -> Reply:
        """Begin a side conversation."""
        ticket, given = self.desk.tickets.get(call.at["id"]), part(call, "message")
        made = self.desk.side.create(ticket, given, body(call).get("external_ids"), self.actor(call))
        call.owns(made.id)
        return answer(201, {"side_conversation": self._shape(made)})

    def conversation(self, call: Call) -> Reply:
        """One side conversation."""
        return answer(200, {"side_conversation": self._shape(self._one(call))})

    def change(self, call: Call) -> Reply:
        """Close or open a side conversation."""
        changed = self.desk.side.change(self._one(call), part(call, "side_conversation"), self.actor(call))
        return answer(200, {"side_conversation": self._shape(changed)})

    def reply(self, call: Call) -> Reply:
        """Say something more."""
        conversation = self._one(call)
        event = self.desk.side.reply(conversation, part(call, "message"), self.actor(call))
        return answer(201, {"side_conversation": self._shape(conversation), "event": event})

    def events(self, call: Call) -> Reply:
        """What was said and done."""
        found = self._one(call).events
        return answer(200, by_number(call, self.desk.account.url, "events", found, lambda each: each))

    # -- ratings ------------------------------------------------------------------------------------------------

    def rate(self, call: Call) -> Reply:
        """Let the customer say how it was."""
        ticket = self.desk.tickets.get(call.at["id"])
        rating = self.desk.ratings.rate(ticket, part(call, "satisfaction_rating"), self.actor(call))
        self.journal(call, Change(ticket, "update"))
        call.owns(str(rating["id"]))
        return answer(200, {"satisfaction_rating": rating})

    def _found(self, call: Call) -> list[int]:
        score = query(call, "score")
        if score is None:
            return self.desk.ratings.all.ids
        if score not in FILTERS:
            raise Problem("InvalidValue", f"score {score} is invalid")
        return sorted(each for one in FILTERS[score] for each in self.desk.ratings.by_score.ids(one))

    def ratings(self, call: Call) -> Reply:
        """All ratings, or those with a score."""
        return self.page(call, "satisfaction_ratings", self._found(call), self.desk.ratings.all.at)

    def count(self, call: Call) -> Reply:
        """How many there are."""
        return self.counted(len(self._found(call)))

    def rating(self, call: Call) -> Reply:
        """One rating."""
        return answer(200, {"satisfaction_rating": self.desk.ratings.get(call.at["id"])})
