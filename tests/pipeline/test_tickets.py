"""Tickets: received at once, brought once, to the right queue, with every byte."""

import base64
import os
from typing import Any

from tests.pipeline.people import Person, event

HELP: dict[str, Any] = {"subject": "Where is my invoice?", "message": "I cannot\nfind it.", "category": "other"}


async def test_a_ticket_with_a_file(person: Person) -> None:
    """Subject, text, requester, reference and the file arrive as they were sent."""
    content = os.urandom(70_000)
    file = {
        "name": "bill é.pdf",
        "content_type": "application/pdf",
        "content_base64": base64.b64encode(content).decode(),
    }
    answer = await person.send("POST", "/v1/tickets", HELP | {"attachment": file})
    assert answer.json()["state"] == "Ticket received"
    await person.settled()
    (ticket,) = person.world.tickets_of(person.email)
    assert (ticket["subject"], ticket["comment"]["body"]) == (HELP["subject"], HELP["message"])
    assert ticket["external_id"] == answer.json()["ticket_id"]
    assert person.world.uploads[ticket["comment"]["uploads"][0]] == ("bill é.pdf", content)
    assert (await person.send("GET", f"/v1/tickets/{answer.json()['ticket_id']}")).json()["status"] == "open"


async def test_retries_send_the_same_ticket(person: Person) -> None:
    """Lost answers, of the upload and of the ticket, make no second ticket."""
    person.fault("helpdesk", "500", "lost", "429")
    file = {"name": "a.txt", "content_type": "text/plain", "content_base64": "aGVsbG8="}
    await person.send("POST", "/v1/tickets", HELP | {"attachment": file})
    await person.settled()
    assert len(person.world.tickets_of(person.email)) == 1


async def test_access_to_the_account_is_urgent_and_told(person: Person) -> None:
    """It has its own queue and the highest priority, and the chat hears of it once."""
    await person.send("POST", "/v1/tickets", HELP | {"category": "account_access"}, "one key")
    await person.send("POST", "/v1/tickets", HELP | {"category": "account_access"}, "key-access")
    await person.send("POST", "/v1/tickets", HELP | {"category": "account_access"}, "key-access")
    await person.settled()
    (ticket,) = person.world.tickets_of(person.email)
    assert (ticket["priority"], ticket["group_id"]) == ("urgent", 2)
    assert len(person.world.chat_about("Account access", person.email)) == 1


async def test_priority_follows_behaviour_and_tier(person: Person) -> None:
    """A billing question of a free account is low; after a failed payment it is high."""
    await person.send("POST", "/v1/tickets", HELP | {"category": "billing"})
    order_id = await person.buy()
    intent = await person.intent_of(order_id) | {"status": "requires_payment_method", "latest_charge": "ch"}
    await person.deliver(event("payment_intent.payment_failed", intent))
    await person.send("POST", "/v1/tickets", HELP | {"category": "billing"})
    await person.settled()
    assert [(t["priority"], t["group_id"]) for t in person.world.tickets_of(person.email)] == [("low", 0), ("high", 0)]


async def test_the_same_key_makes_one_ticket(person: Person) -> None:
    """A double tap with one key is one ticket; the same key for another question is refused."""
    first = await person.send("POST", "/v1/tickets", HELP, "tap")
    again = await person.send("POST", "/v1/tickets", HELP, "tap")
    other = await person.send("POST", "/v1/tickets", HELP | {"subject": "Other"}, "tap")
    assert first.json() == again.json()
    assert other.status_code == 409
    await person.settled()
    assert len(person.world.tickets_of(person.email)) == 1
