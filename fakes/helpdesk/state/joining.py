"""Merging two users: tickets, addresses and memberships of one become the other's, and the one is deactivated.

Called by the routes for users.
"""

from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.ticket import Change


def merge_users(desk: Desk, loser: User, winner: User) -> list[Change]:
    """Merge one user into another; the tickets that changed hands."""
    if loser is winner:
        raise one_invalid("base", "A user cannot be merged with themselves")
    if loser.staff:
        raise one_invalid("base", "Only end users can be merged", "InvalidValue")
    changes = []
    for name in ("requester", "ccs"):
        for number in list(desk.tickets.by[name].ids(loser.id)):
            ticket = desk.tickets.all.at(number)
            if name == "requester":
                ticket.requester = winner
            else:
                ticket.ccs = list(dict.fromkeys(winner.id if each == loser.id else each for each in ticket.ccs))
            desk.tickets.touch(ticket)
            changes.append(Change(ticket, "update"))
    desk.people.identities.move_all(loser, winner)
    external_id, memberships = loser.external_id, desk.organizations.memberships
    left = sorted(memberships.of(loser.id), key=lambda each: not each["default"])
    desk.people.delete(loser)
    if winner.external_id is None and external_id is not None:
        desk.people.change(winner, {"external_id": external_id})
    for each in left:
        if memberships.between(winner.id, each["organization_id"]) is None:
            desk.organizations.join(winner.id, each["organization_id"])
    desk.belongs(winner)
    return changes
