"""What the helpdesk counts of a ticket while it changes: stations, reopenings, when it was assigned and solved.

Called by `tickets` for each value that changes.
"""

from typing import Any

from fakes.helpdesk.state.ticket import Ticket

DONE = ("solved", "closed")


def count(ticket: Ticket, name: str, value: Any, before: Any, now: str) -> None:
    """Count one change of a value."""
    stats = ticket.stats
    if name == "group_id" and value is not None:
        stats.group_stations += 1
    elif name == "assignee_id":
        stats.assignee_updated_at = now
        if value is not None:
            stats.assignee_stations += 1
            stats.initially_assigned_at = stats.initially_assigned_at or now
            stats.assigned_at = now
    elif name == "status":
        stats.status_updated_at = now
        if value in DONE and before not in DONE:
            stats.solved_at = now
            stats.first_solved_at = stats.first_solved_at or now
        elif before in DONE and value not in DONE:
            stats.reopens += 1
            stats.solved_at = None
