"""Merging tickets: the sources are closed with a note, the target learns what they said.

Called by the routes for tickets.
"""

from collections.abc import Mapping
from typing import Any

from fakes.helpdesk.problems import bad_parameter, one_invalid
from fakes.helpdesk.state.account import text
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.ticket import Change, Ticket
from fakes.helpdesk.state.tickets import Tickets

TAG = "closed_by_merge"


def sources_of(tickets: Tickets, target: Ticket, given: Mapping[str, Any]) -> list[Ticket]:
    """The tickets that are to be merged into the target; refused when one of them cannot be."""
    ids = given.get("ids")
    if not isinstance(ids, list) or not ids:
        raise bad_parameter("ids", "must be a list of ticket ids")
    found = [tickets.get(each) for each in dict.fromkeys(map(str, ids))]
    if target in found:
        raise one_invalid("base", "A ticket cannot be merged with itself")
    if any(each.values["status"] == "closed" for each in (target, *found)):
        raise one_invalid("status", "Status: closed prevents ticket merge")
    return found


def merge(
    tickets: Tickets, target: Ticket, sources: list[Ticket], given: Mapping[str, Any], actor: User
) -> list[Change]:
    """Merge the sources into the target; every change, the target's last."""
    changes = []
    for source in sources:
        said = text(given, "source_comment") or f"Request #{source.id} was closed and merged into request #{target.id}"
        comment = {"body": said, "public": bool(given.get("source_comment_is_public", False))}
        closing = {"comment": comment, "additional_tags": [TAG], "status": "solved"}
        tickets.update(source, closing, actor, _via("merge", target.id))
        changes.append(tickets.update(source, {"status": "closed"}, actor, _via("merge", target.id)))
    said = text(given, "target_comment") or _told(sources)
    others = [each.requester.id for each in sources if each.requester is not target.requester]
    wanted: dict[str, Any] = {
        "comment": {"body": said, "public": bool(given.get("target_comment_is_public", False))},
        "collaborator_ids": list(dict.fromkeys([*target.ccs, *others])),
        "additional_tags": [tag for each in sources for tag in each.tags if tag != TAG],
    }
    via = {
        "channel": "api",
        "source": {"from": {"ticket_ids": [each.id for each in sources]}, "to": {}, "rel": "merge"},
    }
    changes.append(tickets.update(target, wanted, actor, via))
    return changes


def _told(sources: list[Ticket]) -> str:
    return "\n".join(
        f'Request #{each.id} "{each.subject or ""}" was closed and merged into this request.' for each in sources
    )


def _via(rel: str, ticket_id: int) -> dict[str, Any]:
    return {"channel": "api", "source": {"from": {}, "to": {"ticket_id": ticket_id}, "rel": rel}}
