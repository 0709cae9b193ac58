"""What happens when vendors fail: retries, Retry-After, dead letters, and nobody else waits."""

import asyncio
from collections.abc import Callable

from harness import clock
from tests.pipeline.people import Person
from tests.pipeline.stack import OPS

Someone = Callable[[], Person]
OPERATOR = {"Authorization": f"Bearer {OPS}"}


async def test_every_passing_failure_is_outlived(someone: Someone) -> None:
    """Errors, a proxy's page, a lost answer and a hang: the contact arrives, once, and the app shows the retry."""
    person = someone()
    person.fault("crm", "500", "html", "lost", "hang", "503")
    await person.sign_up(settle=False)
    await person.until("/v1/me", "state", "Action failed; retrying automatically")
    await person.settled()
    assert person.world.contacts[person.email]["plan"] == "free"
    assert (await person.me())["state"] == "Up to date"


async def test_retry_after_is_honoured(someone: Someone) -> None:
    """The vendor said one second: nothing is sent before."""
    person = someone()
    person.fault("crm", "429")
    began = clock.SYSTEM.at_ns()
    await person.sign_up()
    assert clock.SYSTEM.at_ns() - began >= 1e9


async def test_an_invalid_payload_is_given_up_after_three_attempts(someone: Someone) -> None:
    """Three attempts, one dead letter, one message in the chat, one mail; mended by hand, it arrives."""
    person = someone()
    person.fault("helpdesk", *["422"] * 3)
    await person.sign_up()
    ticket = {"subject": "Hi", "message": "Hello", "category": "other"}
    ticket_id = (await person.send("POST", "/v1/tickets", ticket)).json()["ticket_id"]
    await person.settled()
    assert person.world.calls_of("helpdesk", person.email, "/tickets") == 3
    assert len(person.world.chat_about("Dead letter: helpdesk.create_ticket", person.email)) == 1
    assert len(person.world.mails_about("Dead letter: helpdesk.create_ticket", person.email)) == 1
    assert (await person.send("GET", f"/v1/tickets/{ticket_id}")).json()["status"] == "failed"
    letters = (await person.client.get("/ops/dead-letters", headers=OPERATOR)).json()["dead_letters"]
    (letter,) = [letter for letter in letters if letter["person"] == person.email]
    assert letter["reason"] == "helpdesk answered 422"
    retry = f"/ops/dead-letters/{letter['id']}/retry"
    assert (await person.client.post(retry, headers=OPERATOR)).status_code == 200
    assert (await person.client.post(retry, headers=OPERATOR)).status_code == 404
    await person.settled()
    assert (await person.send("GET", f"/v1/tickets/{ticket_id}")).json()["status"] == "open"


async def test_an_outage_that_does_not_end_is_given_up_and_told(someone: Someone) -> None:
    """After its last attempt a transient failure is a dead letter as well."""
    person = someone()
    person.fault("crm", *["503"] * 8)
    await person.sign_up()
    assert person.world.calls_of("crm", person.email) == 8
    assert len(person.world.chat_about("Dead letter: crm.sync_contact", person.email)) == 1
    assert (await person.me())["state"] == "Action failed"


async def test_a_chat_that_is_down_is_told_by_mail(someone: Someone) -> None:
    """An alert that the chat will not take is reported by mail, and there the chain ends."""
    person = someone()
    person.fault("crm", *["422"] * 3)
    person.fault("chat", *["400"] * 3)
    await person.sign_up()
    assert not person.world.chat_about("Dead letter: crm.sync_contact", person.email)
    assert len(person.world.mails_about("Dead letter: crm.sync_contact", person.email)) == 1
    assert len(person.world.mails_about("Dead letter: chat.send_alert", person.email)) == 1


async def test_a_hanging_vendor_holds_up_nobody_else(someone: Someone) -> None:
    """While more calls hang at the CRM than it may have slots, tickets of others go through at once."""
    stuck = [someone() for _ in range(30)]
    for person in stuck:
        person.fault("crm", "slow_hang")
    calm = await someone().sign_up()
    await asyncio.gather(*(person.sign_up(settle=False) for person in stuck))
    began = clock.SYSTEM.at_ns()
    await calm.send("POST", "/v1/tickets", {"subject": "Hi", "message": "Hello", "category": "other"})
    await calm.settled()
    assert clock.SYSTEM.at_ns() - began < 1.2e9
    await asyncio.gather(*(person.settled() for person in stuck))
    assert all(person.email in person.world.contacts for person in stuck)


async def test_pending_counts_what_is_scheduled_for_later(someone: Someone) -> None:
    """A retry that waits for its time is pending, with the time it is due."""
    person = someone()
    person.fault("crm", "429")
    await person.sign_up(settle=False)
    await person.until("/v1/me", "state", "Action failed; retrying automatically")
    answer = (await person.client.get("/ops/pending", headers=OPERATOR)).json()
    assert answer["by_person"][person.email] == 1
    assert answer["total"] >= 1
    assert answer["next_due_s"] is not None
    await person.settled()
