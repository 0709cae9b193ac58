"""Subscriptions: the provider's newest word counts, about the present subscription only."""

import asyncio

from harness import clock
from tests.pipeline.people import Person, event


def invoice(thing: dict[str, object], number: int = 1, status: str = "paid") -> dict[str, object]:
    """An invoice of a provider's subscription."""
    details = {"subscription": thing["id"], "metadata": thing["metadata"]}
    paid = {"amount_paid": 900, "currency": "usd", "status": status, "parent": {"subscription_details": details}}
    return {"id": f"in_{thing['id']}_{number}", "object": "invoice", "customer": thing["customer"], **paid}


async def test_a_subscription_reaches_everybody_once(person: Person) -> None:
    """Plan, payment, contact, deal and receipt: one each, however often the invoice is reported."""
    thing = await person.subscribe("pro")
    await person.tell(thing, "created", status="incomplete")
    assert (await person.me())["plan"] == "free"
    await person.tell(thing, status="active")
    raw = event("invoice.paid", invoice(thing))
    await asyncio.gather(
        *(person.deliver(raw) for _ in range(3)), person.deliver(event("invoice.paid", invoice(thing)))
    )
    await person.settled()
    me = await person.me()
    assert (me["plan"], me["subscription"]["status"]) == ("pro", "active")
    assert me["payments"] == [{"amount": 900, "currency": "usd"}]
    contact = person.world.contacts[person.email]
    assert (contact["plan"], contact["plan_status"], contact["lifecyclestage"]) == ("pro", "active", "customer")
    assert [deal["order_ref"] for deal in person.world.deals_of(person.email)] == [f"in_{thing['id']}_1"]
    assert len(person.world.mails_about("Receipt for your subscription", f"in_{thing['id']}_1")) == 1


async def test_old_news_change_nothing(person: Person) -> None:
    """An event older than what is known is ignored, whatever it says."""
    thing = await person.subscribed()
    now = clock.unix_s()
    await person.tell(thing, status="past_due", created=now)
    await person.tell(dict(thing), status="active", created=now - 50)
    await person.settled()
    assert (await person.me())["subscription"]["status"] == "past_due"


async def test_news_of_the_same_second_are_read_at_the_provider(person: Person) -> None:
    """Two events of one second arrive newest first: the provider itself is asked, and its state stays."""
    thing = await person.subscribe()
    now = clock.unix_s()
    await person.tell(thing, status="active", created=now)
    await person.tell(dict(thing), "created", status="incomplete", created=now)
    await person.settled()
    assert (await person.me())["plan"] == "starter"


async def test_an_end_is_final(person: Person) -> None:
    """After its end, nothing brings a subscription back, and another one can begin."""
    thing = await person.subscribed()
    await person.tell(thing, "deleted", status="canceled")
    late = dict(thing)
    await person.tell(late, status="active", created=clock.unix_s() + 5)
    await person.settled()
    assert (await person.me())["plan"] == "free"
    assert person.world.contacts[person.email]["plan_status"] == "canceled"
    assert (await person.send("POST", "/v1/subscription", {"plan_id": "pro"})).status_code == 202


async def test_late_news_of_an_earlier_subscription(person: Person) -> None:
    """What is reported of a subscription that has ended does not touch the present one."""
    old = await person.subscribed()
    await person.tell(old, "deleted", status="canceled")
    new = await person.subscribe("pro")
    await person.tell(new, status="active")
    await person.tell(old, "deleted", status="canceled", created=clock.unix_s() + 9)
    await person.deliver(event("invoice.payment_failed", invoice(old, 7, "open")))
    await person.settled()
    me = await person.me()
    assert (me["plan"], me["subscription"]["status"]) == ("pro", "active")


async def test_one_at_a_time(person: Person) -> None:
    """Two subscriptions asked for at once: one is begun, the other refused, and no change without one."""
    ask = {"plan_id": "starter"}
    assert (await person.send("POST", "/v1/subscription/plan", ask)).status_code == 409
    assert (await person.send("POST", "/v1/subscription/cancel", {})).status_code == 409
    answers = await asyncio.gather(*(person.send("POST", "/v1/subscription", ask) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    await person.settled()
    made = [name for name, owner in person.world.owners.items() if owner == person.email and name.startswith("psub_")]
    assert len(made) == 1


async def test_the_event_is_faster_than_the_answer(person: Person) -> None:
    """A subscription that is active before its creation was answered stays active."""
    person.fault("payments", "", "hang")
    assert (await person.send("POST", "/v1/subscription", {"plan_id": "starter"})).status_code == 202

    async def made() -> str:
        owned = person.world.owners.items()
        return next((name for name, owner in owned if owner == person.email and name.startswith("psub_")), "")

    thing = person.world.things[await _eventually(made)]
    await person.tell(thing, status="active")
    assert (await person.me())["plan"] == "starter"
    await person.settled()
    assert (await person.me())["subscription"]["status"] == "active"


async def _eventually(ready: object) -> str:
    from tests.pipeline.people import eventually

    return str(await eventually(ready))  # type: ignore[arg-type]


async def test_changing_the_plan(person: Person) -> None:
    """The provider has the new price, and so have the app and the CRM, even when the event never comes."""
    thing = await person.subscribed()
    person.fault("payments", "lost")
    assert (await person.send("POST", "/v1/subscription/plan", {"plan_id": "pro"})).json()["state"] == "Account syncing"
    assert (await person.send("POST", "/v1/subscription/plan", {"plan_id": "pro"})).status_code == 409
    await person.settled()
    assert thing["items"]["data"][0]["price"]["lookup_key"] == "pro"
    assert (await person.me())["plan"] == "pro"
    assert person.world.contacts[person.email]["plan"] == "pro"


async def test_cancelling(person: Person) -> None:
    """The subscription ends with its period; until then access stays."""
    thing = await person.subscribed()
    assert (await person.send("POST", "/v1/subscription/cancel", {})).status_code == 202
    assert (await person.send("POST", "/v1/subscription/cancel", {})).status_code == 409
    await person.settled()
    assert thing["cancel_at_period_end"] is True
    subscription = (await person.send("GET", "/v1/subscription")).json()
    assert (subscription["status"], subscription["cancel_at_period_end"]) == ("active", True)


async def test_an_event_about_something_unknown_waits_for_it(person: Person) -> None:
    """An event without any reference of ours is kept and applied once its object is known."""
    person.fault("payments", "", "500", "500")
    assert (await person.send("POST", "/v1/subscription", {"plan_id": "starter"})).status_code == 202
    row = (await person.stack.rows("SELECT id FROM subscriptions WHERE account_id = %s", person.account_id))[0]
    unknown = {"id": f"psub_x_{row['id']}", "object": "subscription", "status": "active", "metadata": {}}
    owner = {"metadata": {"account_id": person.account_id}}
    assert (await person.deliver(event("customer.subscription.updated", unknown | owner))).status_code == 200
    assert await person.pending() >= 2
    async with person.stack.pool.connection() as connection:
        await connection.execute("UPDATE subscriptions SET provider_id = %s WHERE id = %s", (unknown["id"], row["id"]))
    await person.until("/v1/subscription", "status", "active")


async def test_an_old_push_is_answered_with_the_truth(person: Person) -> None:
    """What an old notice claims is not believed."""
    thing = await person.subscribed()
    await person.tell(thing, "deleted", status="canceled")
    notice = {"kind": "subscription", "id": "whatever", "state": "active"}
    assert (await person.send("POST", "/v1/notices/opened", notice)).json()["status"] == "canceled"
    assert (await person.send("POST", "/v1/notices/opened", notice | {"kind": "order"})).status_code == 404
