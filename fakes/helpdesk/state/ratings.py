"""How satisfied customers say they are with a solved ticket; one rating for each ticket, the last word counts.

Records are in the vendor's shape. Called by the routes for satisfaction ratings.
"""

from collections.abc import Mapping
from typing import Any

from fakes.helpdesk.problems import forbidden, one_invalid
from fakes.helpdesk.state.account import Account, text
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.shelf import Index, Shelf
from fakes.helpdesk.state.ticket import Ticket
from fakes.helpdesk.state.tickets import Tickets

GIVEN = ("good", "bad")
FILTERS: Mapping[str, tuple[str, ...]] = {
    "received": ("good", "bad", "goodwithcomment", "badwithcomment"), "good": ("good", "goodwithcomment"),
    "bad": ("bad", "badwithcomment"), "received_with_comment": ("goodwithcomment", "badwithcomment"),
    "received_without_comment": ("good", "bad"), "good_with_comment": ("goodwithcomment",),
    "good_without_comment": ("good",), "bad_with_comment": ("badwithcomment",), "bad_without_comment": ("bad",),
}  # fmt: skip
Record = dict[str, Any]


class Ratings(Part):
    """All ratings of one account."""

    KEPT = ("all", "by_score")

    def __init__(self, account: Account, tickets: Tickets) -> None:
        self._account = account
        self._tickets = tickets
        self.all: Shelf[Record] = Shelf()
        self.by_score = Index()

    def clear(self) -> None:
        """Forget all ratings."""
        self.all.clear()
        self.by_score.clear()

    def get(self, rating_id: Any) -> Record:
        """The rating with this id."""
        return self.all.wanted(rating_id)

    def rate(self, ticket: Ticket, given: Mapping[str, Any], actor: User) -> Record:
        """Let the requester of a solved ticket say how it was."""
        if actor is not ticket.requester:
            raise forbidden()
        if given.get("score") not in GIVEN:
            raise one_invalid("satisfaction_score", f"Satisfaction score: {given.get('score')} is invalid")
        if ticket.values["status"] != "solved":
            raise one_invalid("satisfaction_score", "Satisfaction score: the ticket is not solved")
        now, comment = self._account.now(), text(given, "comment")
        known = None if ticket.rating is None else self.all.get(ticket.rating["id"])
        rating: Record = known or {
            "id": self._account.new_id("rating"), "ticket_id": ticket.id, "requester_id": actor.id, "created_at": now,
        }  # fmt: skip
        if known is not None:
            self.by_score.drop(_key(known), known["id"])
        rating |= {
            "url": self._account.link("satisfaction_ratings", rating["id"]),
            "score": given["score"],
            "comment": comment,
            "assignee_id": ticket.values.get("assignee_id"),
            "group_id": ticket.values.get("group_id"),
            "reason": given.get("reason"),
            "reason_id": given.get("reason_id"),
            "reason_code": given.get("reason_code"),
            "updated_at": now,
        }
        self.all.put(rating["id"], rating)
        self.by_score.add(_key(rating), rating["id"])
        ticket.rating = {"id": rating["id"], "score": rating["score"], "comment": comment}
        self._tickets.touch(ticket)
        return rating


def _key(rating: Record) -> str:
    return f"{rating['score']}{'withcomment' if rating['comment'] else ''}"
