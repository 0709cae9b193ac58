"""The route by which mail comes in; the helpdesk's mail server calls it too. Not the vendor's. No rules here."""

from fakes.calls import Call, Reply
from fakes.helpdesk.state.arriving import Arrived
from fakes.helpdesk.wire import mail
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry


class ChannelArea(Area):
    """Inbound mail."""

    def table(self) -> tuple[Entry, ...]:
        """None: the route is not below `/api/v2`."""
        return ()

    def inbound(self, call: Call) -> Reply:
        """Take a mail in."""
        arrived = self.desk.arriving.mail(mail.read(call.body))
        if arrived.change is not None:
            self.journal(call, arrived.change)
        if arrived.suspended is not None:
            call.owns(str(arrived.suspended.id))
        return answer(200, told(arrived))


def told(arrived: Arrived) -> dict[str, object]:
    """What became of a message."""
    if arrived.change is not None:
        ticket = arrived.change.ticket
        return {"ticket_id": ticket.id, "new": arrived.change.op == "create", "status": ticket.values["status"]}
    if arrived.suspended is not None:
        return {"suspended_ticket_id": arrived.suspended.id, "cause": arrived.suspended.cause}
    return {"ticket_id": arrived.known.id if arrived.known else None, "new": False, "known": True}
