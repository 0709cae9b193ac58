"""Buying: charged once, granted once, told once; whatever is delivered how often and in which order."""

import asyncio

from tests.pipeline.people import Person, event


async def test_a_purchase_reaches_everybody_once(person: Person) -> None:
    """Credits, contact, deal and receipt: one each, in major units."""
    order_id = await person.buy()
    await person.pay(order_id)
    assert (await person.send("GET", f"/v1/orders/{order_id}")).json()["state"] == "Paid"
    await person.settled()
    me = await person.me()
    assert (me["credits"], me["payments"]) == (10, [{"amount": 900, "currency": "usd"}])
    (deal,) = person.world.deals_of(person.email)
    assert (deal["amount"], deal["deal_currency_code"], deal["order_ref"]) == ("9.00", "USD", order_id)
    assert deal["dealstage"] == "closedwon"
    assert person.world.contacts[person.email]["lifecyclestage"] == "customer"
    (receipt,) = person.world.mails_about("Receipt for order", order_id)
    assert receipt["To"] == person.email
    assert "9.00 USD" in receipt.get_content()


async def test_a_currency_without_cents(person: Person) -> None:
    """1200 yen are 1200 in the CRM."""
    await person.pay(await person.buy("credits_jp"))
    await person.settled()
    assert [deal["amount"] for deal in person.world.deals_of(person.email)] == ["1200"]


async def test_one_event_delivered_five_times_at_once(person: Person) -> None:
    """Redeliveries, overlapping and freshly signed, change nothing and are all acknowledged."""
    order_id = await person.buy()
    raw = event("payment_intent.succeeded", await person.intent_of(order_id))
    answers = await asyncio.gather(*(person.deliver(raw) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    await person.settled()
    assert (await person.me())["credits"] == 10
    assert len(person.world.mails_about(order_id)) == 1
    assert len(person.world.deals_of(person.email)) == 1


async def test_two_events_about_one_payment(person: Person) -> None:
    """Distinct events of one object and type grant once; the second one is reported as a duplicate."""
    order_id = await person.buy()
    intent = await person.intent_of(order_id)
    one, two = event("payment_intent.succeeded", intent), event("payment_intent.succeeded", intent)
    await asyncio.gather(person.deliver(one), person.deliver(two))
    await person.settled()
    assert (await person.me())["credits"] == 10
    assert len((await person.me())["payments"]) == 1
    rows = await person.stack.rows(
        "SELECT * FROM happenings WHERE kind = 'duplicate_event' AND detail LIKE %s", f"{order_id}%"
    )
    assert len(rows) == 1


async def test_the_wrong_amount_grants_nothing(person: Person) -> None:
    """A payment that does not fit its order is told to the team, and nothing is granted."""
    order_id = await person.buy()
    intent = await person.intent_of(order_id) | {"amount_received": 1}
    assert (await person.deliver(event("payment_intent.succeeded", intent))).status_code == 200
    await person.settled()
    assert (await person.me())["credits"] == 0
    assert len(person.world.chat_about("Amount mismatch", person.email)) == 1


async def test_an_event_that_claims_success_of_an_unpaid_payment(person: Person) -> None:
    """The status in the event counts, not its name."""
    order_id = await person.buy()
    intent = await person.intent_of(order_id) | {"status": "processing"}
    await person.deliver(event("payment_intent.succeeded", intent))
    assert (await person.me())["credits"] == 0


async def test_two_declines_are_escalated_once(person: Person) -> None:
    """The second refusal of the bank is told to the chat; a third is not, nor is a repeated event."""
    order_id = await person.buy()
    intent = await person.intent_of(order_id) | {"status": "requires_payment_method"}
    for charge in ("ch_1", "ch_1", "ch_2", "ch_3"):
        error = {"last_payment_error": {"charge": f"{charge}_{order_id}"}}
        await person.deliver(event("payment_intent.payment_failed", intent | error))
    await person.settled()
    assert (await person.send("GET", f"/v1/orders/{order_id}")).json()["state"] == "Payment failed"
    assert len(person.world.chat_about("failed twice", person.email)) == 1
    await person.pay(order_id)
    assert (await person.me())["credits"] == 10


async def test_a_decline_that_arrives_after_the_payment(person: Person) -> None:
    """A late refusal does not take back what was paid."""
    order_id = await person.buy()
    await person.pay(order_id)
    intent = await person.intent_of(order_id) | {"status": "requires_payment_method"}
    await person.deliver(event("payment_intent.payment_failed", intent))
    assert (await person.send("GET", f"/v1/orders/{order_id}")).json()["status"] == "paid"


async def test_lost_answers_of_the_provider_make_nothing_twice(person: Person) -> None:
    """Customer and payment are made once although their first answers were lost."""
    person.fault("payments", "lost", "500", "lost", "hang")
    order_id = await person.buy()
    assert (await person.intent_of(order_id))["amount"] == 900
    made = [name for name, owner in person.world.owners.items() if owner == person.email]
    assert sum(name.startswith("cus_") for name in made) == 1
    assert sum(name.startswith("pi_") for name in made) == 1


async def test_two_orders_at_once_share_a_customer(person: Person) -> None:
    """Concurrent first purchases do not make two customers."""
    await asyncio.gather(person.buy(), person.buy("credits_50"))
    made = [name for name, owner in person.world.owners.items() if owner == person.email]
    assert sum(name.startswith("cus_") for name in made) == 1


async def test_the_event_is_faster_than_the_providers_answer(person: Person) -> None:
    """A payment that succeeds before its creation was answered is granted, and stays granted."""
    person.fault("payments", "", "hang")
    answer = await person.send("POST", "/v1/orders", {"product_id": "credits_10"})
    order_id = answer.json()["order_id"]
    intent = {"id": f"pi_early_{order_id}", "status": "succeeded", "amount_received": 900, "currency": "usd"}
    await person.deliver(event("payment_intent.succeeded", intent | {"metadata": {"order_id": order_id}}))
    await person.settled()
    assert (await person.send("GET", f"/v1/orders/{order_id}")).json()["status"] == "paid"
