"""The search of the helpdesk: words and `name:value` over tickets, as far as the index has learnt of them.

A ticket is findable `search_lag_s` after it was written, and until then as it was before. Only the parts of the query
language that a pipeline looks up tickets with. Called by the route for search.
"""

import shlex
from collections.abc import Mapping
from typing import Any

from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.tickets import Ticket, Tickets

HITS_MAX = 1000
STATUS_ORDER = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITY_ORDER = ("low", "normal", "high", "urgent")
EXACT = ("external_id", "type", "ticket_type", "requester", "group_id")


class Search:
    """The search of one account."""

    def __init__(self, account: Account, tickets: Tickets) -> None:
        self._account = account
        self._tickets = tickets

    def tickets(self, query: str) -> list[Ticket]:
        """The tickets that the query finds, newest first."""
        terms = _terms(query)
        found = [ticket for ticket, document in self._documents() if all(self._meets(document, term) for term in terms)]
        found.sort(key=lambda each: -each.id)
        if len(found) > HITS_MAX:
            raise Problem("invalid", f"Invalid search: Requested response size was greater than {HITS_MAX} results")
        return found

    def _documents(self) -> list[tuple[Ticket, dict[str, Any]]]:
        now = self._account.clock.at_ns()
        found = []
        for ticket in self._tickets.all.values():
            while ticket.coming and ticket.coming[0][0] <= now:
                ticket.indexed = ticket.coming.pop(0)[1]
            if ticket.indexed is not None and not ticket.deleted:
                found.append((ticket, ticket.indexed))
        return found

    def _meets(self, document: Mapping[str, Any], term: tuple[str, str, str]) -> bool:
        name, operator, value = term
        wanted = value.casefold()
        if name == "":
            return wanted in f"{document['subject']} {document['description']}".casefold()
        if name == "type" and wanted == "ticket":
            return True
        if name in ("subject", "description"):
            return wanted.strip("*") in str(document[name]).casefold()
        if name == "tags":
            return wanted in document["tags"]
        if name == "group":
            group = self._account.group(document.get("group_id"))
            return group is not None and wanted in (group["name"].casefold(), str(group["id"]))
        if name in ("status", "priority"):
            order = STATUS_ORDER if name == "status" else PRIORITY_ORDER
            return _ranked(order, document.get(name), operator, wanted)
        if name in ("created", "updated"):
            return _compared(document[name][: len(value)], operator, value)
        if name in EXACT:
            return str(document.get("type" if name == "ticket_type" else name) or "").casefold() == wanted
        return False


def asks_for(query: str) -> str | None:
    """The type of record that the query names."""
    return next((value for name, _, value in _terms(query) if name == "type"), None)


def _terms(query: str) -> list[tuple[str, str, str]]:
    """(name, operator, value) of each part; a bare word has no name."""
    try:
        parts = shlex.split(query)
    except ValueError:
        parts = query.split()
    terms = []
    for part in parts:
        if part.startswith(("order_by:", "sort:")):
            continue
        for operator in (">=", "<=", ":", ">", "<"):
            name, found, value = part.partition(operator)
            if found and name.isidentifier():
                terms.append((name.lower(), operator, value))
                break
        else:
            terms.append(("", ":", part))
    return terms


def _ranked(order: tuple[str, ...], have: Any, operator: str, wanted: str) -> bool:
    if have not in order or wanted not in order:
        return False
    return _compared(order.index(have), operator, order.index(wanted))


def _compared(have: Any, operator: str, wanted: Any) -> bool:
    if operator == ":":
        return bool(have == wanted)
    if operator in (">", ">="):
        return bool(have > wanted) or (operator == ">=" and have == wanted)
    return bool(have < wanted) or (operator == "<=" and have == wanted)
